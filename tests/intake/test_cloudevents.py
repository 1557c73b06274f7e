"""Order events as CloudEvents: one, one in headers, many; and what is refused, with its mend."""

import json

import pytest
from pydantic import JsonValue

from amends.models import Data
from intake.cloudevents import read_batch, read_event, read_message
from intake.json_text import read_json, read_object
from intake.malformed import MalformedEvent
from tests.intake.builders import NOON

EVENT: Data = {
    "specversion": "1.0",
    "id": "4711",
    "source": "/shop",
    "type": "payment.approved",
    "time": "2026-03-02T20:00:00+08:00",
    "subject": "A",
    "data": {"order_id": "A", "method": "card"},
    "datacontenttype": "application/json",
    "traceparent": "anything",
}


def test_one_event_stands_in_a_body() -> None:
    (event,) = read_message({"Content-Type": "application/cloudevents+json; charset=utf-8"}, _body(EVENT))

    assert not isinstance(event, MalformedEvent)
    assert (event.key, event.type, event.order_id, event.at) == ("/shop#4711", "payment.approved", "A", NOON)
    assert event.data == {"order_id": "A", "method": "card"}


def test_one_event_stands_in_headers_and_a_body_and_is_the_same() -> None:
    headers = {"CE-Id": "4711", "ce-source": "%2Fshop", "ce-type": "payment.approved", "ce-specversion": "1.0"}
    headers |= {"ce-time": "2026-03-02T12:00:00Z", "ce-subject": "A", "Content-Type": "application/json"}

    (event,) = read_message(headers, _body({"order_id": "A", "method": "card"}))

    assert event == read_event(EVENT)


def test_many_events_stand_in_a_batch_and_one_that_is_wrong_spoils_no_other() -> None:
    batch: list[JsonValue] = [EVENT, {"id": "x"}, "nothing", {**EVENT, "id": "4712"}]

    events = read_message({"content-type": "application/cloudevents-batch+json"}, json.dumps(batch).encode())

    assert [isinstance(each, MalformedEvent) for each in events] == [False, True, True, False]
    assert str(events[2]) == "'nothing' is no event; an event is one JSON object"


def test_all_that_is_wrong_with_an_event_is_told_at_once_with_its_mend() -> None:
    with pytest.raises(MalformedEvent) as caught:
        read_event({**{name: value for name, value in EVENT.items() if name != "id"}, "time": "yesterday", "data": [1]})

    assert str(caught.value) == (
        "`id` is missing: give each event an id of its own, and the same one when it is sent again; "
        "`time` cannot be 'yesterday': say when it happened, such as 2026-03-02T12:00:00Z; "
        "`data` cannot be [1]: give its fields as a JSON object"
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"specversion": "0.3"}, "`specversion` cannot be '0.3'"),
        ({"time": "2026-03-02T12:00:00"}, "`time` cannot be '2026-03-02T12:00:00'"),
        ({"time": "2026-03-02"}, "`time` cannot be '2026-03-02'"),
        ({"time": 1772452800}, "`time` cannot be 1772452800"),
        ({"time": "0001-01-01T00:00:00+14:00"}, "`time` cannot be '0001-01-01T00:00:00+14:00'"),
        ({"id": ""}, "`id` cannot be ''"),
        ({"source": "s" * 201}, "`source` cannot be 'sss"),
        ({"data_base64": "AAAA"}, "`data_base64` cannot be 'AAAA'"),
        ({"data": {}, "subject": None}, "nothing says which order it is about"),
        ({"data": {"order_id": True}}, "nothing says which order it is about"),
    ],
)
def test_an_event_that_could_not_be_put_in_its_place_is_refused(change: Data, told: str) -> None:
    with pytest.raises(MalformedEvent) as caught:
        read_event({**EVENT, **change})

    assert str(caught.value).startswith(told)


def test_what_an_event_is_about_is_the_order_if_its_data_name_none() -> None:
    assert read_event({**EVENT, "data": {}}).order_id == "A"
    assert read_event({**EVENT, "data": {"order_id": 17}}).order_id == "17"


def test_an_event_says_which_one_it_corrects() -> None:
    assert read_event({**EVENT, "id": "4712", "corrects": "4711"}).corrects == "4711"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "this is not JSON"),
        (b"[]", "this is a list; an event is one JSON object"),
        (b'{"n": NaN}', "this is not JSON: NaN is no number"),
        (b'{"n": 1e999}', "this is not JSON: 1e999 is too large a number"),
        (b'{"n": "\\ud800"}', "'\\ud800' has a character that no database keeps"),
        (b'{"n\\u0000": 1}', "'n\\x00' has a character that no database keeps"),
        (b'{"n": "\xff"}', "this is not UTF-8"),
        (b"[" * 100_000, "this is nested too deep"),
    ],
)
def test_what_is_no_json_that_a_database_keeps_is_refused(body: bytes, told: str) -> None:
    with pytest.raises(MalformedEvent) as caught:
        read_object(body)

    assert str(caught.value).startswith(told)


def test_a_half_character_that_is_spelt_out_is_only_text() -> None:
    assert read_json(b'"\\\\ud800 and \\u4f60"') == "\\ud800 and 你"


def test_a_message_that_is_no_cloudevent_is_told_what_one_is() -> None:
    with pytest.raises(MalformedEvent, match="this is no CloudEvent; send application/cloudevents"):
        read_message({"content-type": "application/json"}, _body(EVENT))
    with pytest.raises(MalformedEvent, match="a batch is a JSON list of events"):
        read_batch(EVENT)


def _body(said: Data) -> bytes:
    return json.dumps(said).encode()
