"""What is under way where a stage begins: with that a text is not changed, and without it at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from amends.timeline import Entry, EntryKind
from tests.model.entries import text
from tests.model.shop import TELLING
from workflows.events import Command, Role

_BEGUN = {
    EntryKind.WAIT_STARTED: "wait",
    EntryKind.QUESTION_ASKED: "ask",
    EntryKind.QUESTION_HELD: "ask",
    EntryKind.QUESTION_JOINED: "ask",
    EntryKind.MESSAGE_HELD: "step",
    EntryKind.APPROVAL_ASKED: "approval",
    EntryKind.TASK_OPENED: "task",
    EntryKind.EFFECT_REQUESTED: "key",
    EntryKind.RECONCILE_REQUESTED: "key",
}
_OVER = {
    EntryKind.WAIT_ENDED: "wait",
    EntryKind.WAIT_TIMED_OUT: "wait",
    EntryKind.WAIT_WITHDRAWN: "wait",
    EntryKind.ANSWER_RECEIVED: "ask",
    EntryKind.ANSWER_SHARED: "ask",
    EntryKind.SILENCE_ASSUMED: "ask",
    EntryKind.QUESTION_WITHDRAWN: "ask",
    EntryKind.MESSAGE_WITHDRAWN: "step",
    EntryKind.APPROVAL_GIVEN: "approval",
    EntryKind.APPROVAL_REJECTED: "approval",
    EntryKind.APPROVAL_WITHDRAWN: "approval",
    EntryKind.TASK_CLOSED: "task",
    EntryKind.RETRY_REQUESTED: "task",
    EntryKind.EFFECT_APPLIED: "key",
    EntryKind.EFFECT_REFUSED: "key",
}
_MOVED = (EntryKind.REPINNED, EntryKind.REPIN_PUT_OFF)


@dataclass
class Boundaries:
    """``agreed``: the approval by which two people want another text. ``under_way``: what has begun and is not over, by
    what it is and its name. ``cut_short``: what was given up with its stage or plan may never be known."""

    agreed: str | None = None
    under_way: set[tuple[str, str]] = field(default_factory=set)
    reading: bool = False
    cut_short: bool = False

    def follow(self, entries: list[Entry], outstanding: Mapping[str, Command] | None) -> None:
        """Take a turn, with what is under way at its end, if that is known. Raises ``AssertionError`` for a text that
        is changed under what was begun, one that is put off for nothing, and a wish that is forgotten."""
        calls = outstanding.values() if outstanding is not None else ()
        reading = outstanding is None or any(each.role not in (Role.EFFECT, Role.UNDO, Role.PAGE) for each in calls)
        before = None
        for entry in entries:
            if entry.kind is EntryKind.STAGE_ENTERED and self.agreed is not None:
                assert before is not None
                assert before.kind is EntryKind.REPIN_PUT_OFF, "what two people want is done, or said why not"
            if entry.kind in _MOVED:
                self._moved(entry, reading=self.reading or reading)
            self._follow(entry)
            before = entry
        self.reading = reading

    def _moved(self, entry: Entry, *, reading: bool) -> None:
        data = entry.data
        if entry.kind is EntryKind.REPINNED:
            assert not self.under_way, f"{self.under_way} is ended in its own text"
            self.agreed = None
            return
        assert self.under_way or self.cut_short or reading, f"put off for nothing: {data['why']}"
        assert text(data, "why"), "it is said why"
        self.agreed = self.agreed if data["again"] else None

    def _follow(self, entry: Entry) -> None:
        kind, data = entry.kind, entry.data
        undoing = kind is EntryKind.RECONCILE_REQUESTED and "/undo/" in text(data, "key")
        if undoing or (kind is EntryKind.TASK_OPENED and data["why"] == "undo_failed"):
            return  # what is taken back is known by what was written down for it
        if kind in (EntryKind.EFFECT_REQUESTED, EntryKind.STEP_SKIPPED):
            self.under_way -= {("step", text(data, "step")), ("ask", text(data, "step"))}
        if kind in _BEGUN:
            self.under_way.add((_BEGUN[kind], text(data, _BEGUN[kind])))
        elif kind in _OVER:
            self.under_way.discard((_OVER[kind], text(data, _OVER[kind])))
        elif kind is EntryKind.APPROVAL_EXPIRED and data["then"] == "reject":
            self.under_way.discard(("approval", text(data, "approval")))
        elif kind is EntryKind.EFFECT_UNKNOWN and data["activity"] in TELLING:
            self.under_way.discard(("key", text(data, "key")))  # nobody takes a message back
        elif kind in (EntryKind.INTERRUPTED, EntryKind.PLAN_FAILED):
            self.cut_short = True
        if kind is EntryKind.APPROVAL_GIVEN and text(data, "approval").startswith("repin:"):
            self.agreed = text(data, "approval")
