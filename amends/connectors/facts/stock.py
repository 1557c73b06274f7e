"""What the warehouses say: stock, supply, and what is in a parcel."""

from typing import Literal

from amends.models import Model, Utc


class Goods(Model):
    """What is in a parcel, as far as rules ask for it. ``part_of_set``: useless without its other parts.
    ``withdrawal_days``: how long the customer may send it back without a reason; none for what spoils or was opened.
    ``withdrawal_open``, ``quality_open``: that time, and the time in which a fault is taken to be the seller's, is not
    over yet; neither begins before the delivery.
    """

    parcel_id: str
    category: str
    supplier: str
    fresh: bool
    medicine: bool
    hazardous: bool
    part_of_set: bool
    withdrawal_days: int
    withdrawal_open: bool = False
    quality_open: bool = False


class Elsewhere(Model):
    """A warehouse, other than that which has it now, from which a whole parcel could be sent. ``found``: there is
    one."""

    found: bool
    warehouse: str | None = None


class Supply(Model):
    """How a line can be supplied. ``free``: what nobody has set aside in the warehouse it is to leave from. ``short``:
    what the line lacks. ``demand``: what open lines wait for. ``first``: no line that comes before it waits.
    ``inbound_free`` units that come at ``inbound_at`` are promised to nobody. ``doubtful``: the record may be wrong.
    ``as_of``: when all of this was so. ``title``, ``substitute_title``, ``bundle_title`` and ``inbound_on`` are for
    customers to read, and empty where there is nothing to say."""

    line_id: str
    sku: str
    quantity: int
    free: int
    short: int
    demand: int
    first: bool
    elsewhere: bool
    inbound: bool
    doubtful: bool
    below_warning: bool
    selling: bool
    inbound_free: int = 0
    warehouse: str | None = None
    inbound_at: Utc | None = None
    substitute: str | None = None
    bundle: str | None = None
    as_of: Utc | None = None
    title: str = ""
    substitute_title: str = ""
    bundle_title: str = ""
    inbound_on: str = ""


class Transfer(Model):
    """Units on their way from another warehouse, set aside for a line. ``reservation_id`` gives them back."""

    reservation_id: str
    arrives_at: Utc


class Backorder(Model):
    """Units that are to come in, set aside for a line. ``reservation_id`` gives them back."""

    reservation_id: str
    arrives_at: Utc


class KeptGoods(Model):
    """How many units stand aside for an order."""

    order_id: str
    units: int


class KeptParcel(Model):
    """How many units stand aside for what a parcel is to carry."""

    parcel_id: str
    units: int


class SaleStop(Model):
    stop_id: str


class Count(Model):
    """A task to count an article. ``corrected``: the record was wrong, and now says what was ``found``."""

    task_id: str
    status: Literal["open", "confirmed", "corrected", "closed"]
    found: int | None = None


class Replenishment(Model):
    request_id: str
