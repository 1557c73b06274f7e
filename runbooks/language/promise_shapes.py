"""What people write about time, people and news: service levels, ladders, deadlines of others, openings, what cuts in
and what clears."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, JsonValue, StrictInt, Tag

from amends.models import Party, Written
from runbooks.language.durations import Duration, Durations, EachDuration, for_all, parse_duration
from runbooks.language.words import EventType, MessageKey, Name
from runbooks.language.written_times import Zone
from runbooks.policy import NO, YES, GoalName, TaskPolicy


def _percent(value: Any) -> Any:
    text = str(value)
    if not text.endswith("%") or not text[:-1].isdigit() or not 1 <= int(text[:-1]) <= 99:
        raise ValueError(f"{value!r} is not a part of a budget; write a percentage from 1% to 99%")
    return int(text[:-1])


def _ascending(values: tuple[int, ...]) -> tuple[int, ...]:
    if list(values) != sorted(set(values)):
        raise ValueError("the parts must ascend, such as [50%, 80%]")
    return values


class GoalTimes(Durations):
    """A goal's time for each severity, round the clock or in the working time of a calendar."""

    calendar: Name | None = None


class UpdateTimes(GoalTimes):
    """How often the customer hears from us; ``tell`` is the message that goes out by itself, so that they do."""

    tell: str | None = None


class WrittenSooner(Written):
    """Whose response comes sooner: the first word and the next ones, and nothing else."""

    when: str
    first_response: EachDuration | None = None
    update: EachDuration | None = None

    def within(self) -> dict[GoalName, Durations]:
        """The times that are written, by the goals that they shorten."""
        times = {GoalName.FIRST_RESPONSE: self.first_response, GoalName.UPDATE: self.update}
        return {name: each for name, each in times.items() if each is not None}


WrittenGoal = Annotated[GoalTimes, BeforeValidator(for_all)]


class WrittenSla(Written):
    acknowledge: WrittenGoal | None = None
    first_response: WrittenGoal | None = None
    update: Annotated[UpdateTimes, BeforeValidator(for_all)] | None = None
    analysis: WrittenGoal | None = None
    action: WrittenGoal | None = None
    resolve: WrittenGoal | None = None
    sooner: tuple[WrittenSooner, ...] = ()
    warn_at: Annotated[tuple[Annotated[int, BeforeValidator(_percent)], ...], AfterValidator(_ascending)] = ()
    pause_while_waiting_for: tuple[Party, ...] = ()


class WrittenLevel(Written):
    page: Name
    ack_within: EachDuration
    repeat: Annotated[StrictInt, Field(ge=1, le=10)] = 1
    again_after: EachDuration | None = None


class WrittenTasks(Written):
    """Who does what is left to a person, and by when."""

    owner: Name
    within: EachDuration

    def policy(self) -> TaskPolicy:
        return TaskPolicy(owner=self.owner, within=self.within.by_severity())


class WrittenExternal(Written):
    from_: str = Field(alias="from")
    table: Name
    protect_by: str | None = None
    with_: dict[str, JsonValue] = Field(default={}, alias="with")
    safe_before: Duration = timedelta(hours=24)
    approve: Name | None = None
    decide_within: EachDuration | None = None


def _computed(value: Any) -> Any:
    if isinstance(value, str) and not value.startswith("="):
        raise ValueError(f"{value!r} is no moment that is computed; it begins with `=`, such as =event.promised_by")
    return value


def _or_computed(value: Any) -> Any:
    computed = isinstance(value, str) and value.startswith("=")
    return value if value is None or computed else parse_duration(value)


class WrittenExpect(Written):
    """In time is within ``late_after``, or ``by`` a moment; the compiler demands one of the two."""

    expect: EventType
    after: EventType
    late_after: Annotated[timedelta | str | None, BeforeValidator(_or_computed)] = None
    by: Annotated[str | None, BeforeValidator(_computed)] = None
    whole_day_in: Zone | None = None
    grace: Duration | None = None


class WrittenMatch(Written):
    match: str


class WrittenInterrupt(Written):
    on: EventType
    when: str | None = None
    plan: Name


def _yes_or_no(value: Any) -> Any:
    if value not in (YES, NO):
        raise ValueError(f"the question is answered by yes or no, so silence can mean `no` or `yes`, not {value!r}")
    return value


class WrittenConfirm(Written):
    """A question that is answered by yes or no; ``save_as``: the fact that the answer becomes."""

    question: MessageKey
    answer_within: EachDuration
    if_silent: Annotated[str, BeforeValidator(_yes_or_no)]
    save_as: Name | None = None


class WrittenClearing(Written):
    on: EventType
    when: str | None = None
    tell: MessageKey
    confirm: WrittenConfirm | None = None


def _opening(value: Any) -> str | None:
    words = [word for word in ("expect", "match") if isinstance(value, dict) and word in value]
    return f"{words[0]} rule" if words else None


AnyOpening = Annotated[
    Annotated[WrittenExpect, Tag("expect rule")] | Annotated[WrittenMatch, Tag("match rule")],
    Discriminator(
        _opening,
        custom_error_type="no_opening",
        custom_error_message="a rule of `opens` has one of the keys expect, match",
    ),
]

PROMISE_SHAPES: dict[str, type[Written]] = {
    "sla": WrittenSla,
    **dict.fromkeys(("acknowledge", "first_response", "analysis", "action", "resolve"), GoalTimes),
    "update": UpdateTimes,
    "sooner": WrittenSooner,
    "escalation": WrittenLevel,
    **dict.fromkeys(("ack_within", "again_after"), Durations),
    "tasks": WrittenTasks,
    "within": Durations,
    "external": WrittenExternal,
    "expect rule": WrittenExpect,
    "match rule": WrittenMatch,
    "interrupts": WrittenInterrupt,
    "clears": WrittenClearing,
    "confirm": WrittenConfirm,
}
"""The shape behind each part of a validator's location, for suggestions."""
