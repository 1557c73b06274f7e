"""Activities on a seeded shop and a journal, run as Temporal runs them, one attempt at a time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.binding import implementation
from activities.effects import Effects
from activities.reconciling import Reconciliation
from activities.registry import activities_of
from activities.wire import CallReport, CallRequest, ReconcileRequest
from activities.worth import Worth
from amends.connectors.ports import Connectors
from amends.connectors.shop import Shop
from amends.journal import EffectLog, EffectRecord, Journal

SEEDED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INCIDENT = "inc-1001"


class Rig:
    """``effects`` stands in for the journal's own log where a test wants it to fail; ``over`` is the way to the shop,
    if it is not straight."""

    def __init__(
        self, shop: Shop, journal: Journal, effects: EffectLog | None = None, over: Connectors | None = None
    ) -> None:
        self.shop = shop
        self.journal = journal
        systems = over or shop
        log = effects or journal.effects
        self._activities = {
            implementation(each).name: each
            for each in activities_of(systems, log, journal.pages)
            if hasattr(each, "implements")
        }
        self._reconciliation = Reconciliation(systems, Effects(log, Worth(systems)))

    def attempt(self, name: str, request: CallRequest, *, hours: float = 0, attempt: int = 1) -> CallReport:
        """One attempt at an activity, by Temporal's count the ``attempt``-th, so many hours after seeding."""
        return self.within(lambda: self._activities[name](request), hours=hours, attempt=attempt)

    def reconcile(self, name: str, request: CallRequest, *, hours: float = 0) -> CallReport:
        """One attempt at asking what became of a call of ``name``."""
        asked = ReconcileRequest(activity=name, call=request)
        return self.within(lambda: self._reconciliation.reconcile(asked), hours=hours)

    def within(self, work: Callable[[], CallReport], *, hours: float = 0, attempt: int = 1) -> CallReport:
        """Runs something as an activity that was scheduled so many hours after seeding."""
        environment = ActivityEnvironment()
        moment = SEEDED + timedelta(hours=hours)
        environment.info = replace(environment.info, current_attempt_scheduled_time=moment, attempt=attempt)
        report = environment.run(work)
        assert isinstance(report, CallReport)
        return report

    def effect(self, key: str) -> EffectRecord | None:
        """What the journal knows of an effect."""
        return self.journal.effects.get(key=key)


def request(key: str = f"{INCIDENT}/action.reship/1", *, undoes: str | None = None, **inputs: Any) -> CallRequest:
    """A request of the incident, for its step ``action.reship``."""
    return CallRequest(key=key, incident_id=INCIDENT, step="action.reship", inputs=inputs, undoes=undoes)
