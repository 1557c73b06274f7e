"""What people write: the keys of a runbook file, their shapes, and nothing of their meaning."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    JsonValue,
    StrictBool,
    StringConstraints,
    Tag,
)

from amends.models import Data, Party, Severity, Written
from runbooks.language.durations import Duration, EachDuration
from runbooks.program import FactType, OnRefusal

_CEL_WORDS = frozenset(
    {"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop"}
    | {"namespace", "null", "package", "return", "true", "var", "void", "while"}
)


def _usable(name: str) -> str:
    if name in _CEL_WORDS:
        raise ValueError(f"{name!r} is a word of the expressions and cannot be a name")
    return name


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60), AfterValidator(_usable)]
MessageKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=120)]


def _field(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


def _choices(value: Any) -> Any:
    """A list of names offers each of them always."""
    if not isinstance(value, list):
        return value
    names = [str(name) for name in value]
    if len(set(names)) != len(names):
        raise ValueError("a choice is in the list twice; keep one")
    return dict.fromkeys(names, True)


def _choice(value: Any) -> Any:
    if value is True:
        return None
    if not isinstance(value, str):
        raise ValueError("a choice is offered always (`true`) or under a condition")
    return value


def _choice_name(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


ChoiceName = Annotated[
    str, BeforeValidator(_choice_name), StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=60)
]
ChoiceRule = Annotated[str | None, BeforeValidator(_choice)]
SKIP = "skip"


class Titles(Written):
    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class ReportField(Written):
    type: FactType
    optional: StrictBool = False


class SeverityRules(Written):
    """Read from the worst to the mildest, whatever their order in the file; the first that holds counts."""

    critical: str | None = None
    high: str | None = None
    medium: str | None = None
    low: str | None = None
    otherwise: Severity


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


class Tell(_WrittenStep):
    tell: Party
    message: MessageKey
    on_refusal: OnRefusal = OnRefusal.TASK


class Ask(_WrittenStep):
    ask: Party
    question: MessageKey
    after: EachDuration | None = None
    choices: Annotated[dict[ChoiceName, ChoiceRule], BeforeValidator(_choices), Field(min_length=1)]
    answer_within: EachDuration
    if_silent: ChoiceName
    save_as: Name | None = None
    otherwise: ChoiceName | None = None
    on_refusal: OnRefusal = OnRefusal.TASK


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


STEP_WORDS = ("do", "tell", "ask", "wait", "together")


def _word(value: Any) -> str | None:
    """The word that a step begins with, in any place, as its union's tag."""
    words = [word for word in STEP_WORDS if isinstance(value, dict) and word in value]
    return f"{words[0]} step" if words else None


AnyStep = Annotated[
    Annotated[Do, Tag("do step")]
    | Annotated[Tell, Tag("tell step")]
    | Annotated[Ask, Tag("ask step")]
    | Annotated[Wait, Tag("wait step")]
    | Annotated[TogetherSteps, Tag("together step")],
    Discriminator(
        _word,
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


class Runbook(Written):
    runbook: Name
    title: Titles
    about: str = ""
    subject: tuple[Name, ...] = Field(min_length=1)
    report: dict[Name, Annotated[ReportField, BeforeValidator(_field)]] = Field(min_length=1)
    severity: SeverityRules
    stages: Stages


SHAPES: dict[str, type[Written]] = {
    "": Runbook,
    "title": Titles,
    "severity": SeverityRules,
    "stages": Stages,
    "action": PlanSteps,
    "check": CheckRead,
    "do step": Do,
    "tell step": Tell,
    "ask step": Ask,
    "wait step": Wait,
    "together step": TogetherSteps,
}
"""The shape behind each part of a validator's location, for suggestions."""
