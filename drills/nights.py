"""The nights of a scenario: where they lie on the clocks of its customer, when it is played."""

from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from amends.connectors.shop.sample import sample
from drills.scenario import Part, Scenario
from runbooks.policy import Night

P = TypeVar("P", bound=Part)

_DAY = timedelta(days=1)


def with_its_nights(scenario: Scenario, *, opened_at: datetime) -> Scenario:
    """A scenario as it is played now: with its own nights instead of the company's, so that it comes to the same at
    whatever time of day."""
    night = _night(scenario, opened_at)
    further = tuple(_with_night(part, night) for part in scenario.further)
    return _with_night(scenario, night).model_copy(update={"further": further})


def _with_night(part: P, night: Night | None) -> P:
    if night == part.bundle.night:
        return part
    return part.model_copy(update={"bundle": part.bundle.model_copy(update={"night": night})})


def _night(scenario: Scenario, opened_at: datetime) -> Night | None:
    if scenario.night is None:
        return None
    shop = sample()
    zone = shop.customers[shop.orders[scenario.order_id].customer].zone or "UTC"
    shown = opened_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    of_day = shown - datetime.combine(shown, datetime.min.time())
    begins, ends = ((of_day + each) % _DAY for each in (scenario.night.begins, scenario.night.ends))
    return Night(begins=begins, ends=ends, zone=zone)
