"""One lost parcel in the words of its entries, as the engine writes them, up to the point that a test wants."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import JsonValue

from amends.journal import IncidentRow, Journal, connect, upgrade
from amends.models import ENGINE, TIMER, Actor, ActorKind, Data, Outcome, Refusal
from amends.timeline import Entry, EntryKind
from workflows.contract import repin_approval

INCIDENT = "5d3a1c88-0000-4000-8000-000000000000"
OPENED_AT = datetime(2026, 11, 22, 22, 4, 30, tzinfo=UTC)
DAY = timedelta(days=1)
MEI = Actor(kind=ActorKind.HUMAN, id="mei", verified=True)
CUSTOMER = Actor(kind=ActorKind.HUMAN, id="customer", verified=True)

LOOKING = "report.tell.lost_parcel.looking"
WAIT = "analysis.wait.trace"
ASK = "analysis.ask.lost_parcel.reship_or_refund"
RESERVE = "action.reship.inventory.reserve"
SHIP = "action.reship.shipping.create_shipment"
APPROVE = "action.reship.approve.logistics_lead"
REFUND = "action.refund.payments.refund"

Told = tuple[timedelta, EntryKind, Actor, Data]


def reported(subject: Data | None = None, *, digest: str = "sha256:00") -> Iterator[Told]:
    """Reported by Mei, and noted."""
    subject = subject or {"order_id": "SO-1004", "parcel_id": "PC-1004-1"}
    opened: Data = {
        "incident_id": INCIDENT,
        "exception_type": "lost_parcel",
        "workflow_id": "lost_parcel:SO-1004:PC-1004-1",
        "subject": subject,
        "report": subject,
        "bundle": {"digest": digest},
        "severity": "medium",
        "key": "k-1",
    }
    yield timedelta(), EntryKind.INCIDENT_OPENED, MEI, opened
    yield timedelta(), EntryKind.INCIDENT_REGISTERED, ENGINE, {}
    yield timedelta(), EntryKind.STAGE_ENTERED, ENGINE, {"stage": "report"}
    yield from told_customer(LOOKING, timedelta())


def searched() -> Iterator[Told]:
    """The carrier is asked, and looked after three times, in vain."""
    waiting: Data = {
        "wait": WAIT,
        "until": 'trace.status != "open"',
        "waiting_for": "carrier",
        "at_most_until": (OPENED_AT + 3 * DAY).isoformat(),
        "then_assume": {"trace.status": "presumed_lost"},
    }
    yield timedelta(), EntryKind.STAGE_ENTERED, ENGINE, {"stage": "analysis"}
    yield timedelta(), EntryKind.WAIT_STARTED, ENGINE, waiting
    yield timedelta(), EntryKind.STATUS_CHANGED, ENGINE, {"status": "waiting", "waiting_for": ["carrier"]}
    for hours in (6, 12, 18):
        yield from looked(timedelta(hours=hours), "open")


def asked() -> Iterator[Told]:
    """The parcel is lost, and the customer is asked."""
    question: Data = {
        "ask": ASK,
        "question": "lost_parcel.reship_or_refund",
        "to": "customer",
        "choices": ["reship", "refund"],
        "answer_by": (OPENED_AT + 3 * DAY).isoformat(),
        "if_silent": "refund",
    }
    yield from looked(DAY, "lost")
    yield DAY, EntryKind.WAIT_ENDED, ENGINE, {"wait": WAIT}
    yield from told_customer(ASK, DAY)
    yield DAY, EntryKind.QUESTION_ASKED, ENGINE, question
    yield DAY, EntryKind.STATUS_CHANGED, ENGINE, {"status": "waiting", "waiting_for": ["customer"]}


def reship_failed() -> Iterator[Told]:
    """The customer wants it again; it cannot be sent, and the goods are on their way back to stock."""
    at = DAY + timedelta(hours=2)
    refused: Data = {"reason": "NoCapacity", "message": "heron_post takes no more parcels"}
    yield at, EntryKind.ANSWER_RECEIVED, CUSTOMER, {"ask": ASK, "choice": "reship", "key": "a-1"}
    yield at, EntryKind.STAGE_ENTERED, ENGINE, {"stage": "action"}
    yield at, EntryKind.PLAN_STARTED, ENGINE, {"plan": "reship"}
    yield from done(RESERVE, "inventory.reserve", {"reservation_id": "RS-1"}, at)
    yield at, EntryKind.EFFECT_REQUESTED, ENGINE, call(SHIP, "shipping.create_shipment")
    yield at, EntryKind.EFFECT_REFUSED, ENGINE, {**call(SHIP, "shipping.create_shipment"), "refusal": refused}
    yield at, EntryKind.PLAN_FAILED, ENGINE, {"plan": "reship"}
    yield at, EntryKind.UNDO_REQUESTED, ENGINE, undo()
    yield at, EntryKind.STATUS_CHANGED, ENGINE, {"status": "in_progress", "waiting_for": []}


def refunded() -> Iterator[Told]:
    """The goods are back, the money is paid back, and the incident is closed."""
    at = DAY + timedelta(hours=2)
    money: Data = {"amount": {"amount": 38400, "currency": "CNY"}, "refund_id": "RF-1"}
    yield at, EntryKind.UNDO_APPLIED, ENGINE, undo()
    yield at, EntryKind.PLAN_UNDONE, ENGINE, {"plan": "reship"}
    yield from done(REFUND, "payments.refund", money, at)
    yield at, EntryKind.INCIDENT_RESOLVED, ENGINE, {"outcome": "refund"}
    yield at, EntryKind.STATUS_CHANGED, ENGINE, {"status": "resolved", "waiting_for": []}
    yield at, EntryKind.INCIDENT_CLOSED, ENGINE, {"status": "closed", "outcome": "refund"}


def handed_over(why: str, step: str, task: str, *, owner: str | None = None) -> Iterator[Told]:
    """A person is needed; one of a role was, long ago."""
    at = DAY + timedelta(hours=3)
    whose: Data = {"owner": owner, "due_at": "2020-01-01T00:00:00+00:00" if owner else None}
    yield at, EntryKind.TASK_OPENED, ENGINE, {"task": task, "step": step, "why": why, **whose}
    yield at, EntryKind.STATUS_CHANGED, ENGINE, {"status": "taken_over", "waiting_for": ["us"]}


def had_it_tried_again(task: str) -> Iterator[Told]:
    """Mei says when."""
    yield (
        DAY + timedelta(hours=4),
        EntryKind.RETRY_REQUESTED,
        MEI,
        {"key": "r-1", "task": task, "note": "stock is back"},
    )


def settled(task: str) -> Iterator[Told]:
    """Mei has put it right by hand."""
    act: Data = {"key": "s-1", "task": task, "how": "paid in cash", "evidence": [{"what": "receipt 12"}]}
    yield DAY + timedelta(hours=4), EntryKind.TASK_SETTLED, MEI, act
    yield DAY + timedelta(hours=4), EntryKind.TASK_CLOSED, ENGINE, {"task": task, "how": "settled"}


def showed() -> Iterator[Told]:
    """Mei shows a slip and a mail."""
    slip: Data = {"what": "slip.pdf", "sha256": "ab" * 32, "type": "application/pdf", "size": 1300}
    act: Data = {"key": "e-1", "evidence": [slip, {"what": "mail 4711"}], "note": ""}
    yield DAY + timedelta(hours=4), EntryKind.EVIDENCE_ADDED, MEI, act


def chosen(task: str) -> Iterator[Told]:
    """Mei has the refund tried."""
    yield DAY + timedelta(hours=4), EntryKind.PLAN_CHOSEN, MEI, {"key": "c-1", "plan": "refund"}
    yield DAY + timedelta(hours=4), EntryKind.TASK_CLOSED, ENGINE, {"task": task, "how": "chosen"}


def approval_asked(approval: str = APPROVE, *, role: str = "logistics_lead", approvers: int = 2) -> Iterator[Told]:
    """CNY 1,200.00 are to be approved, within ten years."""
    asked: Data = {
        "approval": approval,
        "role": role,
        "amount": {"amount": 120000, "currency": "CNY"},
        "plan": "reship",
        "reason": "",
        "approvers": approvers,
        "decide_by": OPENED_AT.replace(year=2036).isoformat(),
        "if_silent": "escalate",
        "cannot": ["mei", "bo"],
    }
    yield DAY + timedelta(hours=3), EntryKind.APPROVAL_ASKED, ENGINE, asked


def waiver_asked(task: str) -> Iterator[Told]:
    """Mei wants something to be let be."""
    asked: Data = {"approval": f"waive:{task}", "reason": "the bank's rounding", "approvers": 1, "cannot": ["mei"]}
    yield DAY + timedelta(hours=3), EntryKind.APPROVAL_ASKED, ENGINE, {"role": None, "amount": None, **asked}


def repin_asked(digest: str) -> Iterator[Told]:
    """Mei wants the next stages to follow another text, which a second person has to approve."""
    at, why = DAY + timedelta(hours=3), "it offers too much"
    mei = Actor(kind=ActorKind.HUMAN, id="mei", verified=True)
    yield at, EntryKind.REPIN_REQUESTED, mei, {"key": "p-1", "digest": digest, "reason": why}
    asked: Data = {"approval": repin_approval(digest), "reason": why, "approvers": 1, "cannot": ["mei"]}
    yield at, EntryKind.APPROVAL_ASKED, ENGINE, {"role": None, "amount": None, **asked}


def decided(who: str, verdict: str = "approve", *, note: str = "", approval: str = APPROVE) -> Iterator[Told]:
    """Somebody decides."""
    act: Data = {"key": f"d-{who}", "approval": approval, "verdict": verdict, "note": note, "plan": "reship"}
    actor = Actor(kind=ActorKind.HUMAN, id=who, verified=True)
    yield DAY + timedelta(hours=4), EntryKind.DECISION_RECEIVED, actor, act


def refused(who: str) -> Iterator[Told]:
    """What somebody approved is beyond their authority."""
    why: Data = {"reason": "BeyondAuthority", "message": "too much for one day"}
    shown: Data = {"approval": APPROVE, "by": who, "outcome": "not_applied", "refusal": why}
    yield DAY + timedelta(hours=4), EntryKind.DECISION_REFUSED, ENGINE, shown


def ended(kind: EntryKind, **said: JsonValue) -> Iterator[Told]:
    """An approval ends, or its time does."""
    yield DAY + timedelta(hours=5), kind, ENGINE, {"approval": APPROVE, **said}


def promised(*, due: str = "2036-11-23T10:04:30+00:00") -> Iterator[Told]:
    """What was promised: one is kept, one stands still for the customer, and one runs. The carrier's deadline too."""
    for goal in ("first_response", "update", "resolve"):
        yield timedelta(), EntryKind.CLOCK_STARTED, ENGINE, {"goal": goal, "within": 43200, "due_at": due}
    kept: Data = {"goal": "first_response", "consumed": 0, "within": 43200, "kept": True}
    yield timedelta(), EntryKind.CLOCK_STOPPED, ENGINE, kept
    yield DAY, EntryKind.CLOCK_PAUSED, ENGINE, {"goals": ["update"], "charged_to": "customer"}
    claim: Data = {"deadline": "carrier_claim", "due_at": due, "protect_at": due, "table": "t", "source": "contract"}
    yield DAY, EntryKind.DEADLINE_SET, ENGINE, claim


