"""Two people act in the same second, whatever each of them does, and wherever the incident stands."""

import copy
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from itertools import product
from typing import get_args

import pytest

from amends.models import Evidence, Party, Severity
from runbooks.bundle import Bundle
from tests.workflows.bench import FINANCE, LEAD, WORTH, cautious, person
from tests.workflows.builders import CUSTOMER, HOUR, REPORT, START, Incident, refusing
from tests.workflows.promises import LADDER, promising, sla
from workflows import acts, core
from workflows.contract import Verdict
from workflows.events import (
    Acknowledgement,
    Act,
    AnswerGiven,
    Assigned,
    CancelRequested,
    DecisionGiven,
    EscalationRequested,
    EvidenceAdded,
    MergeRequested,
    NoteAdded,
    PlanChosen,
    RepinRequested,
    ReportReceived,
    ResumptionRequested,
    RetryRequested,
    SeverityChosen,
    SkipRequested,
    SnoozeRequested,
    SplitRequested,
    SuspensionRequested,
    TakeOverRequested,
    TaskSettled,
    WaiverRequested,
)
from workflows.state import State

SHOWN = (Evidence(what="a letter"),)


@cache
def whole() -> Bundle:
    """Approvals, a measure, promises, a ladder and people."""
    bundle = cautious()
    roles = {**promising().roles, **bundle.roles}
    more = {"escalation": LADDER, "sla": sla(analysis=80, resolve=200, update=30, acknowledge=1), "roles": roles}
    return promising(bundle, **more, tasks=bundle.tasks)


@cache
def other() -> Bundle:
    """Another text of it."""
    return whole().model_copy(update={"about": "in other words"})


def opened() -> Incident:
    return Incident(bundle=whole()).open().wait(hours=1)


def asked() -> Incident:
    return Incident(bundle=whole()).open().wait(hours=25)


def to_approve() -> Incident:
    return asked().answer("reship").wait(hours=48)


def stuck() -> Incident:
    incident = Incident(bundle=whole(), world=refusing("shipping.open_trace")).open().wait(hours=1)
    incident.take(ReportReceived(key="k-2", report=REPORT, actor=CUSTOMER))
    return incident


def no_plan_left() -> Incident:
    return Incident(bundle=whole(), world=refusing("payments.refund")).open().wait(hours=96 + 5)


def not_undone() -> Incident:
    world = refusing("shipping.create_shipment", "inventory.release")
    incident = Incident(bundle=whole(), world=world).open().wait(hours=25).answer("reship").wait(hours=48)
    act = DecisionGiven(
        key="chen", approval=LEAD.id, verdict=Verdict.APPROVE, amount=WORTH, plan="reship", actor=person("chen")
    )
    incident.take(act)
    return incident.settle()


def taken_over() -> Incident:
    return done(to_approve(), TakeOverRequested(key="t0", reason="mine", actor=person("an")))


def suspended() -> Incident:
    until = START + timedelta(days=9)
    return done(
        to_approve(),
        SuspensionRequested(key="s0", party=Party.CARRIER, until=until, reason="strike", actor=person("an")),
    )


def done(incident: Incident, act: Act) -> Incident:
    incident.take(act)
    return incident.settle()


PLACES: dict[str, Callable[[], Incident]] = {
    each.__name__: each for each in (opened, asked, to_approve, stuck, no_plan_left, not_undone, taken_over, suspended)
}


def every_act(incident: Incident, who: str, key: str) -> dict[str, Act]:
    """One of each act that a person could try, about what the incident stands at."""
    state = incident.state
    task = state.tasks[0].id if state.tasks else "none"
    step = next((each for each in reversed(state.steps) if state.steps[each].phase in ("running", "stuck")), "none")
    approval = next((each for each in state.approvals if state.approvals[each].open), FINANCE.id)
    plan = state.approvals[approval].plan if approval in state.approvals else None
    until = incident.now + timedelta(days=6)
    actor = person(who)
    decided = {"approval": approval, "amount": WORTH, "plan": plan, "actor": actor}
    made: tuple[Act, ...] = (
        AnswerGiven(key=key, ask="analysis.ask", choice="reship", actor=CUSTOMER),
        DecisionGiven.model_validate({**decided, "key": key, "verdict": Verdict.APPROVE}),
        DecisionGiven.model_validate({**decided, "key": f"{key}-no", "verdict": Verdict.REJECT}),
        RetryRequested(key=key, task=task, actor=actor),
        PlanChosen(key=key, plan="refund", actor=actor),
        TaskSettled(key=key, task=task, how="by hand", evidence=SHOWN, actor=actor),
        WaiverRequested(key=key, task=task, reason="let it be", actor=actor),
        Acknowledgement(key=key, actor=actor),
        EscalationRequested(key=key, reason="now", actor=actor),
        SnoozeRequested(key=key, until=incident.now + HOUR, reason="later", actor=actor),
        NoteAdded(key=key, text="seen", actor=actor),
        EvidenceAdded(key=key, evidence=SHOWN, actor=actor),
        Assigned(key=key, to="chen", actor=actor),
        SuspensionRequested(key=key, party=Party.CARRIER, until=until, reason="strike", actor=actor),
        ResumptionRequested(key=key, actor=actor),
        SeverityChosen(key=key, severity=Severity.CRITICAL, reason="a hospital", actor=actor),
        SkipRequested(key=key, step=step, reason="enough", actor=actor),
        TakeOverRequested(key=key, reason="mine", actor=actor),
        RepinRequested(key=key, digest=other().digest, bundle=other(), reason="a better one", actor=actor),
        MergeRequested(key=key, to="inc-2", order_id="SO-1", reason="one and the same", actor=actor),
        SplitRequested(key=key, report="k-2", workflow_id="lost_parcel:SO-1:PC-2", reason="another", actor=actor),
        CancelRequested(key=key, reason="found", actor=actor),
    )
    return {f"{type(act).__name__} {number}": act for number, act in enumerate(made)}


@pytest.mark.parametrize("place", PLACES)
def test_two_people_may_do_whatever_they_like_in_the_same_second(place: str) -> None:
    """Each pair of acts: both get an answer at once, what counts counts once, and the incident goes on."""
    stands = PLACES[place]()
    pairs = 0
    for first, second in product(every_act(stands, "an", "1").values(), every_act(stands, "chen", "2").values()):
        incident = copy.deepcopy(stands)
        for act in (first, second, first, second):  # and each of them types it twice
            before = dict(incident.state.handled)
            incident.take(act)
            receipt = incident.state.handled.get(acts.handled_as(act))
            if receipt is None:  # a decision whose authority is being looked up, or the incident has ended
                assert incident.state.deciding or incident.state.ended
            else:
                assert before.get(acts.handled_as(act), receipt) == receipt, "an answer never changes"
        incident.settle()
        pairs += 1

        again = State.model_validate_json(incident.state.model_dump_json())
        assert again == incident.state, "the state survives a new run"
        due = core.next_due(incident.state)
        assert due is None or due.at > incident.now, (type(first), type(second), due)
        assert incident.state.ended or due is not None or incident.state.pending or incident.state.tasks

    assert pairs == 22 * 22


def test_every_act_counts_somewhere_and_every_act_is_here() -> None:
    counted = {
        type(act)
        for place in PLACES.values()
        for incident in [place()]
        for act in every_act(incident, "chen", "k").values()
        if acts.refusal(incident.state, act, incident.now) is None
    }

    assert counted == set(get_args(Act))
