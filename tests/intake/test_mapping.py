"""Mapping files: where an order system's plain objects say what an order event needs."""

from pathlib import Path

import pytest

from amends.errors import DefinitionError
from amends.models import Data
from intake.malformed import MalformedEvent
from intake.mapping import parse_mapping, read_mapping
from runbooks.language.problems import RunbookErrors

WRITTEN = """\
source: market
time: ts
type: kind
order: order.number
zone: America/Sao_Paulo
types: {NEW: order.created}
fields:
  method: payments[0].type
times:
  ship_by: max(items[].ship_by)
amounts:
  paid: sum(payments[].value)
currency: BRL
"""
SAID: Data = {
    "ts": "2017-05-15T20:28:25",
    "kind": "NEW",
    "order": {"number": 17},
    "items": [{"ship_by": "2017-05-18T20:42:45"}, {"ship_by": "2017-05-19T00:00:00Z"}],
    "payments": [{"type": "boleto", "value": 19.1}, {"type": "voucher", "value": 0.15}],
}


def test_an_object_is_read_where_the_mapping_says() -> None:
    event = parse_mapping(file="market.yaml", text=WRITTEN).event(SAID)

    assert (event.source, event.type, event.order_id) == ("market", "order.created", "17")
    assert event.at.isoformat() == "2017-05-15T23:28:25+00:00"
    assert event.data == {
        "method": "boleto",
        "ship_by": "2017-05-19T00:00:00Z",
        "paid": {"amount": 1925, "currency": "BRL"},
    }


def test_what_stands_within_nothing_is_not_said() -> None:
    event = parse_mapping(file="market.yaml", text=WRITTEN).event({**SAID, "items": None, "payments": None})

    assert event.data == {}


def test_an_object_without_an_id_is_known_by_all_that_it_says() -> None:
    mapping = parse_mapping(file="market.yaml", text=WRITTEN)

    assert mapping.event(SAID).key == mapping.event(dict(reversed(SAID.items()))).key
    assert mapping.event(SAID).key != mapping.event({**SAID, "note": "another"}).key


def test_an_object_s_own_id_counts_and_what_it_corrects() -> None:
    mapping = parse_mapping(file="market.yaml", text=WRITTEN + "id: id\ncorrects: instead_of\nreceived: got\n")

    event = mapping.event({**SAID, "id": 5, "instead_of": 4, "got": "2017-05-16T00:00:00Z"})

    assert (event.id, event.corrects) == ("5", "4")
    assert event.received_at is not None
    assert event.received_at.isoformat() == "2017-05-16T00:00:00+00:00"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ts": None}, "nothing stands at `ts`, which says when it happened; give it"),
        ({"ts": "soon"}, "`time`: 'soon' is no moment; write it like 2026-03-02T12:00:00Z"),
        ({"kind": None}, "nothing stands at `kind`, which says the type; give it"),
        ({"order": {"number": ""}}, "the order is ''; give a text of 1 to 200 characters"),
        ({"items": [{"ship_by": 3}, {"ship_by": "x"}]}, "`times.ship_by` of the mapping finds nothing that it can use"),
        ({"items": [{"ship_by": "x"}]}, "`ship_by`: 'x' is no moment"),
        ({"payments": [{"value": "much"}]}, "`amounts.paid` of the mapping finds nothing that it can use"),
    ],
)
def test_an_object_that_lacks_what_it_needs_is_refused_with_the_mend(change: Data, told: str) -> None:
    with pytest.raises(MalformedEvent) as caught:
        parse_mapping(file="market.yaml", text=WRITTEN).event({**SAID, **change})

    assert str(caught.value).startswith(told)


def test_a_time_without_a_zone_is_refused_where_the_mapping_names_none() -> None:
    mapping = parse_mapping(file="market.yaml", text=WRITTEN.replace("zone: America/Sao_Paulo\n", ""))

    with pytest.raises(MalformedEvent, match="or say in the mapping what a time without a zone means"):
        mapping.event(SAID)


def test_all_that_is_wrong_in_a_mapping_is_told_with_its_place() -> None:
    wrong = WRITTEN.replace("payments[0].type", "payments[").replace("currency: BRL\n", "").replace("ship_by:", "paid:")

    with pytest.raises(RunbookErrors) as caught:
        parse_mapping(file="market.yaml", text=wrong)

    assert [str(problem).partition(";")[0] for problem in caught.value.problems] == [
        "market.yaml:1:1: amounts need a `currency`: '' is not a currency of ISO 4217",
        "market.yaml:8:11: 'payments[' is no JMESPath expression: Invalid jmespath expression: Incomplete expression",
        "market.yaml:12:3: the field 'paid' is here twice",
    ]


def test_a_key_that_a_mapping_does_not_have_is_told() -> None:
    with pytest.raises(RunbookErrors, match="unknown key 'tiem'; did you mean 'time'"):
        parse_mapping(file="market.yaml", text=WRITTEN.replace("time:", "tiem:"))


def test_a_mapping_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="the mapping cannot be read"):
        read_mapping(tmp_path / "none.yaml")
