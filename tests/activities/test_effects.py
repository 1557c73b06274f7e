from typing import Any

import pytest
import structlog
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from temporalio.exceptions import ApplicationError

from activities.effects import Effects
from activities.wire import CallReport
from activities.worth import Worth
from amends.connectors.ports import Call
from amends.connectors.shop import Shop
from amends.errors import ConfigurationError, KeyReused, Trouble
from amends.journal import EffectLog, EffectRecord, Journal
from amends.models import Model, Outcome, Refusal
from runbooks.catalogue import CATALOGUE, EFFECT_RETRY
from tests.activities.rig import INCIDENT, SEEDED, Rig, request

KEY = f"{INCIDENT}/action.refund/1"


def refund(fen: int = 39800, currency: str = "CNY") -> dict[str, Any]:
    return {"order_id": "SO-1001", "parcel_id": "PC-1001-1", "amount": {"amount": fen, "currency": currency}}


def test_an_effect_is_applied_and_its_outcome_is_in_the_journal(rig: Rig) -> None:
    report = rig.attempt("payments.refund", request(KEY, **refund()), hours=3)

    record = rig.effect(KEY)
    assert report == CallReport(
        outcome=Outcome.APPLIED,
        result={"refund_id": "RF-1001-1", "amount": {"amount": 39800, "currency": "CNY"}},
    )
    assert record is not None
    assert (record.incident_id, record.step, record.activity) == (INCIDENT, "action.reship", "payments.refund")
    assert (record.outcome, record.result, record.inputs) == (Outcome.APPLIED, report.result, refund())
    assert (record.intent_at - SEEDED).total_seconds() == 3 * 3600
    assert rig.shop.refunds("SO-1001")[0].paid_at == record.intent_at


def test_an_effect_that_gives_nothing_reports_an_empty_result_and_what_it_undoes(rig: Rig) -> None:
    rig.attempt("inventory.reserve", request("reserve", parcel_id="PC-1001-1"))

    report = rig.attempt("inventory.release", request("undo", undoes="reserve", reservation_id="RS-1001-1-1"))

    record = rig.effect("undo")
    assert report == CallReport(outcome=Outcome.APPLIED)
    assert record is not None
    assert record.undoes == "reserve"
    assert rig.shop.stock("LAMP-OAK").reserved == 0


def test_a_refused_effect_is_not_applied_for_the_reason_the_system_gave(rig: Rig) -> None:
    closed: dict[str, Any] = {
        "order_id": "SO-1008",
        "parcel_id": "PC-1008-1",
        "amount": {"amount": 32000, "currency": "CNY"},
    }

    report = rig.attempt("payments.refund", request(KEY, **closed))

    record = rig.effect(KEY)
    assert report.outcome is Outcome.NOT_APPLIED
    assert report.refusal is not None
    assert report.refusal.reason == "PaymentDeclined"
    assert record is not None
    assert (record.outcome, record.refusal) == (Outcome.NOT_APPLIED, report.refusal)
    assert rig.shop.refunds("SO-1008") == []


def test_a_refusal_that_the_catalogue_does_not_know_is_a_refusal_all_the_same_and_logged(rig: Rig) -> None:
    rig.shop.fault(call="payments.refund", kind="refuse", reason="BankHoliday")

    with capture_logs(processors=[merge_contextvars]) as logs:
        report = rig.attempt("payments.refund", request(KEY, **refund()))

    assert report.refusal == Refusal(reason="BankHoliday", message="payments.refund was refused: BankHoliday")
    assert {
        "event": "refusal_not_in_catalogue",
        "log_level": "warning",
        "reason": "BankHoliday",
        "incident": INCIDENT,
        "step": "action.reship",
        "activity": "payments.refund",
        "key": KEY,
    } in logs
    assert structlog.contextvars.get_contextvars() == {}


def test_trouble_leaves_the_outcome_open_and_the_next_attempt_does_it(rig: Rig) -> None:
    rig.shop.fault(call="payments.refund", kind="trouble")

    with pytest.raises(Trouble):
        rig.attempt("payments.refund", request(KEY, **refund()))
    between = rig.effect(KEY)
    report = rig.attempt("payments.refund", request(KEY, **refund()))

    assert between is not None
    assert between.outcome is None
    assert report.outcome is Outcome.APPLIED
    assert len(rig.shop.refunds("SO-1001")) == 1


def test_trouble_after_the_deed_is_answered_by_the_next_attempt_without_doing_it_twice(rig: Rig) -> None:
    """Retries by Temporal, and by a person over an unknown outcome, reuse the key."""

    rig.shop.fault(call="payments.refund", kind="trouble_after")

    with pytest.raises(Trouble):
        rig.attempt("payments.refund", request(KEY, **refund(10000)))
    between = rig.effect(KEY)
    report = rig.attempt("payments.refund", request(KEY, **refund(10000)))

    assert between is not None
    assert between.outcome is None
    assert report.result["refund_id"] == "RF-1001-1"
    assert rig.shop.money("SO-1001").refunded.amount == 10000