def due(*goals: str) -> Iterator[Told]:
    """What was promised runs."""
    for goal in goals:
        told: Data = {"goal": goal, "within": 43200, "due_at": "2036-11-23T10:04:30+00:00"}
        yield timedelta(), EntryKind.CLOCK_STARTED, ENGINE, told


def waiting_for(party: str) -> Iterator[Told]:
    yield DAY, EntryKind.STATUS_CHANGED, ENGINE, {"status": "waiting", "waiting_for": [party]}


def broken(goal: str = "resolve") -> Iterator[Told]:
    """A promise is broken."""
    yield DAY + timedelta(hours=2), EntryKind.CLOCK_BREACHED, TIMER, {"goal": goal, "due_at": OPENED_AT.isoformat()}


def paged(*people: str, level: int = 1, role: str = "logistics", at: timedelta = DAY) -> Iterator[Told]:
    """People are paged about a task, and one channel says what became of it."""
    request: Data = {
        "page": level,
        "level": level,
        "levels": 3,
        "role": role,
        "people": [*people],
        "why": "no_plan_left",
        "cause": "no_plan_left:action",
        "owed": ["task:no_plan_left"],
    }
    results: Data = {"pages": [{"person": each, "channel": "mail", "result": "sent", "detail": ""} for each in people]}
    sent: Data = {"command_id": f"page/{level}", "outcome": "applied", "result": results}
    yield at, EntryKind.PAGE_REQUESTED, ENGINE, request
    yield at, EntryKind.PAGE_SENT, ENGINE, sent


