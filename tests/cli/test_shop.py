"""`amends shop`, and what `doctor` and `status` say of systems that are called over HTTP."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amends.connectors.calls import PORT_CALLS, Hello
from amends.connectors.http import Line, connected
from amends.connectors.serving import description
from amends.connectors.shop import Shop
from amends.connectors.shop.sample import sample
from amends.connectors.signing import Secrets, new_secret
from amends.server_process import free_port
from cli.doctoring.called import calls_of
from cli.main import main
from runbooks import library
from tests.amends.connectors.elsewhere import SECRET, SECRETS, Elsewhere, serving_elsewhere
from tests.amends.connectors.worlds import at
from tests.cli.serving_worker import AMENDS, WITHIN


def told(capsys: pytest.CaptureFixture[str], *arguments: str, expect: int = 0) -> tuple[str, str]:
    assert main(list(arguments)) == expect
    said = capsys.readouterr()
    return said.out, said.err


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with serving_elsewhere() as elsewhere:
        yield elsewhere


@pytest.fixture
def line(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A line to systems that the settings name."""
    name_systems(monkeypatch, elsewhere.line.url)
    return elsewhere.line


def name_systems(monkeypatch: pytest.MonkeyPatch, url: str, secret: str = SECRET) -> None:
    monkeypatch.setenv("AMENDS_CONNECTORS", "http")
    monkeypatch.setenv("AMENDS_CONNECTORS_URL", url)
    monkeypatch.setenv("AMENDS_CONNECTORS_SECRET", secret)


def findings(capsys: pytest.CaptureFixture[str], name: str) -> list[Any]:
    main(["doctor", "--format", "json"])
    return [each for each in json.loads(capsys.readouterr().out) if each["name"] == name]


def test_a_secret_is_new_each_time_and_fits(capsys: pytest.CaptureFixture[str]) -> None:
    (first, where), (second, _) = told(capsys, "shop", "secret"), told(capsys, "shop", "secret", "--format", "json")

    secrets = [first.strip(), json.loads(second)["secret"]]
    assert secrets[0] != secrets[1]
    Secrets.parse(" ".join(secrets), named="here")
    assert "AMENDS_CONNECTORS_SECRET" in where


def test_what_is_to_be_answered_is_printed_as_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(told(capsys, "shop", "openapi")[0]) == json.loads(json.dumps(description()))


def test_it_is_not_served_without_a_secret(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = told(capsys, "shop", "--port", "0", expect=2)

    assert "AMENDS_CONNECTORS_SECRET: it is not set" in err
    assert not (state_dir / "shop.db").exists()


def test_it_is_served_until_it_is_stopped_and_keeps_what_was_done(state_dir: Path, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    command = [str(AMENDS), "shop", "--port", "0", "--database", database, "--format", "json"]
    environment = os.environ | {"AMENDS_CONNECTORS_SECRET": SECRET}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        started = json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")
        line = Line(started["url"], SECRETS)
        hold = connected(line).orders.hold(at(0, key="k"), order_id="SO-1001")
        line.dispose()
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        code = process.wait(WITHIN)

    shop = Shop(database)
    assert (code, started["orders"]) == (0, len(sample().orders))
    assert time.monotonic() - began < WITHIN / 2
    assert [each.hold_id for each in shop.holds("SO-1001")] == [hold.hold_id]
    assert not (state_dir / "shop.db").exists()
    shop.dispose()


def test_a_port_that_is_taken_is_named(
    state_dir: Path, line: Line, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state_dir.is_dir()
    monkeypatch.setenv("AMENDS_SHOP_URL", "sqlite://")

    _, err = told(capsys, "shop", "--port", line.url.rpartition(":")[2], expect=2)

    assert "--host and --port: nothing can listen on '127.0.0.1:" in err


def test_doctor_greets_the_systems(state_dir: Path, line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    assert state_dir.is_dir()

    (finding,) = findings(capsys, "systems")

    assert (finding["verdict"], finding["says"]) == ("ok", f"{line.url} serves every call that is signed here")
    assert findings(capsys, "shop") == []


def test_doctor_says_what_is_wrong_with_the_systems_and_how_to_mend_it(
    state_dir: Path, line: Line, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state_dir.is_dir()
    name_systems(monkeypatch, line.url, secret=new_secret())
    (secret,) = findings(capsys, "systems")
    name_systems(monkeypatch, f"http://127.0.0.1:{free_port()}")
    (away,) = findings(capsys, "systems")
    monkeypatch.delenv("AMENDS_CONNECTORS_URL")
    (nowhere,) = findings(capsys, "systems")

    assert [each["verdict"] for each in (secret, away, nowhere)] == ["wrong"] * 3
    assert "answered 401 (the signature does not hold: the two sides have different secrets)" in secret["says"]
    assert secret["mend"] == "let AMENDS_CONNECTORS_SECRET be the same on both sides, and their clocks agree"
    assert "refused" in away["says"]
    assert away["mend"] == "see that they run, or mend AMENDS_CONNECTORS_URL"
    assert nowhere["mend"] == "set it to https://<host>/<path>"


def test_doctor_says_of_each_runbook_which_of_its_calls_are_missing(
    state_dir: Path, line: Line, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state_dir.is_dir()
    away = {"payments.send_link", "payments.cancel_link", "shipping.open_trace", "people.page"}
    monkeypatch.setattr(Line, "hello", lambda _: Hello(calls=tuple(name for name in PORT_CALLS if name not in away)))

    told = {each["says"]: each for each in findings(capsys, "systems")}

    unpaid = f"{line.url} does not serve what payment_timeout calls: payments.send_link, payments.cancel_link"
    lost = f"{line.url} does not serve what lost_parcel calls: shipping.open_trace, "
    assert (told[unpaid]["verdict"], told[unpaid]["mend"].partition(":")[0]) == (
        "warning",
        "serve them too before its type is switched on",
    )
    assert [says for says in told if says.startswith(lost)]


def test_doctor_names_the_runbooks_that_are_served_whole(
    state_dir: Path, line: Line, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state_dir.is_dir()
    served = calls_of(library.load("payment_timeout"))
    monkeypatch.setattr(Line, "hello", lambda _: Hello(calls=served))

    told = findings(capsys, "systems")

    assert [each["says"] for each in told if each["verdict"] == "ok"] == [
        f"{line.url} serves every call of payment_timeout"
    ]


def test_pages_are_said_to_go_to_the_systems_where_no_channels_are_named(
    state_dir: Path, line: Line, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (state_dir.is_dir(), bool(line.url)) == (True, True)

    (paging,) = findings(capsys, "paging")

    assert paging["says"] == "by your own systems (people.page): there is no channels file"


def test_sample_orders_are_for_the_reference_shop_alone(
    state_dir: Path, line: Line, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (state_dir.is_dir(), bool(line.url)) == (True, True)
    main(["db", "upgrade"])

    _, err = told(capsys, "worker", "--shop-orders", "--no-wait", expect=2)

    assert "--shop-orders is for the reference shop, and AMENDS_CONNECTORS names other systems" in err
