"""What is due, folded from the entries, is what the engine that wrote them says of itself."""

from collections.abc import Callable
from datetime import datetime

import pytest

from amends.journal import ClockKind, ClockRow, ClockState
from amends.journal.due import fold_clocks
from amends.models import Party
from runbooks.policy import GoalName
from tests.drills.builders import timeline_of
from tests.workflows.bench import person
from tests.workflows.builders import Incident, lost_parcel, refusing
from tests.workflows.promises import LADDER, claiming, promising, sla
from workflows import clocks, deadlines
from workflows.events import Acknowledgement

Standing = tuple[str, datetime | None, Party | None, bool]

ALL = {"first_response": 1, "update": 30, "analysis": 40, "action": 2, "resolve": 60}


def folded(incident: Incident) -> list[ClockRow]:
    return list(fold_clocks(timeline_of(incident)).values())


def told(incident: Incident) -> list[Standing]:
    """The goals that stand, by the entries."""
    rows = [row for row in folded(incident) if row.kind is ClockKind.GOAL and row.state.stands]
    return sorted((row.name, row.due_at, row.charged_to, row.state is ClockState.BREACHED) for row in rows)


def said(incident: Incident) -> list[Standing]:
    """The goals that stand, by the engine; when one that is not kept was due stays as it was when that came out."""
    standing = clocks.running(incident.state)
    breached = {row.name: row.due_at for row in folded(incident) if row.state is ClockState.BREACHED}
    due = {clock.goal: clocks.due_at(incident.state, clock) for clock in standing}
    return sorted(
        (clock.goal, breached[clock.goal] if clock.breached else due[clock.goal], clock.charged_to, clock.breached)
        for clock in standing
    )


def asked_late(incident: Incident) -> Incident:
    return incident.wait(hours=24).wait(hours=10)


@pytest.mark.parametrize(
    "go",
    [
        lambda incident: incident,
        lambda incident: incident.wait(hours=20),
        asked_late,
        lambda incident: asked_late(incident).answer("reship"),
        lambda incident: asked_late(incident).answer("reship").wait(hours=80),
        lambda incident: incident.wait(hours=400),
    ],
    ids=["opened", "searching", "asked", "answered", "late", "over"],
)
@pytest.mark.parametrize("refused", [(), ("payments.refund", "inventory.reserve")], ids=["goes well", "no plan left"])
def test_the_goals_that_stand_are_the_engine_s(go: Callable[[Incident], Incident], refused: tuple[str, ...]) -> None:
    incident = Incident(bundle=promising(sla=sla(**ALL), escalation=LADDER), world=refusing(*refused)).open()

    go(incident)

    assert told(incident) == said(incident)


def test_what_was_not_kept_is_what_the_engine_has_written_down() -> None:
    incident = Incident(bundle=promising(sla=sla(**ALL))).open().wait(hours=400)

    broken = {row.name for row in folded(incident) if row.kind is ClockKind.GOAL and row.breached_at is not None}

    assert broken == {clock.goal for clock in incident.state.clocks.values() if clock.breached_at is not None}
    assert GoalName.ANALYSIS in broken


def test_the_deadlines_that_stand_are_the_engine_s() -> None:
    incident = Incident(bundle=claiming()).open()

    rows = {row.name: row.due_at for row in folded(incident) if row.kind is ClockKind.DEADLINE and row.state.stands}

    assert rows == {name: run.due_at for name, run in deadlines.open_deadlines(incident.state).items()}


def test_a_page_waits_until_somebody_takes_it_on() -> None:
    incident = Incident(bundle=promising(escalation=LADDER), world=refusing("shipping.open_trace")).open()
    waits = [(row.name, row.state) for row in folded(incident) if row.kind is ClockKind.PAGE]

    incident.take(Acknowledgement(key="ack", actor=person("an")))

    taken = [(row.name, row.state) for row in folded(incident) if row.kind is ClockKind.PAGE]
    assert (waits, taken) == ([("logistics", ClockState.RUNNING)], [("logistics", ClockState.KEPT)])


def test_a_runbook_that_promises_nothing_has_nothing_due() -> None:
    assert folded(Incident(bundle=lost_parcel()).open()) == []
