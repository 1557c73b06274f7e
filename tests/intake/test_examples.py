"""What stands in ``examples`` for order events can be used as it is."""

from pathlib import Path

import pytest

from intake.mapping import read_mapping
from intake.rules import rules_of
from runbooks import library
from tests.intake import olist

RUNBOOKS = sorted(olist.EXAMPLES.glob("late_*.yaml"))


@pytest.mark.parametrize("file", RUNBOOKS, ids=lambda file: file.stem)
def test_a_runbook_of_the_example_has_a_rule_and_no_mistakes(file: Path) -> None:
    assert len(rules_of(library.load(file))) == 1


def test_the_mapping_of_the_example_reads_an_order_of_the_marketplace() -> None:
    event = read_mapping(olist.EXAMPLES / "mapping.yaml").event(
        {
            "ts": "2017-05-14T20:28:25",
            "type": "order.created",
            "order_id": "d17dc4a904426827ca80f2ccb3a6be56",
            "items": [{"ship_by": "2017-05-18T20:42:45"}],
            "estimated_delivery": "2017-06-12T00:00:00",
            "payments": [{"type": "boleto", "value": 54.82}],
        }
    )

    assert event.data == {
        "payment_method": "boleto",
        "promised_day": "2017-06-12T00:00:00Z",
        "ship_by": "2017-05-18T20:42:45Z",
        "paid": {"amount": 5482, "currency": "BRL"},
    }
