"""Conditions in words: what is understood is said in each language, and what is not stays as it was written."""

import pytest

from runbooks.explaining.conditions import Verbatim
from runbooks.explaining.understanding import read_condition, read_operand
from tests.runbooks.explaining.builders import EN, ZH


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        (
            'parcel.value >= money("CNY 5000.00")',
            "the parcel's value is at least CNY 5,000.00",
            "包裹价值不低于 CNY 5,000.00",
        ),
        ("incident.contacts > 1", "the number of reports is more than 1", "报告次数超过 1 次"),
        (
            "order.total <= order.refunded",
            "the order's total is at most the order's refunded amount",
            "订单总额不超过订单已退金额",
        ),
        ("order.total < 5", "the order's total is less than 5", "订单总额小于 5"),
        ('trace.status != "found"', "the trace's status is not `found`", "查找状态不为 `found`"),
        (
            "order.total != order.refunded",
            "the order's total is not the order's refunded amount",
            "订单总额不等于订单已退金额",
        ),
        ('incident.severity == "high"', "the severity is `high`", "严重程度为 `high`"),
        ("stock.reservable", "the stock is reservable", "库存可以预留"),
        ("!stock.reservable", "the stock is not reservable", "库存无法预留"),
        ("report.urgent", "the report says yes to urgent", "`report.urgent` 为是"),
        ("!report.urgent", "the report says no to urgent", "`report.urgent` 为否"),
        ("report.urgent == true", "the report's urgent is true", "`report.urgent` 为是"),
        ("incident.resolved", "the incident is resolved", "顾客问题已解决"),
        ("has(report.last_seen_at)", "the report's last seen time is known", "已有报告中的最后出现时间"),
        ("!has(parcel.last_scan_at)", "the parcel's last scan time is not known", "没有包裹最后扫描时间"),
        ('choice in ["a", "b"]', "`choice` is one of `a`, `b`", "`choice` 是 `a`、`b` 之一"),
        ('!(choice in ["a", "b"])', "`choice` is none of `a`, `b`", "`choice` 不是 `a`、`b` 中的任何一个"),
        ('a == "x" && b == "y"', "`a` is `x` and `b` is `y`", "`a` 为 `x`，且 `b` 为 `y`"),
        (
            'a == "x" || b == "y" && !(a == "z")',
            "`a` is `x` or (`b` is `y` and it is not so that (`a` is `z`))",
            "`a` 为 `x`，或（`b` 为 `y`，且并非（`a` 为 `z`））",
        ),
        ('(a == "x||y") && ((b == "z"))', "`a` is `x||y` and `b` is `z`", "`a` 为 `x||y`，且 `b` 为 `z`"),
        ("!!stock.reservable", "the stock is reservable", "库存可以预留"),
        (
            "parcel.value * 2 > order.total",
            "`parcel.value * 2` is more than the order's total",
            "`parcel.value * 2` 大于订单总额",
        ),
        (
            'order.order_id.startsWith("SO-")',
            '`order.order_id.startsWith("SO-")`',
            '`order.order_id.startsWith("SO-")`',
        ),
        ('a == "x" ? b == "y" : false', '`a == "x" ? b == "y" : false`', '`a == "x" ? b == "y" : false`'),
        ("true", "`true`", "`true`"),
        (
            'report.last_seen_at <\n  timestamp("2026-01-01T00:00:00Z") // long ago\n  && stock.reservable',
            'the report\'s last seen time is less than `timestamp("2026-01-01T00:00:00Z")` and the stock is reservable',
            '报告中的最后出现时间小于 `timestamp("2026-01-01T00:00:00Z")`，且库存可以预留',
        ),
        ("a == 'it\\'s'", "`a` is `'it\\'s'`", "`a` 为 `'it\\'s'`"),
        ("size(a) + 1 == 1.5", "`size(a) + 1` is 1.5", "`size(a) + 1` 等于 1.5"),
        ("a == 7u", "`a` is `7u`", "`a` 为 `7u`"),
        ('a == "x`y"', "`a` is `xy`", "`a` 为 `xy`"),
    ],
)
def test_a_condition_is_said_in_each_language(text: str, english: str, chinese: str) -> None:
    condition = read_condition(text)

    assert EN.condition(condition) == english
    assert ZH.polished(ZH.condition(condition)) == chinese


@pytest.mark.parametrize("text", ["a ? b : c", "a == b == c", "(a) ? (b) : (c)", "f(a, b)", "a in b", "(a || b) == c"])
def test_nothing_that_is_not_understood_is_said_as_if_it_were(text: str) -> None:
    condition = read_condition(text)

    assert isinstance(condition, Verbatim) or "`" in EN.condition(condition)


def test_what_is_no_amount_or_number_stays_as_written() -> None:
    assert EN.operand(read_operand('money("CNY 1.001")')) == '`money("CNY 1.001")`'
    assert EN.operand(read_operand("1.2.3")) == "`1.2.3`"
