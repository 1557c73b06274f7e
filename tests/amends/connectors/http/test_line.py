"""The line to a company's systems: what each answer means, and what none means."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from amends.connectors.http import Line, connected
from amends.connectors.ports import Connectors
from amends.connectors.serving import served
from amends.errors import ConfigurationError, KeyReused, NoAnswer, Refused, Trouble
from amends.server_process import free_port
from tests.amends.connectors.elsewhere import HERE, SECRETS
from tests.amends.connectors.worlds import at

KEY = "inc/hold/1"


@dataclass
class Scripted:
    """Answers whatever it is asked with one response."""

    answer: Response = field(default_factory=lambda: Response(status_code=204))
    asked: list[Request] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await request.body()
        self.asked.append(request)
        await self.answer(scope, receive, send)


@pytest.fixture(scope="module")
def systems() -> Scripted:
    return Scripted()


@pytest.fixture(scope="module")
def line(systems: Scripted) -> Iterator[Line]:
    with served(systems, HERE, named="here") as url:
        line = Line(f"{url}/shop/", SECRETS)
        yield line
        line.dispose()


@pytest.fixture
def there(line: Line) -> Connectors:
    return connected(line)


def problem(status: int, **said: Any) -> Response:
    return JSONResponse({"status": status, **said}, status, media_type="application/problem+json")


def test_a_call_is_a_signed_post_of_its_arguments(systems: Scripted, there: Connectors, line: Line) -> None:
    systems.answer = JSONResponse({"hold_id": "HD-1"}, 201)

    hold = there.orders.hold(at(2, key="中/1"), order_id="SO-1001")

    asked, body = systems.asked[-1], b'{"order_id":"SO-1001"}'
    assert hold.hold_id == "HD-1"
    assert (asked.method, str(asked.url)) == ("POST", f"{line.url}/orders/hold")
    assert (asked.headers["idempotency-key"], asked.headers["amends-at"]) == ("%E4%B8%AD/1", "2026-03-02T11:00:00Z")
    assert asked.headers["content-type"] == "application/json"
    SECRETS.verify(asked.headers, request="orders/hold 2026-03-02T11:00:00Z %E4%B8%AD/1", body=body)


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (problem(409, code="refused", reason="Closed", detail="not today"), Refused, "not today"),
        (problem(409, code="refused", reason="Closed"), Refused, "orders.hold was refused: Closed"),
        (problem(422, code="key_reused"), KeyReused, KEY),
        (
            problem(503, code="trouble", detail="back soon"),
            Trouble,
            r"orders.hold: http.*/shop/orders/hold answered 503",
        ),
        (Response("<html>", 502), Trouble, "answered 502"),
        (Response("", 500), Trouble, "answered 500"),
        (Response("", 429), Trouble, "answered 429"),
        (Response("", 408), Trouble, "answered 408"),
        (problem(401, detail="old"), ConfigurationError, r"401 \(old\); let AMENDS_CONNECTORS_SECRET be the same"),
        (Response("", 403), ConfigurationError, "403; let AMENDS_CONNECTORS_SECRET be the same on both sides"),
        (Response("", 404), ConfigurationError, "404; serve POST /shop/orders/hold there by docs/openapi/"),
        (Response("", 405), ConfigurationError, "or mend AMENDS_CONNECTORS_URL"),
        (
            Response("", 307, headers={"location": "https://shop.example/"}),
            ConfigurationError,
            "it points to 'https://shop.example/'; name the right address in AMENDS_CONNECTORS_URL",
        ),
        (problem(400, detail="no order_id"), ConfigurationError, r"answered 400 \(no order_id\); mend what answers"),
        (problem(422, detail="order_id: too long"), ConfigurationError, "answered 422"),
        (Response("", 409), ConfigurationError, "answered 409"),
        (problem(409, code="refused"), ConfigurationError, "answered 409"),
        (problem(409, reason="Conflict", detail="of a proxy"), ConfigurationError, r"answered 409 \(of a proxy\)"),
        (Response("<html>hello</html>", 200), ConfigurationError, "answered 200 with what is no result of it: body: "),
        (JSONResponse({"hold": "HD-1"}), ConfigurationError, "no result of it: hold_id: Field required; mend what"),
        (Response(status_code=204), ConfigurationError, "no result of it: its body is empty, and has to be a Hold"),
        (JSONResponse({"hold_id": "HD-1"}, 202), ConfigurationError, "answered 202"),
    ],
    ids=lambda each: "" if isinstance(each, Response) else getattr(each, "__name__", str(each)[:30]),
)
def test_every_other_answer_is_told_apart(
    systems: Scripted, there: Connectors, answer: Response, error: type[Exception], says: str
) -> None:
    systems.answer = answer

    with pytest.raises(error, match=says) as raised:
        there.orders.hold(at(0, key=KEY), order_id="SO-1001")

    assert type(raised.value) is error
    assert getattr(raised.value, "reason", "Closed") == "Closed"


@pytest.mark.parametrize("answer", [Response(status_code=204), JSONResponse(None)], ids=["no content", "null"])
def test_a_call_without_a_result_is_done_when_it_is_said_to_be(
    systems: Scripted, there: Connectors, answer: Response
) -> None:
    systems.answer = answer

    there.orders.release(at(0, key=KEY), hold_id="HD-1")

    assert systems.asked[-1].url.path == "/shop/orders/release"


def test_a_page_in_its_place_does_not_pass_for_a_call_without_a_result(systems: Scripted, there: Connectors) -> None:
    systems.answer = Response("<html>welcome</html>")

    with pytest.raises(ConfigurationError, match="no result"):
        there.orders.release(at(0, key=KEY), hold_id="HD-1")


@pytest.mark.parametrize("answer", [Response("", 404), Response("{}"), Response("", 204)], ids=["404", "{}", "204"])
def test_what_is_no_answer_never_passes_for_a_call_that_did_not_arrive(
    systems: Scripted, there: Connectors, answer: Response
) -> None:
    systems.answer = answer

    with pytest.raises(ConfigurationError):
        there.orders.recall(at(0, key=f"{KEY}/recall"), of=KEY)


def test_a_result_may_have_more_in_it_than_we_know(systems: Scripted, there: Connectors) -> None:
    systems.answer = JSONResponse({"hold_id": "HD-1", "by": "somebody"})

    assert there.orders.hold(at(0, key=KEY), order_id="SO-1001").hold_id == "HD-1"


def test_where_nothing_listens_is_trouble_that_names_the_address() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    line = Line(url, SECRETS)

    with pytest.raises(NoAnswer, match=rf"orders.hold: no answer from {url}: .*refused"):
        connected(line).orders.hold(at(0, key=KEY), order_id="SO-1001")
    line.dispose()


@contextmanager
def impatient(url: str) -> Iterator[Line]:
    line = Line(url, SECRETS, patience=timedelta(seconds=0.3))
    yield line
    line.dispose()


def test_an_answer_that_does_not_come_in_time_is_trouble(systems: Scripted, line: Line) -> None:
    systems.answer = _Endless()

    began = time.monotonic()
    with impatient(line.url) as short, pytest.raises(NoAnswer, match="did not answer in time"):
        connected(short).orders.hold(at(0, key=KEY), order_id="SO-1001")

    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("part", "error", "says"),
    [
        (".", NoAnswer, "did not answer in time"),
        ("." * 4 * 1024 * 1024, ConfigurationError, "more than 8388608 bytes; is AMENDS_CONNECTORS_URL right"),
    ],
    ids=["trickles", "is too long"],
)
def test_an_answer_without_an_end_is_not_waited_for(
    systems: Scripted, line: Line, part: str, error: type[Exception], says: str
) -> None:
    async def answer() -> AsyncIterator[str]:
        while True:
            yield part
            await asyncio.sleep(0.02)

    systems.answer = StreamingResponse(answer())

    with impatient(line.url) as short, pytest.raises(error, match=says):
        connected(short).orders.hold(at(0, key=KEY), order_id="SO-1001")


class _Endless(Response):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        while (await receive())["type"] != "http.disconnect":
            pass


def test_a_greeting_that_is_none_says_so(systems: Scripted, line: Line) -> None:
    systems.answer = Response("<html>welcome</html>")

    with pytest.raises(ConfigurationError, match=r"/shop/hello answered what is no greeting; is AMENDS_CONNECTORS_URL"):
        line.hello()
