"""What every payment in either direction must be."""

from amends.connectors.shop.tables import OrderRow, PaymentRow
from amends.errors import Refused
from amends.models import Money


def payable(order: OrderRow, amount: Money) -> None:
    """Refuses ``PaymentDeclined`` for what is no amount, or not in the order's currency."""
    if amount.currency != order.currency:
        raise Refused(
            "PaymentDeclined", f"order {order.order_id!r} was paid in {order.currency}, not in {amount.currency}"
        )
    if amount.amount <= 0:
        raise Refused("PaymentDeclined", f"{amount.amount} is no amount that can be paid")


def takes_back(payment: PaymentRow) -> None:
    """Refuses ``PaymentDeclined`` where the account that paid takes no money back."""
    if not payment.account_open:
        raise Refused("PaymentDeclined", f"the account that paid for order {payment.order_id!r} is closed")
