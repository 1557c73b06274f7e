"""Where people are needed, in one look at all open incidents."""

import json
from pathlib import Path

import pytest

from amends.models import ENGINE, Data
from amends.timeline import EntryKind
from cli.main import main
from runbooks import library
from tests.cli import stories
from tests.cli.builders import write_incidents
from tests.cli.owners import make_journal


def test_status_names_what_waits_for_people_with_whose_it_is_and_what_is_overdue(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_incidents(state_dir)
    waiting: Data = {"status": "taken_over", "waiting_for": ["us"]}
    stories.write(
        state_dir,
        stories.reported(),
        stories.approval_asked(),
        stories.handed_over("no_plan_left", "action", "no_plan_left", owner="operations_manager"),
        [(stories.DAY, EntryKind.STATUS_CHANGED, ENGINE, waiting)],
    )

    main(["status"])
    told = capsys.readouterr().out
    main(["status", "--format", "json"])
    people = json.loads(capsys.readouterr().out)["journal"]["people"]

    assert "people are needed in 1 incident; `amends show` says what to do:\n" in told
    assert "  5d3a1c88  no_plan_left " in told
    assert "operations manager  overdue since 2020-01-01" in told
    assert (
        "the approval of logistics lead: CNY 1,200.00 in the plan reship  logistics lead      until 2036-11-2" in told
    )
    assert people["incidents"] == 1
    assert [(each["what"], each["of"]) for each in people["first"]] == [
        ("no_plan_left", "operations_manager"),
        ("the approval of logistics lead: CNY 1,200.00 in the plan reship", "logistics_lead"),
    ]


@pytest.mark.parametrize("command", ["status", "sla", "show 5d3a", "show 5d3a --entries"])
def test_another_text_to_be_followed_is_named_by_its_revision_wherever_people_look(
    command: str, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = library.load("lost_parcel")
    make_journal(state_dir, bundle)
    waiting: Data = {"status": "waiting", "waiting_for": ["us"]}
    stories.write(
        state_dir,
        stories.reported(),
        stories.repin_asked(bundle.digest),
        [(stories.DAY, EntryKind.STATUS_CHANGED, ENGINE, waiting)],
    )

    main(command.split())
    told = capsys.readouterr().out

    assert "a second person's word to follow lost_parcel@1" in told.replace("A second", "a second")
    assert "the text sha256:" not in told


def test_where_nobody_is_needed_nothing_is_said(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_incidents(state_dir)

    main(["status"])

    assert "people are needed" not in capsys.readouterr().out
