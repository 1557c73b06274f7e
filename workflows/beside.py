"""Steps that stand in no stage, and run beside them when their moment has come.

What protects a deadline of others, the word that a customer gets before the promised time without one is over, what
calls a question to mind, and what they are asked and told when the cause is gone are steps like any other: tried,
reconciled, left to a person by the same rules. Only where they come from differs.
"""

from amends.models import Outcome, Party
from runbooks.catalogue import CATALOGUE
from runbooks.policy import NO, YES, Clearing, ExternalDeadline, GoalName
from runbooks.program import (
    ApproveStep,
    AskStep,
    Choice,
    DoStep,
    IfUndecided,
    OnRefusal,
    Step,
    TellStep,
    Undo,
)
from workflows import facts
from workflows.state import EffectRun, State

_BESIDE = "external."
"""How the steps begin that protect a deadline."""


def sequences(state: State) -> tuple[tuple[Step, ...], ...]:
    """The steps beside the stages, each sequence by itself: those that have begun, and those that may."""
    protected = (protecting(state, deadline) for deadline in state.bundle.external)
    alone: tuple[Step, ...] = (
        *updates(state),
        *reminders(state),
        *confirmations(state),
        *told_of_clearing(state),
    )
    return (*protected, *((each,) for each in alone))


def protecting(state: State, deadline: ExternalDeadline) -> tuple[Step, ...]:
    """The steps that protect a deadline, if a call does: an approval, if one is needed, and the call. What it gives is
    kept under the name that the runbook has for it, so that the runbook's own step finds it there."""
    if deadline.protect_by is None:
        return ()
    own = steps_that_call(state, deadline.protect_by)
    spec = CATALOGUE[deadline.protect_by]
    undo = None
    if spec.undone_by is not None:
        undo = Undo(activity=spec.undone_by, takes=CATALOGUE[spec.undone_by].undo_takes)
    call = DoStep(
        id=f"{_BESIDE}{deadline.name}",
        activity=deadline.protect_by,
        effect=True,
        inputs=deadline.inputs,
        save_as=next((step.save_as for step in own if step.save_as is not None), None),
        undo=undo,
        final=undo is None,
        on_refusal=OnRefusal.TASK,
    )
    if deadline.approve is None or deadline.decide_within is None:
        return (call,)
    asked = ApproveStep(
        id=f"{_BESIDE}{deadline.name}.approve",
        role=deadline.approve,
        decide_within=deadline.decide_within,
        if_silent=IfUndecided.ESCALATE,
    )
    return (asked, call)


def protects(step: Step) -> bool:
    """Whether a step is one of those that protect a deadline."""
    return step.id.startswith(_BESIDE)


def steps_that_call(state: State, activity: str) -> list[DoStep]:
    """The runbook's own steps that do what an activity does."""
    steps = state.bundle.program.all_steps()
    return [step for step in steps if isinstance(step, DoStep) and step.activity == activity]


def same_call(state: State, step: DoStep) -> EffectRun | None:
    """What another step has asked for that ``step`` would ask for too, with the same inputs, if one of the two stands
    beside the stages: it stands, or may yet. Only one of them makes the call."""
    for effect in reversed(state.effects):
        gone = effect.outcome is Outcome.NOT_APPLIED or effect.undone is Outcome.APPLIED
        if gone or effect.activity != step.activity or effect.step == step.id:
            continue
        beside = effect.step.startswith(_BESIDE) or step.id.startswith(_BESIDE)
        if beside and effect.inputs == facts.inputs(state, step.inputs):
            return effect
    return None


def updates(state: State) -> tuple[TellStep, ...]:
    """The words that the customer has been sent by themselves so far, in order."""
    goal = state.bundle.sla.goals.get(GoalName.UPDATE) if state.bundle.sla else None
    if goal is None or goal.tell is None:
        return ()
    return tuple(
        TellStep(
            id=f"sla.update.{number}",
            to=Party.CUSTOMER,
            message=goal.tell,
            values=goal.values,
            on_refusal=OnRefusal.CONTINUE,
        )
        for number in range(1, state.updates + 1)
    )


def reminders(state: State) -> tuple[TellStep, ...]:
    """The reminders of questions that have been sent so far."""
    reminded = {name: run.ask.reminded for name, run in state.steps.items() if run.ask is not None and run.ask.reminded}
    asks = (each for each in state.bundle.program.all_steps() if isinstance(each, AskStep)) if reminded else ()
    return tuple(each for ask in asks for each in reminders_of(ask)[: reminded.get(ask.id, 0)])


def reminders_of(step: AskStep) -> tuple[TellStep, ...]:
    """The messages that a question is called to mind with, in order. One that does not arrive is nobody's task: the
    question has."""
    remind = step.remind
    if remind is None:
        return ()
    return tuple(
        TellStep(
            id=f"reminder.{number}.{step.id}",
            to=step.to,
            message=remind.message,
            values=remind.values,
            on_refusal=OnRefusal.CONTINUE,
        )
        for number in range(1, len(remind.after) + 1)
    )


def confirmations(state: State) -> tuple[AskStep, ...]:
    """The questions to the customer whether the cause is gone, those that have been asked, in order."""
    return tuple(
        confirmation(state.bundle.clears[rule], number) for number, rule in enumerate(state.confirmations, start=1)
    )


def confirmation(rule: Clearing, number: int) -> AskStep:
    """The question of a rule that has one, asked as that with this ``number``."""
    assert rule.confirm is not None
    assert rule.answer_within is not None
    return AskStep(
        id=f"clears.ask.{number}",
        to=Party.CUSTOMER,
        question=rule.confirm,
        values=rule.confirm_values,
        choices=(Choice(name=YES), Choice(name=NO)),
        answer_within=rule.answer_within,
        if_silent=rule.if_silent,
        save_as=rule.save_as,
        on_refusal=OnRefusal.CONTINUE,
    )


def told_of_clearing(state: State) -> tuple[TellStep, ...]:
    """What the customer is told when the incident is cleared: nothing, as long as it is not."""
    if state.clearing is None or not state.clearing.begun:
        return ()
    rule = state.bundle.clears[state.clearing.rule]
    told = TellStep(
        id="clears.tell", to=Party.CUSTOMER, message=rule.tell, values=rule.values, on_refusal=OnRefusal.CONTINUE
    )
    return (told,)
