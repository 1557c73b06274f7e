"""Which events are kept apart though they are well formed."""

from datetime import datetime, timedelta

from intake.events import OrderEvent

AHEAD = timedelta(minutes=5)
"""How far the clocks of an order system may be ahead of ours. What comes from further ahead would let deadlines pass
that are not over yet."""


def why_not(event: OrderEvent, now: datetime) -> str | None:
    """Why an event that comes ``now`` is not to be taken, with the mend; ``None`` if it is."""
    if event.at <= now + AHEAD:
        return None
    moment = f"{event.at.isoformat(timespec='seconds').replace('+00:00', 'Z')}"
    return f"it says that it happened at {moment}, which is yet to come; send it when it has happened, or mend its time"
