"""An amount and a bare number are kept apart, wherever they meet."""

import pytest

from runbooks.expressions import ExpressionError, check
from runbooks.program import FactType

TYPES = {
    "order.total": FactType.MONEY,
    "order.currency": FactType.STRING,
    "parcel.value": FactType.MONEY,
    "incident.contacts": FactType.INT,
    "choice": FactType.STRING,
    "at": FactType.TIMESTAMP,
    "sure": FactType.BOOL,
}


@pytest.mark.parametrize(
    ("text", "column", "example"),
    [
        ("parcel.value > 1000", 16, "1000.00"),
        ("1000 < parcel.value", 1, "1000.00"),
        ("parcel.value == 5", 17, "5.00"),
        ("parcel.value != 5", 17, "5.00"),
        ("parcel.value <= (5)", 18, "5.00"),
        ("((parcel.value)) >= -5", 21, "1000.00"),
        ("sure && (choice == 'x' || !(order.total < 7))", 43, "7.00"),
        ("parcel.value + 500 > order.total", 16, "500.00"),
        ("500 - parcel.value < order.total", 1, "500.00"),
        ("parcel.value * 2 > 1000", 20, "1000.00"),
        ("parcel.value / 2 > 1000", 20, "1000.00"),
        ("-parcel.value < 7", 17, "7.00"),
        ("order.total - parcel.value > 1 + 1", 30, "1000.00"),
        ("parcel.value in [500, 600]", 18, "500.00"),
        ("parcel.value in [order.total, 600]", 31, "600.00"),
        ("7 in [parcel.value]", 1, "7.00"),
        ("[parcel.value] == [7]", 20, "7.00"),
        ("(sure ? parcel.value : 7) > order.total", 24, "7.00"),
        ("parcel.value > (sure ? 7 : 8)", 24, "7.00"),
        ('money("CNY 1.00") > 7', 21, "7.00"),
        ("parcel.value > incident.contacts", 16, "1000.00"),
        ("parcel.value > size(choice)", 16, "1000.00"),
        ("parcel.value > at.getHours()", 16, "1000.00"),
        ("string(parcel.value + 7) == choice", 23, "7.00"),
        ("order.total > 0x10", 15, "1000.00"),
    ],
)
def test_an_amount_beside_a_bare_number_is_refused_with_the_mend(text: str, column: int, example: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(text, types=TYPES, expects=FactType.BOOL)

    mend = f'write an amount like money("CNY {example}")'
    assert caught.value.message == f"a bare number beside money counts fen or cents; {mend}"
    assert (caught.value.line, caught.value.column) == (1, column)


def test_the_place_of_a_bare_number_is_told_on_its_own_line() -> None:
    with pytest.raises(ExpressionError) as caught:
        check('sure &&\n  money("CNY 1.00") > 7', types=TYPES, expects=FactType.BOOL)

    assert (caught.value.line, caught.value.column) == (2, 23)


@pytest.mark.parametrize(
    "text",
    [
        "parcel.value * 2 > order.total",
        "2 * parcel.value > order.total",
        "parcel.value * incident.contacts > order.total",
        "parcel.value > 0 && order.total - parcel.value == 0",
        "parcel.value > -0 || (0) != parcel.value",
        'parcel.value + order.total / 2 > money("CNY 5.00") * 3',
        "parcel.value % 100 == 0",
        "parcel.value in [order.total, 0]",
        "parcel.value in []",
        "(sure ? parcel.value : 0) >= order.total",
        "incident.contacts > 1 && incident.contacts in [1, 2]",
        "size(choice) + 1 > incident.contacts - -2",
        'choice == "parcel.value > 5"',
        "sure ? incident.contacts > 5 : parcel.value > order.total",
        '{"a": 1} == {"a": 2}',
        'choice.startsWith("a") == ("b".endsWith("c"))',
        "!!!sure && at < timestamp('2026-01-01T00:00:00Z') // parcel.value > 5",
        'choice in ["""a"""]',
    ],
)
def test_amounts_go_with_amounts_and_numbers_with_numbers(text: str) -> None:
    assert check(text, types=TYPES, expects=FactType.BOOL) is FactType.BOOL


@pytest.mark.parametrize("text", ["500", "incident.contacts", "incident.contacts * 100", "sure ? 5 : 6"])
def test_a_bare_number_does_not_stand_for_an_amount_that_is_needed(text: str) -> None:
    with pytest.raises(ExpressionError, match="a bare number beside money counts fen or cents"):
        check(text, types=TYPES, expects=FactType.MONEY)


def test_what_is_computed_from_amounts_stands_for_an_amount() -> None:
    for text in ("order.total / 2", "order.total - parcel.value", "0", "sure ? order.total : 0"):
        assert check(text, types=TYPES, expects=FactType.MONEY) is FactType.MONEY


def test_an_amount_is_not_multiplied_by_another() -> None:
    with pytest.raises(ExpressionError, match="two amounts cannot be multiplied; multiply by a plain number"):
        check("order.total * parcel.value > 0", types=TYPES, expects=FactType.BOOL)


def test_hundreds_of_conditions_can_be_read() -> None:
    text = "||".join(["sure"] * 160)

    assert check(text, types=TYPES, expects=FactType.BOOL) is FactType.BOOL
    assert check("!" * 900 + "sure", types=TYPES, expects=FactType.BOOL) is FactType.BOOL
