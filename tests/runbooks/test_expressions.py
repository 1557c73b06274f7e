from datetime import date
from typing import Any

import pytest
from pydantic import JsonValue

from amends.errors import DefinitionError
from amends.models import Data
from runbooks.expressions import ExpressionError, FactMissing, check, currencies_of, holds, names_of, value_of
from runbooks.policy import Table, TableKind, TableRow
from runbooks.program import FactType

TYPES = {
    "order.total": FactType.MONEY,
    "order.currency": FactType.STRING,
    "trace.status": FactType.STRING,
    "choice": FactType.STRING,
    "stock.reservable": FactType.BOOL,
    "incident.contacts": FactType.INT,
    "parcel.weight": FactType.DOUBLE,
    "report.last_seen_at": FactType.TIMESTAMP,
}
RATES = {"JPY": "0.0480", "USD": "7.10"}


def facts(**changed: Any) -> Data:
    standing: Data = {
        "order": {"total": {"amount": 150_000, "currency": "CNY"}, "currency": "CNY"},
        "trace": {"status": "open"},
        "choice": "refund",
        "stock": {"reservable": True},
        "incident": {"contacts": 2},
        "parcel": {"weight": 1},
        "report": {"last_seen_at": "2026-03-01T08:00:00+08:00"},
    }
    return standing | changed


def truth(text: str, **changed: Any) -> bool:
    return holds(text, types=TYPES, facts=facts(**changed), rates=RATES)


def value(text: str, **changed: Any) -> JsonValue:
    return value_of(text, types=TYPES, facts=facts(**changed), rates=RATES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('trace.status == "open"', True),
        ('trace.status != "found" && stock.reservable', True),
        ("incident.contacts > 1", True),
        ("incident.contacts > 2 || !stock.reservable", False),
        ('choice in ["refund", "reship"]', True),
        ('choice.startsWith("ref") && size(choice) == 6', True),
        ("parcel.weight < 1.5", True),
        ('report.last_seen_at < timestamp("2026-03-01T00:00:01Z")', True),
        ('order . total >= money("CNY 1500.00")  // at the limit', True),
        ('order.total > money( "CNY 1500.00" )', False),
    ],
)
def test_a_condition_is_decided_by_the_facts(text: str, expected: bool) -> None:
    assert check(text, types=TYPES, expects=FactType.BOOL) is FactType.BOOL
    assert truth(text) is expected


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("choice", FactType.STRING, "refund"),
        ("incident.contacts * 2", FactType.INT, 4),
        ("parcel.weight", FactType.DOUBLE, 1.0),
        ("stock.reservable", FactType.BOOL, True),
        ("order.total", FactType.MONEY, 150_000),
        ('money("CNY 3.00")', FactType.MONEY, 300),
        ("order.total / 2", FactType.INT, 75_000),
        ("report.last_seen_at", FactType.TIMESTAMP, "2026-03-01T00:00:00Z"),
        ('incident.contacts > 1 ? "often" : "once"', FactType.STRING, "often"),
    ],
)
def test_an_expression_gives_a_value_of_the_type_that_was_found(text: str, kind: FactType, expected: JsonValue) -> None:
    assert check(text, types=TYPES, expects=None) is kind
    assert value(text) == expected


def test_money_is_compared_in_the_orders_currency() -> None:
    in_yen = {"total": {"amount": 20_833, "currency": "JPY"}, "currency": "JPY"}

    assert truth('order.total >= money("CNY 1000.00")', order=in_yen)
    assert not truth('order.total >= money("CNY 1000.03")', order=in_yen)
    assert value('money("USD 1.00")', order=in_yen) == 148


def test_a_whole_number_is_taken_where_money_is_expected() -> None:
    assert check("order.total / 2", types=TYPES, expects=FactType.MONEY) is FactType.MONEY


