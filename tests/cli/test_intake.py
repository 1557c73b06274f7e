"""`amends intake`: what opens by itself, what is expected, and what could not be taken."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from amends.journal import Journal, connect, upgrade
from amends.journal.schema.intake import ExpectationState, Mode
from cli.main import main
from intake import sweeps
from intake.feeds import FeedLog
from intake.modes import Modes
from intake.overdue import Overdue
from tests.intake.builders import NOON
from tests.intake.kept import LATE, cloud_event, expected, hence, publish, receive


@pytest.fixture
def journal(state_dir: Path) -> Iterator[Journal]:
    """The journal of the state folder, with a runbook whose rule one order has broken."""
    engine = connect(f"sqlite:///{state_dir / 'journal.db'}")
    upgrade(engine)
    journal = Journal(engine)
    publish(journal, mode=None)
    receive(journal, cloud_event("shipment.handed_over"))
    yield journal
    engine.dispose()


def told(capsys: pytest.CaptureFixture[str], *arguments: str, expect: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert main(["intake", *arguments]) == expect
    said = capsys.readouterr()
    return said.out, said.err


def document(capsys: pytest.CaptureFixture[str], *arguments: str, expect: int = 0) -> Any:
    return json.loads(told(capsys, *arguments, "--format", "json", expect=expect)[0])


def sweep(journal: Journal, *, at: datetime) -> None:
    Overdue(journal.engine).claim(at=at, lease=timedelta(minutes=1), limit=10)


def test_a_type_is_switched_on_from_now_on(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    before = datetime.now(UTC)

    said = document(capsys, "mode", LATE, "on", "--actor", "ann")

    setting = Modes(journal.engine).of(LATE)
    assert setting.mode is Mode.ON
    assert setting.cut_off is not None
    assert before <= setting.cut_off <= datetime.now(UTC)
    assert (said["mode"], said["changed_by"]) == ("on", "ann")


def test_a_cut_off_is_told_as_it_was_taken(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, "mode", LATE, "on", "--cut-off", "2026-03-02T12:00:00+00:00", "--utc", "--actor", "ann")

    assert out == "late_parcel is on, for what was due since 2026-03-02 12:00 UTC\n"
    assert Modes(journal.engine).of(LATE).cut_off == NOON


def test_a_type_without_a_rule_is_said_to_have_none(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    publish(journal, "[]", mode=None)

    _, err = told(capsys, "mode", LATE, "on", "--actor", "ann")

    assert err == "late_parcel has no rule in `opens`, as it was published last, so nothing opens it by itself\n"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("mode", "late_parsel", "on"), "did you mean 'late_parcel'?"),
        (("mode", "stockout", "on"), "`amends publish stockout --why …` publishes it"),
        (("mode", LATE, "on", "--cut-off", "2126-01-01"), "is yet to come"),
        (("mode", LATE, "of"), "of"),
        (("list", "--limit", "0"), "ask for one at least"),
        (("quarantine", "show"), "`amends intake quarantine show NUMBER`"),
        (("quarantine", "show", "7"), "nothing is kept apart under 7"),
        (("quarantine", "drop", "7"), "--reason: say why"),
    ],
)
def test_what_is_mistyped_is_told_with_its_mend(
    journal: Journal, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], why: str
) -> None:
    _, err = told(capsys, *arguments, expect=2)

    assert why in err
    assert Modes(journal.engine).all() == {}


def test_the_list_tells_what_would_have_opened(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    sweep(journal, at=hence(80))

    (row,) = document(capsys, "list", "--state", "shadowed")
    out, _ = told(capsys, "list", "--type", LATE, "--order", "A", "--utc")

    assert (row["order_id"], row["report"]) == ("A", {"order_id": "A", "parcel_id": "P"})
    assert [cell.strip() for cell in out.splitlines()[1].split("  ") if cell.strip()] == [
        "2026-03-05 12:00 UTC", LATE, "opens[0]", "A", "shadowed", "-", "-", "-",
    ]  # fmt: skip


def test_what_waits_is_met_or_overdue_in_the_list(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    receive(journal, cloud_event("shipment.handed_over", order="B"), cloud_event("shipment.delivered", 80, order="B"))

    overdue, _ = told(capsys, "list", "--order", "A")
    met, _ = told(capsys, "list", "--order", "B", "--state", "waiting")

    assert "  overdue  " in overdue
    assert "  met  " in met


def test_nothing_that_fits_is_said_to_be_nothing(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = told(capsys, "list", "--order", "Z")

    assert (out, "nothing is expected that fits" in err) == ("", True)
    assert len(expected(journal)) == 1


def test_the_status_tells_what_is_taken_in_and_how_each_type_stands(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    receive(journal, "nonsense", cloud_event("shipment.handed_over", order="B"))
    FeedLog(journal.engine).claim("http://shop/events", at=NOON, lease=timedelta(0))
    FeedLog(journal.engine).note_trouble("http://shop/events", trouble="it answers 503", until=NOON)
    sweep(journal, at=hence(80))
    sweeps.note(journal.engine, at=datetime.now(UTC), trouble=None)

    out, _ = told(capsys, "status")
    said = document(capsys, "status")

    lines = dict(line.split("  ", 1) for line in out.splitlines())
    assert {name: line.strip() for name, line in lines.items()} == {
        "events": "2 kept",
        "quarantine": "1 kept apart; `amends intake quarantine list` tells why",
        "sweeper": "looks for what is overdue",
        "feed": "http://shop/events, read up to 0; now: it answers 503",
        LATE: "1 rule, shadow; 2 shadowed",
    }
    assert said["types"][LATE]["counts"]["shadowed"] == 2
    assert (said["events"], said["quarantined"], said["feeds"][0]["trouble"]) == (2, 1, "it answers 503")


@pytest.mark.parametrize(
    ("ago", "trouble", "says"),
    [
        (None, None, "nobody has ever looked for what is overdue; run `amends up`"),
        (timedelta(hours=3), None, "nobody has looked for what is overdue for 3 h; run `amends up`"),
        (timedelta(0), "no server answers", "what is overdue is not opened: no server answers"),
    ],
)
def test_a_sweeper_that_does_not_sweep_is_told_by_status_and_doctor(
    journal: Journal, capsys: pytest.CaptureFixture[str], ago: timedelta | None, trouble: str | None, says: str
) -> None:
    if ago is not None:
        sweeps.note(journal.engine, at=datetime.now(UTC) - ago, trouble=trouble)

    out, _ = told(capsys, "status")
    main(["doctor", "--format", "json"])
    findings = {each["name"]: each for each in json.loads(capsys.readouterr().out)}

    assert says in out
    assert (findings["intake"]["verdict"], findings["intake"]["says"]) == ("wrong", says.split(";")[0])


def test_what_is_kept_apart_is_listed_shown_tried_again_and_dropped(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    ahead = cloud_event("shipment.handed_over", 24 * 365 * 50, order="B")
    receive(journal, ahead)

    out, _ = told(capsys, "quarantine", "list")
    shown, _ = told(capsys, "quarantine", "show", "1")
    still = document(capsys, "quarantine", "retry", "1", expect=1)
    dropped = document(capsys, "quarantine", "drop", "1", "--reason", "a test of theirs", "--actor", "ann")

    assert "which is yet to come" in out
    assert json.loads(shown.partition("\n")[2]) == ahead
    assert still["ended"] is None
    assert (dropped["ended"], dropped["ended_by"], dropped["reason"]) == ("dropped", "ann", "a test of theirs")
    assert document(capsys, "quarantine", "list") == []
    assert [each["number"] for each in document(capsys, "quarantine", "list", "--all")] == [1]
    assert "nothing is kept apart" in told(capsys, "quarantine", "list")[1]


def test_a_rule_that_could_not_be_reckoned_is_listed_with_its_event_and_tried_again(
    journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(journal, "[{match: order.late}]", events="{late: bool}", mode=None)
    receive(journal, cloud_event("order.noted", order="B", late="very"))

    out, _ = told(capsys, "quarantine", "list")
    shown, _ = told(capsys, "quarantine", "show", "1")
    still = document(capsys, "quarantine", "retry", "1", expect=1)

    assert "late_parcel opens[0]" in out
    assert json.loads(shown.partition("\n")[2])["data"]["late"] == "very"
    assert (still["order_id"], still["why"]) == ("B", "the fact 'order.late' should be bool but is 'very'")
    receive(journal, cloud_event("order.noted", order="B", name="right", late=False, corrects="B-order.noted@0"))
    assert "nothing is kept apart" in told(capsys, "quarantine", "list")[1]


def test_what_could_not_be_taken_then_is_taken_now(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    receive(journal, cloud_event("shipment.handed_over", order="B"), hours=-100)

    taken = document(capsys, "quarantine", "retry", "1", "--actor", "ann")

    assert (taken["ended"], taken["ended_by"]) == ("taken", "ann")
    assert [each.state for each in expected(journal, "B")] == [ExpectationState.WAITING]
