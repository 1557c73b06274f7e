"""Amounts of money as people write them (``CNY 1000.00``), and their worth in another currency, exactly."""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from amends.errors import DefinitionError
from amends.models import Money
from runbooks.suggestions import meant

REFERENCE = "CNY"
"""The currency in which the tables give the worth of every other."""

_ISO_4217 = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: """
        CUR REN CIE AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN
        BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
        GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL
        MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK
        PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS
        TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_DECIMALS = {code: decimals for decimals, codes in _ISO_4217.items() for code in codes.split()}
CURRENCIES = frozenset(_DECIMALS)
"""Every currency of ISO 4217."""

_WRITTEN = re.compile(r"([A-Z]{3}) (\d{1,15})(?:\.(\d{1,3}))?")


def decimals_of(currency: str) -> int:
    """How many decimals ISO 4217 gives a currency. Raises ``DefinitionError`` for one that it does not list."""
    if currency not in _DECIMALS:
        raise DefinitionError(f"{currency!r} is not a currency of ISO 4217{meant(currency, _DECIMALS)}")
    return _DECIMALS[currency]


def parse_amount(text: str) -> Money:
    """The amount that ``CNY 1000.00`` names, in minor units.

    Raises ``DefinitionError`` for another form, an unknown currency, or more decimals than the currency has.
    """
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise DefinitionError(f"{text!r} is not an amount; write the currency and a number, such as 'CNY 1000.00'")
    currency, whole, fraction = written[1], written[2], written[3] or ""
    decimals = decimals_of(currency)
    if len(fraction) > decimals:
        raise DefinitionError(f"{text!r} has {len(fraction)} decimals, but {currency} has {decimals}")
    return Money(amount=int(whole + fraction.ljust(decimals, "0")), currency=currency)


def amount_in_words(amount: int, currency: str) -> str:
    """An amount of minor units as people read it: ``CNY 1,234.50``."""
    try:
        decimals = decimals_of(currency)
    except DefinitionError:
        return f"{amount} minor units of {currency}"
    return f"{currency} {Decimal(amount).scaleb(-decimals):,.{decimals}f}"


def convert(money: Money, currency: str, rates: Mapping[str, str]) -> int:
    """The worth of ``money`` in minor units of ``currency``, rounded half to even once, at the end.

    ``rates``: the worth of one unit of a currency in CNY, as decimal text; not read when the currencies are the same.
    Raises ``DefinitionError`` for a currency that has no rate.
    """
    if money.currency == currency:
        return money.amount
    units = Fraction(money.amount, 10 ** decimals_of(money.currency))
    worth = units * _rate(money.currency, rates) / _rate(currency, rates)
    return round(worth * Fraction(10) ** decimals_of(currency))


def _rate(currency: str, rates: Mapping[str, str]) -> Fraction:
    if currency == REFERENCE:
        return Fraction(1)
    if currency not in rates:
        raise DefinitionError(f"there is no rate for {currency!r}; add it to the table of rates")
    return Fraction(rates[currency])