@pytest.mark.parametrize(
    ("text", "place", "complaint"),
    [
        ('trace.status == "x" && chioce == "y"', "1:24", "there is no fact 'chioce'; did you mean 'choice'?"),
        ('order.total >= money("CNY 9.00") && trace.sttus == ""', "1:37", "did you mean 'trace.status'?"),
        ("choice ==\n  trace.stat", "2:3", "there is no fact 'trace.stat'; did you mean 'trace.status'?"),
        ("order", "1:1", "'order' is not one fact; name one of order.currency, order.total"),
        ("order.total.amount > 1", "1:1", "'order.total' is money and has nothing within it"),
        ("sze(choice) > 1", "1:1", "there is no function 'sze'; did you mean 'size'?"),
        ("dyn(1) == 1", "1:1", "there is no function 'dyn'"),
        ("has(trace.stauts)", "1:5", "there is no fact 'trace.stauts'; did you mean 'trace.status'?"),
        ("has(choice == 1)", "1:1", "has takes the name of one fact"),
        ("choice > 1", "1:8", "`>` cannot be used on string, int"),
        ('money("CNY 1.00") + choice', "1:19", "`+` cannot be used on int, string"),
        ("choice == ", "1:11", "Syntax error: mismatched input 'the end'"),
        ('choice = "reship"', "1:8", "`=` does not compare; write `==`"),
        ('choice == "a" and choice != "b"', "1:15", "there is no fact 'and'; write `&&` for it"),
        ("choice == reship", "1:11", "there is no fact 'reship'; a text stands in quotation marks, like \"reship\""),
        ("order.total > CNY", "1:15", "there is no fact 'CNY'; write an amount like money(\"CNY 1000.00\")"),
        ("weather.rain", "1:1", "there is no fact 'weather.rain'; save it with a step before"),
        ("  ", "1:1", "the expression is empty"),
        ("[1]", "1:1", "this gives list<int>, which no fact or condition can be"),
        ("[1, 2].exists(x, x > 1)", "1:8", "'exists' is a loop"),
        ("choice.all(c, true)", "1:1", "'all' is a loop"),
        ("money(order.total)", "1:1", "money takes one literal amount"),
        ('money("CNX 1.00")', "1:7", "'CNX' is not a currency of ISO 4217; did you mean 'CNY'?"),
    ],
)
def test_a_mistake_is_found_before_anything_runs_with_its_place(text: str, place: str, complaint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(text, types=TYPES, expects=None)

    assert caught.value.place == place
    assert complaint in caught.value.message


def test_a_condition_must_be_true_or_false() -> None:
    with pytest.raises(ExpressionError, match="a condition must be true or false; this is string"):
        check("choice", types=TYPES, expects=FactType.BOOL)
    with pytest.raises(ExpressionError, match="a condition must be true or false"):
        truth("choice")


def test_another_type_than_is_needed_is_refused() -> None:
    with pytest.raises(ExpressionError, match="this is money, where string is needed"):
        check("order.total", types=TYPES, expects=FactType.STRING)


def test_money_needs_the_orders_currency_among_the_facts() -> None:
    with pytest.raises(ExpressionError, match=r"money needs the fact 'order\.currency'"):
        check('money("CNY 1.00") > 0', types={}, expects=FactType.BOOL)
    with pytest.raises(FactMissing) as caught:
        truth('money("CNY 1.00") > 0', order={})
    assert caught.value.path == "order.currency"


@pytest.mark.parametrize("missing", [{}, {"status": None}, None, "gone"])
def test_a_fact_that_is_not_set_is_named(missing: Any) -> None:
    with pytest.raises(FactMissing) as caught:
        truth('choice == "refund" || trace.status == "open"', trace=missing)

    assert caught.value.path == "trace.status"


def test_a_fact_whose_presence_is_asked_may_be_unset() -> None:
    early = 'has(report.last_seen_at) && report.last_seen_at < timestamp("2026-04-01T00:00:00Z")'

    assert truth(early)
    assert not truth(early, report={})


def test_a_fact_that_is_unset_and_needed_after_all_is_named() -> None:
    with pytest.raises(FactMissing) as caught:
        truth('has(trace.status) || trace.status == "open"', trace={})

    assert caught.value.path == "trace.status"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10 / (incident.contacts - 2) > 1", "divide by zero"),
        ("9223372036854775807 + incident.contacts > 0", "integer overflow"),
        ("int(choice) > 1", "cannot convert string to int"),
        ("timestamp(choice) > report.last_seen_at", "String to Timestamp conversion failed"),
    ],
)
def test_a_computation_that_fails_is_an_error_and_never_true(text: str, reason: str) -> None:
    with pytest.raises(ExpressionError, match=reason):
        truth(text)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"incident": {"contacts": True}}, "the fact 'incident.contacts' should be int but is True"),
        ({"incident": {"contacts": 2**63}}, "should be int"),
        ({"choice": 5}, "the fact 'choice' should be string but is 5"),
        ({"report": {"last_seen_at": "yesterday"}}, "should be a time with its zone but is 'yesterday'"),
        ({"report": {"last_seen_at": "2026-03-01T08:00:00"}}, "should be a time with its zone"),
        (
            {"order": {"total": {"amount": 1, "currency": "USD"}, "currency": "CNY"}},
            "is in USD, but the order is in CNY",
        ),
        ({"order": {"total": {"amount": "x"}, "currency": "CNY"}}, "the fact 'order.total' should be money"),
    ],
)
def test_a_fact_of_another_type_is_refused(changed: dict[str, Any], complaint: str) -> None:
    every = 'incident.contacts > 0 && choice == "" && has(trace.status) && order.total > 0 && '
    every += 'report.last_seen_at > timestamp("2026-01-01T00:00:00Z")'

    with pytest.raises(DefinitionError) as caught:
        truth(every, **changed)

    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["1" * 1001, "(" * 300 + "1" + ")" * 300, "+".join(["1"] * 400), "true ? 1 : " * 90 + "1"],
)
def test_an_expression_cannot_run_away(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"characters|too long or nested"):
        check(text, types=TYPES, expects=None)


