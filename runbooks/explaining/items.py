"""The steps and plans of a runbook as a reader meets them: what each does, how long it may take, what follows."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from amends.models import Model, Money, Party, Severity
from runbooks.explaining.conditions import Condition, Operand
from runbooks.program import MOST_FILES, AnswerKind, IfUndecided


class Times(Model):
    """A duration for each severity that the runbook can give, from the worst to the mildest."""

    by: dict[Severity, timedelta]

    def of(self, severity: Severity) -> timedelta:
        """The duration that holds for ``severity``. Raises ``KeyError`` for one that the runbook never gives."""
        return self.by[severity]


class Then(StrEnum):
    """What a refusal leads to."""

    PLAN_FAILS = "plan_fails"
    TASK = "task"
    CONTINUE = "continue"


class Refusal(Model):
    """``reasons`` as the catalogue names them. ``after_final``: what follows instead if something that cannot be called
    back was done in the plan before; not set where nothing can have been."""

    reasons: tuple[str, ...] = ()
    then: Then
    after_final: Then | None = None


class Message(Model):
    """A message by its key, with its subject in each language."""

    key: str
    subjects: dict[str, str]


class Assumed(Model):
    """A fact that is taken as true."""

    path: str
    value: JsonValue


class Input(Model):
    name: str
    value: Operand


class _Item(Model):
    only_if: Condition | None = None


class Limit(Model):
    """How much may be given for one order in all, and for all orders on one day; without a limit where not set."""

    cap: Money | None = None
    per_day: Money | None = None


class DoItem(_Item):
    """``otherwise``: the facts that hold when it is skipped or refused. ``limit``: how much may be given by it."""

    kind: Literal["do"] = "do"
    activity: str
    inputs: tuple[Input, ...] = ()
    effect: bool
    undone_by: str | None = None
    final: bool = False
    refusal: Refusal | None = None
    otherwise: tuple[Assumed, ...] = ()
    limit: Limit | None = None


class TellItem(_Item):
    kind: Literal["tell"] = "tell"
    to: Party
    message: Message
    safety: bool = False
    refusal: Refusal


class ChoiceItem(Model):
    """``when``: under which condition it is offered; always, if it is not set."""

    name: str
    when: Condition | None = None


class AskItem(_Item):
    """``role``: who is asked, if that is one of us. ``after``: how long it is held back; ``beside_others``: or as soon
    as all that runs beside it is done. ``at_least`` and ``at_most`` are of an amount, ``fewest`` and ``most`` of files.
    ``if_silent``: the answer that silence means; not set: the step ends without one. ``refusal``: when it cannot be
    delivered, which a role's question always is."""

    kind: Literal["ask"] = "ask"
    to: Party
    role: str | None = None
    question: Message
    safety: bool = False
    after: Times | None = None
    beside_others: bool = False
    answer: AnswerKind = AnswerKind.CHOICE
    choices: tuple[ChoiceItem, ...] = ()
    at_least: Operand | None = None
    at_most: Operand | None = None
    fewest: int = 1
    most: int = MOST_FILES
    within: Times
    reminded: tuple[timedelta, ...] = ()
    reminder: Message | None = None
    if_silent: Operand | None
    save_as: str | None = None
    otherwise: Operand | None = None
    refusal: Refusal | None


class ApproveItem(_Item):
    """``amount``: what it is about, if that is money."""

    kind: Literal["approve"] = "approve"
    role: str
    amount: Operand | None = None
    approvers: int = 1
    within: Times
    if_silent: IfUndecided
    rejected: Refusal


class DecideItem(Model):
    kind: Literal["decide"] = "decide"
    fact: str
    choices: tuple[ChoiceItem, ...]
    otherwise: str


class MeasureItem(_Item):
    kind: Literal["measure"] = "measure"
    activity: str
    inputs: tuple[Input, ...] = ()
    lift: str
    until: Condition
    refusal: Refusal


class Look(Model):
    """A read that is repeated while a wait lasts."""

    activity: str
    every: timedelta


class WaitItem(_Item):
    kind: Literal["wait"] = "wait"
    until: Condition
    look: Look | None = None
    at_most: Times
    assumed: tuple[Assumed, ...]
    waiting_for: Party


class TogetherItem(_Item):
    kind: Literal["together"] = "together"
    items: tuple["Item", ...]


class RoundsItem(_Item):
    kind: Literal["rounds"] = "rounds"
    most: int
    until: Condition
    items: tuple["Item", ...]


Item = Annotated[
    DoItem | TellItem | AskItem | ApproveItem | DecideItem | MeasureItem | WaitItem | TogetherItem | RoundsItem,
    Field(discriminator="kind"),
]


class PlanItem(Model):
    name: str
    only_if: Condition | None = None
    items: tuple[Item, ...]


def walk(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items and, behind each that holds others, those within it."""
    found: list[Item] = []
    for item in items:
        found.append(item)
        if isinstance(item, TogetherItem | RoundsItem):
            found += walk(item.items)
    return tuple(found)
