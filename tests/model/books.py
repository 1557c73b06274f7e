"""What our own journal does beside the shop: it keeps what may be given, and who has approved how much."""

from dataclasses import dataclass, field

from amends.models import Data
from tests.model.shop import CAPTURED, GOODS, REFUNDS, Call, Shop, amount_of


@dataclass
class Books:
    """``reserved``: what was given, is on its way, or may have been given, by key: an unknown outcome counts as spent.
    ``held_back``: the keys of calls that were refused without a call, because the goods were given already."""

    reserved: dict[str, Call] = field(default_factory=dict)
    held_back: list[str] = field(default_factory=list)
    approved: dict[tuple[str, str], int] = field(default_factory=dict)
    """(person, approval) → amount."""

    def reserve(self, call: Call) -> str | None:
        """Count a gift before it is given. Why not, if it may not be: then nothing is counted."""
        if call.key in self.reserved or call.activity not in (*GOODS, *REFUNDS):
            return None
        others = list(self.reserved.values())
        goods = [other for other in others if other.activity in GOODS]
        refunds = [other for other in others if other.activity in REFUNDS]
        if goods or (refunds and call.activity in GOODS):
            self.held_back.append(call.key)
            return "AlreadyGiven"
        if call.activity in REFUNDS and sum(map(amount_of, refunds)) + amount_of(call) > CAPTURED:
            return "AboveCaptured"
        self.reserved[call.key] = call
        return None

    def release(self, key: str) -> None:
        """It was not given, or has been taken back."""
        self.reserved.pop(key, None)

    def agree_with(self, shop: Shop) -> bool:
        """Whether what we say was given is what the shop says."""
        return set(self.reserved) == {call.key for call in shop.given((*GOODS, *REFUNDS))}

    def count(self, limits: Data) -> bool:
        """Whether somebody's authority reaches for one approval more; counted if it does."""
        person, approval = str(limits["person"]), str(limits["approval"])
        counted = {**self.approved, (person, approval): _amount(limits["amount"])}
        total = sum(amount for (who, _), amount in counted.items() if who == person)
        if limits["up_to"] is not None and total > _amount(limits["up_to"]):
            return False
        self.approved = counted
        return True


def _amount(value: object) -> int:
    assert isinstance(value, dict)
    return int(value["amount"])
