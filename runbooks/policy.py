"""What a bundle carries beside its program: promises, ladders, deadlines of others, and the data that they read."""

from datetime import date, timedelta
from enum import StrEnum

from pydantic import JsonValue

from amends.models import Head, Model, Money, Party, Severity
from runbooks.program import BySeverity, Value

YES, NO = "yes", "no"
"""What a customer may say when asked whether the cause is gone."""


class GoalName(StrEnum):
    """What a service level promises."""

    ACKNOWLEDGE = "acknowledge"
    FIRST_RESPONSE = "first_response"
    UPDATE = "update"
    ANALYSIS = "analysis"
    ACTION = "action"
    RESOLVE = "resolve"


class Goal(Model):
    """A promise: round the clock, or in the working time of a calendar. ``tell``: of ``update``, the message that the
    customer gets by itself before the promise would be broken; ``values`` are the fact paths that its text names."""

    within: BySeverity
    calendar: str | None = None
    tell: str | None = None
    values: tuple[str, ...] = ()


class Sooner(Model):
    """Who is answered sooner: while ``when`` holds, a goal that ``within`` names is due in that time."""

    when: str
    within: dict[GoalName, BySeverity]


class SlaPolicy(Model):
    """``sooner``: what is promised in less time than to everybody, and to whom. ``warn_at``: parts of a goal's budget
    in percent, ascending. Clocks stop while one of ``pause_while_waiting_for`` holds the ball."""

    goals: dict[GoalName, Goal]
    sooner: tuple[Sooner, ...] = ()
    warn_at: tuple[int, ...] = ()
    pause_while_waiting_for: tuple[Party, ...] = ()


class Interrupt(Model):
    """A plan that news of a type starts, whatever stands in its way, while ``when`` holds."""

    on: str
    when: str | None = None
    plan: str


class Clearing(Model):
    """News of a type that says that what an incident is about is gone, while ``when`` holds: what was done is undone,
    the customer is told (``tell``), and the incident closes.

    ``confirm``: the question that the customer is asked first where the news alone does not count, answered by ``yes``
    or ``no`` within ``answer_within``; silence means ``if_silent``, and the answer is kept as the fact ``save_as``.
    ``values`` and ``confirm_values`` are the fact paths that the texts name.
    """

    on: str
    when: str | None = None
    tell: str
    values: tuple[str, ...] = ()
    confirm: str | None = None
    confirm_values: tuple[str, ...] = ()
    answer_within: BySeverity | None = None
    if_silent: str = NO
    save_as: str | None = None


class Level(Model):
    """One rung of a ladder: who is paged, how long they have to acknowledge, and how often this is tried.

    ``again_after``: how long after an acknowledgement they are paged again while a person still owes the move; as long
    as people have for their tasks if it is not set.
    """

    page: str
    ack_within: BySeverity
    repeat: int = 1
    again_after: BySeverity | None = None


class ExternalDeadline(Model):
    """A deadline that others set: ``table`` says how long after ``starts`` (a fact) it is; at the last safe moment
    ``protect_by`` is called with ``inputs``. It never pauses. Where none is named, no call alone could keep it: it
    is kept when the customer is whole.

    ``safe_before``: how long before the deadline the call goes out at the latest. ``approve``: the role that approves
    the call first, if one has to, within ``decide_within``: so much earlier it is asked.
    """

    name: str
    starts: str
    table: str
    protect_by: str | None = None
    inputs: dict[str, Value] = {}
    safe_before: timedelta = timedelta(hours=24)
    approve: str | None = None
    decide_within: BySeverity | None = None


class Expectation(Model):
    """``expect`` in time after ``after``, both order events; opened ``grace`` later.

    In time is within ``late_after`` of it, or within what the expression ``within`` gives, or ``by`` the moment that an
    expression gives; exactly one of them is set. ``whole_day_in``: the whole day in which that is counts, as days end
    in this time zone.
    """

    expect: str
    after: str
    late_after: timedelta | None = None
    within: str | None = None
    by: str | None = None
    whole_day_in: str | None = None
    grace: timedelta = timedelta(0)

    @property
    def due(self) -> str | None:
        """The expression whose value is the moment, if an expression says it."""
        return self.by if self.within is None else f"({self.within}) + event.time"


class Match(Model):
    """A condition over an order event and the state of its order."""

    match: str


class Quiet(Model):
    """Hours in which a role is not paged for what is milder than ``above``: from ``begins`` to ``ends``, in minutes of
    the day in the role's zone; past midnight if it ends before it begins."""

    begins: int
    ends: int
    above: Severity


class Night(Model):
    """Hours in which customers are neither told nor asked anything, but what concerns their safety: from ``begins`` to
    ``ends``, as times since midnight; past midnight if it ends before it begins. ``zone``: whose clocks count where
    nobody knows in which zone the order's customer is."""

    begins: timedelta
    ends: timedelta
    zone: str = "UTC"


class Role(Model):
    """People by their ids: ``team`` may act, ``duty`` is on now by the roster; ``quiet``: when it is not paged for what
    may wait.

    ``approves_up_to``: the highest amount that one of the role may approve, for one order in all; no limit if it is not
    set. ``approves_per_day``: the same for all that a person approves on one day of the role's zone;
    ``approves_up_to`` holds for that too if it is not set.
    """

    team: tuple[str, ...]
    duty: tuple["Shift", ...] = ()
    zone: str = "UTC"
    quiet: Quiet | None = None
    approves_up_to: Money | None = None
    approves_per_day: Money | None = None


class TaskPolicy(Model):
    """Who does what is left to a person, and by when."""

    owner: str
    within: BySeverity


class RemedyPolicy(Model):
    """How much may be given under a head: ``caps`` for one order in all, ``per_day`` for all orders on one day (UTC).
    A head that is not named has no limit here; goods and refunds have theirs in what was paid."""

    caps: dict[Head, Money] = {}
    per_day: dict[Head, Money] = {}


class Shift(Model):
    """Who is on, every week: from ``begins`` to ``ends``, in minutes since Monday 00:00 in the role's zone."""

    who: str
    begins: int
    ends: int


class Calendar(Model):
    """Working time: ``hours`` are spans of a working day in minutes since midnight; ``week`` its weekdays (Monday 0).

    ``holidays`` are off, ``workdays`` are worked though the week says otherwise. Behind ``confirmed_until`` nobody has
    announced the holidays yet.
    """

    version: str
    zone: str
    hours: tuple[tuple[int, int], ...]
    week: tuple[int, ...]
    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()
    confirmed_until: date


class TableKind(StrEnum):
    """What the values of a table are: durations in whole seconds, counts of days, whole numbers, text, or amounts of
    money as people write them."""

    DURATION = "duration"
    DAYS = "days"
    INT = "int"
    STRING = "string"
    MONEY = "money"


class TableRow(Model):
    """A number that others set, from ``since`` on; for any ``jurisdiction`` or ``marketplace`` that is not set."""

    since: date
    jurisdiction: str | None = None
    marketplace: str | None = None
    value: JsonValue
    source: str


class Table(Model):
    """A dated table of what law, platforms and carriers set."""

    kind: TableKind
    rows: tuple[TableRow, ...]

    def span(self, row: TableRow) -> timedelta:
        """How long a row of a table of durations or of days says."""
        number = int(str(row.value))
        return timedelta(days=number) if self.kind is TableKind.DAYS else timedelta(seconds=number)
