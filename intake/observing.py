"""The activity by which an event comes in over Temporal: whoever sends it needs no database of ours.

It is started by itself, without a workflow, under the event's own identity. From then on Temporal keeps it until a
worker has taken it in. (docs/decisions/0022)
"""

from datetime import timedelta
from typing import Final

from temporalio import activity
from temporalio.client import Client
from temporalio.common import ActivityIDConflictPolicy, ActivityIDReusePolicy

from activities import clock
from amends.models import Data, Model
from amends.temporal import journal_queue
from intake.cloudevents import read_event
from intake.receiving import Received, Receiving

TAKE: Final = "intake.take"

VIA: Final = "Temporal"

_ATTEMPT: Final = timedelta(seconds=60)
"""For one attempt: a healthy journal takes milliseconds. There is no limit to the attempts."""


class TakeRequest(Model):
    """``event``: one CloudEvent as a JSON object."""

    event: Data


class Observing:
    """Takes in events that came over Temporal."""

    def __init__(self, receiving: Receiving) -> None:
        self._receiving = receiving

    @activity.defn(name=TAKE)
    def take(self, request: TakeRequest) -> Received:
        """What became of it. A journal that does not answer is tried again, for ever."""
        (received,) = self._receiving.receive([request.event], via=VIA, at=clock.now())
        return received


async def hand_over(client: Client, event: Data, *, queue: str) -> None:
    """Hands an event to Temporal. Raises ``MalformedEvent``, and ``RPCError`` when Temporal does not answer."""
    key = read_event(event).key
    await client.start_activity(
        TAKE,
        TakeRequest(event=event),
        id=f"{TAKE}:{key}",
        task_queue=journal_queue(queue),
        start_to_close_timeout=_ATTEMPT,
        id_conflict_policy=ActivityIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=ActivityIDReusePolicy.ALLOW_DUPLICATE,
        summary=key,
    )
