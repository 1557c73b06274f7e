"""Approvals: asked of a role under four-eyes, for an amount and a plan, and what becomes of a decision.

Whoever brought the incident here cannot approve, nor can anybody for whom no door vouches; one rejection rejects;
silence never means a yes. An approval holds
for the amount that it was asked for, and no more: when more is to be given, it is asked for anew.
"""

from collections.abc import Iterator
from itertools import takewhile

from amends.models import ActorKind, Data, Money, Outcome
from amends.timeline import Entry, EntryKind
from runbooks.amounts import convert
from runbooks.catalogue import CATALOGUE
from runbooks.expressions import FactMissing
from runbooks.program import ApproveStep, DoStep, IfUndecided, Rounds, Step, Together, walk
from workflows import authority, beside, effects, facts
from workflows.events import Command, CommandReturned, DecisionGiven, Role, Verdict
from workflows.state import ApprovalRun, Deciding, State, Why
from workflows.turn import Turn


def ask(turn: Turn, step: ApproveStep, *, plan: str | None, amount: Money | None = None) -> None:
    """Ask for an approval, or ask anew: what was decided before does not count any more. ``amount``: how much by now,
    if that is more than the step itself says."""
    state = turn.state
    before = state.approvals.get(step.id)
    _open(
        turn,
        ApprovalRun(
            id=step.id,
            about=step.id,
            asked=before.asked + 1 if before else 1,
            role=step.role,
            amount=amount or facts.amount(state, step.amount),
            plan=plan,
            approvers=step.approvers,
            asked_at=turn.now,
            decide_by=turn.now + step.decide_within.of(state.severity),
            if_silent=step.if_silent,
        ),
    )


def ask_second(turn: Turn, *, approval: str, about: str, reason: str, by: str) -> None:
    """Ask for a second person's approval of what ``by`` wants; anybody with a role may give it, and there is no
    deadline."""
    _open(turn, ApprovalRun(id=approval, about=about, requested_by=[by], reason=reason, asked_at=turn.now))


def go_on(turn: Turn, step: ApproveStep, *, plan: str | None) -> bool | None:
    """Whether it was approved or rejected; ``None`` while it is open. What is asked follows the facts."""
    approval = turn.state.approvals[step.id]
    if approval.open and facts.amount(turn.state, step.amount) != approval.amount:
        withdraw(turn, approval.id, why="the amount has changed")
        ask(turn, step, plan=plan)
        return None
    return approval.given


def outgrown(turn: Turn, step: DoStep, *, plan: str | None) -> str | None:
    """The approval that what ``step`` would give rests on, and that does not reach for it; it has been asked for anew.

    Nothing of value is given behind an approval that was not given, or for more, all in all, than it was given for; nor
    past one that was not needed when its turn came and is by now.
    """
    state = turn.state
    if not CATALOGUE[step.activity].gives_value:
        return None
    for asked in _approvals_before(state, step):
        approval = state.approvals.get(asked.id)
        if approval is None and not _is_needed_by_now(state, asked):
            continue
        if approval is not None and approval.open:
            return approval.id
        needed = _needed(state, asked, step)
        if approval is not None and approval.given:
            if _reaches(approval.amount, needed):
                continue
            withdraw(turn, approval.id, why="more is to be given than was approved")
        ask(turn, asked, plan=plan, amount=needed)
        return asked.id
    return None


def decide(turn: Turn, event: DecisionGiven, entry: Entry) -> None:
    """Take a decision that ``refusal`` has not refused. Whether somebody's authority reaches for an amount is counted
    across all incidents before the decision counts."""
    state = turn.state
    approval = state.approvals[event.approval]
    if event.verdict is Verdict.REJECT:
        turn.receipt(f"decide:{event.key}", entry, "recorded")
        _reject(turn, approval, by=event.actor.id, note=event.note)
        return
    limits = authority.limits(state, approval, event.actor.id)
    if limits is None:
        turn.receipt(f"decide:{event.key}", entry, "recorded")
        _approve(turn, approval, event.actor.id)
        return
    state.counts += 1
    command_id = f"{approval.id}/count/{state.counts}"
    state.deciding[command_id] = Deciding(key=event.key, approval=approval.id, asked=approval.asked, who=event.actor.id)
    turn.issue(Command(id=command_id, role=Role.COUNT, step=approval.about, activity="approvals.count", inputs=limits))


