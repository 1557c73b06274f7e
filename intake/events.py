"""What an order system says happened, as intake keeps it."""

from amends.models import Data, Model, Utc


class OrderEvent(Model):
    """One thing that happened to an order. Its identity is ``source`` and ``id``: both again are the same event again.

    ``at`` is when it happened, ``received_at`` when it was taken in. ``subject``: what it is about, as its source says.
    ``data`` are its own fields. ``corrects``: the id of an event of the same source in whose place this one stands.
    """

    source: str
    id: str
    type: str
    order_id: str
    at: Utc
    subject: str | None = None
    data: Data = {}
    received_at: Utc | None = None
    corrects: str | None = None

    @property
    def key(self) -> str:
        """Its identity as one text."""
        return f"{self.source}#{self.id}"
