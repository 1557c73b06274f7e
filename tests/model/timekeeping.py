"""Clocks as the timeline tells them, reckoned again from their starts, pauses and resumptions alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from amends.models import Data
from amends.timeline import Entry, EntryKind
from runbooks.policy import Calendar, Goal, GoalName
from tests.model.entries import text
from tests.model.hours import confirmed, worked
from tests.model.nights import Nights
from tests.model.story import Story, moment
from tests.model.tables import holds

_SECOND, _NOTHING = timedelta(seconds=1), timedelta(0)
_WORD = "sla.update."
_OURS = ("acknowledge", "first_response")
"""These never stand still: nobody else can keep them."""


@dataclass
class Clock:
    """``since``: from when it runs, on top of ``before``; not set while it stands still for ``charged``, from
    ``stood_at`` on. ``late``: it is not kept now; ``ever_late``: it was not once, which nothing takes back."""

    goal: str
    calendar: Calendar | None
    within: timedelta
    started_at: datetime
    since: datetime | None
    before: timedelta = _NOTHING
    stood_at: datetime | None = None
    charged: str = ""
    warned: set[int] = field(default_factory=set)
    late: bool = False
    ever_late: bool = False
    told: bool = False

    def consumed(self, at: datetime) -> timedelta:
        return self.before + (worked(self.calendar, self.since, at) if self.since else _NOTHING)

    def must_be_due_at(self, at: datetime) -> None:
        """It is the first second at which the budget is used up, or at which the clock that has none left runs."""
        assert self.since is not None
        if self.before >= self.within:
            assert at == self.since
        else:
            assert self.consumed(at) == self.within
            assert self.consumed(at - _SECOND) < self.within


@dataclass
class Timekeeping:
    """``open`` are the clocks that have not been stopped. ``happened_at``: when that happened of which there was
    news."""

    story: Story
    nights: Nights
    open: dict[str, Clock] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    happened_at: list[datetime] = field(default_factory=list)
    limits: dict[str, datetime] = field(default_factory=dict)
    """When the time of each wait and question is over."""
    ended_at: list[datetime] = field(default_factory=list)
    """When that happened which ended a wait, a question or a suspension in this turn."""
    sent: set[str] = field(default_factory=set)
    """The words by themselves that have been meant for the customer so far."""
    suspended_until: datetime | None = None
    facts: Data | None = None
    inherited: dict[str, int] = field(default_factory=dict)
    """What another incident has handed over in this turn, in seconds, and has not been added yet."""

    def __post_init__(self) -> None:
        sla = self.story.bundle.sla
        self.goals: dict[GoalName, Goal] = sla.goals if sla else {}
        self.sooner = sla.sooner if sla else ()
        self.warn_at = sla.warn_at if sla else ()

    def follow(self, entries: list[Entry], facts: Data | None, *, telling: bool) -> None:
        """Take a turn, with what is known at its end, if that is known. ``telling``: a word to the customer is on its
        way. Raises ``AssertionError`` for what must not be, and for what is missing."""
        first, self.facts = entries[0], facts
        said = moment(first.data, "at") if first.data.get("at") else first.occurred_at
        ends = (EntryKind.ANSWER_RECEIVED, EntryKind.RESUMPTION_REQUESTED)
        self.ended_at = [said] if first.kind in ends else []
        if first.kind is EntryKind.NEWS_RECEIVED:
            self.happened_at.append(said)
        for entry in entries:
            self._follow(entry)
        if self.story.ended:
            assert not self.open, "no promise is left open"
        elif self.story.registered and first.kind is not EntryKind.RUN_STARTED:
            self._check(first.occurred_at, telling=telling)

    def must_be_due(self, at: datetime | None) -> None:
        """The engine looks again before any clock has something to say."""
        for clock in self.open.values():
            if clock.since is None or clock.late:
                continue
            nearest = min(
                [*(self._part(clock, each) for each in self.warn_at if each not in clock.warned), clock.within]
            )
            assert at is not None
            assert clock.consumed(at - _SECOND) < nearest, f"{clock.goal} has something to say before {at}"

    def _follow(self, entry: Entry) -> None:
        data, now = entry.data, entry.occurred_at
        match entry.kind:
            case EntryKind.CLOCK_STARTED:
                self._started(data, now)
            case EntryKind.CLOCK_PAUSED:
                self._paused(data, now)
            case EntryKind.CLOCK_RESUMED:
                self._resumed(data, now)
            case EntryKind.WAIT_STARTED:
                self.limits[text(data, "wait")] = moment(data, "at_most_until")
            case EntryKind.QUESTION_ASKED:
                self.limits[text(data, "ask")] = moment(data, "answer_by")
            case EntryKind.WAIT_TIMED_OUT:
                self.ended_at.append(self.limits[text(data, "wait")])
            case EntryKind.SILENCE_ASSUMED:
                self.ended_at.append(self.limits[text(data, "ask")])
            case EntryKind.SUSPENSION_REQUESTED:
                assert now < moment(data, "until") <= now + timedelta(days=30)
                assert data["party"] != "us", "nobody stops the clocks for ourselves"
                self.suspended_until = moment(data, "until")
            case EntryKind.SUSPENSION_ENDED:
                assert moment(data, "until") == self.suspended_until
                self.ended_at.append(min(self.suspended_until, now))
            case EntryKind.SUPERSEDED:
                self._handed_over(data, now)
            case EntryKind.INHERITED:
                self._inherited(data)
            case EntryKind.CLOCK_RESET if "inherited" in data:
                clock = self.open[text(data, "goal")]
                seconds = self.inherited.pop(clock.goal)
                assert data["inherited"] == seconds, "each promise goes on where it was left, once"
                clock.before += timedelta(seconds=seconds)
                self._check_due(clock, data)
            case EntryKind.CLOCK_RESET:
                self._reset(self.open[text(data, "goal")], data, now)
            case EntryKind.CLOCK_WARNED:
                self._warned(self.open[text(data, "goal")], data, now)
            case EntryKind.CLOCK_BREACHED:
                clock = self.open[text(data, "goal")]
                assert not clock.late, "what was not kept is said once"
                assert clock.consumed(now) >= clock.within, "not before its time"
                if clock.since is not None:
                    clock.must_be_due_at(moment(data, "due_at"))
                else:  # it stops while it stands still, with a budget that has become too small
                    assert clock.consumed(now) > clock.within
                    assert moment(data, "due_at") == now
                clock.late = clock.ever_late = True
                clock.warned = set(self.warn_at)  # it says all that they would have said
            case EntryKind.BREACH_REASSESSED:
                clock = self.open[text(data, "goal")]
                assert clock.late
                assert clock.consumed(now) < clock.within
                self._check_due(clock, data)
                clock.late = False
            case EntryKind.CLOCK_STOPPED:
                clock = self.open.pop(text(data, "goal"))
                consumed = clock.consumed(now)
                assert (data["consumed"], data["within"]) == (_seconds(consumed), _seconds(clock.within))
                assert clock.late or consumed <= clock.within, "what was not kept is said of a clock that stops"
                assert data["kept"] is not clock.ever_late, "a breach is never removed"
            case EntryKind.EFFECT_REQUESTED | EntryKind.MESSAGE_HELD if text(data, "step") in self.sent:
                pass  # in the morning, or as a channel has sent it back
            case EntryKind.EFFECT_REQUESTED | EntryKind.MESSAGE_HELD if text(data, "step").startswith(_WORD):
                self.sent.add(text(data, "step"))
                clock = self.open["update"]
                assert not clock.told
                assert now >= self._tells_at(clock)
                assert not clock.late or self._tells_at(clock) > self._warned_at(clock), (
                    "it is not told what was broken"
                )
                clock.told = True
            case _:
                pass

    def _started(self, data: Data, now: datetime) -> None:
        goal = GoalName(text(data, "goal"))
        assert goal not in self.open
        promised = self.goals[goal]
        calendar = self.story.bundle.calendars[promised.calendar] if promised.calendar else None
        from_the_opening = goal in ("first_response", "resolve") and goal not in self.begun
        since = self.story.opened_at if from_the_opening else now
        assert since is not None
        clock = Clock(goal, calendar, timedelta(seconds=_number(data, "within")), started_at=since, since=since)
        assert data.get("calendar") == promised.calendar
        self._check_sooner(goal, data)
        self.open[goal] = clock
        self.begun.add(goal)
        self._check_due(clock, data)

    def _paused(self, data: Data, now: datetime) -> None:
        party = text(data, "charged_to")
        assert party in self.story.held_by(), "a clock stands still only for who is waited for"
        for clock in self._named(data):
            assert clock.goal not in _OURS
            assert clock.since is not None
            clock.before, clock.since, clock.stood_at, clock.charged = clock.consumed(now), None, now, party

    def _resumed(self, data: Data, now: datetime) -> None:
        since = moment(data, "since")
        for clock in self._named(data):
            assert clock.stood_at is not None
            assert data["charged_to"] == clock.charged, "charged to whom was waited for"
            assert data["suspended"] == _seconds(since - clock.stood_at)
            moments = [min(max(at, clock.stood_at), now) for at in (*self.happened_at, *self.ended_at)]
            assert since in [now, *moments]
            others = [begun for _, begun in self.story.waits.values()] if self.story.held_by() else []
            assert since == now or min(others, default=now) > since, "no time is ours in which another was waited for"
            if self.ended_at and not self.story.held_by():
                last = min(max(*self.ended_at, clock.stood_at), now)
                assert since == last, "it goes on from when it was answered, or the time was over"
            clock.since, clock.stood_at, clock.charged = since, None, ""
            goals = data["goals"]
            assert isinstance(goals, dict)
            clock.must_be_due_at(moment(goals, clock.goal))

    def _handed_over(self, data: Data, now: datetime) -> None:
        """What another incident goes on with is what was used up of the promises for the whole of it."""
        handed = data["handed"]
        assert isinstance(handed, dict)
        carried = [each for each in self.open.values() if each.goal in (*_OURS, "resolve")]
        assert handed["clocks"] == {each.goal: _seconds(each.consumed(now)) for each in carried}

    def _inherited(self, data: Data) -> None:
        result = data["result"]
        assert isinstance(result, dict)
        consumed = result.get("clocks", {})
        assert isinstance(consumed, dict)
        assert not self.inherited
        self.inherited = {goal: int(str(each)) for goal, each in consumed.items() if goal in self.open}

    def _reset(self, clock: Clock, data: Data, now: datetime) -> None:
        before = clock.within
        clock.within = timedelta(seconds=_number(data, "within"))
        assert clock.within != before
        self._check_sooner(GoalName(clock.goal), data)
        self._check_due(clock, data)
        clock.warned = {each for each in clock.warned if clock.consumed(now) >= self._part(clock, each)}

    def _warned(self, clock: Clock, data: Data, now: datetime) -> None:
        consumed = clock.consumed(now)
        passed = {each for each in self.warn_at if consumed >= self._part(clock, each)}
        assert clock.since is not None
        assert consumed < clock.within
        assert passed - clock.warned, "no warning twice"
        assert data["percent"] == max(passed)
        clock.must_be_due_at(moment(data, "due_at"))
        clock.warned = passed

    def _check(self, now: datetime, *, telling: bool) -> None:
        """What must be true once a turn was taken."""
        assert not self.inherited, "no promise is left behind"
        assert self.story.suspended is None or now < self.story.suspended[1], "a suspension ends at its time"
        assert set(self.open) == {goal for goal in self.goals if self._wanted(goal)}
        held_by = self.story.held_by()
        for clock in self.open.values():
            assert clock.within in self._budgets(GoalName(clock.goal))
            assert (clock.since is None) is (bool(held_by) and clock.goal not in _OURS)
            assert clock.since is not None or clock.charged in held_by
            consumed = clock.consumed(now)
            assert not clock.late or consumed >= clock.within, "what is in time again is said"
            if clock.since is None:
                continue
            assert clock.late or consumed < clock.within, "what is not kept is said"
            passed = {each for each in self.warn_at if consumed >= self._part(clock, each)}
            assert clock.late or clock.warned == passed, "each warning comes"
            tells = self.goals[GoalName(clock.goal)].tell is not None and now >= self._tells_at(clock)
            tells = tells and (not clock.late or self._tells_at(clock) > self._warned_at(clock))
            assert not tells or clock.told or telling, "the customer hears from us in time"
        if "update" in self.open:
            assert self.open["update"].started_at >= self.story.words[-1], "each word starts it anew"

    def _budgets(self, goal: GoalName) -> set[timedelta]:
        """How long it may take now; all that it might be, where it is not known what is known."""
        for_all = self.goals[goal].within.of(self.story.severity)
        sooner = [each for each in self.sooner if goal in each.within]
        if self.facts is None:
            return {for_all, *(each.within[goal].of(self.story.severity) for each in sooner)}
        holding = [each.within[goal].of(self.story.severity) for each in sooner if holds(each.when, self.facts)]
        return {min([for_all, *holding])}

    def _check_sooner(self, goal: GoalName, data: Data) -> None:
        """It is said by which condition somebody is answered sooner, of those that hold."""
        if "sooner" in data:
            (least,) = [each for each in self.sooner if each.when == data["sooner"] and goal in each.within]
            assert self.facts is None or holds(least.when, self.facts)
            assert data["within"] == _seconds(least.within[goal].of(self.story.severity))

    def _wanted(self, goal: GoalName) -> bool:
        story = self.story
        match goal:
            case GoalName.ACKNOWLEDGE:
                return story.needs_a_person
            case GoalName.FIRST_RESPONSE:
                return not (story.words or story.resolved or story.leaving)
            case GoalName.UPDATE:
                return bool(story.words) and not (story.resolved or story.leaving)
            case GoalName.ANALYSIS | GoalName.ACTION:
                return story.stage == goal and not (story.resolved or story.leaving)
            case GoalName.RESOLVE:
                return not (story.resolved or story.leaving)

    def _check_due(self, clock: Clock, data: Data) -> None:
        if clock.since is None:
            assert data["due_at"] is None
            return
        due_at = moment(data, "due_at")
        clock.must_be_due_at(due_at)
        if "within" in data:
            assert data.get("unconfirmed", False) is not confirmed(clock.calendar, due_at)

    def _part(self, clock: Clock, percent: int) -> timedelta:
        return clock.within * percent // 100

    def _warned_at(self, clock: Clock) -> datetime:
        """When so much of a running clock is used up that the customer hears from us, before it is too late."""
        last = self._part(clock, self.warn_at[-1]) if self.warn_at else clock.within
        return self._used_up_at(clock, last)

    def _tells_at(self, clock: Clock) -> datetime:
        """When the customer does hear from us, by day."""
        at, due = self._warned_at(clock), self._used_up_at(clock, clock.within)
        return self.nights.spared(at, after=clock.started_at, by=due)

    def _used_up_at(self, clock: Clock, budget: timedelta) -> datetime:
        assert clock.since is not None
        assert clock.calendar is None, "words are promised round the clock"
        return clock.since + max(budget - clock.before, _NOTHING)

    def _named(self, data: Data) -> list[Clock]:
        goals = data["goals"]
        assert isinstance(goals, list | dict)
        return [self.open[str(goal)] for goal in goals]


def _number(data: Data, name: str) -> int:
    return int(str(data[name]))


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
