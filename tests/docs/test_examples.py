"""The examples of the pages are true: runbooks load, programs compile, the auditor's script finds what was altered."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue
from standardwebhooks import Webhook

from amends.connectors.signing import Secrets
from amends.models import Data, Head
from amends.paging.directory import read_directory
from cli.main import main
from drills.scenario import parse_scenarios
from intake.cloudevents import read_event
from intake.mapping import parse_mapping
from runbooks import library
from runbooks.expressions import check
from runbooks.language.calendars import read_calendar
from runbooks.language.compiler import Examined, examine
from runbooks.language.people import read_people
from runbooks.language.problems import Weight
from runbooks.language.rates import read_rates
from runbooks.language.remedies import read_remedies
from runbooks.language.tables import read_table
from runbooks.language.texts import LANGUAGES, Texts
from runbooks.program import FactType
from runbooks.totality import must_not_fail
from tests.cli.builders import write_incidents
from tests.docs.pages import Example, code_of, example, examples
from tests.project.repository import ROOT

MINIMAL = """\
runbook: late_parcel
title: {en: Late parcel, zh: 延误}
subject: [order_id, parcel_id]
report:
  order_id: string
  parcel_id: string
severity:
  otherwise: low
stages:
  report:
    - {do: orders.read, save_as: order}
    - {do: shipping.read_parcel, save_as: parcel}
  analysis: []
  action:
    - plan: refund
      steps:
        - {do: payments.refund, with: {amount: =parcel.lines_refundable}, final: true}
"""


_SEVERITY = "severity:\n  otherwise: low\n"


def embedded(fragment: Example) -> str:
    """The minimal runbook with a page's fragment in its place."""
    match fragment.role.split()[0]:
        case "steps":
            return MINIMAL.replace("  analysis: []\n", "  analysis:\n" + _indented(fragment.text, 4))
        case "plans":
            return MINIMAL[: MINIMAL.index("    - plan: refund")] + _indented(fragment.text, 4)
        case "keys":
            own = MINIMAL.replace(_SEVERITY, "") if "severity:" in fragment.text.splitlines() else MINIMAL
            return own + fragment.text
        case role:
            raise AssertionError(f"{fragment.place}: nobody knows what a fragment called {role!r} is")


def examined(text: str, place: str) -> Examined:
    shelf = library.shelf_here()
    return examine(file=place, text=text, texts=shelf.texts, rates=shelf.rates, reference=shelf.reference)


def fragments() -> list[Example]:
    return [each for each in examples("yaml") if each.role.split()[:1] in (["steps"], ["plans"], ["keys"])]


def by_place(value: Example) -> str:
    return value.place


@pytest.mark.parametrize("fragment", fragments(), ids=by_place)
def test_a_fragment_of_a_runbook_is_right(fragment: Example) -> None:
    found = examined(embedded(fragment), fragment.place)

    assert [str(problem) for problem in found.problems if problem.severity is not Weight.WARNING] == []


def test_the_whole_runbook_loads_without_a_remark(tmp_path: Path) -> None:
    file = tmp_path / "stuck_parcel.yaml"
    file.write_text(example("yaml", "runbook").text, encoding="utf-8")

    bundle = library.load(file)

    assert bundle.exception_type == "stuck_parcel"
    assert library.inspect(file).problems == ()


def test_the_expressions_are_conditions_of_the_shipped_runbook_s_facts() -> None:
    facts = library.load("lost_parcel").facts
    lines = [line.removeprefix("- ") for line in example("yaml", "expressions").text.splitlines()]

    for line in lines:
        must_not_fail(line)
        assert check(line, types=facts, expects=FactType.BOOL) is FactType.BOOL


def test_the_message_can_be_sent_about_the_whole_runbook() -> None:
    written = example("yaml", "messages")
    texts = Texts({language: [(written.place, written.text)] for language in LANGUAGES})

    (key,) = texts.unused()
    bundle = examined(example("yaml", "runbook").text, "stuck_parcel.yaml").bundle

    assert bundle is not None
    assert texts.problems(key) == []
    assert {*texts.placeholders(key)} <= {*bundle.facts}


def test_people_remedies_calendars_tables_and_rates_can_be_read() -> None:
    def written(role: str) -> tuple[str, str]:
        return example("yaml", role).place, example("yaml", role).text

    assert set(read_people(*written("people")).roles) == {"logistics", "logistics_lead"}
    assert set(read_remedies(*written("remedies")).caps) == {Head.COMPENSATION, Head.FREIGHT, Head.GOODWILL}
    assert read_calendar(*written("calendar"))[0] == "cn_office"
    assert len(read_table(*written("table")).rows) == 2
    assert set(read_rates(*written("rates")).rates) == {"USD", "JPY"}


def test_the_channels_can_be_read() -> None:
    written = example("yaml", "channels")

    directory = read_directory(written.place, written.text)

    assert {name: [*reached.channels] for name, reached in directory.people.items()} == {
        "an": ["dingtalk", "mail"],
        "chen": ["feishu", "webhook"],
    }


def test_the_order_event_and_the_mapping_can_be_read() -> None:
    said = json.loads(example("json", "event").text)
    written = example("yaml", "mapping")

    mapped = parse_mapping(file=written.place, text=written.text).event(
        {
            "event_id": 1,
            "ts": "2026-03-02T12:00:00",
            "kind": "NEW",
            "order": {"number": "SO-1001"},
            "payments": [{"type": "card", "value": 19.25}],
            "items": None,
        }
    )

    assert read_event(said).key == "/shop#4711"
    assert (mapped.key, mapped.type, mapped.order_id) == ("market#1", "order.created", "SO-1001")
    assert mapped.data == {"payment_method": "card", "paid": {"amount": 1925, "currency": "BRL"}}


