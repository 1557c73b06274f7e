"""What people write: the keys of a runbook file, their shapes, and nothing of their meaning."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool

from amends.models import Severity, Written
from runbooks.language.durations import Duration
from runbooks.language.promise_shapes import (
    PROMISE_SHAPES,
    AnyOpening,
    WrittenClearing,
    WrittenExternal,
    WrittenInterrupt,
    WrittenLevel,
    WrittenSla,
    WrittenTasks,
)
from runbooks.language.step_shapes import STEP_SHAPES, Stages
from runbooks.language.words import ChoiceName, Name
from runbooks.program import FactType

__all__ = ["SHAPES", "ChoiceName", "Name", "ReportField", "Runbook", "SeverityRules", "Titles"]


def _field(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


class Titles(Written):
    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class ReportField(Written):
    type: FactType
    optional: StrictBool = False


class WrittenRule(Written):
    """It holds while ``when`` does, or while one of the deadlines of ``or_near`` is no further away than that."""

    when: str
    or_near: dict[Name, Duration] = {}


def _rule(value: Any) -> Any:
    return {"when": value} if isinstance(value, str) else value


AnyRule = Annotated[WrittenRule | None, BeforeValidator(_rule)]


class SeverityRules(Written):
    """Read from the worst to the mildest, whatever their order in the file; the first that holds counts."""

    critical: AnyRule = None
    high: AnyRule = None
    medium: AnyRule = None
    low: AnyRule = None
    otherwise: Severity

    def written(self) -> Iterator[tuple[Severity, WrittenRule]]:
        """The rules that there are, from the worst down."""
        rules = ((severity, getattr(self, severity.value)) for severity in Severity)
        return ((severity, rule) for severity, rule in rules if rule is not None)


class Runbook(Written):
    runbook: Name
    title: Titles
    about: str = ""
    subject: tuple[Name, ...] = Field(min_length=1)
    supersedes: tuple[Name, ...] = ()
    reopen_for: Duration | None = None
    events: dict[Name, FactType] = {}
    opens: tuple[AnyOpening, ...] = ()
    report: dict[Name, Annotated[ReportField, BeforeValidator(_field)]] = Field(min_length=1)
    severity: SeverityRules
    sla: WrittenSla | None = None
    external: dict[Name, WrittenExternal] = {}
    escalation: tuple[WrittenLevel, ...] = ()
    tasks: WrittenTasks | None = None
    interrupts: tuple[WrittenInterrupt, ...] = ()
    clears: tuple[WrittenClearing, ...] = ()
    stages: Stages


SHAPES: dict[str, type[Written]] = {
    "": Runbook,
    "title": Titles,
    "severity": SeverityRules,
    **dict.fromkeys(map(str, Severity), WrittenRule),
    **PROMISE_SHAPES,
    **STEP_SHAPES,
}
"""The shape behind each part of a validator's location, for suggestions."""