def counted(turn: Turn, command: Command, returned: CommandReturned, entry: Entry) -> None:
    """Whether somebody's authority reaches is known: the decision counts, or it does not."""
    decision = turn.state.deciding.pop(command.id)
    approval = turn.state.approvals.get(decision.approval)
    key = f"decide:{decision.key}"
    if returned.outcome is not Outcome.APPLIED:
        why = returned.refusal.message if returned.refusal else str(returned.trouble)
        turn.receipt(key, entry, "refused", refused=why)
    elif approval is None or not approval.open or approval.asked != decision.asked:
        turn.receipt(key, entry, "refused", refused=f"{decision.approval!r} was decided or withdrawn meanwhile")
    else:
        turn.receipt(key, entry, "recorded")
        _approve(turn, approval, decision.who)


def expire(turn: Turn) -> None:
    """Take silence for what it means. A decision that is being counted came in time, and is waited for."""
    for approval in list(turn.state.approvals.values()):
        in_time = approval.decide_by is None or turn.now < approval.decide_by
        if in_time or approval.overdue or not approval.open:
            continue
        approval.late = any(each.approval == approval.id for each in turn.state.deciding.values())
        if approval.late:
            continue
        approval.overdue = True
        turn.note(EntryKind.APPROVAL_EXPIRED, {"approval": approval.id, "then": approval.if_silent})
        if approval.if_silent is IfUndecided.REJECT:
            approval.given = False
        else:
            task = f"undecided:{approval.id}"
            turn.open_task(task_id=task, step=approval.about, why=Why.UNDECIDED, owner=approval.role)


def withdraw(turn: Turn, approval_id: str, *, why: str) -> None:
    """Nothing is to be decided any more, and what was decided does not hold. Harmless for one that is not asked."""
    approval = turn.state.approvals.get(approval_id)
    if approval is not None:
        turn.note(EntryKind.APPROVAL_WITHDRAWN, {"approval": approval_id, "why": why})
        approval.given = False
        turn.close_task(f"undecided:{approval_id}", how="withdrawn")


def refusal(state: State, given: DecisionGiven) -> str | None:
    """Why a decision does not count now; ``None`` if it does (or repeats one that counted)."""
    approval = state.approvals.get(given.approval)
    who = given.actor.id
    if approval is None or (not approval.open and not _repeats(approval, given)):
        return _not_open(state, given.approval)
    if _repeats(approval, given):
        return None
    if given.actor.kind is not ActorKind.HUMAN:
        return "only a person can decide about an approval"
    if not given.actor.verified:
        return (
            f"nobody vouches for {who!r}, and an unsigned word decides nothing: act through a door that signs "
            "(`amends` does with a key in AMENDS_DOOR_KEY; `amends door new` makes one)"
        )
    if given.verdict is Verdict.APPROVE:
        if (given.amount, given.plan) != (approval.amount, approval.plan):
            asked = authority.asked_for(approval)
            return f"what was decided about is not what is asked: {approval.id!r} is about {asked}; look at it again"
        if who in authority.cannot(state, approval):
            able = authority.named([*authority.able(state, approval)])
            return f"{who!r} has brought this here, and cannot approve it too; {able} could"
        if any((each.approval, each.who) == (approval.id, who) for each in state.deciding.values()):
            return f"the approval of {who!r} is being counted already"
    return authority.refusal(state, approval, who, rejecting=given.verdict is Verdict.REJECT)


def repeats(state: State, given: DecisionGiven) -> bool:
    """Whether the same person has decided the same before."""
    approval = state.approvals.get(given.approval)
    return approval is not None and _repeats(approval, given)


def open_approvals(state: State) -> list[ApprovalRun]:
    """The approvals that may be decided now."""
    return [approval for approval in state.approvals.values() if approval.open]


def _open(turn: Turn, approval: ApprovalRun) -> None:
    turn.state.approvals[approval.id] = approval
    amount = approval.amount.model_dump() if approval.amount else None
    turn.note(
        EntryKind.APPROVAL_ASKED,
        {
            "approval": approval.id,
            "role": approval.role,
            "amount": amount,
            "plan": approval.plan,
            "reason": approval.reason,
            "approvers": approval.approvers,
            "decide_by": approval.decide_by.isoformat() if approval.decide_by else None,
            "if_silent": approval.if_silent if approval.decide_by else None,
            "cannot": list(authority.cannot(turn.state, approval)),
        },
    )


