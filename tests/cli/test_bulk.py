"""Acting on all incidents that fit: told first, then done, each with what came of it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from amends.errors import InputError
from amends.models import Party, Severity, Status
from amends.timeline import EntryKind
from cli.bulk import search_of
from cli.main import main
from tests.cli import stories
from tests.cli.acted import Acted

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OURS = ("--filter", "type=acted_parcel", "--filter", "waiting-for=us")


@pytest.fixture
async def it(running: Acted) -> Acted:
    """Two incidents that wait for approvals."""
    for order in ("SO-1001", "SO-1006"):
        await running.open(order)
        await running.until(lambda view: bool(view.approvals))
    return running


async def test_what_would_be_done_is_told_and_only_then_done_to_each_once(it: Acted) -> None:
    note = ("note", *OURS, "the depot is on strike")

    preview, hint = await it.all(*note)
    before = [row.kind for row in it.everything() if row.kind is EntryKind.NOTE_ADDED]
    done, _ = await it.all(*note, "--yes")
    again, _ = await it.all(*note, "--yes")

    assert preview.startswith("would note, as chen: the depot is on strike, in 2 incidents:\n")
    assert "acted_parcel  SO-1006  waiting" in preview
    assert (hint, before) == ("nothing was done; with --yes it is\n", [])
    assert [line.split()[1] for line in done.splitlines()] == ["done", "done"]
    assert [line.split()[1] for line in again.splitlines()] == ["repeated", "repeated"]
    assert len([row for row in it.everything() if row.kind is EntryKind.NOTE_ADDED]) == 2


async def test_one_that_refuses_says_why_and_holds_up_no_other(it: Acted) -> None:
    await it.amends("take-over", "--reason", "the press has called")
    give = ("assign", "--filter", "type=acted_parcel", "--task", "taken_over", "--to", "an", "--yes")

    told = json.loads((await it.all(*give, "--format", "json", expect=1))[0])
    again, _ = await it.all(*give, expect=1)
    stands, _ = await it.all("cancel", "--filter", "order=SO-1001", "--reason", "it was a test", "--yes")
    preview = json.loads((await it.all("cancel", "--filter", "breached", "--reason", "x", "--format", "json"))[0])

    results = {each["incident_id"]: each for each in told}
    assert results.pop(it.incident)["result"] == "done"
    (refused,) = results.values()
    assert refused["result"] == "refused"
    assert "no task 'taken_over' is open; open tasks: none" in refused["why"]
    assert sorted(line.split()[1] for line in again.splitlines()) == ["refused", "repeated"]
    assert stands.split()[1] == "done"
    assert preview == []


@pytest.mark.parametrize("command", ["ack", "assign", "note", "snooze", "escalate", "cancel"])
def test_an_incident_and_filters_exclude_each_other(
    command: str, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(state_dir, stories.reported())
    more = {
        "assign": ["--to", "bo"],
        "note": ["text"],
        "snooze": ["--for", "1h", "--reason", "x"],
        "escalate": ["--reason", "x"],
        "cancel": ["--reason", "x"],
    }
    typed = more.get(command, [])

    both = main([command, "5d3a", *typed, "--filter", "severity=medium", "--actor", "mei"])
    told = capsys.readouterr().err
    preview = main([command, *typed, "--filter", "severity=medium", "--actor", "mei"])
    listed = capsys.readouterr().out
    lone = main([command, "5d3a", *typed, "--yes", "--actor", "mei"])

    assert (both, preview, lone) == (2, 0, 2)
    assert "INCIDENT ('5d3a') and --filter exclude each other; give one of them" in told
    assert ", in 1 incident:\n  5d3a1c88  lost_parcel  SO-1004" in listed
    assert "--yes belongs to --filter" in capsys.readouterr().err


def test_neither_an_incident_nor_a_filter_is_asked_for(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories.write(state_dir, stories.reported())

    assert main(["ack", "--actor", "mei"]) == 2
    assert "say which: an INCIDENT, or with --filter all that fit" in capsys.readouterr().err


def test_where_nothing_fits_nothing_is_done(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories.write(state_dir, stories.reported())

    assert main(["ack", "--filter", "order=SO-4711", "--yes", "--actor", "mei"]) == 0
    assert capsys.readouterr().err == "no open incident fits; nothing was done\n"


def test_a_server_that_is_not_there_is_told_once(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories.write(state_dir, stories.reported())

    code = main(["ack", "--filter", "type=lost_parcel", "--yes", "--actor", "mei", "--address", "127.0.0.1:1"])

    assert code == 2
    assert "no Temporal server answers at '127.0.0.1:1'" in capsys.readouterr().err


def test_the_words_are_those_of_the_list() -> None:
    wanted = search_of(
        [
            "type=lost_parcel",
            "severity=high",
            "severity=critical",
            "waiting-for=payment-provider",
            "status=in_progress",
            "order=SO-1001",
            "breached",
        ],
        now=NOW,
    )

    assert wanted == {
        "exception_type": ["lost_parcel"],
        "order_id": ["SO-1001"],
        "status": (Status.IN_PROGRESS,),
        "stage": (),
        "severity": (Severity.HIGH, Severity.CRITICAL),
        "waiting_for": (Party.PAYMENT_PROVIDER,),
        "opened_since": None,
        "opened_before": None,
        "breached": True,
        "open_only": True,
    }


def test_since_and_until_are_moments() -> None:
    wanted: dict[str, Any] = {**search_of(["since=3h", "until=1h", "breached=yes"], now=NOW)}

    assert (wanted["opened_since"].hour, wanted["opened_before"].hour) == (9, 11)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (["sevrity=high"], "incidents are not filtered by 'sevrity'; did you mean 'severity'?"),
        (["colour=red"], "incidents are not filtered by 'colour'; there are type, status,"),
        (["severity=hihg"], "'hihg' is no severity; did you mean 'high'?"),
        (["status=xyz"], "'xyz' is no status; there are open, "),
        (["type="], "write type=VALUE"),
        (["since=1h", "since=2h"], "--filter since: give it once"),
        (["breached=no"], "write breached=yes, or leave it out"),
    ],
)
def test_a_filter_that_means_nothing_says_what_there_is(typed: list[str], why: str) -> None:
    with pytest.raises(InputError) as caught:
        search_of(typed, now=NOW)

    assert why in str(caught.value)
