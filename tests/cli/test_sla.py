"""What is due next, whose move it is, and how long is left: from the journal alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from runbooks import library
from tests.cli import stories
from tests.cli.builders import write_incidents
from tests.cli.owners import make_journal


def listed(capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, Any]]:
    assert main(["sla", "--format", "json", *options]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def story(state_dir: Path) -> None:
    """A lost parcel with promises, an overdue task of the logistics people, and a page that nobody acknowledges."""
    bundle = library.load("lost_parcel")
    make_journal(state_dir, bundle)
    stories.write(
        state_dir,
        stories.reported(digest=bundle.digest),
        stories.promised(),
        stories.asked(),
        stories.handed_over("no_plan_left", "action", "no_plan_left", owner="logistics"),
        stories.paged("an"),
    )


@pytest.mark.usefixtures("story")
def test_the_first_due_comes_first_and_what_stands_still_last(capsys: pytest.CaptureFixture[str]) -> None:
    found = listed(capsys)

    assert [(each["kind"], each["name"], each["state"]) for each in found] == [
        ("task", "no_plan_left", "running"),
        ("page", "logistics", "running"),
        ("deadline", "carrier_claim", "running"),
        ("goal", "resolve", "running"),
        ("goal", "update", "paused"),
    ]
    assert found[0]["seconds_left"] < 0 < found[2]["seconds_left"]
    assert found[4]["due_at"] is None


@pytest.mark.usefixtures("story")
def test_it_says_who_of_a_role_is_on_and_whom_a_promise_waits_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sla", "--utc"]) == 0
    told = capsys.readouterr().out.splitlines()

    assert told[0].split() == ["INCIDENT", "TYPE", "ORDER", "WHAT", "LEFT", "WHOSE", "MOVE", "DUE"]
    assert any(" task no_plan_left " in line and " late " in line and "  logistics (" in line for line in told)
    assert any(" a page to acknowledge " in line and "  for " in line for line in told)
    assert any(" resolve " in line and "  us " in line and "2036-11-23 10:04 UTC" in line for line in told)
    assert told[-1].split()[3:] == ["update", "stands", "still", "the", "customer", "-"]


def test_only_we_can_acknowledge_and_answer_first_whomever_it_waits_for(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = library.load("lost_parcel")
    make_journal(state_dir, bundle)
    stories.write(
        state_dir,
        stories.reported(digest=bundle.digest),
        stories.due("acknowledge", "first_response", "update"),
        stories.waiting_for("carrier"),
    )
    unpaged = {each["name"]: each["waits_for"] for each in listed(capsys)}
    ours = [each["name"] for each in listed(capsys, "--by", "us")]
    others = [each["name"] for each in listed(capsys, "--by", "carrier")]
    stories.write(
        state_dir,
        stories.reported(digest=bundle.digest),
        stories.due("acknowledge", "first_response", "update"),
        stories.waiting_for("carrier"),
        stories.paged("an"),
    )
    assert main(["sla", "--utc"]) == 0
    told = capsys.readouterr().out.splitlines()

    assert unpaged == {"acknowledge": ["us"], "first_response": ["us"], "update": ["carrier"]}
    assert (ours, others) == (["acknowledge", "first_response"], ["update"])
    assert any(" acknowledge " in line and "  logistics (" in line for line in told)
    assert any(" first response " in line and "  us " in line for line in told)
    assert any(" update " in line and "  the carrier " in line for line in told)


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    ("options", "names"),
    [
        (("--by", "logistics"), ["no_plan_left", "logistics"]),
        (("--by", "customer"), ["update"]),
        (("--by", "us"), ["carrier_claim", "resolve"]),
        (("--limit", "1"), ["no_plan_left"]),
        (("--breached",), []),
        (("--type", "lost_parcel", "--by", "customer"), ["update"]),
    ],
)
def test_it_is_narrowed_down(capsys: pytest.CaptureFixture[str], options: tuple[str, ...], names: list[str]) -> None:
    assert [each["name"] for each in listed(capsys, *options)] == names


def test_what_was_not_kept_is_found(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories.write(state_dir, stories.reported(), stories.promised(), stories.broken())

    (broken,) = listed(capsys, "--breached")
    main(["list", "--breached", "--format", "json"])
    incidents = json.loads(capsys.readouterr().out)

    assert (broken["name"], broken["state"]) == ("resolve", "breached")
    assert [each["incident_id"] for each in incidents] == [stories.INCIDENT]


def test_a_text_that_nobody_has_names_the_role_alone(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories.write(
        state_dir,
        stories.reported(),
        stories.handed_over("no_plan_left", "action", "no_plan_left", owner="logistics_lead"),
    )

    main(["sla"])

    assert "  logistics lead  2020-01-01" in capsys.readouterr().out


@pytest.mark.usefixtures("story")
def test_who_is_nobody_s_role_and_no_party_is_told_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sla", "--by", "logistic"]) == 2
    assert "--by 'logistic': nothing is due by a role or a party of this name; did you mean 'logistics'?" in (
        capsys.readouterr().err
    )


@pytest.mark.usefixtures("story")
def test_how_much_more_there_is_is_said_and_nothing_is_said_to_be_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    main(["sla", "--limit", "2"])
    more = capsys.readouterr().err
    main(["sla", "--by", "carrier"])
    nothing = capsys.readouterr().err
    none = main(["sla", "--limit", "0"])

    assert (more, nothing, none) == ("3 more; --limit shows them\n", "nothing is due\n", 2)


def test_where_nothing_was_promised_nothing_is_due(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_incidents(state_dir)

    assert listed(capsys) == []
