"""What people and the order system do to an incident on its way."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.models import Actor, ActorKind, Data, Evidence, Money, Outcome, Party, Severity
from runbooks.bundle import Bundle
from runbooks.program import AnswerKind, AskStep, DoStep
from tests.model.shop import GIVING
from tests.model.story import CONFIRMATION
from tests.model.walk import REPORT, Walk, person
from workflows.events import (
    Acknowledgement,
    AnswerGiven,
    Assigned,
    CancelRequested,
    DecisionGiven,
    EscalationRequested,
    Event,
    EvidenceAdded,
    MergeRequested,
    NewsReceived,
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
    Superseded,
    SuspensionRequested,
    TakeOverRequested,
    TaskSettled,
    Verdict,
    WaiverRequested,
)
from workflows.state import EffectRun, Task, Why

TEMPORAL = Actor(kind=ActorKind.SYSTEM, id="temporal")
CUSTOMER = Actor(kind=ActorKind.HUMAN, id="customer:C-17")
EVIDENCE = (Evidence(what="mail of the carrier, 2 November"),)
FILES = tuple(Evidence(what=f"{name}.jpg", sha256=name * 64, size=4) for name in "abcd")
OTHER_AMOUNT = Money(amount=1, currency="CNY")


@dataclass
class Acts:
    """Each act says whether it counted. ``others``: other texts that the incident may follow."""

    walk: Walk
    others: dict[int, Bundle] = field(default_factory=dict)

    def report(self, key: str, who: Actor) -> bool:
        return self._counts(ReportReceived(key=key, report=REPORT, actor=who))

    def news(
        self, event_id: str, at: datetime | None = None, *, of: str = "shipment.scanned", data: Data | None = None
    ) -> bool:
        return self._counts(NewsReceived(event_id=event_id, event_type=of, data=data or {}, actor=TEMPORAL, at=at))

    def asks(self) -> list[str]:
        """The questions that have been asked and wait for an answer."""
        runs = self.walk.state.steps
        asks = [step.id for step in self.walk.bundle.program.all_steps() if isinstance(step, AskStep)]
        asks += [step for step in runs if step.startswith(CONFIRMATION)]
        return [ask for ask in asks if (run := runs.get(ask)) and run.phase == "running" and run.ask and run.ask.asked]

    def answer(self, key: str, ask: str, at: datetime | None = None, *, who: Actor | None = None, **said: Any) -> bool:
        """``who``: who is asked, if not said otherwise; ``said``: the answer, or one that fits."""
        given = said or self._fitting(ask)
        return self._counts(AnswerGiven(key=key, ask=ask, actor=who or self._asked(ask), at=at, **given))

    def _asked(self, ask: str) -> Actor:
        step = self.walk.bundle.program.step(ask)
        role = step.role if isinstance(step, AskStep) else None
        return CUSTOMER if role is None else person(self.walk.bundle.roles[role].team[0])

    def _fitting(self, ask: str) -> dict[str, Any]:
        """An answer of the kind that is asked for."""
        step, run = self.walk.bundle.program.step(ask), self.walk.state.steps[ask].ask
        assert run is not None
        match step.answer if isinstance(step, AskStep) else AnswerKind.CHOICE:
            case AnswerKind.CHOICE:
                return {"choice": run.offered[0]}
            case AnswerKind.TEXT:
                return {"text": "in stock"}
            case AnswerKind.AMOUNT:
                return {"amount": run.at_most}
            case AnswerKind.FILES:
                return {"files": FILES[:2]}

    def acknowledge(self, key: str, who: Actor) -> bool:
        return self._counts(Acknowledgement(key=key, actor=who))

    def escalate(self, key: str, who: Actor) -> bool:
        return self._counts(EscalationRequested(key=key, reason="the customer is a hospital", actor=who))

    def snooze(self, key: str, until: datetime, who: Actor) -> bool:
        return self._counts(SnoozeRequested(key=key, until=until, reason="the carrier calls at two", actor=who))

    def assign(self, key: str, to: str, who: Actor, *, task: str | None = None) -> bool:
        return self._counts(Assigned(key=key, to=to, task=task, actor=who))

    def suspend(self, key: str, party: Party, until: datetime, who: Actor) -> bool:
        said = {"party": party, "until": until, "reason": "the depot is on strike"}
        return self._counts(SuspensionRequested(key=key, actor=who, **said))

    def resume(self, key: str, at: datetime | None, who: Actor) -> bool:
        return self._counts(ResumptionRequested(key=key, at=at, actor=who))

    def skip(self, key: str, step: str, who: Actor) -> bool:
        return self._counts(SkipRequested(key=key, step=step, reason="she has moved", actor=who))

    def take_over(self, key: str, who: Actor) -> bool:
        return self._counts(TakeOverRequested(key=key, reason="the press has called", actor=who))

    def merge(self, key: str, who: Actor) -> bool:
        order = str(REPORT["order_id"])
        return self._counts(MergeRequested(key=key, to="inc-2", order_id=order, reason="the same parcel", actor=who))

    def split(self, key: str, report: str, who: Actor) -> bool:
        other = "lost_parcel:SO-1:PC-2"
        said = SplitRequested(key=key, report=report, workflow_id=other, reason="she meant the other", actor=who)
        return self._counts(said)

    def supersede(self) -> bool:
        return self._counts(Superseded(to="inc-2", exception_type="stockout"))

    def repin(self, key: str, number: int, who: Actor) -> bool:
        """Another text that says the same in other words: whatever is done under it is what the mirror expects."""
        other = self.others.setdefault(
            number, self.walk.bundle.model_copy(update={"about": f"in other words, {number}"})
        )
        said = {"digest": other.digest, "revision": number, "reason": "it is worded better"}
        return self._counts(RepinRequested(key=key, bundle=other, actor=who, **said))

    def note(self, key: str, who: Actor) -> bool:
        return self._counts(NoteAdded(key=key, text="she called twice", actor=who))

    def show(self, key: str, who: Actor) -> bool:
        return self._counts(EvidenceAdded(key=key, evidence=EVIDENCE, actor=who))

    def set_severity(self, key: str, severity: Severity | None, who: Actor) -> bool:
        """``severity``: not set, as the rules say."""
        return self._counts(SeverityChosen(key=key, severity=severity, reason="it is medicine", actor=who))

    def decide(
        self, key: str, approval: str, who: Actor, *, verdict: Verdict = Verdict.APPROVE, stale: bool = False
    ) -> bool:
        """``stale``: about another amount than the one that is asked."""
        seen = self.walk.mirror.approvals.get(approval)
        amount = Money.model_validate(seen.amount) if seen and seen.amount else None
        given = DecisionGiven(
            key=key,
            approval=approval,
            verdict=verdict,
            amount=OTHER_AMOUNT if stale else amount,
            plan=seen.plan if seen else None,
            actor=who,
        )
        return self._counts(given)

    def cancel(self, key: str, who: Actor) -> bool:
        return self._counts(CancelRequested(key=key, reason="mistake", actor=who))

    def retry(self, key: str, task: str, who: Actor) -> bool:
        return self._counts(RetryRequested(key=key, task=task, actor=who))

    def choose(self, key: str, plan: str, who: Actor) -> bool:
        return self._counts(PlanChosen(key=key, plan=plan, actor=who))

    def waive(self, key: str, task: str, who: Actor) -> bool:
        return self._counts(WaiverRequested(key=key, task=task, reason="the carrier has it", actor=who))

    def settle(self, key: str, task: Task, who: Actor, *, truly: bool = True) -> bool:
        """Say by hand what became of what a task stands for: the truth, or (of a gift) the contrary of it."""
        walk = self.walk
        said = TaskSettled(key=key, task=task.id, how="by mail", evidence=EVIDENCE, actor=who)
        step = next((each for each in walk.bundle.program.all_steps() if each.id == task.step), None)
        if isinstance(step, DoStep) and not step.effect:
            return self._counts(said.model_copy(update={"result": walk.shop.read(step.activity)}))
        if task.why not in (Why.OUTCOME_UNKNOWN, Why.UNDO_FAILED):
            return self._counts(said)
        effect = effect_of(walk, task)
        found = _found_out(walk, effect, undo=task.why is Why.UNDO_FAILED)
        if not truly and task.why is Why.OUTCOME_UNKNOWN and effect.activity in GIVING:
            walk.honest, walk.shop.misled = False, True
            found = _contrary(found, effect)
        return self._counts(said.model_copy(update=found))

    def _counts(self, event: Event) -> bool:
        return bool(self.walk.take(event))


def effect_of(walk: Walk, task: Task) -> EffectRun:
    """The effect that a task is about."""
    return next(effect for effect in walk.state.effects if effect.command_id == task.id.partition(":")[2])


def _found_out(walk: Walk, effect: EffectRun, *, undo: bool) -> dict[str, Any]:
    """What asking around brings: whether it happened. What has not happened will not happen any more."""
    if undo and effect.undone is Outcome.NOT_APPLIED:
        return {"outcome": None}  # done by hand now
    key = f"inc/{effect.command_id}" + (f"/undo/{effect.undos}" if undo else "")
    known = walk.shop.recall(key)
    if known is None:
        return {"outcome": Outcome.NOT_APPLIED}
    return {"outcome": Outcome.APPLIED, "result": known.result}


def _contrary(found: dict[str, Any], effect: EffectRun) -> dict[str, Any]:
    if found["outcome"] is Outcome.APPLIED:
        return {"outcome": Outcome.NOT_APPLIED}
    made_up: Data = dict.fromkeys(effect.undo.takes, "somewhere") if effect.undo else {}
    return {"outcome": Outcome.APPLIED, "result": made_up}
