"""What the OpenAPI document says beside the calls themselves: headers, signature, and what is answered otherwise."""

from typing import Annotated, Any, Final

from fastapi import Header
from fastapi.security import APIKeyHeader
from pydantic import AwareDatetime

from amends.connectors.ports import Call
from amends.connectors.problems import PROBLEM_TYPE
from amends.connectors.signing import AT_HEADER, KEY_HEADER, read_key

ABOUT: Final = """\
Each call is a `POST` of its arguments as JSON.

**Once for each key.** `Idempotency-Key` names the call. The same key with the same arguments is answered with the
first result, and nothing is done again; with other arguments it is refused with 422. A refusal leaves no trace of its
key. Reads have a key too, as a label.

**In the incident's time.** `Amends-At` is now, as far as the call is concerned.

**Trouble and refusals are kept apart.** 409 with the `code` `refused` and a `reason` is a decision of the business, and
final; the reason is one that the runbooks know. Whatever else goes wrong and may pass (a time-out, any 5xx, 429) is
asked again, under the same key. Other answers mean that the two sides do not understand each other, and people are
told.

**`recall`** says what became of the call with the key `of`. Being asked closes a key that has not arrived: a call that
still comes with it is refused with 422. Never say `done: false` of a call that may still be on its way.

**Signed.** Requests bear `webhook-id`, `webhook-timestamp` and `webhook-signature` by
[Standard Webhooks](https://www.standardwebhooks.com), whose libraries check them as they are. `webhook-id` says what
the request is: its path with its query below your address, its `Amends-At` and its `Idempotency-Key`, with blanks
between them. Compare it with what came, else one request could be sent again as another.
"""

SIGNATURE: Final = APIKeyHeader(
    name="webhook-signature",
    scheme_name="standardWebhooks",
    description="`v1,<base64 of HMAC-SHA256>` over `<webhook-id>.<webhook-timestamp>.<body>`, several with blanks "
    "between them while a new secret takes over. Beside it stand `webhook-id` and `webhook-timestamp`.",
    auto_error=False,  # the guard has checked it by then
)

_ANSWERS: Final = {
    400: "What was asked cannot be used (`input_error`). Nothing was done.",
    401: "No signature that holds (`unsigned`). Nothing was looked at, and nothing done.",
    409: "A business refusal (`refused`), with its `reason`: nothing was done, and asking again cannot help.",
    422: "The key came before with other arguments, or `recall` has closed it (`key_reused`). Nothing was done.",
    503: "Trouble that may pass (`trouble`). It may have been done, and is asked again under the same key.",
}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems with which a route may answer; all of them if none is named."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {"description": _ANSWERS[status], "content": {PROBLEM_TYPE: schema}} for status in statuses or _ANSWERS
    }


def told(
    key: Annotated[
        str,
        Header(
            alias=KEY_HEADER,
            min_length=1,
            description="The call's key. What is no visible ASCII is percent-encoded in it, and so is `%`.",
        ),
    ],
    at: Annotated[AwareDatetime, Header(alias=AT_HEADER, description="Now, in the incident's time: ISO 8601, UTC.")],
) -> Call:
    """What the headers say of a call."""
    return Call(key=read_key(key), at=at)
