"""Goods value of a unit is given once, over every sequence of refunds and reshipments."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.journal import Journal, UnitWorth
from amends.models import Head, Outcome
from tests.amends.journal.builders import NOON
from tests.amends.journal.givers import begin, cny, finish, wanted

UNITS = (("a", 3), ("b", 2))
WORTH = 5

_walks = count()

Move = tuple[str, int, int]
"""What is done, to which parcel or effect, and how much is refunded."""

MOVES: st.SearchStrategy[Move] = st.tuples(
    st.sampled_from(["send", "refund", "apply", "refuse", "undo"]), st.integers(0, 5), st.integers(1, WORTH)
)


@dataclass
class Given:
    """One effect as the test itself remembers it."""

    head: Head
    about: str
    amount: int
    gave: str
    outcome: Outcome | None = None
    undone: bool = False

    @property
    def stands(self) -> bool:
        return self.outcome is not Outcome.NOT_APPLIED and not self.undone


@dataclass
class Walk:
    """An order, and what was given on it: what the customer has follows from that alone."""

    journal: Journal
    order_id: str
    given: dict[str, Given] = field(default_factory=dict)
    asked: int = 0

    @property
    def parcels(self) -> list[str]:
        return [f"{self.order_id}/PC-0", *(each.gave for each in self.given.values() if each.head is Head.GOODS)]

    @property
    def refunded(self) -> int:
        return sum(each.amount for each in self.given.values() if each.head is Head.REFUND and each.stands)

    @property
    def on_their_way(self) -> Given | None:
        """The goods in whose place nothing else was sent."""
        sent = [each for each in self.given.values() if each.head is Head.GOODS and each.stands]
        replaced = {each.about for each in sent}
        newest = [each for each in sent if each.gave not in replaced]
        assert len(newest) <= 1
        return newest[0] if newest else None

    def may(self, head: Head, about: str, amount: int) -> bool:
        goods = self.on_their_way
        elsewhere = goods is not None and (goods.outcome is None or goods.gave != about)
        return not elsewhere and (self.refunded == 0 if head is Head.GOODS else self.refunded + amount <= WORTH)

    def make(self, move: Move) -> None:
        what, which, amount = move
        match what:
            case "send" | "refund":
                head = Head.GOODS if what == "send" else Head.REFUND
                self._give(head, self.parcels[which % len(self.parcels)], amount)
            case "apply" | "refuse":
                outcome = Outcome.APPLIED if what == "apply" else Outcome.NOT_APPLIED
                self._finish([key for key, each in self.given.items() if each.outcome is None], which, outcome)
            case _:
                self._undo([key for key, each in self.given.items() if each.outcome and each.stands], which)

    def _give(self, head: Head, about: str, amount: int) -> None:
        self.asked += 1
        key = f"{self.order_id}-inc-{self.asked}/give/1"
        units = tuple(UnitWorth(unit=f"{self.order_id}/{name}", value=value) for name, value in UNITS)
        asked = wanted(
            head,
            amount if head is Head.REFUND else None,
            order_id=self.order_id,
            parcel_id=about,
            units=units,
            **({"captured": cny(WORTH)} if head is Head.REFUND else {}),
        )
        allowed = self.may(head, about, amount)

        record = begin(self.journal, key, asked, at=NOON + timedelta(seconds=self.asked))

        assert (record.refusal is None) == allowed, (head, about, amount, record.refusal)
        if allowed:
            self.given[key] = Given(head, about, amount, gave=f"{self.order_id}/PC-{self.asked}")

    def _finish(self, pending: list[str], which: int, outcome: Outcome) -> None:
        if pending:
            key = pending[which % len(pending)]
            each = self.given[key]
            sent = each.gave if each.head is Head.GOODS and outcome is Outcome.APPLIED else None
            finish(self.journal, key, outcome, gave_parcel=sent)
            each.outcome = outcome

    def _undo(self, standing: list[str], which: int) -> None:
        if standing:
            key = standing[which % len(standing)]
            begin(self.journal, f"{key}/undo", None, undoes=key)
            finish(self.journal, f"{key}/undo")
            self.given[key].undone = True


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(MOVES, max_size=14))
def test_what_may_be_given_follows_from_what_the_customer_has(journal: Journal, moves: list[Move]) -> None:
    walk = Walk(journal, f"SO-{next(_walks)}")

    for move in moves:
        walk.make(move)

    rows = [row for key in walk.given for row in journal.effects.remedies_of(incident_id=key.partition("/")[0])]
    for name, value in UNITS:
        standing = [row for row in rows if row.unit.endswith(f"/{name}") and row.status != "released"]
        assert sum(row.amount for row in standing if row.head is Head.REFUND) <= value
        assert sum(row.head is Head.GOODS for row in standing) == (walk.on_their_way is not None)
