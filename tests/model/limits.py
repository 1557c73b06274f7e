"""Deadlines that others set, as the timeline tells them: kept by one call, at its moment, or missed and said so."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from amends.models import Data, Severity
from amends.timeline import Entry, EntryKind
from runbooks.policy import ExternalDeadline
from runbooks.program import DoStep
from tests.model.entries import text
from tests.model.story import Story, moment

_OFTEN = 3
"""So many reports are critical by themselves, in the walks' runbooks."""


@dataclass
class Limit:
    """``state``: ``ahead``, ``kept``, ``missed``, ``let go``."""

    due_at: datetime
    protect_at: datetime
    state: str = "ahead"


@dataclass
class Limits:
    """``calls``: what has become of each call that protects, by key; ``asked``: what each was asked to do.
    ``severity``: as it is at each entry; ``chosen``: whether a person has said what it is."""

    story: Story
    limits: dict[str, Limit] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Data] = field(default_factory=dict)
    severity: Severity = Severity.LOW
    chosen: bool = False

    def __post_init__(self) -> None:
        self.deadlines = {deadline.name: deadline for deadline in self.story.bundle.external}
        rules = self.story.bundle.program.severity
        self.near = [(rule.severity, name, span) for rule in rules for name, span in rule.near.items()]
        self.protecting = {deadline.protect_by for deadline in self.deadlines.values()}

    def follow(self, entries: list[Entry]) -> None:
        """Take a turn. Raises ``AssertionError`` for what must not be, and for what is missing."""
        for entry in entries:
            self._follow(entry)
        running = self.story.registered and not (self.story.ended or self.story.leaving)
        if running and entries[0].kind is not EntryKind.RUN_STARTED:
            self._check(entries[0].occurred_at)

    def must_be_due(self, at: datetime | None, now: datetime) -> None:
        """The engine looks again before a deadline that is ahead is to be protected, or has come."""
        for limit in self.limits.values():
            if limit.state == "ahead" and not self.story.leaving:
                nearest = limit.due_at if now >= limit.protect_at else limit.protect_at
                assert at is not None
                assert at <= nearest
        for _, name, span in self.near:
            watched = self.limits.get(name)
            if watched is None or watched.state != "ahead" or self.story.leaving:
                continue
            if now < watched.due_at - span:
                assert at is not None
                assert at <= watched.due_at - span, "the engine looks again when it comes near"

    def _follow(self, entry: Entry) -> None:
        data, now = entry.data, entry.occurred_at
        match entry.kind:
            case EntryKind.INCIDENT_OPENED:
                self.severity = Severity(text(data, "severity"))
            case EntryKind.SEVERITY_CHOSEN:
                self.chosen = data.get("severity") is not None
            case EntryKind.SEVERITY_SET:
                self._severity_set(data, now)
            case EntryKind.DEADLINE_SET:
                self._set(text(data, "deadline"), moment(data, "due_at"), moment(data, "protect_at"))
            case EntryKind.EFFECT_REQUESTED if data["activity"] in self.protecting:
                self._called(data, now)
            case EntryKind.APPROVAL_ASKED if text(data, "approval").startswith("external."):
                name = text(data, "approval").removeprefix("external.").removesuffix(".approve")
                assert now >= self.limits[name].protect_at, "not before its moment"
            case EntryKind.EFFECT_APPLIED | EntryKind.EFFECT_REFUSED | EntryKind.EFFECT_UNKNOWN:
                if text(data, "key") in self.calls:
                    self.calls[text(data, "key")] = entry.kind.removeprefix("effect_")
            case EntryKind.DEADLINE_PROTECTED:
                limit = self.limits[text(data, "deadline")]
                assert limit.state == "ahead"
                assert "applied" in self.calls.values() or data["by"] not in self._steps(), "by a call that was made"
                limit.state = "kept"
            case EntryKind.DEADLINE_LET_GO:
                limit = self.limits[text(data, "deadline")]
                assert limit.state == "ahead"
                assert self._may_go_on(), "only if the runbook goes on without it"
                limit.state = "let go"
            case EntryKind.DEADLINE_MISSED:
                limit = self.limits[text(data, "deadline")]
                assert limit.state == "ahead", "only if it was not protected"
                assert now >= limit.due_at == moment(data, "due_at")
                assert "applied" not in self.calls.values()
                limit.state = "missed"
            case _:
                pass

    def _severity_set(self, data: Data, now: datetime) -> None:
        self.severity = Severity(text(data, "severity"))
        if "deadline" in data:
            name = text(data, "deadline")
            assert moment(data, "due_at") == self.limits[name].due_at
            assert self.severity in self._demanded(now, name), "only what is near makes it so"

    def _demanded(self, now: datetime, only: str | None = None) -> list[Severity]:
        """How severe it is at least, by the deadlines that are near: not further away than that, or missed, and nothing
        done for it."""
        found = []
        for severity, name, span in self.near:
            limit = self.limits.get(name)
            if limit is None or only not in (None, name):
                continue
            missed = limit.state == "missed" and "applied" not in self.calls.values()
            if missed or (limit.state == "ahead" and now >= limit.due_at - span):
                found.append(severity)
        return found

    def _set(self, name: str, due_at: datetime, protect_at: datetime) -> None:
        assert name not in self.limits or self.limits[name].state == "ahead"
        deadline = self.deadlines[name]
        assert due_at - protect_at == deadline.safe_before + self._deciding(deadline)
        self.limits[name] = Limit(due_at, protect_at)

    def _called(self, data: Data, now: datetime) -> None:
        step, key = text(data, "step"), text(data, "key")
        if step.startswith("external."):
            limit = self.limits[step.removeprefix("external.")]
            assert now >= limit.protect_at, "not before its moment"
        inputs = data["inputs"]
        assert isinstance(inputs, dict)
        others = [name for name, asked in self.asked.items() if asked == inputs and name != key]
        assert all(self.calls[name] == "refused" for name in others), "one call, whoever makes it"
        self.calls[key], self.asked[key] = "", inputs

    def _check(self, now: datetime) -> None:
        """What must be true once a turn was taken."""
        for limit in self.limits.values():
            if limit.state == "ahead":
                assert "applied" not in self.calls.values(), "what protects it is said to"
                assert now < limit.due_at, "what was missed is said"
        if self.near and not self.chosen:
            grave = Severity.CRITICAL in self._demanded(now) or self.story.contacts == _OFTEN
            assert (self.severity is Severity.CRITICAL) is grave, "it is as severe as what is near"

    def _may_go_on(self) -> bool:
        """Whether it was refused, or a step that would ask for it may not be wanted any more."""
        steps = self.story.bundle.program.all_steps()
        own = [step for step in steps if isinstance(step, DoStep) and step.activity in self.protecting]
        return "refused" in self.calls.values() or any(step.when is not None for step in own)

    def _deciding(self, deadline: ExternalDeadline) -> timedelta:
        if deadline.approve is None or deadline.decide_within is None:
            return timedelta(0)
        return deadline.decide_within.of(self.severity)

    def _steps(self) -> set[str]:
        return {step.id for step in self.story.bundle.program.all_steps()} | {
            f"external.{name}" for name in self.deadlines
        }