def test_a_worker_killed_after_the_outcome_was_committed_answers_from_the_journal_without_calling(rig: Rig) -> None:
    first = rig.attempt("payments.refund", request(KEY, **refund(10000)))
    rig.shop.fault(call="payments.refund", kind="trouble")  # a call would meet it

    second = rig.attempt("payments.refund", request(KEY, **refund(10000)), hours=1)

    assert second == first
    with pytest.raises(Trouble):
        rig.attempt("payments.refund", request("another key", **refund(10000)))


def test_a_known_refusal_is_answered_from_the_journal_even_if_the_system_would_say_yes_by_now(rig: Rig) -> None:
    rig.shop.fault(call="inventory.reserve", kind="refuse", reason="OutOfStock")
    first = rig.attempt("inventory.reserve", request(parcel_id="PC-1001-1"))

    second = rig.attempt("inventory.reserve", request(parcel_id="PC-1001-1"))

    assert second == first
    assert rig.shop.stock("LAMP-OAK").reserved == 0


class DyingLog(EffectLog):
    """A journal whose worker is killed before the outcome is committed."""

    def finish(self, **_: Any) -> EffectRecord:
        raise ConnectionError("killed")


def test_a_worker_killed_between_the_call_and_its_outcome_does_it_once(
    shop: Shop, journal: Journal, rig: Rig, engine: Any
) -> None:
    dying = Rig(shop, journal, DyingLog(engine))

    with pytest.raises(ConnectionError):
        dying.attempt("payments.refund", request(KEY, **refund(10000)))
    report = rig.attempt("payments.refund", request(KEY, **refund(10000)), hours=1)

    assert report.outcome is Outcome.APPLIED
    assert rig.shop.money("SO-1001").refunds == 1


def test_a_call_that_was_done_though_nobody_heard_of_it_is_found_by_asking_and_not_made_again(rig: Rig) -> None:
    rig.shop.fault(call="inventory.reserve", kind="trouble_after")
    with pytest.raises(Trouble):
        rig.attempt("inventory.reserve", request(parcel_id="PC-1001-1"))

    report = rig.reconcile("inventory.reserve", request(parcel_id="PC-1001-1"))

    (reservation,) = rig.shop.reservations("SO-1001")
    assert report == CallReport(outcome=Outcome.APPLIED, result={"reservation_id": reservation.reservation_id})
    record = rig.effect(request().key)
    assert record is not None
    assert (record.outcome, record.result) == (report.outcome, report.result)


def test_a_call_that_never_arrived_is_not_applied_and_will_never_be(rig: Rig) -> None:
    rig.shop.fault(call="inventory.reserve", kind="trouble")
    with pytest.raises(Trouble):
        rig.attempt("inventory.reserve", request(parcel_id="PC-1001-1"))

    asked = rig.reconcile("inventory.reserve", request(parcel_id="PC-1001-1"))
    late = rig.attempt("inventory.reserve", request(parcel_id="PC-1001-1"))

    assert asked.outcome is Outcome.NOT_APPLIED
    assert asked.refusal is not None
    assert asked.refusal.reason == "NeverArrived"
    assert late == asked
    assert rig.shop.reservations("SO-1001") == []


def test_an_attempt_that_comes_only_after_the_asking_finds_its_outcome_known(rig: Rig) -> None:
    asked = rig.reconcile("inventory.reserve", request(parcel_id="PC-1001-1"))

    late = rig.attempt("inventory.reserve", request(parcel_id="PC-1001-1"))

    assert late == asked
    assert rig.shop.reservations("SO-1001") == []


def test_a_system_that_does_not_answer_when_asked_leaves_the_outcome_open(rig: Rig) -> None:
    rig.shop.fault(call="inventory.recall", kind="trouble")

    with pytest.raises(Trouble):
        rig.reconcile("inventory.reserve", request(parcel_id="PC-1001-1"))

    record = rig.effect(request().key)
    assert record is not None
    assert record.outcome is None
    assert rig.reconcile("inventory.reserve", request(parcel_id="PC-1001-1")).outcome is Outcome.NOT_APPLIED


def test_an_unexpected_error_of_a_system_leaves_the_outcome_open(journal: Journal, rig: Rig) -> None:
    def work(call: Call, inputs: Any) -> Model | None:
        raise ZeroDivisionError(f"{call.key} {inputs.parcel_id}")

    spec = CATALOGUE["inventory.reserve"]
    with pytest.raises(ZeroDivisionError):
        rig.within(
            lambda: Effects(journal.effects, Worth(rig.shop)).carry_out(
                spec, request("odd", parcel_id="PC-1001-1"), work
            )
        )

    record = rig.effect("odd")
    assert record is not None
    assert record.outcome is None


