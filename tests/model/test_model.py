"""Whatever happens, in whatever order: the engine beside a model of it that was written without a look at its logic.

No path refunds twice, and none forgets a refund. Each walk is random and the same on every machine; what must hold is
asserted after each step, by ``mirror`` (what an incident may do), ``shop`` (what really happened), ``keeping`` (what
was promised, and who is called) and ``walk``.
"""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from tests.model import programs, settled
from tests.model.machine import Walks

_WALKS = settings(
    max_examples=290,  # seven runbooks: more than 2,000 in all
    stateful_step_count=38,
    derandomize=True,
    backend=settled.BACKEND,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

_SHARED = {EntryKind.ANSWER_INHERITED, EntryKind.ANSWER_SHARED, EntryKind.CONVERSATION_FREED}
_NEWS = {
    *(EntryKind.INTERRUPTED, EntryKind.INTERRUPT_IGNORED, EntryKind.DECISION_MADE, EntryKind.ROUND_ENDED),
    *(EntryKind.CLEARED, EntryKind.CLEARING_ASKED, EntryKind.CLEARING_IGNORED),
    *(EntryKind.MESSAGE_HELD, EntryKind.MESSAGE_WITHDRAWN),
}
_SKIP = {EntryKind.STEP_SKIPPED}
_LET_GO = {EntryKind.DEADLINE_LET_GO}
_COUNT = {EntryKind.DECISION_COUNTED, EntryKind.DECISION_REFUSED}
_APPROVAL = {EntryKind.UNDO_WAIVED, *(each for each in EntryKind if "approval_" in each)}
_ASK = {EntryKind.ANSWER_RECEIVED, EntryKind.SILENCE_ASSUMED, *(each for each in EntryKind if "question_" in each)}
_DEADLINE = {each for each in EntryKind if "deadline_" in each}
_UNDO_OR_WAIT = {each for each in EntryKind if each.startswith(("undo_", "wait_"))}
_RARE = {EntryKind.BOOKS_DIFFER, EntryKind.BOOKS_UNREAD, EntryKind.REPIN_PUT_OFF, EntryKind.UNDO_UNKNOWN}
_OF_CHOICES = {EntryKind.ANSWER_SHARED, EntryKind.QUESTION_JOINED}


def _always(bundle: Bundle) -> Callable[[int], Bundle]:
    return lambda _: bundle


_CASES: dict[str, tuple[Callable[[int], Bundle], set[EntryKind]]] = {
    "a parcel": (_always(programs.a_parcel()), _NEWS),
    "four undoable effects": (_always(programs.four_undoable()), _NEWS | _COUNT | _LET_GO | _SHARED | _RARE),
    "a changing worth": (
        _always(programs.a_changing_worth()),
        _NEWS | _SKIP | _ASK | _DEADLINE | _SHARED | _RARE,
    ),
    "at once": (_always(programs.at_once()), _NEWS | _COUNT | _APPROVAL | _LET_GO | _RARE),
    "news and nights": (_always(programs.news_and_nights()), _LET_GO | _SHARED | _RARE),
    "answers of every kind": (
        _always(programs.answers_of_every_kind()),
        _NEWS - {EntryKind.MESSAGE_HELD, EntryKind.ROUND_ENDED} | _DEADLINE | _UNDO_OR_WAIT | _OF_CHOICES | _RARE,
    ),
    "sixty runbooks that nobody would write": (programs.at_random, _SKIP | _LET_GO | _SHARED | _RARE),
}
"""The runbooks, and the kinds of entries that each has no step for, or too few. The first has all but those of news and
nights, which the fifth has."""


@pytest.mark.parametrize("name", _CASES)
def test_whatever_happens_the_promises_hold_and_every_incident_ends(name: str) -> None:
    """Undo is registered before the act, runs last-in first-out, is shielded from cancellation, and only for what was
    applied."""
    bundle_of, not_here = _CASES[name]

    class Machine(Walks):
        pass

    Machine.bundle_of = staticmethod(bundle_of)
    Machine.gives_once = bundle_of is not programs.at_random
    Machine.reached = set()
    run_state_machine_as_test(Machine, settings=_WALKS)

    assert set(EntryKind) - Machine.reached <= not_here, "the walks reach all that can happen"
