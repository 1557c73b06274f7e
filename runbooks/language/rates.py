"""The dated table of what currencies are worth, for amounts in conditions."""

from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import AfterValidator, Field, TypeAdapter

from amends.errors import DefinitionError
from amends.models import Written
from runbooks.amounts import decimals_of
from runbooks.language.reading import read_as
from runbooks.language.source import Source
from runbooks.language.written_times import Day
from runbooks.suggestions import meant


def _currency(code: str) -> str:
    try:
        decimals_of(code)
    except DefinitionError as error:
        raise ValueError(str(error)) from error
    return code


def _rate(text: str) -> str:
    try:
        usable = Decimal(text) > 0 and Decimal(text).is_finite()
    except InvalidOperation:
        usable = False
    if not usable:
        raise ValueError(f"{text!r} is not a rate; write a positive decimal number in quotation marks, such as '7.10'")
    return text


class RatesTable(Written):
    """``rates``: the worth of one unit of each currency in CNY, as decimal text, from ``since`` on."""

    since: Day
    source: str = Field(min_length=1)
    rates: dict[Annotated[str, AfterValidator(_currency)], Annotated[str, AfterValidator(_rate)]]


def unrated(currency: str, rated: Collection[str]) -> str:
    """What is wrong with an amount in a currency that has no rate, and so cannot be held against any other."""
    return f"the table of rates has no {currency}{meant(currency, rated) or '; add it there'}"


def read_rates(file: str, text: str) -> RatesTable:
    """The table in a file. Raises ``RunbookErrors``."""
    return read_as(_TABLE, Source(file, text), shapes={"": RatesTable})


_TABLE = TypeAdapter(RatesTable)
