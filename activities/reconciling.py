"""The activity that asks a system what became of a call that met trouble through all its tries."""

from temporalio import activity

from activities.effects import Effects
from activities.wire import RECONCILE, CallReport, ReconcileRequest
from amends.connectors.ports import Connectors, Recalling
from runbooks.catalogue import CATALOGUE


class Reconciliation:
    """Asks by key, whichever system it is."""

    def __init__(self, connectors: Connectors, effects: Effects) -> None:
        names = {spec.system for spec in CATALOGUE.values()}
        self._systems: dict[str, Recalling] = {name: getattr(connectors, name) for name in names}
        self._effects = effects

    @activity.defn(name=RECONCILE)
    def reconcile(self, request: ReconcileRequest) -> CallReport:
        """Reports ``applied`` with the result, or ``not_applied``; trouble is raised, to be retried."""
        spec, key = CATALOGUE[request.activity], request.call.key
        system = self._systems[spec.system]
        return self._effects.reconcile(spec, request.call, lambda call: system.recall(call, of=key))
