"""What people write as steps and plans: their keys and shapes, and nothing of their meaning."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, JsonValue, StrictBool, StrictInt, Tag

from amends.models import Data, Party, Written
from runbooks.language.durations import Duration, EachDuration
from runbooks.language.words import ChoiceName, ChoiceRule, ListedChoices, MessageKey, Name, Spoken
from runbooks.program import AnswerKind, IfUndecided, OnRefusal


class _WrittenStep(Written):
    when: str | None = None


class Do(_WrittenStep):
    do: str
    with_: dict[str, JsonValue] = Field(default={}, alias="with")
    save_as: Name | None = None
    undo: str | None = None
    final: StrictBool = False
    on_refusal: OnRefusal = OnRefusal.TASK
    otherwise: Data | None = None


class Measure(_WrittenStep):
    """Something that is switched on, and switched off again ``until`` a moment or on any way out."""

    measure: str
    with_: dict[str, JsonValue] = Field(default={}, alias="with")
    lift: str
    until: str
    on_refusal: OnRefusal = OnRefusal.TASK


class Tell(_WrittenStep):
    tell: Party
    message: MessageKey
    safety: StrictBool = False
    on_refusal: OnRefusal = OnRefusal.TASK


class Remind(Written):
    """A message that goes out each so long ``after`` a question was delivered, while no answer has come."""

    message: MessageKey
    after: Annotated[tuple[Duration, ...], Field(min_length=1, max_length=5)]


class Ask(_WrittenStep):
    """A question to the customer, the merchant or a role. The answer is one of the ``choices``, or what ``answer``
    says; ``at_least`` and ``at_most`` are amounts, or numbers of files."""

    ask: Name
    question: MessageKey
    safety: StrictBool = False
    after: EachDuration | None = None
    answer: AnswerKind = AnswerKind.CHOICE
    choices: Annotated[dict[ChoiceName, ChoiceRule], ListedChoices, Field(min_length=1)] = {}
    at_least: JsonValue = None
    at_most: JsonValue = None
    answer_within: EachDuration
    remind: Remind | None = None
    if_silent: Spoken
    save_as: Name | None = None
    otherwise: Spoken | None = None
    on_refusal: OnRefusal = OnRefusal.TASK

    @property
    def knows_otherwise(self) -> bool:
        """Whether something stands for an answer that nobody gives: of files, that none were shown."""
        return self.otherwise is not None or self.answer is AnswerKind.FILES


class Approve(_WrittenStep):
    """An ask of a role under four-eyes. Rejected in a plan, the plan fails.

    ``amount``: what it is about; in a plan what the first step behind it spends, if nothing is said.
    """

    approve: Name
    amount: JsonValue = None
    approvers: Annotated[StrictInt, Field(ge=1, le=5)] = 1
    decide_within: EachDuration
    if_silent: IfUndecided
    on_refusal: OnRefusal = OnRefusal.TASK


class Decide(Written):
    """Saves the first choice whose condition holds, in the order of the file, as the fact ``decide``."""

    decide: Name
    choices: Annotated[dict[ChoiceName, str], Field(min_length=1)]
    otherwise: ChoiceName


class CheckRead(Written):
    do: str
    with_: dict[str, JsonValue] = Field(default={}, alias="with")
    every: Duration
    save_as: Name


class Wait(_WrittenStep):
    wait: str
    check: CheckRead | None = None
    at_most: EachDuration
    then_assume: dict[str, JsonValue] = Field(min_length=1)
    waiting_for: Party


class TogetherSteps(_WrittenStep):
    together: tuple["AnyStep", ...] = Field(min_length=2)


class RoundsBody(Written):
    max: Annotated[StrictInt, Field(ge=2, le=10)]
    until: str
    steps: tuple["AnyStep", ...] = Field(min_length=1)


class Rounds(_WrittenStep):
    rounds: RoundsBody


class Unreadable(Written):
    """Stands where a step was written that has no right shape, so that the steps behind it keep their places."""


STEP_WORDS = ("do", "tell", "ask", "approve", "wait", "decide", "measure", "together", "rounds")


def step_word(value: Any) -> str | None:
    """The word that a step begins with, in any place; ``None`` if it has none."""
    words = [word for word in STEP_WORDS if isinstance(value, dict) and word in value]
    return words[0] if words else None


def _tag(value: Any) -> str | None:
    if isinstance(value, Unreadable):
        return "unreadable step"
    word = step_word(value)
    return f"{word} step" if word else None


AnyStep = Annotated[
    Annotated[Do, Tag("do step")]
    | Annotated[Tell, Tag("tell step")]
    | Annotated[Ask, Tag("ask step")]
    | Annotated[Approve, Tag("approve step")]
    | Annotated[Wait, Tag("wait step")]
    | Annotated[Decide, Tag("decide step")]
    | Annotated[Measure, Tag("measure step")]
    | Annotated[TogetherSteps, Tag("together step")]
    | Annotated[Rounds, Tag("rounds step")]
    | Annotated[Unreadable, Tag("unreadable step")],
    Discriminator(
        _tag,
        custom_error_type="no_step",
        custom_error_message=f"a step has one of the keys {', '.join(STEP_WORDS)}",
    ),
]


class PlanSteps(Written):
    plan: Name
    when: str | None = None
    steps: tuple[AnyStep, ...] = Field(min_length=1)


class Stages(Written):
    report: tuple[AnyStep, ...] = ()
    analysis: tuple[AnyStep, ...] = ()
    action: tuple[PlanSteps, ...] = Field(min_length=1)
    follow_up: tuple[AnyStep, ...] = ()


STEP_SHAPES: dict[str, type[Written]] = {
    "stages": Stages,
    "action": PlanSteps,
    "check": CheckRead,
    "rounds": RoundsBody,
    "do step": Do,
    "tell step": Tell,
    "ask step": Ask,
    "approve step": Approve,
    "wait step": Wait,
    "decide step": Decide,
    "measure step": Measure,
    "together step": TogetherSteps,
    "rounds step": Rounds,
}
"""The shape behind each part of a validator's location, for suggestions."""
