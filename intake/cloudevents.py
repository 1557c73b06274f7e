"""Order events as CloudEvents 1.0: one in a body (structured), one in headers and a body (binary), many in a body
(batch).

Stricter than the specification where an event could not be known again or put in its place: ``id`` and ``time`` are
never made up, the data are a JSON object, and something says which order it is about (``order_id`` in the data, or else
``subject``).
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError

from amends.models import Data, Utc
from intake.events import OrderEvent
from intake.json_text import read_json, read_object
from intake.malformed import MalformedEvent
from intake.moments import Moment

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


def read_message(headers: Mapping[str, str], body: bytes) -> Sequence[OrderEvent | MalformedEvent]:
    """The events of an HTTP message, in whichever of the three forms it has; of a batch, each event that is malformed
    stands in its place as the error. Raises ``MalformedEvent`` when nothing of it can be read."""
    named = {name.lower(): value for name, value in headers.items()}
    match named.get("content-type", "").partition(";")[0].strip().lower():
        case "application/cloudevents-batch+json":
            return read_batch(read_json(body))
        case "application/cloudevents+json":
            return (read_event(read_object(body)),)
        case _:
            return (_read_binary(named, body),)


def read_batch(batch: JsonValue) -> Sequence[OrderEvent | MalformedEvent]:
    """The events of a batch in its order, each that is malformed as the error. Raises ``MalformedEvent`` for what is no
    list."""
    if not isinstance(batch, list):
        raise MalformedEvent("a batch is a JSON list of events, such as [{…}, {…}]")
    return tuple(_read_or_error(each) for each in batch)


def read_event(event: Data) -> OrderEvent:
    """The event that a JSON object stands for. Raises ``MalformedEvent`` with all that is wrong."""
    try:
        read = _CloudEvent.model_validate(event)
    except ValidationError as error:
        raise MalformedEvent("; ".join(map(_told, error.errors(include_url=False)))) from error
    said = read.data.get("order_id", read.subject)
    if isinstance(said, bool) or not isinstance(said, str | int) or not 0 < len(str(said)) <= _LONGEST_NAME:
        message = (
            f"nothing says which order it is about; give `order_id` in its data, of 1 to {_LONGEST_NAME} characters"
        )
        raise MalformedEvent(message)
    return OrderEvent(
        source=read.source,
        id=read.id,
        type=read.type,
        order_id=str(said),
        at=read.time,
        subject=read.subject,
        data=read.data,
        corrects=read.corrects,
    )


_LONGEST_NAME = 200
_Name = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_NAME)]


class _CloudEvent(BaseModel):
    """What we read of one; its other attributes are nothing to us."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    specversion: Literal["1.0"]
    id: _Name
    source: _Name
    type: _Name
    time: Annotated[Utc, Moment]
    subject: _Name | None = None
    data: Data = {}
    corrects: _Name | None = None
    data_base64: Annotated[None, Field(description="binary data, which says nothing to us")] = None


_MENDS = {
    "specversion": 'write "1.0"',
    "id": "give each event an id of its own, and the same one when it is sent again",
    "source": "say which system it comes from, such as /shop",
    "type": "say what happened, such as payment.approved",
    "time": "say when it happened, such as 2026-03-02T12:00:00Z",
    "subject": "leave it out, or say what it is about",
    "data": "give its fields as a JSON object",
    "corrects": "name the id of the event that it stands for",
    "data_base64": "give its fields as a JSON object in `data`",
}


def _told(detail: Any) -> str:
    name = str(detail["loc"][0])
    wrong = "is missing" if detail["type"] == "missing" else f"cannot be {_short(detail['input'])}"
    return f"`{name}` {wrong}: {_MENDS[name]}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _read_or_error(event: JsonValue) -> OrderEvent | MalformedEvent:
    if not isinstance(event, dict):
        return MalformedEvent(f"{_short(event)} is no event; an event is one JSON object")
    try:
        return read_event(event)
    except MalformedEvent as error:
        return error


def _read_binary(headers: Mapping[str, str], body: bytes) -> OrderEvent:
    """Attributes are headers that begin with ``ce-``; the body is the data."""
    if "ce-specversion" not in headers:
        kinds = f"{STRUCTURED}, {BATCH}, or the headers ce-id, ce-source, ce-type, ce-time and ce-specversion"
        raise MalformedEvent(f"this is no CloudEvent; send {kinds}")
    said: Data = {name[3:]: unquote(value) for name, value in headers.items() if name.startswith("ce-")}
    return read_event({**said, "data": read_object(body) if body else {}})