def exhausted() -> Iterator[Told]:
    """Nobody has answered."""
    yield DAY + timedelta(hours=3), EntryKind.LADDER_EXHAUSTED, ENGINE, {"level": 3, "pages": 3}


def acted(kind: EntryKind, who: str, **said: JsonValue) -> Iterator[Told]:
    """Somebody acknowledges, escalates or puts paging off."""
    actor = Actor(kind=ActorKind.HUMAN, id=who, verified=True)
    yield DAY + timedelta(hours=4), kind, actor, {"key": f"{kind}-{who}", **said}


def told_customer(step: str, at: timedelta) -> Iterator[Told]:
    yield from done(step, "customers.tell", {"channel": "email", "message_id": "MS-1"}, at)


def looked(at: timedelta, status: str) -> Iterator[Told]:
    result: Data = {"status": status, "trace_id": "TR-1"}
    yield at, EntryKind.TIME_CAME, TIMER, {"due": [f"check {WAIT}"]}
    yield at, EntryKind.FACTS_READ, ENGINE, {"step": WAIT, "activity": "shipping.read_trace", "result": result}


def done(step: str, activity: str, result: Data, at: timedelta) -> Iterator[Told]:
    yield at, EntryKind.EFFECT_REQUESTED, ENGINE, call(step, activity)
    yield at, EntryKind.EFFECT_APPLIED, ENGINE, {**call(step, activity), "result": result}


