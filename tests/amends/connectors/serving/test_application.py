"""The reference shop as a company's own systems would answer, spoken to without our own line."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from amends.connectors.calls import PORT_CALLS
from amends.connectors.feed import Change
from amends.connectors.http import connected
from amends.connectors.ports import Connectors, Reservation
from amends.connectors.shop import Shop
from amends.connectors.signing import named
from amends.errors import ConfigurationError, KeyReused, NoAnswer, Refused, Trouble
from tests.amends.connectors.elsewhere import SECRETS, Elsewhere, line_to
from tests.amends.connectors.worlds import SEEDED, at
from tests.shops import seeded

AT = "2026-03-02T09:00:00Z"
HOLD = '{"order_id": "SO-1001"}'


@dataclass(frozen=True)
class There:
    """A shop, and where it answers."""

    shop: Shop
    url: str

    def ask(
        self, target: str, body: str = "{}", *, key: str = "k", at: str = AT, method: str = "POST", **headers: str
    ) -> httpx2.Response:
        """Asks with a signature that holds, and whatever other headers."""
        about = {name: value for name, value in (("Idempotency-Key", key), ("Amends-At", at)) if value}
        body = "" if method == "GET" else body
        signed = SECRETS.headers(request=named(target, at=at, key=key), body=body, now=datetime.now(UTC))
        sent = {**about, **signed, "content-type": "application/json", **headers}
        return httpx2.request(method, f"{self.url}/{target}", content=body.encode(), headers=sent)


@pytest.fixture(scope="module")
def there() -> Iterator[There]:
    with seeded(SEEDED) as shop, line_to(shop, silent_for=timedelta(seconds=30)) as line:
        yield There(shop, line.url)


def test_a_call_is_answered_with_its_result_and_one_without_with_nothing(there: There) -> None:
    held = there.ask("orders/hold", HOLD, key="hold-1")
    lifted = there.ask("orders/release", json.dumps(held.json()), key="lift-1")

    assert (held.status_code, list(held.json())) == (200, ["hold_id"])
    assert (lifted.status_code, lifted.content) == (204, b"")


def test_what_is_not_set_is_left_out_of_a_result(there: There) -> None:
    parcel = there.ask("shipping/read_parcel", '{"parcel_id": "PC-1001-1"}').json()
    there.ask("inventory/reserve", '{"parcel_id": "PC-1005-1"}', key="reserve-1")
    sent = there.ask("shipping/create_shipment", '{"parcel_id": "PC-1005-1"}', key="send-1").json()
    ahead = there.ask("shipping/read_parcel", json.dumps({"parcel_id": sent["parcel_id"]})).json()

    assert parcel["last_scan_at"] == "2026-02-26T09:00:00Z"
    assert "last_scan_at" not in ahead


@pytest.mark.parametrize(
    ("asked", "status", "code", "says"),
    [
        ({"target": "orders/read", "body": '{"order_id": "SO-9"}'}, 409, "refused", "no order 'SO-9'"),
        ({"target": "orders/hold", "body": "{}"}, 400, "input_error", "body.order_id: Field required"),
        ({"target": "orders/hold", "body": '{"order": 1}'}, 400, "input_error", "body.order: Extra inputs"),
        ({"target": "orders/hold", "body": "not JSON"}, 400, "input_error", "JSON"),
        ({"target": "orders/hold", "body": HOLD, "key": ""}, 400, "input_error", "header.Idempotency-Key: "),
        ({"target": "orders/hold", "body": HOLD, "at": "noon"}, 400, "input_error", "header.Amends-At: "),
        ({"target": "orders/hold", "body": HOLD, "at": AT[:-1]}, 400, "input_error", "timezone"),
        ({"target": "orders/hodl"}, 404, "unknown_call", "there is no POST /orders/hodl here"),
        ({"target": "orders/hold", "method": "GET"}, 405, "unknown_call", "there is no GET /orders/hold here"),
        ({"target": "faults", "body": '{"call": "orders.hold", "kind": "explode"}'}, 400, "input_error", "explode"),
        (
            {"target": "faults", "body": '{"call": "orders.hold", "kind": "refuse"}'},
            400,
            "input_error",
            "needs a reason",
        ),
        ({"target": "orders/hold", "body": " " * 1024 * 1024 + HOLD}, 413, "too_large", "1048576 bytes at most"),
    ],
    ids=lambda each: each["target"] if isinstance(each, dict) else None,
)
def test_what_cannot_be_answered_is_a_problem_with_a_code(
    there: There, asked: dict[str, str], status: int, code: str, says: str
) -> None:
    answer = there.ask(**asked)

    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert says in problem["detail"]
    assert problem.get("reason") == ("OrderNotFound" if status == 409 else None)


def test_nothing_is_looked_at_before_the_signature_holds(there: There) -> None:
    before = len(there.shop.holds("SO-1001"))

    unsigned = httpx2.post(f"{there.url}/orders/hold", content=b"not JSON")
    elsewhere = there.ask(
        "orders/hold", HOLD, key="hold-2", **{"webhook-id": named("orders/read", at=AT, key="hold-2")}
    )
    altered = there.ask("orders/hold", HOLD, key="hold-3", **{"Idempotency-Key": "hold-4"})
    moved = there.ask("orders/hold", HOLD, key="hold-5", **{"Amends-At": "2026-03-03T09:00:00Z"})

    answers = (unsigned, elsewhere, altered, moved)
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(401, "unsigned")] * 4
    assert len(there.shop.holds("SO-1001")) == before


def test_the_description_is_open_to_all_and_names_neither_faults_nor_pages_from_elsewhere(there: There) -> None:
    document = httpx2.get(f"{there.url}/openapi.json").json()

    assert {f"/{call.path}" for call in PORT_CALLS.values()} < set(document["paths"])
    assert "/faults" not in document["paths"]
    assert httpx2.get(f"{there.url}/docs").status_code == 401


def test_a_reused_key_and_trouble_have_codes_of_their_own(there: There) -> None:
    there.ask("orders/hold", HOLD, key="hold-6")
    reused = there.ask("orders/hold", '{"order_id": "SO-1002"}', key="hold-6")

    assert (reused.status_code, reused.json()["code"]) == (422, "key_reused")


@dataclass
class Failing:
    """Systems of which ``orders.hold`` raises one error."""

    error: Exception

    @property
    def orders(self) -> Any:
        return self

    def hold(self, call: object, *, order_id: str) -> None:  # noqa: ARG002 - it raises whatever is asked
        raise self.error


@pytest.mark.parametrize(
    ("raised", "heard"),
    [
        (Refused("Closed", "not today"), Refused),
        (KeyReused("k"), KeyReused),
        (Trouble("back soon"), Trouble),
        (ConfigurationError("its database is away"), Trouble),
        (RuntimeError("nobody expected this"), Trouble),
        (NoAnswer("gone"), NoAnswer),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_what_is_raised_at_one_end_is_raised_at_the_other(
    elsewhere: Elsewhere, raised: Exception, heard: type[Exception]
) -> None:
    systems = elsewhere.reached(Failing(raised))

    with pytest.raises(heard) as error:
        systems.orders.hold(at(0, key="k"), order_id="SO-1001")

    assert type(error.value) is heard
    assert "nobody expected this" not in str(error.value)


PATIENCE = timedelta(seconds=0.4)


@dataclass(frozen=True)
class Impatient:
    """A shop whose silence lasts longer than whoever asks it has patience."""

    shop: Shop
    there: There
    systems: Connectors

    def switch(self, kind: str, times: int = 1) -> None:
        switched = {"call": "inventory.reserve", "kind": kind, "times": times}
        assert self.there.ask("faults", json.dumps(switched)).status_code == 204

    def reserve(self, key: str = "reserve-1") -> Reservation:
        return self.systems.inventory.reserve(at(0, key=key), parcel_id="PC-1001-1")

    @property
    def reserved(self) -> int:
        return self.shop.stock("LAMP-OAK").reserved


@pytest.fixture
def impatient() -> Iterator[Impatient]:
    with seeded(SEEDED) as shop, line_to(shop, silent_for=timedelta(seconds=30), patience=PATIENCE) as line:
        yield Impatient(shop, There(shop, line.url), connected(line))


def test_a_call_that_times_out_before_it_is_done_hangs_and_is_done_once_when_it_is_asked_again(
    impatient: Impatient,
) -> None:
    impatient.switch("trouble")

    began = time.monotonic()
    with pytest.raises(NoAnswer, match="did not answer in time"):
        impatient.reserve()
    waited, undone = time.monotonic() - began, impatient.reserved
    impatient.reserve()

    assert waited >= PATIENCE.total_seconds()
    assert (undone, impatient.reserved) == (0, 2)


def test_a_call_that_times_out_after_it_was_done_hangs_and_its_key_gets_the_answer(impatient: Impatient) -> None:
    impatient.switch("trouble_after")

    with pytest.raises(NoAnswer, match="did not answer in time"):
        impatient.reserve()
    done = impatient.reserved
    answer = impatient.reserve()

    assert (done, impatient.reserved) == (2, 2)
    assert [each.reservation_id for each in impatient.shop.reservations("SO-1001")] == [answer.reservation_id]


def test_calls_that_hang_do_not_keep_others_from_being_answered(impatient: Impatient) -> None:
    impatient.switch("trouble", times=50)

    def hang(n: int) -> bool:
        with pytest.raises(NoAnswer):
            impatient.reserve(key=f"hangs-{n}")
        return True

    with ThreadPoolExecutor(50) as pool:
        hung = [pool.submit(hang, n) for n in range(50)]
        order = impatient.there.ask("orders/read", HOLD).json()
        assert all(each.result() for each in hung)

    assert order["order_id"] == "SO-1001"
    assert impatient.reserved == 0


class Told:
    """Systems that keep three changes, with a gap between their numbers."""

    def events(self, *, after: int = 0) -> list[Change]:
        return [_change(seq) for seq in (1, 3, 4) if seq > after]


def _change(seq: int) -> Change:
    data = {"parcel_id": "PC-1001-1"}
    kind = "shipment.scanned"
    return Change(seq=seq, id=f"ev-{seq}", source="/shop", type=kind, subject="SO-1001", time=SEEDED, data=data)


@pytest.fixture(scope="module")
def telling(there: There) -> Iterator[There]:
    with line_to(Told(), silent_for=timedelta(0)) as line:
        yield There(there.shop, line.url)


@pytest.mark.parametrize(
    ("query", "sequences"),
    [("", ["1", "3", "4"]), ("?after=1", ["3", "4"]), ("?after=1&limit=1", ["3"]), ("?after=4", [])],
)
def test_changes_are_told_as_a_batch_of_cloud_events_behind_the_last_one_that_was_seen(
    telling: There, query: str, sequences: list[str]
) -> None:
    answer = telling.ask(f"events{query}", method="GET", key="", at="")

    assert answer.headers["content-type"] == "application/cloudevents-batch+json"
    assert [event["sequence"] for event in answer.json()] == sequences
    for event in answer.json():
        assert event == {
            "specversion": "1.0",
            "id": f"ev-{event['sequence']}",
            "source": "/shop",
            "type": "shipment.scanned",
            "subject": "SO-1001",
            "time": "2026-03-02T09:00:00Z",
            "datacontenttype": "application/json",
            "data": {"parcel_id": "PC-1001-1"},
            "sequence": event["sequence"],
        }
