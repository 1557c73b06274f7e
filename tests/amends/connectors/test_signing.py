"""Signatures: any library of Standard Webhooks checks them, and they hold for one request, for five minutes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from amends.connectors.signing import Secrets, Unsigned, named, new_secret, read_key, written_key
from amends.errors import ConfigurationError

OURS, THEIRS = new_secret(), new_secret()
REQUEST = named("payments/refund", at="2026-03-02T09:00:00Z", key="inc/refund/1")
BODY = '{"order_id": "SO-1001"}'


def secrets(*each: str) -> Secrets:
    return Secrets.parse(" ".join(each or (OURS,)), named="here")


def headers(*, by: str = OURS, ago: float = 0, **replaced: str) -> dict[str, str]:
    signed = secrets(by).headers(request=REQUEST, body=BODY, now=datetime.now(UTC) - timedelta(seconds=ago))
    return signed | {f"webhook-{name}": value for name, value in replaced.items()}


def test_a_library_of_the_standard_checks_it_as_it_is() -> None:
    assert Webhook(OURS).verify(BODY, headers()) == {"order_id": "SO-1001"}


def test_what_was_signed_holds_for_what_it_was_signed_for() -> None:
    secrets().verify(headers(ago=240), request=REQUEST, body=BODY.encode())


@pytest.mark.parametrize(
    ("signed", "asked", "why"),
    [
        ({}, {"body": b"{}"}, "the two sides have different secrets"),
        ({"by": THEIRS}, {}, "the two sides have different secrets"),
        ({}, {"request": REQUEST.replace("payments/refund", "orders/hold")}, "for another request"),
        ({}, {"request": REQUEST.replace("09:00", "10:00")}, "for another request"),
        ({}, {"request": REQUEST.replace("/1", "/2")}, "for another request"),
        ({"ago": 301}, {}, "older than five minutes: do the clocks"),
        ({"ago": -310}, {}, "of the future: do the clocks"),
        ({"signature": "nonsense"}, {}, "cannot be read"),
        ({"signature": "v1,####"}, {}, "different secrets|cannot be read"),
        ({"signature": "v2,AAAA"}, {}, "different secrets"),
        ({"timestamp": "soon"}, {}, "Invalid"),
    ],
    ids=[
        *("another body", "another secret", "another path", "another time", "another key"),
        *("too old", "too new", "unreadable", "no base64", "another version", "no moment"),
    ],
)
def test_what_does_not_hold_says_why(signed: dict[str, Any], asked: dict[str, Any], why: str) -> None:
    with pytest.raises(Unsigned, match=why):
        secrets().verify(headers(**signed), **{"request": REQUEST, "body": BODY.encode(), **asked})


def test_what_bears_no_signature_is_told_which_headers_it_lacks() -> None:
    with pytest.raises(Unsigned, match="it has no webhook-id, webhook-timestamp and webhook-signature"):
        secrets().verify({}, request=REQUEST, body=b"")


def test_a_new_secret_takes_over_side_by_side_without_a_request_that_is_lost() -> None:
    def takes(ours: Secrets, theirs: Secrets) -> None:
        signed = ours.headers(request=REQUEST, body=BODY, now=datetime.now(UTC))
        theirs.verify(signed, request=REQUEST, body=BODY.encode())

    old, both, new = secrets(OURS), secrets(OURS, THEIRS), secrets(THEIRS)
    for ours, theirs in ((old, old), (old, both), (both, both), (both, new), (new, new)):
        takes(ours, theirs)
    with pytest.raises(Unsigned):
        takes(old, new)


@pytest.mark.parametrize("key", ["inc/action.reship/1", "a b", "中文/1", "50%", 'x"y', "a\r\nb"])
def test_a_key_comes_back_as_it_was_and_fits_into_a_header(key: str) -> None:
    written = written_key(key)

    assert read_key(written) == key
    assert written.isascii()
    assert all(each.isprintable() and each != " " for each in written)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "hunter2hunter2hunter2hunter2",
        "whsec_hunter2",
        "whsec_AAAA",
        "whsec_…hunter2",
        pytest.param(f"{new_secret()} hunter2", id="one that is none beside one"),
    ],
)
def test_what_is_no_secret_is_an_error_that_does_not_show_it(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^here: .*`amends shop secret` makes one") as error:
        Secrets.parse(text, named="here")

    assert "hunter2" not in str(error.value)
