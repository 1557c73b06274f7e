"""`amends oncall`: who is on, until when, who is next, and whether they are left in peace."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from amends.models import Severity
from cli.main import main
from runbooks import library
from runbooks.language.reference import Reference
from runbooks.language.shelf import Shelf
from runbooks.policy import Quiet, Role, Shift

WEEK = 7 * 24 * 60
DUTY = (Shift(who="an", begins=0, ends=5 * 24 * 60), Shift(who="bo", begins=5 * 24 * 60, ends=WEEK))
ROLES = {
    "logistics": Role(
        team=("an", "bo"),
        duty=DUTY,
        zone="Asia/Shanghai",
        quiet=Quiet(begins=22 * 60, ends=7 * 60, above=Severity.HIGH),
    ),
    "finance": Role(team=("dai", "fang")),
}
FRIDAY_NIGHT = "2026-11-27T22:30+08:00"


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = library.shelf_here()
    staffed = Shelf(shelf.texts, shelf.rates, Reference(roles=ROLES))
    monkeypatch.setattr(library, "shelf_here", lambda: staffed)


def test_who_is_on_is_told_for_every_role_with_the_next_and_the_quiet_hours(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["oncall", "--at", FRIDAY_NIGHT, "--utc"])

    assert code == 0
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "ROLE       ON         UNTIL                                 NEXT  QUIET",
        "logistics  an         2026-11-27 16:00 UTC (in 1 h 30 min)  bo    below high until 2026-11-27 23:00 UTC",
        "finance    dai, fang  always",
    ]


def test_by_day_nobody_is_quiet_and_one_role_can_be_asked_for_alone(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["oncall", "logistics", "--at", "2026-11-28T12:00+08:00", "--utc"])

    _head, line = capsys.readouterr().out.splitlines()
    assert code == 0
    assert line.split() == ["logistics", "bo", "2026-11-29", "16:00", "UTC", "(in", "1", "d", "12", "h)", "an"]


def test_programs_get_the_same_with_all_moments_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["oncall", "--at", FRIDAY_NIGHT, "--format", "json"])

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["at"] == "2026-11-27T14:30:00+00:00"
    assert told["roles"] == [
        {
            "role": "logistics",
            "on": ["an"],
            "until": "2026-11-27T16:00:00Z",
            "next": ["bo"],
            "quiet_until": "2026-11-27T23:00:00Z",
            "quiet_above": "high",
        },
        {
            "role": "finance",
            "on": ["dai", "fang"],
            "until": None,
            "next": None,
            "quiet_until": None,
            "quiet_above": None,
        },
    ]


def test_without_a_time_it_is_now(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["oncall", "--format", "json"]) == 0

    told = datetime.fromisoformat(json.loads(capsys.readouterr().out)["at"])
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["logistcs"], "there is no role 'logistcs'; did you mean 'logistics'?"),
        (["night"], "there is no role 'night'; there are logistics, finance"),
        (["--at", "soon"], "--at 'soon' is no time; write a day"),
    ],
)
def test_what_there_is_not_is_told_with_what_there_is(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["oncall", *arguments]) == 2

    assert complaint in capsys.readouterr().err
