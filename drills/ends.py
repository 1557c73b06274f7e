"""Whether money and goods ended right, whatever a scenario expects: by the shop's own books, and by the journal."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from activities.balance import compare
from activities.wire import BalanceRequest
from amends.errors import Trouble
from amends.journal import TimelineRow
from amends.models import Status
from amends.timeline import EntryKind
from drills.observed import conversation
from drills.stage import World

_BY_HAND = (EntryKind.TASK_SETTLED, EntryKind.WAIVER_REQUESTED)
"""What a person does about something that the systems then do not know of."""


def wrong_ends(world: World, order_id: str, timelines: Sequence[Sequence[TimelineRow]]) -> list[str]:
    """What is wrong, in plain words, with the order and the stock at the end of all incidents of a scenario.

    What must not be left over is looked for when all have ended by themselves: while one is open it may still need it,
    and what people settle by hand stands in no books. Nor may anybody owe anything then, unless one was called off.
    """
    rows = [row for timeline in timelines for row in timeline]
    at = max(row.occurred_at for row in rows)
    ends = [world.journal.incident(timeline[0].incident_id).status for timeline in timelines]
    finished = all(status.final for status in ends) and not any(row.kind in _BY_HAND for row in rows)
    settled = finished and Status.CANCELLED not in ends
    found = world.shop.unsound(order_id, at=at, finished=finished, settled=settled)
    if finished:
        found += _differences(world, order_id, timelines, at)
    return found


def _differences(
    world: World, order_id: str, timelines: Sequence[Sequence[TimelineRow]], at: datetime
) -> Iterator[str]:
    """Where the shop does not have what the journal says was given and sent."""
    for timeline in timelines:
        request = BalanceRequest(incident_id=timeline[0].incident_id, order_id=order_id)
        try:
            yield from compare(world.shop.ledger, world.journal.effects, request, at=at)
        except Trouble as error:
            yield f"the books could not be compared: {error}"
    sent, letters = len(conversation(timelines)), len(world.shop.messages(order_id))
    if sent != letters:
        yield f"{letters} letters were written about order {order_id!r}, and the journal has {sent} messages"