def test_a_place_translates_words_into_those_of_the_runbook() -> None:
    written = example("yaml", "words")
    mapping = parse_mapping(
        file=written.place, text=f"source: own\ntime: at\ntype: kind\norder: number\n{written.text}"
    )

    def method(kind: str) -> JsonValue:
        said: Data = {"at": "2026-03-02T12:00:00Z", "kind": "NEW", "number": "7", "pay": {"kind": kind}}
        return mapping.event(said).data["payment_method"]

    assert [method(kind) for kind in ("WIRE", "PAYPAL", "VISA")] == ["bank_transfer", "wallet", "card"]


def test_the_words_of_payment_methods_are_those_of_the_runbooks() -> None:
    page = code_of(ROOT / "docs" / "integrating.md")
    compared = {
        word
        for path in (ROOT / "runbooks").glob("*.yaml")
        for after in re.findall(r"payment_method (?:==|in) (\[[^]]*\]|\"\w+\")", path.read_text(encoding="utf-8"))
        for word in re.findall(r"\w+", after)
    }

    assert compared == {"wallet", "bank_transfer", "bank_slip"}
    assert compared <= page


def test_the_scenario_fits_the_shipped_runbook() -> None:
    written = example("yaml", "scenarios")
    text = written.text + example("yaml", "unreachable").text

    (scenario,) = parse_scenarios(file=written.place, text=text, bundle=library.load("lost_parcel"))

    assert scenario.order_id == "SO-1001"
    assert [each.branch for each in scenario.unreachable] == ["report.tell.lost_parcel.looking/refused"]


def test_the_scenario_of_two_incidents_fits_the_shipped_runbook() -> None:
    written = example("yaml", "together")

    (scenario,) = parse_scenarios(file=written.place, text=written.text, bundle=library.load("lost_parcel"))

    assert [part.report["parcel_id"] for part in scenario.parts] == ["PC-1010-1", "PC-1010-2"]


def test_no_yaml_example_is_left_untested() -> None:
    tested = {
        "runbook",
        "expressions",
        "messages",
        "people",
        "remedies",
        "calendar",
        "table",
        "rates",
        "scenarios",
        "unreachable",
        "together",
        "added",
        "channels",
        "mapping",
        "words",
    }

    left = [each.place for each in examples("yaml") if each not in fragments() and each.role not in tested]

    assert [each.partition(":")[0] for each in left] == ["docs/operating.md"], "only the server's own configuration"


@pytest.mark.parametrize("program", examples("python"), ids=by_place)
def test_a_program_compiles_and_imports_what_there_is(program: Example) -> None:
    compile(program.text, program.place, "exec")
    imports = "\n".join(re.findall(r"^(?:from|import) .+$", program.text, re.MULTILINE))

    exec(imports, {})  # noqa: S102 - the pages' own lines


def test_the_auditor_s_script_holds_a_chain_together_and_finds_what_was_altered(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, closed = write_incidents(state_dir)
    main(["show", closed.incident_id, "--format", "json"])
    story = json.loads(capsys.readouterr().out)

    def audited(**changes: object) -> str:
        file = tmp_path / "incident.json"
        file.write_text(json.dumps(story | changes), encoding="utf-8")
        script = [sys.executable, "-c", example("python", "chain.py").text, str(file)]
        done = subprocess.run(script, capture_output=True, text=True)  # noqa: S603 - the page's own script
        return (done.stdout + done.stderr).strip()

    first, second, *rest = story["timeline"]
    assert audited() == f"{len(story['timeline'])} entries hold"
    assert audited(timeline=[first, second | {"data": {"stage": "action"}}, *rest]) == "entry 2 does not hold"
    assert audited(timeline=[first, *rest]) == "entry 2 does not hold"
    assert audited(timeline=[first, second]) == "the last entries are missing"


def test_the_request_of_the_page_is_signed_as_it_says_and_its_program_takes_it() -> None:
    about, body = example("http", "signed").text.strip().split("\n\n")
    asked, *lines = about.splitlines()
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    (secret,) = {word for word in code_of(ROOT / "docs" / "integrating.md") if re.fullmatch("whsec_.+", word)}
    path = asked.split()[1].removeprefix("/")
    program: dict[str, Any] = {}
    exec(example("python", "checks.py").text, program)  # noqa: S102 - the page's own program

    signed_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    now = datetime.now(UTC)
    signature = Webhook(secret).sign(headers["webhook-id"], now, body)
    sent = headers | {"webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}

    assert Webhook(secret).sign(headers["webhook-id"], signed_at, body) == headers["webhook-signature"]
    assert program["is_from_amends"](secret, path, sent, body.encode())
    assert not program["is_from_amends"](secret, "orders/release", sent, body.encode())
    for asked_by_get in ("hello", "events?after=0"):
        greeting = Secrets.parse(secret, named="here").headers(request=asked_by_get, body="", now=now)
        assert program["is_from_amends"](secret, asked_by_get, greeting, b"")
        assert not program["is_from_amends"](secret, "orders/hold", greeting, b"")


def test_the_verifying_script_tells_what_is_proved(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting, _ = write_incidents(state_dir)
    monkeypatch.setattr(sys, "argv", ["verify.py", waiting.incident_id[:8]])

    with pytest.raises(SystemExit) as exited:
        exec(example("python", "verify.py").text, {})  # noqa: S102 - the page's own script

    assert exited.value.code == 0
    assert "3 entries are numbered without gaps and each hash holds" in capsys.readouterr().out


def _indented(text: str, by: int) -> str:
    return "".join(" " * by + line if line.strip() else line for line in text.splitlines(keepends=True))
