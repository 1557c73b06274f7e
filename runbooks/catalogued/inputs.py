"""What the activities take: one model for each set of inputs."""

from amends.connectors import ports
from amends.models import Model, Money, Utc


class OrderRef(Model):
    order_id: str


class OrderAmount(Model):
    order_id: str
    amount: Money


class OrderParcel(Model):
    order_id: str
    parcel_id: str


class ParcelRef(Model):
    parcel_id: str


class LineRef(Model):
    line_id: str


class ArticleRef(Model):
    sku: str


class HoldRef(Model):
    hold_id: str


class ReplacementRef(Model):
    replacement_id: str


class Promising(Model):
    """``by``: the new day."""

    order_id: str
    by: Utc


class PromiseRef(Model):
    promise_id: str


class Substituting(Model):
    """``sku``: what takes its place."""

    line_id: str
    sku: str


class SubstitutionRef(Model):
    substitution_id: str


class Joining(Model):
    parcel_id: str
    line_id: str


class ReturnRef(Model):
    return_id: str


class TellRequest(Model):
    """``texts``: language → ``{"subject": …, "body": …}``; ``values``: what stands for the placeholders; ``bounced``:
    how many of the channels of who is written to have sent it back."""

    order_id: str
    texts: dict[str, dict[str, str]]
    values: dict[str, str] = {}
    bounced: int = 0


class ReserveParcel(Model):
    """``warehouse``: where to set the goods aside; the main one, if it is not given."""

    parcel_id: str
    warehouse: str | None = None


class ReservationRef(Model):
    reservation_id: str


class Transferring(Model):
    """``warehouse``: where it comes from."""

    line_id: str
    warehouse: str


class StopRef(Model):
    stop_id: str


class CountRef(Model):
    task_id: str


class Replenishing(Model):
    """``safety_stock``: how many should be there from now on."""

    sku: str
    quantity: int
    safety_stock: int = 0


class ReplenishmentRef(Model):
    request_id: str


class SendAgain(Model):
    """``reservation_id``: what to send from; what was reserved first for the parcel, if it is not given."""

    parcel_id: str
    reservation_id: str | None = None


class TrackingRef(Model):
    tracking_no: str


class TraceRef(Model):
    trace_id: str


class PriorityRef(Model):
    priority_id: str


class PickRef(Model):
    pick_id: str


class InterceptRef(Model):
    intercept_id: str


class ProofRef(Model):
    proof_id: str


class FileClaim(Model):
    """``reason``: what went wrong with the parcel."""

    parcel_id: str
    reason: ports.ClaimReason = "lost"


class ClaimRef(Model):
    claim_id: str


class ParcelRefund(Model):
    order_id: str
    parcel_id: str
    amount: Money


class LineRefund(Model):
    order_id: str
    line_id: str
    amount: Money


class PayingOut(Model):
    """``payee``: a reference to the account, never its number."""

    order_id: str
    amount: Money
    payee: str


class RefundRef(Model):
    refund_id: str


class LinkRef(Model):
    link_id: str


class NettingRef(Model):
    netting_id: str


class CaseRef(Model):
    case_id: str


class WritingOff(Model):
    """``daily_cap``: how much may be given up on one day in all; no limit, if it is not given."""

    order_id: str
    amount: Money
    daily_cap: Money | None = None


class EntryRef(Model):
    entry_id: str


class Observing(Model):
    """``party``: whose doing it was; ``cause``: what went wrong, in a word."""

    order_id: str
    party: ports.Liable
    cause: str


class ObservationRef(Model):
    observation_id: str


class Complaining(Model):
    """``cause``: what is wrong with the goods, in a word."""

    parcel_id: str
    cause: str


class TicketRef(Model):
    ticket_id: str
