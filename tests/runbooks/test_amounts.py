import pytest

from amends.errors import DefinitionError
from amends.models import Money
from runbooks.amounts import convert, parse_amount

RATES = {"USD": "7.10", "JPY": "0.0480", "KWD": "23.10"}


@pytest.mark.parametrize(
    ("text", "amount"),
    [("CNY 1000.00", 100_000), ("CNY 1000", 100_000), ("CNY 0.5", 50), ("JPY 1500", 1500), ("KWD 1.234", 1234)],
)
def test_an_amount_is_read_in_the_minor_units_of_its_currency(text: str, amount: int) -> None:
    assert parse_amount(text) == Money(amount=amount, currency=text[:3])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("1000.00", "is not an amount; write the currency and a number, such as 'CNY 1000.00'"),
        ("CNY -5", "is not an amount"),
        ("CNY 1,000.00", "is not an amount"),
        ("CNX 5.00", "'CNX' is not a currency of ISO 4217; did you mean 'CNY'?"),
        ("JPY 5.5", "has 1 decimals, but JPY has 0"),
        ("CNY 5.005", "has 3 decimals, but CNY has 2"),
    ],
)
def test_what_is_no_amount_is_refused_with_the_mend(text: str, complaint: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_amount(text)

    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("money", "currency", "expected"),
    [
        (Money(amount=100_000, currency="CNY"), "CNY", 100_000),
        (Money(amount=100_000, currency="CNY"), "JPY", 20_833),  # 1000 / 0.048 = 20833.3 yen, and yen have no cents
        (Money(amount=100_000, currency="CNY"), "USD", 14_085),  # 140.8450...
        (Money(amount=1500, currency="JPY"), "CNY", 7200),
        (Money(amount=100, currency="USD"), "JPY", 148),  # 147.9
        (Money(amount=1000, currency="KWD"), "CNY", 2310),
    ],
)
def test_an_amount_is_worth_the_same_in_another_currency(money: Money, currency: str, expected: int) -> None:
    assert convert(money, currency, RATES) == expected


@pytest.mark.parametrize(("fen", "yen"), [(50, 0), (150, 2), (250, 2), (350, 4)])
def test_halves_are_rounded_to_the_even_neighbour(fen: int, yen: int) -> None:
    assert convert(Money(amount=fen, currency="CNY"), "JPY", {"JPY": "1"}) == yen


def test_the_same_currency_needs_no_rate() -> None:
    assert convert(Money(amount=1999, currency="BRL"), "BRL", {}) == 1999


def test_a_currency_without_a_rate_is_named() -> None:
    with pytest.raises(DefinitionError, match="no rate for 'BRL'"):
        convert(Money(amount=1, currency="CNY"), "BRL", RATES)
