"""Which order events say that the goods of a line are not there."""

from datetime import timedelta

from intake.deciding import decide
from intake.events import OrderEvent
from intake.rules import rules_of
from runbooks.library import load
from tests.intake.builders import FAR, event

RULES = rules_of(load("stockout"))


def lines(*events: OrderEvent) -> dict[str, bool]:
    """The lines for which an incident opens, and whether it is cleared."""
    return {
        str(each.subject["line_id"]): each.cleared_at is not None
        for each in decide(RULES, events, until=FAR + timedelta(hours=1))
    }


def short(hours: float, line_id: str, units: int) -> OrderEvent:
    return event("stock.short", hours, f"{line_id}@{hours}", line_id=line_id, sku="PAN-24", short=units)


def test_each_line_that_lacks_goods_opens_an_incident_of_its_own() -> None:
    assert lines(short(0, "A/1", 2), short(1, "A/3", 1)) == {"A/1": False, "A/3": False}


def test_goods_that_could_not_be_set_aside_open_one_before_anybody_counts() -> None:
    assert lines(event("allocation.failed", 0, line_id="A/1", sku="PAN-24")) == {"A/1": False}


def test_a_line_that_lacks_nothing_opens_none_and_clears_what_was_opened_for_it() -> None:
    assert lines(short(0, "A/2", 0)) == {}
    assert lines(short(0, "A/1", 2), short(5, "A/1", 0)) == {"A/1": True}
