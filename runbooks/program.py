"""A runbook as the engine follows it: compiled, self-contained, and frozen into the incident's bundle.

What people write (``runbooks/language``) may grow more convenient; this form is a wire contract. Fields are only ever
added, with defaults. Every step has an id that is unique in its runbook and stable for a given text:
``<stage>[.<plan>].<name>``, with ``#2``, ``#3`` behind a name that repeats, and ``@2``, ``@3`` in the later rounds of
what is repeated.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from amends.models import Data, Model, Party, Severity, Stage


class BySeverity(Model):
    """A duration for each severity."""

    critical: timedelta
    high: timedelta
    medium: timedelta
    low: timedelta

    def of(self, severity: Severity) -> timedelta:
        """The duration that holds for ``severity``."""
        value: timedelta = getattr(self, severity.value)
        return value


class FactType(StrEnum):
    """What a fact's leaf may be. Money is computed with in minor units of the order's currency."""

    STRING = "string"
    INT = "int"
    DOUBLE = "double"
    BOOL = "bool"
    TIMESTAMP = "timestamp"
    MONEY = "money"


MOMENTS = {"incident.resolved": FactType.BOOL, "incident.closed": FactType.BOOL}
"""What only the end of a measure may name."""


class Value(Model):
    """An input of an activity: an expression over the facts, or a literal where ``expr`` is not set.

    ``money`` says that the expression's whole number is an amount in the order's currency.
    """

    expr: str | None = None
    literal: JsonValue = None
    money: bool = False


class OnRefusal(StrEnum):
    """What a business refusal of a step means. In a plan, what would be a person's fails the plan instead, unless
    something final was done in it before."""

    CONTINUE = "continue"
    TASK = "task"


MOST_FILES = 20
"""Files that one answer may show."""


class _Step(Model):
    id: str
    when: str | None = None


class IfUndecided(StrEnum):
    """What it means that nobody has decided in time. It never means a yes."""

    ESCALATE = "escalate"
    REJECT = "reject"


class Undo(Model):
    """The activity that takes an effect back.

    Its inputs are the fields named in ``takes``, from the effect's own inputs and result (the result wins).
    """

    activity: str
    takes: tuple[str, ...]


class DoStep(_Step):
    """Calls an activity: a read of the world (``effect`` false) or an effect on it.

    An effect has an ``undo``, or is ``final`` (it cannot be called back).
    """

    kind: Literal["do"] = "do"
    activity: str
    effect: bool
    inputs: dict[str, Value] = {}
    save_as: str | None = None
    undo: Undo | None = None
    final: bool = False
    on_refusal: OnRefusal = OnRefusal.TASK
    otherwise: Data | None = None
    """The saved fact when the step is skipped or refused."""


class TellStep(_Step):
    """Sends a message. ``values`` are the fact paths whose values the text names. ``safety``: it concerns the
    customer's safety, and goes out at night too."""

    kind: Literal["tell"] = "tell"
    to: Party
    message: str
    values: tuple[str, ...] = ()
    safety: bool = False
    on_refusal: OnRefusal = OnRefusal.TASK


class Choice(Model):
    """A choice of an ask; offered when ``when`` holds (always, if it is not set) at the moment of asking. In a decision
    it is made when ``when`` holds, and that of no choice before it does."""

    name: str
    when: str | None = None


class Reminders(Model):
    """What is sent again while no answer has come, each so long ``after`` the question was delivered; ascending."""

    message: str
    values: tuple[str, ...] = ()
    after: tuple[timedelta, ...]


class AnswerKind(StrEnum):
    """What a question wants: one of its choices, a text, an amount of money, or files."""

    CHOICE = "choice"
    TEXT = "text"
    AMOUNT = "amount"
    FILES = "files"


class AskStep(_Step):
    """Asks a party, or a role of the company. The answer's clock starts when the question has been delivered; a role
    has it as soon as it is asked.

    ``role``: who is asked, if that is one of us (``to`` is ``us`` then). ``answer``: what is wanted; ``choices`` are
    what is offered, if it is one of them; ``at_least`` and ``at_most`` what an amount must lie between; ``fewest`` and
    ``most`` how many files are wanted. ``after``: not before this long after the step became current (or as soon as all
    its siblings in a ``together`` are done). ``if_silent``: the answer that silence means; ``None`` means that the step
    is skipped. ``otherwise``: the saved fact when it is. ``safety``: it concerns the customer's safety, and goes out at
    night too.
    """

    kind: Literal["ask"] = "ask"
    to: Party
    role: str | None = None
    question: str
    values: tuple[str, ...] = ()
    safety: bool = False
    after: BySeverity | None = None
    answer: AnswerKind = AnswerKind.CHOICE
    choices: tuple[Choice, ...] = ()
    at_least: Value | None = None
    at_most: Value | None = None
    fewest: int = 1
    most: int = MOST_FILES
    answer_within: BySeverity
    remind: Reminders | None = None
    if_silent: str | Value | None
    save_as: str | None = None
    otherwise: str | Value | None = None
    on_refusal: OnRefusal = OnRefusal.TASK

    @property
    def knows_otherwise(self) -> bool:
        """Whether something stands for an answer that nobody gives: of files, that none were shown."""
        return self.otherwise is not None or self.answer is AnswerKind.FILES


class Check(Model):
    """The read that a wait repeats ``every`` so often, and at once when news comes."""

    activity: str
    inputs: dict[str, Value] = {}
    every: timedelta
    save_as: str