def call(step: str, activity: str) -> Data:
    return {"step": step, "activity": activity, "key": f"{INCIDENT}/{step}/1"}


def undo() -> Data:
    return {"step": RESERVE, "activity": "inventory.release", "key": f"{INCIDENT}/{RESERVE}/1/undo/1"}


def write(state_dir: Path, *parts: Iterable[Told]) -> IncidentRow:
    """The incident in the journal of a state folder, with its effects; parts that are there already change nothing."""
    engine = connect(f"sqlite:///{state_dir / 'journal.db'}")
    try:
        upgrade(engine)
        journal = Journal(engine)
        told = [each for part in parts for each in part]
        _append(journal, told)
        for n, (at, kind, _, data) in enumerate(told):
            _keep_effect(journal, OPENED_AT + at + timedelta(microseconds=n), kind, data)
        return journal.incident(INCIDENT)
    finally:
        engine.dispose()


def _append(journal: Journal, told: list[Told]) -> None:
    journal.append(
        incident_id=INCIDENT,
        exception_type="lost_parcel",
        workflow_id="lost_parcel:SO-1004:PC-1004-1",
        run_id="run-1",
        entries=[
            Entry(n=n, kind=kind, occurred_at=OPENED_AT + at, actor=actor, data=data)
            for n, (at, kind, actor, data) in enumerate(told)
        ],
        at=OPENED_AT,
    )


def _keep_effect(journal: Journal, at: datetime, kind: EntryKind, data: Data) -> None:
    key, result, refusal = str(data.get("key")), data.get("result", {}), data.get("refusal")
    if kind in (EntryKind.EFFECT_REQUESTED, EntryKind.UNDO_REQUESTED):
        journal.effects.begin(
            key=key,
            incident_id=INCIDENT,
            step=str(data["step"]),
            attempt=1,
            activity=str(data["activity"]),
            inputs={},
            undoes=key.partition("/undo/")[0] if kind is EntryKind.UNDO_REQUESTED else None,
            at=at,
        )
    elif kind in (EntryKind.EFFECT_APPLIED, EntryKind.UNDO_APPLIED, EntryKind.EFFECT_REFUSED):
        assert isinstance(result, dict)
        journal.effects.finish(
            key=key,
            outcome=Outcome.APPLIED if refusal is None else Outcome.NOT_APPLIED,
            result=result,
            refusal=Refusal.model_validate(refusal) if refusal else None,
            at=at,
        )
