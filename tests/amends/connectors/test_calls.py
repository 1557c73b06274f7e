"""The ports as calls: nothing of a protocol is left out, and nothing is written twice."""

import inspect
from types import NoneType
from typing import get_type_hints

import pytest
from pydantic import ValidationError

from amends.connectors import ports
from amends.connectors.calls import PORT_CALLS

PORTS = {
    name: get_type_hints(member.fget)["return"]
    for name, member in vars(ports.Connectors).items()
    if isinstance(member, property)
}


@pytest.mark.parametrize("port", PORTS)
def test_every_method_of_a_port_is_a_call_with_its_arguments(port: str) -> None:
    methods = {name: each for name, each in inspect.getmembers(PORTS[port], inspect.isfunction) if name[0] != "_"}

    calls = {call.method: call for call in PORT_CALLS.values() if call.port == port}

    assert methods
    assert calls.keys() == methods.keys()
    for name, method in methods.items():
        assert ["self", "call", *calls[name].takes.model_fields] == list(inspect.signature(method).parameters)


def test_a_call_has_the_types_the_defaults_and_the_words_of_its_method() -> None:
    tell, shipment = PORT_CALLS["customers.tell"], PORT_CALLS["shipping.create_shipment"]

    assert tell.takes.model_fields["bounced"].default == 0
    assert tell.takes.model_fields["order_id"].is_required()
    assert shipment.takes.model_fields["reservation_id"].annotation == str | None
    assert (shipment.returns, PORT_CALLS["orders.release"].returns) == (ports.Shipment, NoneType)
    assert "Refuses ``NoCapacity``" in shipment.about
    assert (shipment.name, shipment.path) == ("shipping.create_shipment", "shipping/create_shipment")


def test_an_argument_that_a_call_does_not_have_is_an_error() -> None:
    with pytest.raises(ValidationError, match="parcel"):
        PORT_CALLS["orders.hold"].takes.model_validate({"order_id": "SO-1001", "parcel": "PC-1001-1"})