class WaitStep(_Step):
    """Waits until a condition holds, at most so long; then the facts of ``then_assume`` are taken as true."""

    kind: Literal["wait"] = "wait"
    until: str
    check: Check | None = None
    at_most: BySeverity
    then_assume: dict[str, JsonValue]
    waiting_for: Party


class ApproveStep(_Step):
    """Asks a role to approve or reject, under four-eyes: whoever brought it here cannot approve it.

    ``amount``: what it is about; the approval holds for that much and no more. ``approvers``: how many different people
    must approve; one rejection rejects. Rejected within a plan, the plan fails; elsewhere ``on_refusal`` says.
    """

    kind: Literal["approve"] = "approve"
    role: str
    amount: Value | None = None
    approvers: int = 1
    decide_within: BySeverity
    if_silent: IfUndecided
    on_refusal: OnRefusal = OnRefusal.TASK


class MeasureStep(_Step):
    """Switches something on until a condition holds (which may name ``incident.resolved`` and ``incident.closed``), and
    in any case until the incident ends. ``lift`` switches it off."""

    kind: Literal["measure"] = "measure"
    activity: str
    inputs: dict[str, Value] = {}
    lift: Undo
    until: str
    on_refusal: OnRefusal = OnRefusal.TASK


class DecideStep(_Step):
    """Saves the first choice whose condition holds, or else ``otherwise``, as the fact ``fact``."""

    kind: Literal["decide"] = "decide"
    fact: str
    choices: tuple[Choice, ...]
    otherwise: str


class Together(_Step):
    """Steps that run at once; done when all of them are done."""

    kind: Literal["together"] = "together"
    steps: tuple["Step", ...]


class Rounds(_Step):
    """Steps that are gone through again until a condition holds at the end of a round, at most ``max`` times. A
    condition whose facts are not known does not hold."""

    kind: Literal["rounds"] = "rounds"
    max: int
    until: str
    steps: tuple["Step", ...]

    @cached_property
    def rounds(self) -> tuple[tuple["Step", ...], ...]:
        """The steps of each round. They differ in their ids alone, so that what a round has done has its own name."""
        return tuple(tuple(_in_round(step, number) for step in self.steps) for number in range(1, self.max + 1))


Step = Annotated[
    DoStep | TellStep | AskStep | ApproveStep | MeasureStep | WaitStep | DecideStep | Together | Rounds,
    Field(discriminator="kind"),
]


def may_fail_plan(step: "Step") -> bool:
    """Whether a plan fails by a step's refusal, if nothing final was done in it before. A rejection is never passed
    over."""
    match step:
        case ApproveStep():
            return True
        case DoStep() | MeasureStep():
            return step.on_refusal is not OnRefusal.CONTINUE
        case _:
            return False


class Plan(Model):
    """One way of putting it right, tried when ``when`` holds, and undone as a whole if it fails."""

    name: str
    when: str | None = None
    steps: tuple[Step, ...]


class SeverityRule(Model):
    """It holds while ``when`` does, and while a deadline of ``near`` is to be kept and no further away than that."""

    severity: Severity
    when: str
    near: dict[str, timedelta] = {}


class Program(Model):
    """The stages of a runbook. ``action`` holds plans, in order of preference; the others hold steps."""

    severity: tuple[SeverityRule, ...]
    otherwise: Severity
    report: tuple[Step, ...]
    analysis: tuple[Step, ...]
    action: tuple[Plan, ...]
    follow_up: tuple[Step, ...]

    def steps_of(self, stage: Stage) -> tuple[Step, ...]:
        """The steps of a stage that has no plans. Raises ``ValueError`` for ``action``."""
        match stage:
            case Stage.REPORT:
                return self.report
            case Stage.ANALYSIS:
                return self.analysis
            case Stage.FOLLOW_UP:
                return self.follow_up
            case Stage.ACTION:
                raise ValueError("the action stage has plans, not steps")

    def sequences(self) -> tuple[tuple[Step, ...], ...]:
        """The stages' and plans' steps, each sequence by itself, in reading order."""
        return (self.report, self.analysis, *(plan.steps for plan in self.action), self.follow_up)

    def all_steps(self) -> Iterator[Step]:
        """Every step of the runbook, also those within a ``together`` and in every round, in reading order."""
        return iter(self._steps)

    def step(self, step_id: str) -> Step | None:
        """The step with this id; ``None`` if the runbook has none."""
        return self._by_id.get(step_id)

    @cached_property
    def _steps(self) -> tuple[Step, ...]:
        """They are gone through many times in each turn."""
        return tuple(step for sequence in self.sequences() for step in walk(sequence))

    @cached_property
    def _by_id(self) -> dict[str, Step]:
        return {step.id: step for step in self._steps}


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """The steps and, behind each that holds others, those within it: of ``rounds`` those of every round, in order."""
    for step in steps:
        yield step
        if isinstance(step, Together):
            yield from walk(step.steps)
        elif isinstance(step, Rounds):
            for of_one in step.rounds:
                yield from walk(of_one)


def within(step: Step) -> tuple["Step", ...]:
    """The steps that a step holds, each once, as they are written: of ``rounds`` those of the first."""
    return step.steps if isinstance(step, Together | Rounds) else ()


def as_written(step_id: str) -> str:
    """The id under which a step is written: that of the first round for one of a later round."""
    return _LATER_ROUND.sub("", step_id)


_LATER_ROUND = re.compile(r"@\d+$")


def _in_round(step: Step, number: int) -> Step:
    """A step of the first round as it is in another, under an id of its own."""
    if number == 1:
        return step
    inner = {"steps": tuple(_in_round(each, number) for each in step.steps)} if isinstance(step, Together) else {}
    return step.model_copy(update={"id": f"{step.id}@{number}", **inner})
