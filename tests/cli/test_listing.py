"""Listing incidents: what fits, and how it looks on a terminal and in a pipe."""

import json
from pathlib import Path

import pytest

from cli.main import main
from tests.cli.builders import write_incidents
from tests.cli.terminals import typed
from tests.cli.zones import zone


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def listed(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """The orders of the incidents that ``amends list`` gives."""
    assert main(["list", "--format", "json", *options]) == 0
    return [incident["order_id"] for incident in json.loads(capsys.readouterr().out)]


def test_a_pipe_gets_aligned_columns_without_colours_the_newest_first(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_incidents(state_dir)

    with zone("Europe/Berlin"):
        code = main(["list"])

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "INCIDENT  TYPE         ORDER    STAGE      STATUS   SEVERITY  WAITING FOR  OPENED                OUTCOME",
        "bbbb2222  lost_parcel  SO-1002  analysis   waiting  medium    the carrier  2026-11-22 10:00 CET  -",
        "aaaa1111  lost_parcel  SO-1001  follow_up  closed   medium    -            2026-11-22 09:00 CET  refund",
    ]


@pytest.mark.parametrize(
    ("options", "orders"),
    [
        ((), ["SO-1002", "SO-1001"]),
        (("--open",), ["SO-1002"]),
        (("--status", "closed"), ["SO-1001"]),
        (("--status", "closed", "--status", "waiting"), ["SO-1002", "SO-1001"]),
        (("--status", "closed", "--status", "taken-over", "--order", "SO-1002"), []),
        (("--stage", "follow-up"), ["SO-1001"]),
        (("--stage", "follow_up"), ["SO-1001"]),
        (("--severity", "medium"), ["SO-1002", "SO-1001"]),
        (("--severity", "low"), []),
        (("--waiting-for", "carrier"), ["SO-1002"]),
        (("--waiting-for", "customer", "--waiting-for", "payment-provider"), []),
        (("--order", "SO-1002"), ["SO-1002"]),
        (("--order", "SO-1002", "--order", "SO-1001"), ["SO-1002", "SO-1001"]),
        (("--type", "lost_parcel"), ["SO-1002", "SO-1001"]),
        (("--since", "2026-11-22T08:30:00+00:00"), ["SO-1002"]),
        (("--until", "2026-11-22T08:30:00+00:00"), ["SO-1001"]),
        (("--since", "2026-11-22", "--until", "2026-11-22", "--utc"), ["SO-1002", "SO-1001"]),
        (("--until", "2026-11-21", "--utc"), []),
        (("--limit", "1"), ["SO-1002"]),
    ],
)
def test_list_gives_the_incidents_that_fit(
    options: tuple[str, ...], orders: list[str], state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_incidents(state_dir)

    assert listed(capsys, *options) == orders


def test_a_day_is_one_of_the_reader_s_own(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_incidents(state_dir)

    with zone("Pacific/Auckland"):  # 21:00 and 22:00 there
        assert listed(capsys, "--since", "2026-11-22T21:30") == ["SO-1002"]
    with zone("America/Los_Angeles"):  # midnight there, and 01:00
        assert listed(capsys, "--until", "2026-11-21") == []
        assert listed(capsys, "--since", "2026-11-22") == ["SO-1002", "SO-1001"]


def test_list_as_json_gives_every_incident_whole(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = write_incidents(state_dir)

    main(["list", "--format", "json"])

    assert json.loads(capsys.readouterr().out) == [row.model_dump(mode="json") | {"alerts": []} for row in written]


def test_how_many_more_there_are_is_said_beside_the_list(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_incidents(state_dir)

    main(["list", "--limit", "1"])
    cut = capsys.readouterr().err
    main(["list", "--limit", "2"])
    whole = capsys.readouterr().err

    assert (cut, whole) == ("1 more; --limit shows them\n", "")


def test_an_empty_list_leaves_stdout_empty_and_says_what_to_do(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_incidents(state_dir)

    code = main(["list", "--order", "SO-9"])

    told = capsys.readouterr()
    assert (code, told.out) == (0, "")
    assert "amends open" in told.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--status", "wating"), 'Did you mean "waiting"?'),
        (("--waiting-for", "carier"), 'Did you mean "carrier"?'),
        (("--severity", "hihg"), 'Did you mean "high"?'),
        (("--type", "lost_parcle"), "'lost_parcle': there is neither a runbook nor an incident of this type; did you"),
        (("--type", "x"), "; there are damaged_goods, "),
        (("--since", "tomorow"), "--since 'tomorow' is no time; write a day (2026-11-22, today, yesterday)"),
        (("--until", "2026-13-01"), "--until '2026-13-01' is no time"),
        (("--limit", "0"), "--limit 0: ask for one at least"),
    ],
)
def test_a_value_that_cannot_be_meant_is_told_with_what_can(
    options: tuple[str, ...], told: str, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_incidents(state_dir)

    code = main(["list", *options])

    seen = capsys.readouterr()
    assert (code, seen.out) == (2, "")
    assert told in seen.err


def test_a_terminal_shows_the_status_in_its_colour(state_dir: Path) -> None:
    write_incidents(state_dir)

    shown = typed("list")

    assert "\x1b[33mwaiting\x1b[0m" in shown
    assert "\x1b[2mclosed\x1b[0m" in shown


def test_no_color_is_heard_on_a_terminal_and_force_color_in_a_pipe(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_incidents(state_dir)

    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[33m" not in typed("list")
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    main(["list"])

    assert "\x1b[33mwaiting\x1b[0m" in capsys.readouterr().out


def test_a_narrow_terminal_keeps_the_columns_that_matter_most_and_says_which_it_left_out(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_incidents(state_dir)
    monkeypatch.setenv("NO_COLOR", "1")

    shown = typed("list", width=60)

    assert shown.splitlines() == [
        "INCIDENT  TYPE         ORDER    STAGE      STATUS   SEVERITY",
        "bbbb2222  lost_parcel  SO-1002  analysis   waiting  medium",
        "aaaa1111  lost_parcel  SO-1001  follow_up  closed   medium",
    ]
    assert capsys.readouterr().err == (
        "too narrow for WAITING FOR, OPENED, OUTCOME; `amends show` and --format json tell all\n"
    )
