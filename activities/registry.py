"""Every activity of the catalogue, ready for a worker."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from activities.approvals import ApprovalActivities
from activities.balance import Balance
from activities.binding import Implementation, activities_in, implementation
from activities.customers import CustomerActivities
from activities.effects import Effects
from activities.inventory import InventoryActivities
from activities.journal import JournalActivities
from activities.ledger import LedgerActivities
from activities.merchants import MerchantActivities
from activities.orders import OrderActivities
from activities.paging import Paging
from activities.payments import PaymentActivities
from activities.quality import QualityActivities
from activities.reconciling import Reconciliation
from activities.settling import Settling
from activities.shipping import ShippingActivities
from activities.wire import CallReport
from activities.worth import Worth
from amends.connectors.ports import Connectors
from amends.errors import DefinitionError
from amends.journal import Journal
from amends.journal.effects import EffectLog
from amends.journal.pages import PageLog
from runbooks.catalogue import CATALOGUE, ActivitySpec


def activities_of(
    connectors: Connectors, journal_effects: EffectLog, journal_pages: PageLog
) -> list[Callable[..., CallReport]]:
    """The activities that touch the world, one for each catalogue entry, and those that ask what became of a call, take
    a person's word for it, compare what was given with the shop's books, and page people: plain functions for a thread
    pool.

    Raises ``DefinitionError`` when catalogue and code do not match.
    """
    effects = Effects(journal_effects, Worth(connectors))
    systems = (
        OrderActivities(connectors.orders, effects),
        InventoryActivities(connectors.inventory, effects),
        ShippingActivities(connectors.shipping, effects),
        PaymentActivities(connectors.payments, effects),
        CustomerActivities(connectors.customers, effects),
        MerchantActivities(connectors.merchants, effects),
        LedgerActivities(connectors.ledger, effects),
        QualityActivities(connectors.quality, effects),
    )
    found = [each for system in systems for each in activities_in(system)]
    check(CATALOGUE, [implementation(each) for each in found])
    return [
        *found,
        Reconciliation(connectors, effects).reconcile,
        Settling(effects).settle,
        Balance(connectors, journal_effects).balance,
        Paging(connectors.people, journal_pages).page,
    ]


def activities_on(journal: Journal) -> list[Callable[..., Any]]:
    """The activities that only touch the journal: plain functions for a thread pool of their own."""
    return [JournalActivities(journal).append, ApprovalActivities(journal.approvals).count]


def check(catalogue: Mapping[str, ActivitySpec], implementations: Iterable[Implementation]) -> None:
    """Raises ``DefinitionError`` that names every entry without exactly one implementation of its own models, and every
    implementation without an entry."""
    implementations = tuple(implementations)
    times = Counter(each.name for each in implementations)
    problems = [f"{name} is in the catalogue but has no implementation" for name in catalogue if not times[name]]
    problems += [f"{name} is implemented {n} times" for name, n in times.items() if n > 1]
    for each in implementations:
        spec = catalogue.get(each.name)
        if spec is None:
            problems.append(f"{each.name} is implemented but not in the catalogue")
        elif (each.takes, each.gives) != (spec.takes, spec.gives):
            problems.append(f"{each.name} takes or gives other models than its catalogue entry says")
    if problems:
        raise DefinitionError("; ".join(problems), place="activities")
