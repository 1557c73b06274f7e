"""`amends page --test`, and what `status` and `doctor` say of paging."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amends.connectors.shop import Shop
from amends.paging.channels import Channels
from amends.paging.reaching import reaching
from amends.settings import Settings
from cli.main import main
from tests.amends.paging.mailing import mail_server
from tests.amends.paging.vendors import TOKEN, Vendors, vendors


@pytest.fixture
def chat() -> Iterator[Vendors]:
    with vendors() as state:
        yield state


def write(state_dir: Path, **people: list[str]) -> Path:
    """The channels file: each person in Chinese, over these channels."""
    file = state_dir / "channels.yaml"
    written = {name: {"language": "zh", "channels": channels} for name, channels in people.items()}
    file.write_text(json.dumps({"people": written}), encoding="utf-8")  # JSON is YAML
    file.chmod(0o600)
    return file


def finding(capsys: pytest.CaptureFixture[str], name: str = "paging") -> Any:
    main(["doctor", "--format", "json"])
    found = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    return found.get(name)


def test_a_test_goes_over_every_channel_and_each_answers_in_its_own_words(
    state_dir: Path, chat: Vendors, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(state_dir, an=[chat.address("dingtalk"), "mail:an@shop.example"])
    with mail_server() as mailbox:
        monkeypatch.setenv("AMENDS_SMTP_URL", f"smtp://127.0.0.1:{mailbox.port}?from=pager@shop.example&tls=none")
        code = main(["page", "--test", "an"])

    told = capsys.readouterr().out
    assert (code, told) == (0, "an  dingtalk  sent  ok\nan  mail      sent  250 2.0.0 OK: queued as 1\n")
    assert chat.texts()[0].startswith("[测试] Amends\n")
    assert mailbox.got[0]["Subject"] == "[测试] Amends"


def test_one_channel_that_fails_is_an_exit_code_and_the_others_are_tried_all_the_same(
    state_dir: Path, chat: Vendors, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = chat.address("wecom").replace(TOKEN, "wrong-token-of-ours")
    write(state_dir, an=[wrong, chat.address("feishu")])

    code = main(["page", "an", "--test", "--format", "json"])

    told = json.loads(capsys.readouterr().out)
    assert code == 1
    assert told["well"] is False
    assert [(each["channel"], each["result"]) for each in told["pages"]] == [("wecom", "refused"), ("feishu", "sent")]
    assert "invalid webhook url" in told["pages"][0]["detail"]


def test_a_channel_that_cannot_be_reached_is_told_apart(
    state_dir: Path, chat: Vendors, capsys: pytest.CaptureFixture[str]
) -> None:
    write(state_dir, an=[chat.address("slack")])
    chat.next.append("hang up")

    code = main(["page", "--test", "an"])

    assert code == 1
    assert capsys.readouterr().out.startswith("an  slack  failed  slack does not answer properly")


def test_a_role_means_whoever_is_on_duty_and_one_without_channels_is_told(
    state_dir: Path, chat: Vendors, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(state_dir, dai=[chat.address("slack")])

    code = main(["page", "--test", "finance"])

    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert lines == ["dai   slack  sent        ok", f"fang         no channel  write fang into {file}"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["page", "an"], "incidents page people by themselves; to try out whether a page arrives, add --test"),
        (["page", "--test", "an"], "nobody has said how people are reached; write channels.yaml into the state folder"),
    ],
)
def test_what_cannot_be_tried_says_why(
    state_dir: Path, capsys: pytest.CaptureFixture[str], typed: list[str], says: str
) -> None:
    assert (main(typed), list(state_dir.iterdir())) == (2, [])
    assert says in capsys.readouterr().err


def test_somebody_whom_nobody_knows_is_told_with_who_may_be_meant(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(state_dir, an=["slack:https://hooks.slack.example/x"])

    assert main(["page", "--test", "finanse"]) == 2
    assert "there is no person and no role 'finanse'; did you mean 'finance'?" in capsys.readouterr().err


def test_a_file_that_is_wrong_is_told_with_its_place_and_stops_nothing_that_only_looks(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(state_dir, an=["slack:hooks/secret-of-ours"])

    codes = [main(["page", "--test", "an"]), main(["status"])]
    told = capsys.readouterr()

    assert codes == [2, 1]
    assert f"error: {file}:1:" in told.err
    assert f"paging: {file}:1:" in told.out
    assert "secret-of-ours" not in told.out + told.err
    assert finding(capsys)["verdict"] == "wrong"


def test_without_a_file_pages_stay_in_the_reference_shop_and_that_is_said(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["status"])

    kept = "pages are kept in the reference shop and reach nobody: there is no channels file"
    assert f"\npaging: {kept}\n" in capsys.readouterr().out
    assert finding(capsys) == {"name": "paging", "verdict": "ok", "says": kept, "mend": None}
    assert not (state_dir / "shop.db").exists()


def test_people_of_a_role_who_cannot_be_reached_are_warned_of_and_so_is_a_file_that_all_can_read(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slack = "slack:https://hooks.slack.example/x"
    file = write(state_dir, an=[slack, slack], bo=[slack], chen=["webhook:https://alerts.example/x"])
    well, private = finding(capsys), finding(capsys, "paging file")
    file.chmod(0o644)

    assert well["verdict"] == "warning"
    assert well["says"] == f"3 people over webhook (1) and slack (3), by {file}; not in it: dai, fang, gu"
    assert private is None
    assert finding(capsys, "paging file")["mend"] == f"run `chmod 600 {file}`"


def test_mail_without_a_server_is_wrong_before_anybody_is_paged(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(state_dir, an=["mail:an@shop.example"])

    assert main(["page", "--test", "an"]) == 2
    assert "AMENDS_SMTP_URL names no server that takes it; set it to smtp://" in capsys.readouterr().err


def test_the_channels_stand_before_the_other_systems_where_there_is_a_file(state_dir: Path) -> None:
    shop = Shop("sqlite://")
    with reaching(shop, Settings()) as without:
        pass
    write(state_dir, an=["slack:https://hooks.slack.example/x"])
    with reaching(shop, Settings()) as connectors:
        people, orders = connectors.people, connectors.orders
    shop.dispose()

    assert without is shop
    assert isinstance(people, Channels)
    assert orders is shop.orders
