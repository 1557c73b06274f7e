"""`amends intake replay`: what a file of past events would have opened."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from cli.main import main
from tests.intake.builders import NOON

RULES = """\
runbook: late_approval
title: {en: Late approval, zh: 付款确认延误}
subject: [order_id, parcel_id]
opens:
  - {expect: payment.approved, after: order.created, late_after: 24h, grace: 1h}
report:
  order_id: string
  parcel_id: string
severity:
  otherwise: low
stages:
  action:
    - plan: see_how_it_stands
      steps:
        - {do: orders.read, save_as: order}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "late_approval.yaml"
    file.write_text(RULES, encoding="utf-8")
    return file


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Orders A and B of which A is approved late, and C, of which nobody knows the parcel; and a line that is none."""
    file = tmp_path / "events.jsonl"
    lines = [
        _event("order.created", "A", 0, parcel_id="P1"),
        _event("order.created", "B", 2, parcel_id="P2"),
        _event("order.created", "C", 4),
        "nothing",
        _event("payment.approved", "A", 30),
        _event("payment.approved", "A", 30),
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def told(capsys: pytest.CaptureFixture[str], *arguments: object, expect: int = 0) -> tuple[str, str]:
    assert main(["intake", "replay", *map(str, arguments)]) == expect
    said = capsys.readouterr()
    return said.out, said.err


def test_each_opening_is_told_with_its_moments_and_below_what_was_read(
    rules: Path, events: Path, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = told(capsys, events, "--rules", rules, "--dry-run", "--utc")

    assert out.splitlines() == [
        "opened                   due                      cleared                  type           rule      order",
        "2026-03-03 13:00:00 UTC  2026-03-03 12:00:00 UTC  2026-03-03 18:00:00 UTC  late_approval  opens[0]  A",
        "2026-03-03 15:00:00 UTC  2026-03-03 14:00:00 UTC  -                        late_approval  opens[0]  B",
        "2026-03-03 17:00:00 UTC  2026-03-03 16:00:00 UTC  -                        late_approval  opens[0]  C  "
        "(cannot be opened: no event says parcel_id)",
    ]
    assert "3 openings, 1 of them cleared" in err
    assert "4 events of 3 orders; 1 came again" in err
    assert "line 4 was not taken: this is not JSON" in err
    assert list(state_dir.iterdir()) == []


def test_programs_get_the_same_as_json(rules: Path, events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = told(capsys, events, "--rules", rules, "--dry-run", "--format", "json")

    document = json.loads(out)
    assert err == ""
    assert document["openings"][0] == {
        "exception_type": "late_approval",
        "order_id": "A",
        "rule": "opens[0]",
        "subject": {"order_id": "A", "parcel_id": "P1"},
        "report": {"order_id": "A", "parcel_id": "P1"},
        "lacking": [],
        "due_at": "2026-03-03T12:00:00Z",
        "opened_at": "2026-03-03T13:00:00Z",
        "cleared_at": "2026-03-03T18:00:00Z",
        "caused_by": ["/shop#order.created-A"],
        "cleared_by": "/shop#payment.approved-A",
    }
    assert (document["openings"][1]["cleared_at"], document["openings"][2]["lacking"]) == (None, ["parcel_id"])
    assert [each["line"] for each in document["refused"]] == [4]
    assert document["unreckoned"] == []
    assert document["read"] == {"lines": 6, "events": 4, "orders": 3, "repeated": 1, "last": "2026-03-03T18:00:00Z"}


def test_a_file_of_which_nothing_can_be_taken_is_told(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plain"
    file.write_text('{"when": "2026-03-02T12:00:00Z"}\n' * 20)

    out, err = told(capsys, file, "--rules", rules, "--dry-run", expect=1)

    assert out == ""
    assert err.count("was not taken") == 10
    assert "… and more; --format json tells all lines that were not taken" in err
    assert "not one line is an event as it stands; --mapping says where" in err


def test_a_mapping_by_which_nothing_can_be_taken_is_named(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, mapping = tmp_path / "plain", tmp_path / "wrong.yaml"
    file.write_text('{"when": "2026-03-02T12:00:00Z"}\n')
    mapping.write_text("source: shop\ntime: wen\ntype: kind\norder: order\n")

    _, err = told(capsys, file, "--mapping", mapping, "--rules", rules, "--dry-run", expect=1)

    assert f"not one line is an event by {mapping}; mend its places" in err
    assert "as it stands" not in err


def test_the_clock_stops_where_it_is_told_to(rules: Path, events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    until = ["--until", "2026-03-03T14:30:00Z"]

    out, err = told(capsys, events, "--rules", rules, "--dry-run", *until, "--format", "json")

    (opening,) = json.loads(out)["openings"]
    assert (opening["order_id"], opening["cleared_at"]) == ("A", None)
    assert err == ""


def test_what_opens_only_if_nothing_more_comes_is_told(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "one"
    file.write_text(_event("order.created", "A", 0, parcel_id="P1"))

    _, err = told(capsys, file, "--rules", rules, "--dry-run")

    assert "1 of them after the last event, should nothing more come" in err


def test_without_a_dry_run_a_file_is_read_only_once(
    rules: Path, events: Path, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = told(capsys, events, "--rules", rules)
    kept = [each.name for each in (state_dir / "replays").glob("*.db")]

    assert told(capsys, events, "--rules", rules) == first
    assert [each.name for each in (state_dir / "replays").glob("*.db")] == kept
    assert len(kept) == 1


def test_another_file_is_another_replay(
    rules: Path, events: Path, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, events, "--rules", rules)
    with events.open("a") as more:
        more.write("\n" + _event("order.created", "D", 5, parcel_id="P4"))

    out, _ = told(capsys, events, "--rules", rules)

    assert len(out.splitlines()) == 5
    assert len(list((state_dir / "replays").glob("*.db"))) == 2


def test_runbooks_that_open_nothing_are_told(tmp_path: Path, events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = tmp_path / "bare.yaml"
    bare.write_text("\n".join(line for line in RULES.splitlines() if "opens" not in line and "expect" not in line))

    _, err = told(capsys, events, "--rules", bare, "--dry-run", expect=2)

    assert "none of these runbooks has `opens`, so events open nothing; name some that have it with --rules" in err


def test_two_runbooks_of_one_name_are_told(rules: Path, events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = told(capsys, events, "--rules", rules, rules, "--dry-run", expect=2)

    assert "two of these runbooks are called 'late_approval'" in err


@pytest.mark.parametrize("option", [[], ["--dry-run"]])
def test_a_file_that_is_not_there_is_told(
    option: list[str], rules: Path, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, err = told(capsys, state_dir / "none", "--rules", rules, *option, expect=2)

    assert "none: it cannot be read" in err


def test_a_command_that_intake_does_not_have_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["intake", "repaly"]) == 2
    assert "`amends intake` has no command 'repaly'; did you mean 'replay'?" in capsys.readouterr().err


def _event(kind: str, order: str, hours: float, **data: str) -> str:
    time = (NOON + timedelta(hours=hours)).isoformat()
    event = {"specversion": "1.0", "id": f"{kind}-{order}", "source": "/shop", "type": kind, "time": time}
    return json.dumps({**event, "data": {"order_id": order, **data}})
