"""Whom a ladder must have paged by now, and whom it must not: worked out from what is owed, and from who has said what.

It says of each turn exactly which pages it has to bring, and when the next one is due if nothing happens.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import JsonValue

from amends.models import Data
from amends.timeline import Entry, EntryKind
from tests.model.entries import text, texts
from tests.model.hours import goes_at, on_duty, quiet_until
from tests.model.story import Move, Story, moment
from workflows.events import Command, Role

_RAISING = ("undo_failed", "no_plan_left")


@dataclass
class Climb:
    """A ladder that runs. ``level`` counts from 1, ``rounds`` those at this level since it began; ``last`` is not set
    when the next round is due at once. ``out`` are the pages of the newest round that have not come back, ``heard``
    whether one of it has reached somebody; ``held`` its roles that are left in peace for now."""

    level: int = 1
    rounds: int = 0
    last: datetime | None = None
    roles: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    held_at: datetime | None = None
    out: set[str] = field(default_factory=set)
    heard: bool = False
    owed: set[tuple[str, int | str]] = field(default_factory=set)
    answered_at: datetime | None = None
    leaves_at: datetime | None = None
    snoozed_until: datetime | None = None
    exhausted: bool = False

    def anew(self) -> None:
        """The level is paged from its first round on, at once."""
        self.rounds, self.last, self.held, self.answered_at, self.leaves_at = 0, None, [], None, None

    @property
    def all_held(self) -> bool:
        return bool(self.held) and set(self.held) == set(self.roles)


@dataclass
class Paging:
    story: Story
    climb: Climb | None = None
    pages: int = 0

    def __post_init__(self) -> None:
        self.levels = self.story.bundle.escalation
        self.roles = self.story.bundle.roles

    def follow(self, entries: list[Entry], commands: list[Command] | None) -> None:
        """Take a turn. Raises ``AssertionError`` for a page that must not be, or is missing."""
        first, now = entries[0], entries[0].occurred_at
        told = [entry for entry in entries if entry.kind in _OF_A_LADDER]
        if commands is not None:
            asked = [command.id for command in commands if command.role is Role.PAGE]
            assert asked == [f"page/{entry.data['page']}" for entry in told if entry.kind is EntryKind.PAGE_REQUESTED]
        if self.climb is not None:
            self._hear(self.climb, first)
        if not self.levels or not self.story.registered or first.kind is EntryKind.RUN_STARTED:
            assert not told
            return
        expected = self._expected(entries, now)
        assert _parted([_shown(entry) for entry in told]) == _parted(expected)
        for entry in told:
            if entry.kind is EntryKind.PAGE_REQUESTED:
                self._check_page(entry.data, now)

    def must_be_due(self, at: datetime | None, now: datetime) -> None:
        """The engine looks again before the next page is due. An unanswered ladder always has one."""
        if self.climb is None:
            return
        if self.story.suspended is not None:
            assert at is not None
            assert at <= self.story.suspended[1], "nobody is left in peace for longer than was said"
            return
        next_page = self._next(self.climb, now)
        assert next_page > now
        assert at is not None
        assert at <= next_page, "a ladder never dies silently"

    def _hear(self, climb: Climb, first: Entry) -> None:
        """What people and channels have said."""
        data, now = first.data, first.occurred_at
        match first.kind:
            case EntryKind.ACKNOWLEDGED:
                leaving = [goes_at(self.roles[role], first.actor.id, now) for role in climb.roles]
                climb.answered_at, climb.snoozed_until, climb.exhausted = now, None, False
                climb.leaves_at = min((each for each in leaving if each is not None), default=None)
            case EntryKind.SNOOZE_REQUESTED:
                climb.snoozed_until = moment(data, "until")
                assert now < climb.snoozed_until <= now + timedelta(days=1)
            case EntryKind.PAGE_SENT | EntryKind.PAGE_FAILED if text(data, "command_id") in climb.out:
                climb.out.remove(text(data, "command_id"))
                climb.heard = climb.heard or first.kind is EntryKind.PAGE_SENT
                in_vain = not climb.out and not climb.heard and climb.answered_at is None
                if in_vain and climb.level < len(self.levels):
                    climb.level, climb.rounds, climb.last = climb.level + 1, 0, None
            case _:
                pass

    def _expected(self, entries: list[Entry], now: datetime) -> list[Data]:
        """What a turn has to bring, in order."""
        owed = {} if self.story.ended else self.story.owed()
        if not owed:
            ran, self.climb = self.climb is not None, None
            why = "ended" if self.story.ended else "nothing_owed"
            return [{"kind": "ladder_stopped", "why": why}] if ran else []
        climb, new = self.climb or Climb(), self.climb is None
        self.climb = climb
        names = {(move.id, move.number) for move in owed.values()}
        expected: list[Data] = []
        raised = [why for why in map(_raises, entries) if why is not None]
        if raised:
            climb.level = min(climb.level + 1, len(self.levels))
            climb.snoozed_until = None
            expected.append({"kind": "ladder_raised", "level": climb.level})
        if raised or (not new and names - climb.owed):
            climb.anew()
        climb.owed = names
        if climb.answered_at is not None and now >= self._again_at(climb):
            climb.anew()
        if self.story.suspended is not None:
            return expected
        if climb.answered_at is not None or (climb.snoozed_until is not None and now < climb.snoozed_until):
            return expected
        return [*expected, *self._held_back(climb, now), *self._round(climb, owed, now)]

    def _held_back(self, climb: Climb, now: datetime) -> list[Data]:
        """The pages of roles that are left in peace no more."""
        found, all_held, looked_at = list[Data](), climb.all_held, climb.held_at
        for role in list(climb.held):
            until = quiet_until(self.roles[role], self.story.severity, now)
            if until is None:
                climb.held.remove(role)
                climb.last = now if all_held else climb.last
                found.append(self._page(climb, role))
            elif looked_at is not None and until != quiet_until(self.roles[role], self.story.severity, looked_at):
                found.append(self._hold(climb, role, until, now))
        return found

    def _round(self, climb: Climb, owed: dict[str, Move], now: datetime) -> list[Data]:
        """The pages of a round, if one is due."""
        level = self.levels[climb.level - 1]
        if climb.all_held:
            return []
        if climb.last is not None and now < climb.last + self._interval(climb):
            return []
        found: list[Data] = []
        if climb.rounds >= level.repeat and climb.level < len(self.levels):
            climb.level, climb.rounds = climb.level + 1, 0
        elif climb.rounds >= level.repeat and not climb.exhausted:
            climb.exhausted = True
            found.append({"kind": "ladder_exhausted", "level": climb.level, "pages": climb.rounds})
        climb.rounds, climb.last = climb.rounds + 1, now
        climb.out, climb.heard, climb.held = set(), False, []
        climb.roles = self._whose(climb, owed)
        for role in climb.roles:
            until = quiet_until(self.roles[role], self.story.severity, now)
            if until is None:
                found.append(self._page(climb, role))
            else:
                climb.held.append(role)
                found.append(self._hold(climb, role, until, now))
        return found

    def _interval(self, climb: Climb) -> timedelta:
        """How long a round has: twice as long each time once the ladder is at its end, up to a day."""
        level = self.levels[climb.level - 1]
        first = span = level.ack_within.of(self.story.severity)
        for _ in range(climb.rounds - level.repeat if climb.exhausted else 0):
            span = min(2 * span, max(first, timedelta(days=1)))
        return span

    def _hold(self, climb: Climb, role: str, until: datetime, now: datetime) -> Data:
        climb.held_at = now
        return {"kind": "page_held", "role": role, "until": until.isoformat(), "why": "quiet"}

    def _whose(self, climb: Climb, owed: dict[str, Move]) -> list[str]:
        own = self.levels[climb.level - 1].page
        if climb.level > 1:
            return [own]
        order = sorted(owed.values(), key=lambda move: _ORDER.index(move.id.partition(":")[0]))
        return list(dict.fromkeys(move.role if move.role in self.roles and move.role else own for move in order))

    def _page(self, climb: Climb, role: str) -> Data:
        self.pages += 1
        climb.out.add(f"page/{self.pages}")
        return {"kind": "page_requested", "page": self.pages, "level": climb.level, "role": role}

    def _check_page(self, data: Data, now: datetime) -> None:
        owed = self.story.owed()
        role = self.roles[text(data, "role")]
        assert owed, "nobody is paged while nothing is owed"
        assert data["people"] == self._people(data, owed, on_duty(role, now))
        assert set(texts(data, "owed")) == set(owed)
        assert data["levels"] == len(self.levels)
        assert quiet_until(role, self.story.severity, now) is None

    def _people(self, data: Data, owed: dict[str, Move], on: tuple[str, ...]) -> list[str]:
        """At the first level whoever was given what is owed comes first; the others of the role are left in peace if
        everything was given."""
        if data["level"] != 1:
            return list(on)
        mine = [move for move in owed.values() if move.role in (data["role"], None)] or list(owed.values())
        given = [move.person or self.story.assignee for move in mine if move.id.startswith("task:")]
        named = [who for who in given if who is not None]
        return list(dict.fromkeys(named if named and len(named) == len(mine) else [*named, *on]))

    def _again_at(self, climb: Climb) -> datetime:
        """When what was acknowledged is paged again."""
        assert climb.answered_at is not None
        after = self.levels[climb.level - 1].again_after
        tasks = self.story.bundle.tasks
        assert tasks is not None
        again = climb.answered_at + (after or tasks.within).of(self.story.severity)
        again = max(again, climb.snoozed_until or again)
        return min(again, climb.leaves_at or again)

    def _next(self, climb: Climb, now: datetime) -> datetime:
        if climb.answered_at is not None:
            return self._again_at(climb)
        moments = []
        if climb.last is not None and not climb.all_held:
            moments.append(climb.last + self._interval(climb))
        ends = [quiet_until(self.roles[role], self.story.severity, now) for role in climb.held]
        moments += [end for end in ends if end is not None]
        at = min(moments, default=now)
        return max(at, climb.snoozed_until or at)


def _parted(told: list[Data]) -> tuple[list[Data], list[Data], list[JsonValue]]:
    """What a ladder did, whom it pages or leaves in peace, in whatever order, and the numbers of its pages."""
    pages = [{name: each[name] for name in each if name != "page"} for each in told if "role" in each]
    numbers = [each["page"] for each in told if "page" in each]
    return [each for each in told if "role" not in each], sorted(pages, key=str), numbers


def _raises(entry: Entry) -> str | None:
    """Why an entry starts the ladder a level higher; ``None`` if it does not."""
    match entry.kind:
        case EntryKind.CLOCK_BREACHED | EntryKind.DEADLINE_MISSED:
            return "breach"
        case EntryKind.ESCALATION_REQUESTED:
            return "escalate"
        case EntryKind.TASK_OPENED if text(entry.data, "why") in _RAISING:
            return text(entry.data, "why")
        case _:
            return None


def _shown(entry: Entry) -> Data:
    """The part of a ladder's entry that is foretold."""
    data = entry.data
    named = {
        EntryKind.LADDER_STOPPED: ("why",),
        EntryKind.LADDER_RAISED: ("level",),
        EntryKind.LADDER_EXHAUSTED: ("level", "pages"),
        EntryKind.PAGE_HELD: ("role", "until", "why"),
        EntryKind.PAGE_REQUESTED: ("page", "level", "role"),
    }
    return {"kind": entry.kind.value, **{name: data[name] for name in named[entry.kind]}}


_ORDER = ("task", "approval", "ask", "unacknowledged", "breach", "escalated")
_OF_A_LADDER = (
    EntryKind.LADDER_STOPPED,
    EntryKind.LADDER_RAISED,
    EntryKind.LADDER_EXHAUSTED,
    EntryKind.PAGE_HELD,
    EntryKind.PAGE_REQUESTED,
)
