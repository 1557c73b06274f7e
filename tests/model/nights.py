"""What customers are told, and when: by day, but for what concerns their safety."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from amends.models import Data, Party
from amends.timeline import Entry, EntryKind
from runbooks.bundle import Bundle
from runbooks.program import AskStep, TellStep
from tests.model.entries import text
from tests.model.hours import first_shown
from tests.model.story import TELL, moment

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass
class Nights:
    """``held``: until when each message waits that is held back: for the morning, or for the answer to a question of
    another incident, ``behind`` which it stands. ``freed``: which others have said that they ask nothing any more,
    while each question was on its way. ``zone``: whose clocks the customer lives by, if the
    order says so."""

    bundle: Bundle
    zone: str = ""
    held: dict[str, datetime] = field(default_factory=dict)
    behind: dict[str, str] = field(default_factory=dict)
    freed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        steps = self.bundle.program.all_steps()
        free = (step for step in steps if isinstance(step, AskStep | TellStep))
        self.at_any_hour = {step.id for step in free if step.safety or step.to is not Party.CUSTOMER}

    def follow(self, entries: list[Entry], facts: Data | None) -> None:
        """Take a turn, with what is known at its end, if that is known. Raises ``AssertionError`` for what disturbs a
        customer, and for what has been forgotten."""
        if facts is not None:
            self.zone = _zone(facts.get("order"))
        for entry in entries:
            self._follow(entry)

    def around(self, at: datetime) -> tuple[datetime, datetime] | None:
        """The night that a moment lies in."""
        night = self.bundle.night
        if night is None:
            return None
        zone, begins, ends = self.zone or night.zone, night.begins // _MINUTE, night.ends // _MINUTE
        for days in (-2, -1, 0, 1):
            day = at.date() + days * _DAY
            begin = first_shown(zone, day, begins)
            end = first_shown(zone, day + _DAY if ends < begins else day, ends)
            if begin <= at < end:
                return begin, end
        return None

    def spared(self, at: datetime, *, after: datetime, by: datetime) -> datetime:
        """When a word is said that is meant for a moment: in the night of neither. Before it, if that is new and the
        morning would be too late."""
        night = self.around(at)
        if night is None:
            return at
        evening = night[0] - _MINUTE
        return evening if after < evening and by < night[1] else night[1]

    def must_be_due(self, at: datetime | None, now: datetime) -> None:
        """Whether the engine looks again when the night of what it holds back is over."""
        for step, until in self.held.items():
            assert until > now or self.behind.get(step) in self.freed, f"{step} is not forgotten"
            assert at is not None
            assert at <= until

    def _follow(self, entry: Entry) -> None:
        data, now, step = entry.data, entry.occurred_at, text(entry.data, "step")
        match entry.kind:
            case EntryKind.FACTS_READ if data["activity"] == "orders.read":
                self.zone = _zone(data["result"])
            case EntryKind.MESSAGE_HELD:
                night = self.around(now)
                assert night is not None, "only at night"
                assert step not in self.at_any_hour
                assert moment(data, "until") == night[1]
                assert now >= self.held.get(step, now), "what waits already is not held back again"
                self.held[step] = night[1]
            case EntryKind.EFFECT_REQUESTED if data["activity"] == TELL:
                assert step in self.at_any_hour or self.around(now) is None, "customers are left in peace at night"
                assert now >= self.held.pop(step, now) or self.behind.get(step) in self.freed, "one asks at a time"
                self.behind.pop(step, None)
            case EntryKind.QUESTION_HELD | EntryKind.QUESTION_JOINED:
                self.held[text(data, "ask")] = moment(data, "until")
                self.behind[text(data, "ask")] = text(data, "incident")
            case EntryKind.CONVERSATION_FREED:
                self.freed.add(text(data, "by"))
            case EntryKind.MESSAGE_WITHDRAWN:
                del self.held[step]
                self.behind.pop(step, None)
            case EntryKind.INCIDENT_CLOSED:
                assert not self.held, "nobody is left without a word"
            case _:
                pass


def _zone(order: object) -> str:
    return text(order, "zone") if isinstance(order, dict) else ""