def test_the_journal_is_free_for_others_during_a_call_and_holds_the_intent(journal: Journal, rig: Rig) -> None:
    """No lock is held across a call. The intent is committed, with what it will cost, before the call; the outcome
    is committed after it."""

    seen: list[EffectRecord | None] = []

    def work(call: Call, inputs: Any) -> Model | None:  # noqa: ARG001
        seen.append(rig.effect(call.key))
        rig.attempt("inventory.reserve", request("meanwhile", parcel_id="PC-1002-1"))
        return None

    spec = CATALOGUE["inventory.release"]
    rig.within(
        lambda: Effects(journal.effects, Worth(rig.shop)).carry_out(spec, request("slow", reservation_id="RS-1"), work)
    )

    (intent,) = seen
    meanwhile = rig.effect("meanwhile")
    assert intent is not None
    assert intent.outcome is None
    assert meanwhile is not None
    assert meanwhile.outcome is Outcome.APPLIED


@pytest.mark.parametrize(
    ("name", "inputs", "text"),
    [
        ("payments.refund", {"order_id": "SO-1001", "parcel_id": "PC-1001-1"}, "amount: Field required"),
        ("payments.refund", refund(currency="yuan"), "amount.currency: String should match"),
        ("orders.read", {"order": "SO-1001"}, "order_id: Field required"),
    ],
    ids=["missing", "wrong", "a read's"],
)
def test_inputs_that_are_not_the_activitys_name_activity_and_field_and_are_never_retried(
    rig: Rig, name: str, inputs: dict[str, Any], text: str
) -> None:
    with pytest.raises(ApplicationError) as error:
        rig.attempt(name, request(KEY, **inputs))

    assert error.value.type == "definition_error"
    assert error.value.non_retryable
    assert f"step 'action.reship': the inputs of {name} are wrong: {text}" in str(error.value)
    assert "yuan" not in str(error.value)
    assert rig.effect(KEY) is None


def test_a_key_that_came_with_other_inputs_is_an_error_that_is_never_retried(rig: Rig) -> None:
    """A key that comes back with other arguments is an error."""

    rig.attempt("payments.refund", request(KEY, **refund(10000)))

    with pytest.raises(ApplicationError, match=KEY) as error:
        rig.attempt("payments.refund", request(KEY, **refund(20000)))

    assert (error.value.type, error.value.non_retryable) == ("key_reused", True)
    assert rig.shop.money("SO-1001").refunded.amount == 10000


def test_a_key_that_only_the_outside_system_knows_otherwise_is_the_same_error(rig: Rig) -> None:
    rig.shop.inventory.reserve(Call(key=KEY, at=SEEDED), parcel_id="PC-1002-1")

    with pytest.raises(ApplicationError) as error:
        rig.attempt("payments.refund", request(KEY, **refund()))

    assert isinstance(error.value.__cause__, KeyReused)
    assert (error.value.type, error.value.non_retryable) == ("key_reused", True)


def test_a_read_answers_in_the_incidents_time_and_leaves_no_intent(rig: Rig) -> None:
    rig.attempt("shipping.open_trace", request("trace", parcel_id="PC-1001-1"))

    early = rig.attempt("shipping.read_trace", request("label", trace_id="TR-1001-1-1"), hours=1)
    late = rig.attempt("shipping.read_trace", request("label", trace_id="TR-1001-1-1"), hours=20)

    assert [early.result["status"], late.result["status"]] == ["open", "lost"]
    assert rig.effect("label") is None


def test_a_refused_read_is_not_applied_and_a_troubled_one_is_raised(rig: Rig) -> None:
    refused = rig.attempt("orders.read", request("label", order_id="SO-9999"))
    rig.shop.fault(call="orders.read", kind="trouble")

    with pytest.raises(Trouble):
        rig.attempt("orders.read", request("label", order_id="SO-1001"))

    assert refused.outcome is Outcome.NOT_APPLIED
    assert refused.refusal is not None
    assert refused.refusal.reason == "OrderNotFound"


def test_nothing_personal_is_in_what_comes_back_from_writing_to_a_customer(rig: Rig) -> None:
    texts = {"zh": {"subject": "您的包裹", "body": "{customer.name}，您好！"}}

    report = rig.attempt("customers.tell", request(order_id="SO-1001", texts=texts))

    assert report.result == {"message_id": "MS-1001-1", "channel": "email", "language": "zh"}
    assert "林晓梅" in rig.shop.messages("SO-1001")[0].body


@pytest.mark.parametrize(
    ("name", "inputs"),
    [("orders.read", {"order_id": "SO-1001"}), ("inventory.reserve", {"parcel_id": "PC-1001-1"})],
)
def test_a_system_that_is_not_understood_is_tried_as_often_as_an_effect_and_then_left_to_people(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, name: str, inputs: dict[str, Any]
) -> None:
    def answers_nonsense(*_: object, **__: object) -> None:
        raise ConfigurationError(f"{name}: https://shop.example answered 404")

    system, _, method = name.partition(".")
    monkeypatch.setattr(getattr(rig.shop, system), method, answers_nonsense)
    ends = []
    for attempt in (1, EFFECT_RETRY.attempts - 1, EFFECT_RETRY.attempts):
        with pytest.raises(ApplicationError, match="answered 404") as error:
            rig.attempt(name, request(KEY, **inputs), attempt=attempt)
        ends.append((error.value.type, error.value.non_retryable))

    assert ends == [("configuration_error", False), ("configuration_error", False), ("configuration_error", True)]
