"""Which calls of a company's systems each runbook comes to."""

import pytest

from amends.connectors.calls import PORT_CALLS
from cli.doctoring.called import calls_of
from runbooks import library


def test_a_runbook_comes_to_its_steps_their_undos_its_messages_and_what_they_rest_on() -> None:
    called = calls_of(library.load("payment_timeout"))

    assert {"orders.read", "payments.query", "ledger.balance"} <= {*called}, "steps and checks"
    assert {"orders.release", "payments.cancel_link", "orders.reinstate"} <= {*called}, "what lifts and undoes"
    assert {"customers.tell", "customers.recall", "orders.recall", "payments.recall"} <= {*called}
    assert {"orders.worth", "ledger.given"} <= {*called}, "what is given is reckoned and compared"
    assert not [name for name in called if name.startswith(("shipping.", "merchants.", "people."))]
    assert list(called) == [name for name in PORT_CALLS if name in called]


def test_every_head_of_a_credit_is_the_call_that_pays_it() -> None:
    called = calls_of(library.load("delayed_shipment"))

    assert "payments.credit" in called
    assert "payments.compensate" not in called


def test_a_deadline_of_others_is_protected_by_a_call() -> None:
    bundle = library.load("lost_parcel")

    protecting = {deadline.protect_by for deadline in bundle.external}

    assert protecting
    assert protecting <= {*calls_of(bundle)}


@pytest.mark.parametrize("name", library.runbook_names())
def test_who_is_paged_is_paged_by_a_call(name: str) -> None:
    bundle = library.load(name)

    assert {"people.channels", "people.page"} <= {*calls_of(bundle)} or not bundle.escalation
