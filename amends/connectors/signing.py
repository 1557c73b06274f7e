"""How a request between Amends and a company's systems is signed: by Standard Webhooks, with a secret that both have.

What is signed is the body, the moment of signing, and ``webhook-id``, which says what the request is: where it goes, at
which time of the incident, and under which idempotency key. So a request cannot be sent again as another one.
"""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from secrets import token_bytes
from typing import Final, Self
from urllib.parse import quote, unquote

from standardwebhooks import Webhook, WebhookVerificationError

from amends.errors import AmendsError, ConfigurationError

KEY_HEADER: Final = "Idempotency-Key"
AT_HEADER: Final = "Amends-At"

_PREFIX: Final = "whsec_"
_BYTES: Final = range(24, 65)
"""How long Standard Webhooks wants a secret to be."""


class Unsigned(AmendsError):
    """A request bears no signature that holds. The text says why, and nothing of the secret."""

    code = "unsigned"


class Secrets:
    """The secrets that both sides have: one, or several while one takes over from another.

    Everything is signed by each of them, and what one of them has signed is taken. So a new secret is added on both
    sides before the old one is dropped, and no request is lost in between.
    """

    def __init__(self, secrets: Iterable[bytes]) -> None:
        self._webhooks = tuple(Webhook(each) for each in secrets)

    @classmethod
    def parse(cls, text: str, *, named: str) -> Self:
        """Reads secrets with blanks between them. Raises ``ConfigurationError`` that begins with ``named`` and shows
        none of them."""
        found = [_bytes(each, named) for each in text.split()]
        if not found:
            raise ConfigurationError(f"{named}: there is no secret in it; `amends shop secret` makes one")
        return cls(found)

    def headers(self, *, request: str, body: str, now: datetime) -> dict[str, str]:
        """What a request bears. ``request``: what it is (``named``); ``now``: the moment of signing, in UTC, which the
        other side holds against its own clock."""
        signatures = (each.sign(msg_id=request, timestamp=now, data=body) for each in self._webhooks)
        return {
            "webhook-id": request,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }

    def verify(self, headers: Mapping[str, str], *, request: str, body: bytes) -> None:
        """Raises ``Unsigned`` unless one of the secrets has signed this very request within the last five minutes."""
        said = headers.get("webhook-id")
        if said is None:
            raise Unsigned("the request is not signed: it has no webhook-id, webhook-timestamp and webhook-signature")
        if said != request:
            raise Unsigned(f"the signature is for another request: webhook-id is {said!r}, and this is {request!r}")
        why = ""
        for each in self._webhooks:
            try:
                each.verify(body, dict(headers), json_parse=False)
            except WebhookVerificationError as error:
                why = _WHY.get(str(error), str(error))
            except ValueError:
                why = "the signature cannot be read"
            else:
                return
        raise Unsigned(why)


_WHY: Final = {
    "No matching signature found": "the signature does not hold: the two sides have different secrets",
    "Message timestamp too old": "the signature is older than five minutes: do the clocks of both sides agree?",
    "Message timestamp too new": "the signature is of the future: do the clocks of both sides agree?",
}


def named(target: str, *, at: str = "", key: str = "") -> str:
    """What a request is: ``target`` with its query below the address of the systems, ``payments/refund``, then its
    ``Amends-At`` and its ``Idempotency-Key`` as they stand in the headers, if it has them."""
    return " ".join(filter(None, (target, at, key)))


def written_key(key: str) -> str:
    """An idempotency key as its header has it: what is no visible ASCII is percent-encoded, and so is ``%``."""
    return quote(key, safe="/:;,.@!$&'()*+=?#[]{}|^~<>\"\\`-_")


def read_key(text: str) -> str:
    return unquote(text)


def new_secret() -> str:
    return _PREFIX + base64.b64encode(token_bytes(32)).decode()


def _bytes(secret: str, named: str) -> bytes:
    try:
        found = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        found = b""
    if not secret.startswith(_PREFIX) or len(found) not in _BYTES:
        raise ConfigurationError(
            f"{named}: a secret is whsec_ and 24 to 64 bytes in base64, and one of these is not; `amends shop secret` "
            "makes one"
        )
    return found
