"""What a rule finds in the events of an order, before it is put into words for a report."""

from amends.models import Data, Model, Utc
from intake.events import OrderEvent


class Finding(Model):
    """A rule that was broken: by ``cause``, about ``subject``, until ``cleared`` came."""

    cause: OrderEvent
    subject: Data
    due_at: Utc
    opens_at: Utc
    cleared: OrderEvent | None = None


class Unreckoned(Model):
    """A rule that could not be reckoned at an event: nothing follows from it, and ``why`` says what is not as it should
    be."""

    exception_type: str
    rule: str
    event: str
    why: str
