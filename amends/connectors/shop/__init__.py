"""The reference shop: all outside systems of a company in one small database, for the demo, the drills and the tests.

Its world is sample data, in CNY, with times around the moment of seeding. What is late, unpaid, damaged, out of stock
or refunded wrongly stands in ``samples/``, each order with what it shows. Those whose parcels are lost, of
``orders.yaml``, are:

========  ==========  ==========================================================================================
order     value       what an incident about its lost parcel meets
========  ==========  ==========================================================================================
SO-1001   CNY 398     the carrier gives up after 20 h; a reshipment goes through
SO-1002   CNY 289     the carrier never answers; for a customer who never answers either: refund
SO-1003   CNY 459     in stock when asked, sold out 26 h after seeding: ``OutOfStock``
SO-1004   CNY 384     reservable, but the carrier has no room: ``NoCapacity``
SO-1005   CNY 327     the search finds the parcel after 30 h
SO-1006   CNY 6,200   high value; the carrier answers neither search nor claim
SO-1007   CNY 120     low value; the carrier gives up after 20 h
SO-1008   CNY 320     out of stock, and the refund is declined: nothing helps
SO-1009   CNY 199     letters to the customer come back: ``Undeliverable``
SO-1010   CNY 488     two parcels; ``PC-1010-1`` delivered, ``PC-1010-2`` lost and too old for a claim; letters bounce
SO-1011   CNY 2,400   needs approvals; the carrier has no room: ``NoCapacity``
SO-1012   CNY 1,200   needs approvals; the carrier gives up after 20 h; a reshipment goes through
========  ==========  ==========================================================================================

The first parcel of ``SO-1001`` is ``PC-1001-1``. Faults are switched on by call name (``Shop.fault``).
"""

from amends.connectors.shop.faults import CALLS, FaultKind
from amends.connectors.shop.shop import Shop

__all__ = ["CALLS", "FaultKind", "Shop"]
