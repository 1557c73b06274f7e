"""A report as it is typed, field by field."""

import re

import pytest
from pydantic import JsonValue

from amends.errors import InputError
from cli.fields import parse_report
from runbooks.bundle import Bundle
from runbooks.library import load
from runbooks.program import FactType


@pytest.fixture
def bundle() -> Bundle:
    """A runbook whose report has a field of every type."""
    return load("lost_parcel").model_copy(
        update={
            "report": {
                "order_id": FactType.STRING,
                "parts": FactType.INT,
                "weight": FactType.DOUBLE,
                "urgent": FactType.BOOL,
                "seen_at": FactType.TIMESTAMP,
                "value": FactType.MONEY,
            },
            "report_optional": ("parts", "weight", "urgent", "seen_at", "value"),
        }
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("parts=3", 3),
        ("weight=0.5", 0.5),
        ("urgent=true", True),
        ("urgent=false", False),
        ("seen_at=2026-11-22T18:30:00+08:00", "2026-11-22T18:30:00+08:00"),
        ("value=CNY 1000.50", {"amount": 100050, "currency": "CNY"}),
    ],
)
def test_a_value_is_read_by_the_type_of_its_field(bundle: Bundle, field: str, value: JsonValue) -> None:
    report = parse_report(bundle, ["order_id=SO-1", field])

    assert report == {"order_id": "SO-1", field.partition("=")[0]: value}


def test_text_may_hold_an_equals_sign(bundle: Bundle) -> None:
    assert parse_report(bundle, ["order_id=a=b"]) == {"order_id": "a=b"}


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("order_id=", "text"),
        ("parts=three", "a whole number"),
        ("weight=heavy", "a number"),
        ("weight=nan", "a number"),
        ("urgent=yes", "true or false"),
        ("seen_at=2026-11-22T18:30:00", "a time with its zone"),
        ("seen_at=yesterday", "a time with its zone"),
        ("value=1000", "an amount, such as 'CNY 1000.00'"),
    ],
)
def test_a_value_of_another_form_is_told_the_form_it_should_have(bundle: Bundle, field: str, form: str) -> None:
    with pytest.raises(InputError, match=f"it must be {form}"):
        parse_report(bundle, ["order_id=SO-1", field] if not field.startswith("order_id") else [field])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (["SO-1"], "'SO-1' is no field; write name=value. It takes order_id=<text>"),
        (["order=SO-1"], "has no field 'order'; did you mean 'order_id'? It takes order_id=<text>"),
        (["order_id=SO-1", "order_id=SO-2"], "'order_id' is given twice"),
        (["parts=3"], "the report lacks 'order_id'. It takes order_id=<text> [parts=<a whole number"),
    ],
)
def test_what_is_no_report_is_told_what_a_report_takes(bundle: Bundle, fields: list[str], told: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)):
        parse_report(bundle, fields)
