"""What an explanation says, before it is put into words: the whole runbook as typed facts, in no language."""

from datetime import date, timedelta

from amends.models import Model, Money, Party, Severity, Stage
from runbooks.explaining.conditions import Condition
from runbooks.explaining.items import Item, Message, PlanItem, Times
from runbooks.policy import GoalName, Night, Quiet
from runbooks.program import FactType


class ReportField(Model):
    name: str
    type: FactType
    optional: bool


class Expected(Model):
    """An incident opens when ``expect`` has not come in time after ``after``, ``grace`` later: within a time that is
    fixed (``late_after``) or computed (``within``), or ``by`` a moment that is computed. ``whole_day_in``: the time
    zone in which the whole day of that moment counts."""

    expect: str
    after: str
    late_after: timedelta | None
    within: str | None
    by: str | None
    whole_day_in: str | None
    grace: timedelta


class Matched(Model):
    """An incident opens when an order event and the state of its order are such."""

    condition: Condition


class Interrupt(Model):
    """An order event that cuts in at any moment, and the plan that it starts."""

    on: str
    only_if: Condition | None
    plan: str


class Cleared(Model):
    """An order event that says that the cause is gone; ``confirm``: what the customer is asked first, where the event
    alone does not count. ``by_silence``: whether saying nothing lets it count."""

    on: str
    only_if: Condition | None
    tells: Message
    confirm: Message | None = None
    within: Times | None = None
    by_silence: bool = False


class Opening(Model):
    """What opens an incident, what becomes of further reports on the same subject, and what ends it early."""

    report: tuple[ReportField, ...]
    events: tuple[Expected | Matched, ...]
    subject: tuple[str, ...]
    supersedes: tuple[str, ...]
    reopen_for: timedelta | None
    interrupts: tuple[Interrupt, ...]
    clears: tuple[Cleared, ...] = ()


class SeverityRule(Model):
    """``near``: from how long before each deadline of others on it holds too."""

    severity: Severity
    condition: Condition
    near: dict[str, timedelta] = {}


class Severities(Model):
    """The rules from the worst down; the first that holds counts."""

    rules: tuple[SeverityRule, ...]
    otherwise: Severity

    @property
    def possible(self) -> tuple[Severity, ...]:
        """Those that an incident can have, from the worst to the mildest."""
        given = {rule.severity for rule in self.rules} | {self.otherwise}
        return tuple(severity for severity in Severity if severity in given)


class Sooner(Model):
    """For whom less time is promised."""

    only_if: Condition
    within: Times


class Goal(Model):
    """A promise; round the clock, or in the working time of a calendar. ``sooner``: who has it in less time. ``tells``:
    the message that goes out by itself, so that it is kept."""

    name: GoalName
    within: Times
    sooner: tuple[Sooner, ...] = ()
    calendar: str | None
    tells: Message | None = None


class SetByOthers(Model):
    """A row of a table: what it says since when, where, and who says so."""

    since: date
    jurisdiction: str | None
    marketplace: str | None
    value: timedelta
    source: str


class ExternalDeadline(Model):
    """``safe_before``: how long before its end it is protected at the latest. ``approve``: the role that is asked
    first, and earlier by ``decide_within``."""

    name: str
    starts: str
    """The fact from which it counts, or the expression."""
    table: str
    rows: tuple[SetByOthers, ...]
    protect_by: str | None
    """What is called; nothing, where no call alone could keep it."""
    safe_before: timedelta
    approve: str | None = None
    decide_within: Times | None = None


class Promises(Model):
    goals: tuple[Goal, ...]
    warn_at: tuple[int, ...]
    pauses: tuple[Party, ...]
    external: tuple[ExternalDeadline, ...]
    night: Night | None = None
    """When customers are left in peace."""


class Page(Model):
    """A rung of the ladder: paged ``after`` so long without an acknowledgement, ``times`` in all, ``every`` so often
    if there are several; and ``again_after`` an acknowledgement, if something is said of it."""

    role: str
    after: timedelta
    times: int
    every: timedelta
    again_after: timedelta | None = None


class Ladder(Model):
    """Who is paged for a severity, and after how long only the last of them still is."""

    severity: Severity
    pages: tuple[Page, ...]
    ends_after: timedelta


class RoleInfo(Model):
    """A role without its people: how many there are, whether a roster says who is on, and when they are not paged."""

    name: str
    people: int
    rostered: bool
    zone: str
    quiet: Quiet | None
    approves_up_to: Money | None
    approves_per_day: Money | None


class Tasks(Model):
    """Whose it is to do what is left to a person, and within which time."""

    owner: str
    within: Times


class StageItem(Model):
    """A stage: ``plans`` for the action, ``items`` for the others."""

    stage: Stage
    items: tuple[Item, ...] = ()
    plans: tuple[PlanItem, ...] = ()


class Held(Model):
    """A goal against the longest way: the time that counts on its clock. ``keeps``: the limits alone never break it.
    ``working_time``: the goal is measured in it, so that what seems too long may still fit."""

    goal: GoalName
    severity: Severity
    within: timedelta
    longest: timedelta
    working_time: bool

    @property
    def keeps(self) -> bool:
        return self.longest <= self.within


class Trouble(Model):
    """Calls that are tried alike when they meet trouble: ``attempts`` in all (0: until they answer), over at most
    ``over``."""

    activities: tuple[str, ...]
    attempts: int
    over: timedelta | None


class WorstCase(Model):
    """The longest way for each severity: by stage, until the customer is whole, and to the end."""

    stages: tuple[tuple[Stage, Times], ...]
    resolved: Times
    closed: Times
    held: tuple[Held, ...]
    trouble: tuple[Trouble, ...]


class Undoing(Model):
    """An effect that can be taken back, or lifted, by what. ``plan``: the one it is a part of."""

    activity: str
    by: str
    plan: str | None
    measure: bool


class Explanation(Model):
    """A runbook, explained."""

    name: str
    titles: dict[str, str]
    about: str
    opening: Opening
    severities: Severities
    promises: Promises
    ladders: tuple[Ladder, ...]
    roles: tuple[RoleInfo, ...]
    tasks: Tasks | None
    stages: tuple[StageItem, ...]
    worst: WorstCase
    undone: tuple[Undoing, ...]
    final: tuple[str, ...]
    """What it does that cannot be called back."""
