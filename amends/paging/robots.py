"""What a chat robot, or a receiver of webhooks, is sent: body and signature, each as its vendor documents it."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus

from standardwebhooks import Webhook

from amends.connectors.ports import Page
from amends.models import plain
from amends.paging.addresses import Address, Kind
from amends.paging.wording import Worded


class Posted(NamedTuple):
    """A request: ``url`` with what belongs into its query, and a JSON ``body`` as it goes over the wire."""

    url: str
    body: str
    headers: dict[str, str]


def posted(address: Address, *, key: str, page: Page, text: Worded, now: datetime) -> Posted:
    """The request that sends a page. ``now``: the moment of signing, which the other side holds against its own clock.
    ``key``: by which a receiver of webhooks knows a repeat."""
    match address.kind:
        case Kind.DINGTALK:
            return _post(_signed_query(address, now), {"msgtype": "text", "text": {"content": text.whole}})
        case Kind.FEISHU:
            content = {"msg_type": "text", "content": {"text": text.whole}}
            return _post(address.to, {**_signed_body(address, now), **content})
        case Kind.WECOM:
            return _post(address.to, {"msgtype": "text", "text": {"content": text.whole}})
        case Kind.SLACK:
            return _post(address.to, {"text": _escaped(text.whole)})
        case Kind.WEBHOOK:
            about = {"type": "page", "key": key, "subject": text.subject, "text": text.body, "page": plain(page)}
            return _webhook(address, key, about, now)
        case Kind.MAIL:
            raise ValueError("mail is not posted")


def _post(url: str, content: dict[str, Any], headers: dict[str, str] | None = None) -> Posted:
    body = json.dumps(content, ensure_ascii=False)
    return Posted(url, body, {"content-type": "application/json; charset=utf-8", **(headers or {})})


def _signed_query(address: Address, now: datetime) -> str:
    """DingTalk: the secret signs the time in milliseconds and itself; the signature is quoted once, for the query."""
    if not address.secret:
        return address.to
    moment = str(round(now.timestamp() * 1000))
    signature = hmac.new(address.secret.encode(), f"{moment}\n{address.secret}".encode(), hashlib.sha256).digest()
    return f"{address.to}&timestamp={moment}&sign={quote_plus(base64.b64encode(signature))}"


def _signed_body(address: Address, now: datetime) -> dict[str, str]:
    """Feishu: the time in seconds and the secret are the key, and nothing is what is signed."""
    if not address.secret:
        return {}
    moment = str(int(now.timestamp()))
    signature = hmac.new(f"{moment}\n{address.secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": moment, "sign": base64.b64encode(signature).decode()}


def _webhook(address: Address, key: str, about: dict[str, Any], now: datetime) -> Posted:
    name, moment = quote(key, safe="/:-_"), str(int(now.timestamp()))
    unsigned = _post(address.to, about, {"webhook-id": name, "webhook-timestamp": moment})
    if not address.secret:
        return unsigned
    signature = Webhook(address.secret).sign(msg_id=name, timestamp=now, data=unsigned.body)
    return unsigned._replace(headers={**unsigned.headers, "webhook-signature": signature})


def _escaped(text: str) -> str:
    """Slack reads these three as its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