def test_a_regular_expression_takes_time_in_proportion_to_the_text() -> None:
    assert not truth('choice.matches("^(a+)+$")', choice="a" * 50_000 + "b")


def test_the_facts_that_an_expression_reads_are_known() -> None:
    text = 'order.total > money("USD 5.00") && (has(choice) || trace.status.startsWith("order.total"))'

    assert names_of(text, TYPES) == {"order.total", "order.currency", "choice", "trace.status"}
    assert currencies_of(text) == {"USD"}


def _table(kind: TableKind, *rows: tuple[str, str | None, JsonValue]) -> Table:
    return Table(
        kind=kind,
        rows=tuple(
            TableRow(since=date.fromisoformat(since), jurisdiction=place, value=value, source="the law")
            for since, place, value in rows
        ),
    )


TABLES = {
    "percent": _table(TableKind.INT, ("2026-01-01", None, 5), ("2026-03-01", None, 6), ("2025-01-01", "US", 0)),
    "days": _table(TableKind.DAYS, ("2026-01-01", None, 30)),
    "window": _table(TableKind.DURATION, ("2026-01-01", None, 3 * 86_400)),
    "most": _table(TableKind.MONEY, ("2026-01-01", None, "CNY 71.00")),
    "party": _table(TableKind.STRING, ("2026-01-01", None, "carrier")),
    "abroad": _table(TableKind.INT, ("2026-01-01", "US", 5)),
}
OF_ORDER = TYPES | {"order.market": FactType.STRING, "order.placed_at": FactType.TIMESTAMP}


def looked_up(text: str, expects: FactType | None = None, **order: Any) -> JsonValue:
    check(text, types=OF_ORDER, expects=expects, tables=TABLES)
    known: Data = {"total": {"amount": 20_000, "currency": "CNY"}, "currency": "CNY", "market": "cn", **order}
    return value_of(text, types=OF_ORDER, facts=facts(order=known), rates=RATES, tables=TABLES)


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ('table("percent")', {"placed_at": "2026-02-28T23:00:00Z"}, 5),
        ('table("percent")', {"placed_at": "2026-02-28T23:00:00-04:00"}, 6),
        ('table("percent")', {"placed_at": "2020-01-01T00:00:00Z"}, 5),
        ('table("percent")', {}, 6),
        ('table("percent")', {"market": "us", "placed_at": "2026-02-28T23:00:00Z"}, 0),
        ('order.total * table("percent") / 100', {}, 1_200),
        ('report.last_seen_at + table("window")', {}, "2026-03-04T00:00:00Z"),
        ('incident.contacts < table("days")', {}, True),
        ('table( "party" ) + "!"', {}, "carrier!"),
        ('table("most")', {"currency": "USD", "total": {"amount": 1, "currency": "USD"}}, 1_000),
    ],
)
def test_a_table_says_what_held_for_the_orders_place_on_its_day(
    text: str, order: dict[str, Any], expected: JsonValue
) -> None:
    assert looked_up(text, **order) == expected


def test_a_limit_from_a_table_is_money() -> None:
    assert check('table("most")', types=OF_ORDER, expects=None, tables=TABLES) is FactType.MONEY
    assert looked_up('order.total > table("most") ? table("most") : order.total', FactType.MONEY) == 7_100
    with pytest.raises(ExpressionError, match="a bare number beside money"):
        check('table("most") > 5', types=OF_ORDER, expects=None, tables=TABLES)
    with pytest.raises(ExpressionError, match="this is string, where money is needed"):
        check('table("party")', types=OF_ORDER, expects=FactType.MONEY, tables=TABLES)


@pytest.mark.parametrize(
    ("text", "place", "complaint"),
    [
        ('1 < table("pecent")', "1:11", "there is no table 'pecent'; did you mean 'percent'?"),
        ("table(choice) > 1", "1:1", "table takes the name of one table"),
        ('table("abroad") > 1', "1:7", "says nothing of other places; add a row without jurisdiction and marketplace"),
        ('table("percent") == "5"', "1:18", "`==` cannot be used on int, string"),
    ],
)
def test_a_table_that_cannot_be_read_is_found_before_anything_runs(text: str, place: str, complaint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(text, types=OF_ORDER, expects=None, tables=TABLES)

    assert caught.value.place == place
    assert complaint in caught.value.message


def test_whose_law_holds_must_be_known_before_a_table_is_read() -> None:
    with pytest.raises(ExpressionError, match=r"a table needs the fact 'order\.market': `do: orders\.read`"):
        check('table("percent") > 1', types=TYPES, expects=None, tables=TABLES)
    with pytest.raises(FactMissing) as caught:
        looked_up('table("percent") > 1', market=None)

    assert caught.value.path == "order.market"
    assert names_of('table("percent") > 1', OF_ORDER) == {"order.market"}
