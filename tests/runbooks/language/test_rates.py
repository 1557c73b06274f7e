from datetime import date

import pytest

from runbooks.language.problems import RunbookErrors
from runbooks.language.rates import read_rates

GOOD = "since: '2026-01-01'\nsource: by hand\nrates: {USD: '7.10'}\n"


def test_a_table_of_rates_is_dated_and_keeps_its_decimals() -> None:
    table = read_rates("rates.yaml", GOOD)

    assert table.since == date(2026, 1, 1)
    assert table.rates == {"USD": "7.10"}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("USD: '7.10'", "USX: '7.10'", "rates.yaml:3:9: `USX`: 'USX' is not a currency of ISO 4217"),
        ("'7.10'", "7.10", "rates.yaml:3:14: 7.1 must be text; put it in quotation marks"),
        ("'7.10'", "'-1'", "rates.yaml:3:14: `USD`: '-1' is not a rate; write a positive decimal number"),
        ("'7.10'", "'NaN'", "rates.yaml:3:14: `USD`: 'NaN' is not a rate"),
        ("'7.10'", "'seven'", "rates.yaml:3:14: `USD`: 'seven' is not a rate"),
        ("'2026-01-01'", "spring", "rates.yaml:1:8: `since`: 'spring' is not a day; write it like 2026-01-31"),
    ],
)
def test_a_rate_that_cannot_be_used_is_told_with_its_place(old: str, new: str, complaint: str) -> None:
    with pytest.raises(RunbookErrors) as caught:
        read_rates("rates.yaml", GOOD.replace(old, new))

    assert str(caught.value).startswith(complaint)
