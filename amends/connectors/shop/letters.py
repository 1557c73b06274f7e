"""Letters that leave the shop: over the right channel, in the right language, with nothing left blank."""

import re
from typing import Protocol

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import lookup
from amends.connectors.shop.tables import MessageRow
from amends.errors import Refused
from amends.models import Party


class Addressee(Protocol):
    """Whom a letter goes to; names and addresses stay in the shop."""

    name: str
    email: str | None
    phone: str | None
    language: str


def post(
    db: Session,
    call: Call,
    to: Addressee,
    party: Party,
    *,
    order_id: str,
    texts: dict[str, dict[str, str]],
    values: dict[str, str],
    bounced: int,
) -> ports.Delivery:
    """Puts a letter about an order into the outbox. Refuses as ``Customers.tell`` says."""
    channel, address = _channel(order_id, to, party, bounced)
    language = _language(order_id, texts, to.language)
    known = {**values, f"{party}.name": to.name}
    n = lookup.count(db, MessageRow.order_id, order_id) + 1
    message = MessageRow(
        message_id=f"{order_id.replace('SO', 'MS', 1)}-{n}",
        order_id=order_id,
        party=party,
        channel=channel,
        address=address,
        language=language,
        subject=_filled(texts[language].get("subject", ""), known),
        body=_filled(texts[language].get("body", ""), known),
        sent_at=call.at,
    )
    db.add(message)
    return ports.Delivery(message_id=message.message_id, channel=channel, language=language)


def _channel(order_id: str, to: Addressee, party: Party, bounced: int) -> tuple[str, str]:
    """The channel that a message goes over, and the address there: the first one that has not sent it back."""
    known = [(channel, address) for channel, address in (("email", to.email), ("sms", to.phone)) if address]
    if not known:
        raise Refused("Undeliverable", f"the {party} of order {order_id!r} has no address that takes letters")
    if bounced >= len(known):
        tried = " and ".join(channel for channel, _ in known)
        raise Refused("Undeliverable", f"{tried} have sent it back; the {party} of {order_id!r} has no other channel")
    channel, address = known[bounced]
    if address.endswith(_SENDS_BACK):
        raise Refused("Bounced", f"{channel} has sent the message for order {order_id!r} back")
    return channel, address


_SENDS_BACK = "@bounces.example"
"""Where no letter arrives."""

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")


def _language(order_id: str, texts: dict[str, dict[str, str]], wanted: str) -> str:
    """The reader's language, else English, else the first there is."""
    for language in (wanted, "en", *sorted(texts)):
        if language in texts:
            return language
    raise Refused("Undeliverable", f"the message for order {order_id!r} has no text in any language")


def _filled(text: str, values: dict[str, str]) -> str:
    """The text with its placeholders filled in; a letter with a hole in it is not sent."""
    missing = sorted({name for name in _PLACEHOLDER.findall(text) if name not in values})
    if missing:
        raise Refused("Undeliverable", f"the message names {', '.join(missing)}, but no value was given for it")
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)