def _approve(turn: Turn, approval: ApprovalRun, who: str) -> None:
    approval.approved_by.append(who)
    if len(approval.approved_by) >= approval.approvers:
        approval.given = True
        turn.note(EntryKind.APPROVAL_GIVEN, {"approval": approval.id, "by": list(approval.approved_by)})
        turn.close_task(f"undecided:{approval.id}", how="approved")


def _reject(turn: Turn, approval: ApprovalRun, *, by: str, note: str) -> None:
    approval.given = False
    turn.note(EntryKind.APPROVAL_REJECTED, {"approval": approval.id, "by": by, "note": note})
    turn.close_task(f"undecided:{approval.id}", how="rejected")


def _approvals_before(state: State, step: DoStep) -> list[ApproveStep]:
    """The approvals that what ``step`` gives rests on: those before it in its plan, or in its stage."""
    for steps in (*state.bundle.program.sequences(), *beside.sequences(state)):
        if any(each.id == step.id for each in walk(steps)):
            before = takewhile(lambda each: each.id != step.id, _come_to(state, steps))
            return [each for each in before if isinstance(each, ApproveStep)]
    raise KeyError(step.id)


def _come_to(state: State, steps: tuple[Step, ...]) -> Iterator[Step]:
    """The steps in order, without those of rounds that have not begun, and of what was skipped and still would be."""
    for step in steps:
        yield step
        parts = step.rounds if isinstance(step, Rounds) else (step.steps,) if isinstance(step, Together) else ()
        for number, part in enumerate(parts):
            begun = any(each.id in state.steps for each in part)
            if begun or (number == 0 and facts.surely(state, step.when)):
                yield from _come_to(state, part)


def _is_needed_by_now(state: State, asked: ApproveStep) -> bool:
    """Whether an approval is to be asked for that was not when its turn came. One that is about what was only to be
    found out in what was skipped is not."""
    try:
        facts.amount(state, asked.amount)
        return facts.condition(state, asked.when)
    except FactMissing:
        return False


def _needed(state: State, asked: ApproveStep, step: DoStep) -> Money | None:
    """What an approval must reach for: the amount that it is about, or all that was given behind it and would be by
    ``step``, if that is more. ``None`` for an approval that is about no amount."""
    about = facts.amount(state, asked.amount)
    if about is None:
        return None
    behind = {each.id for each in _behind(state, asked)} - {step.id}
    standing = [effect for effect in state.effects if effect.step in behind and effects.may_have_given(effect)]
    given = [_worth(state, effect.activity, effect.inputs, about) for effect in standing]
    given.append(_worth(state, step.activity, facts.inputs(state, step.inputs), about))
    return Money(amount=max(about.amount, sum(given)), currency=about.currency)


def _worth(state: State, activity: str, inputs: Data, about: Money) -> int:
    """What a call gives, in minor units of the currency that the approval is in: its amount, or for goods what the
    approval is about. What is below zero gives nothing, and makes no room for more."""
    remedy = CATALOGUE[activity].remedy
    amount = inputs.get(remedy.amount) if remedy is not None and remedy.amount is not None else None
    if amount is None:
        return about.amount
    return max(0, convert(Money.model_validate(amount), about.currency, state.bundle.rates))


def _behind(state: State, asked: ApproveStep) -> list[Step]:
    """The steps behind an approval, in its plan or its stage."""
    for steps in (*state.bundle.program.sequences(), *beside.sequences(state)):
        order = list(walk(steps))
        if asked in order:
            return order[order.index(asked) + 1 :]
    raise KeyError(asked.id)


def _reaches(approved: Money | None, wanted: Money | None) -> bool:
    if approved is None or wanted is None:
        return approved == wanted
    return approved.currency == wanted.currency and wanted.amount <= approved.amount


def _repeats(approval: ApprovalRun, given: DecisionGiven) -> bool:
    return given.verdict is Verdict.APPROVE and given.actor.id in approval.approved_by and approval.given is not False


def _not_open(state: State, named: str) -> str:
    approval = state.approvals.get(named)
    if approval is not None and approval.given is True:
        return f"{named!r} was approved already by {authority.named(approval.approved_by)}"
    open_now = ", ".join(repr(each.id) for each in open_approvals(state)) or "none"
    return f"nothing is to be decided at {named!r} now; open approvals: {open_now}"
