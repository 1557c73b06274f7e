"""What stands around the steps: openings, severities, promises, ladders, limits, and what is not carried out."""

from datetime import timedelta

import pytest

from amends.models import Severity, Stage
from runbooks.explaining.model import Page
from runbooks.explaining.reading import explanation_of
from runbooks.language.reading import read_runbook
from runbooks.language.shelf import Shelf
from runbooks.language.source import Source
from runbooks.policy import GoalName, Night, Quiet, Role
from tests.runbooks.builders import RATES, REFERENCE, small, texts
from tests.runbooks.explaining.builders import EN, ZH, explained, hours, said, with_keys

LADDER = (
    "escalation:\n  - {page: clerk, ack_within: {critical: 5m, high: 10m, medium: 1h, low: 2h}, repeat: 2}\n"
    "  - {page: boss, ack_within: {critical: 5m, high: 20m, medium: 1h, low: 4h}, repeat: 3}\n"
)


def test_only_the_severities_that_there_can_be_are_told() -> None:
    explanation = explained()

    assert explanation.severities.possible == (Severity.HIGH, Severity.LOW)
    assert "Stage | high | low" in said(explanation, EN)
    assert "阶段 | 高 | 低" in said(explanation, ZH)


def test_a_runbook_of_one_severity_and_no_waits_tells_so() -> None:
    lines = said(explained(('  high: order.total >= money("CNY 1000.00")\n', "")), EN)

    assert "It is always the same." in lines
    assert "Low: in all other cases." in lines
    assert "Until the end | no waiting" in lines
    assert "Nobody is asked, and nobody is waited for." in lines
    assert "It does nothing that could be undone." in lines
    assert "Nothing is done here." in lines
    assert "Plan `say_sorry`, always:" in lines


def test_each_rung_is_reached_when_all_before_it_have_been_tried() -> None:
    high, low = with_keys(LADDER).ladders

    assert (high.severity, low.severity) == (Severity.HIGH, Severity.LOW)
    assert high.pages == (
        Page(role="clerk", after=timedelta(0), times=2, every=timedelta(minutes=10)),
        Page(role="boss", after=timedelta(minutes=20), times=3, every=timedelta(minutes=20)),
    )
    assert (high.ends_after, low.ends_after) == (timedelta(minutes=80), hours(16))


def test_whose_it_is_to_do_what_is_left_to_a_person_is_told_with_its_time() -> None:
    explanation = with_keys("tasks: {owner: clerk, within: {critical: 1h, high: 2h, medium: 1d, low: 3d}}\n")

    english, chinese = said(explanation, EN), said(explanation, ZH)

    task = "What is left to a person is a task of the clerk role, to be done within 2 hours (high) or 3 days (low)."
    assert task in english
    assert "The clerk role: 2 people, no roster: all are paged." in english
    assert "人工任务由 `clerk` 负责，须在时限内（高为 2 小时；低为 3 天）完成。" in chinese


def test_the_ladder_is_told_with_roles_and_without_their_people() -> None:
    explanation = with_keys(LADDER)

    english, chinese = said(explanation, EN), said(explanation, ZH)

    assert (
        "High: the clerk role at once (2 times, every 10 minutes); the boss role after 20 minutes (3 times, every "
        "20 minutes); after 80 minutes without an acknowledgement the ladder is at its end: that is an alert, and the "
        "last are paged on." in english
    )
    assert "The clerk role: 2 people, no roster: all are paged." in english
    assert "The boss role: one person, no roster: all are paged." in english
    assert not [line for line in english for person in ("ann", "ben", "cho") if f" {person}" in line]
    assert (
        "高：立即通知 `clerk`（共 2 次，每隔 10 分钟一次）；20 分钟后未确认则通知 `boss`（共 3 次，每隔 20 分钟一次）；"
        "80 分钟后仍无人确认，发出警报，并继续通知最后一级。" in chinese
    )


def test_goals_are_held_against_the_longest_way_without_the_time_in_which_their_clocks_stand() -> None:
    steps = (
        "- {do: shipping.open_trace, save_as: trace, undo: shipping.close_trace}\n"
        "- {ask: customer, question: sorry, choices: [a, b], answer_within: 3d, if_silent: a}\n"
        '- {wait: trace.status != "open", at_most: 30h, then_assume: {trace.status: lost}, waiting_for: carrier}\n'
    )
    keys = (
        "sla:\n  resolve: {critical: 12h, high: 24h, medium: 2d, low: 2d}\n"
        "  action: {critical: 1h, high: 1h, medium: 1h, low: 1h, calendar: cn_office}\n"
        "  pause_while_waiting_for: [customer]\n  warn_at: [50%]\n"
    )
    both = explained(
        ("save_as: order}\n", "save_as: order}\n" + "".join(f"    {line}\n" for line in steps.splitlines())),
        ("stages:", keys + "stages:"),
    )

    held = {(each.goal, each.severity): each for each in both.worst.held}

    assert held[GoalName.RESOLVE, Severity.HIGH].longest == hours(30)
    assert not held[GoalName.RESOLVE, Severity.HIGH].keeps
    assert held[GoalName.RESOLVE, Severity.LOW].keeps
    assert both.worst.resolved.of(Severity.LOW) == hours(102)
    assert dict(both.worst.stages)[Stage.REPORT].of(Severity.HIGH) == hours(102)
    lines = said(both, EN)
    assert "The customer is whole | high | 24 hours | 30 hours | may be missed" in lines
    assert "The customer is whole | low | 48 hours | 30 hours | kept" in lines
    assert "Action done | high | 1 hour | no waiting | kept" in lines
    assert "Action done | 1 hour | 1 hour | in the working time of `cn_office`" in lines
    assert "The clocks stop while we wait for the customer." in lines
    assert "There is a warning at 50% of a goal's time." in lines
    assert "等待顾客期间暂停计时。" in said(both, ZH)


def test_a_goal_in_working_time_that_seems_too_long_may_still_fit() -> None:
    plan = (
        "    - plan: wait\n      steps:\n"
        "        - {do: shipping.open_trace, save_as: trace, undo: shipping.close_trace}\n"
        '        - {wait: trace.status != "open", at_most: 9h, then_assume: {trace.status: no}, waiting_for: carrier}\n'
    )
    sla = "sla:\n  action: {critical: 8h, high: 8h, medium: 8h, low: 8h, calendar: cn_office}\n"
    explanation = explained(
        ("    - plan: say_sorry\n      steps:\n        - {tell: customer, message: sorry}\n", plan),
        ("stages:", sla + "stages:"),
    )

    assert "Action done | low | 8 hours | 9 hours | may be missed, if no working time is left over" in said(
        explanation, EN
    )
    assert "完成处置 | 低 | 8 小时 | 9 小时 | 可能超时（取决于其中的工作时间）" in said(explanation, ZH)


def test_who_is_paged_again_and_who_is_left_in_peace_is_told() -> None:
    ladder = (
        "escalation:\n  - page: night\n    ack_within: 10m\n    repeat: 2\n"
        "    again_after: {critical: 1h, high: 2h, medium: 4h, low: 8h}\n"
        "  - {page: boss, ack_within: 10m, again_after: 4h}\n"
    )
    night = Role(team=("ann",), zone="Asia/Shanghai", quiet=Quiet(begins=1320, ends=420, above=Severity.HIGH))
    explanation = with_keys(ladder, roles={**REFERENCE.roles, "night": night})

    english, chinese = said(explanation, EN), said(explanation, ZH)

    assert (
        "High: the night role at once (2 times, every 10 minutes; again 2 hours after an acknowledgement); the boss "
        "role after 20 minutes (again 4 hours after an acknowledgement); after 30 minutes without an acknowledgement "
        "the ladder is at its end: that is an alert, and the last are paged on." in english
    )
    assert (
        "The night role: one person, no roster: all are paged; from 22:00 to 07:00 (Asia/Shanghai) nobody is paged for "
        "what is milder than high." in english
    )
    assert (
        "低：立即通知 `night`（共 2 次，每隔 10 分钟一次；确认后 8 小时再次通知）；20 分钟后未确认则通知 `boss`"
        "（确认后 4 小时再次通知）；30 分钟后仍无人确认，发出警报，并继续通知最后一级。" in chinese
    )
    assert (
        "`night`：共 1 人，无排班，通知全员；22:00 至 07:00（Asia/Shanghai）不因严重程度低于“高”的事件通知。" in chinese
    )


@pytest.mark.parametrize(
    ("warn_at", "english", "chinese"),
    [
        ("  warn_at: [50%, 80%]\n", "at 80% of that time", "用去该时限的 80% 时"),
        ("", "at the end of that time", "该时限用完时"),
    ],
)
def test_a_message_that_goes_out_by_itself_is_told_with_its_moment(warn_at: str, english: str, chinese: str) -> None:
    sla = f"sla:\n  update: {{critical: 12h, high: 24h, medium: 48h, low: 72h, tell: sorry}}\n{warn_at}"
    explanation = with_keys(sla)

    told = f"When the customer has heard nothing from us for long, “We are sorry” goes out by itself, {english}."
    assert told in said(explanation, EN)
    assert f"顾客较久未收到我方消息的，{chinese}自动发送“抱歉”。" in said(explanation, ZH)


def test_the_night_of_customers_is_told_with_whose_clocks_count_and_that_no_question_is_counted_for_it() -> None:
    night = Night(begins=timedelta(hours=22), ends=timedelta(hours=8), zone="Asia/Shanghai")
    ask = "    - {ask: customer, question: sorry, choices: [1], answer_within: 3d, if_silent: skip}\n"
    text, shelf = small(("save_as: order}\n", f"save_as: order}}\n{ask}")), Shelf(texts(), RATES, REFERENCE)
    runbook = read_runbook(Source("late_parcel.yaml", text)).runbook
    assert runbook is not None
    explanation = explanation_of(runbook, shelf._replace(reference=REFERENCE._replace(night=night)))

    english, chinese = said(explanation, EN), said(explanation, ZH)

    assert (
        "From 22:00 to 08:00 (where the customer is, or in Asia/Shanghai if nobody knows) nothing is said to the "
        "customer, and nothing asked, but what concerns their safety: it goes out in the morning." in english
    )
    assert "Not counted: how long a question waits for the morning." in english
    assert (
        "22:00 至 08:00（顾客当地时间，不明时按 Asia/Shanghai）不向顾客发送消息，也不提问，涉及顾客安全的除外；"
        "期间的消息次日早晨发出。" in chinese
    )
    assert "未计入：夜间提问等到次日早晨的时间。" in chinese
    assert not any("waits for the morning" in line for line in said(explained(), EN))


def test_who_approves_what_protects_us_is_told_with_its_time_and_role() -> None:
    keys = (
        "external:\n  claim: {from: report.seen_at, table: claim_window, protect_by: shipping.file_claim, "
        "safe_before: 4h, approve: finance, decide_within: {critical: 1h, high: 2h, medium: 4h, low: 8h}}\n"
    )
    explanation = explained(
        ("stages:", keys + "stages:"), ("  parcel_id: string", "  parcel_id: string\n  seen_at: timestamp")
    )

    english, chinese = said(explanation, EN), said(explanation, ZH)

    assert "The finance role approves that first, and is asked 2 hours (high) or 8 hours (low) earlier." in english
    assert "The finance role: 2 people, no roster: all are paged." in english
    assert "此前须由财务审批，并提前一段时间（高为 2 小时；低为 8 小时）提请。" in chinese


def test_deadlines_that_events_are_held_to_are_told_as_they_are_computed() -> None:
    limit = 'order.method == "slip" ? duration("72h") : duration("24h")'
    keys = (
        "events: {promised_by: timestamp, method: string}\nopens:\n"
        f"  - {{expect: order.paid, after: order.created, late_after: '={limit}'}}\n"
        "  - {expect: order.sent, after: order.paid, by: =event.promised_by, whole_day_in: Asia/Shanghai, grace: 1h}\n"
    )

    english, chinese = said(with_keys(keys), EN), said(with_keys(keys), ZH)

    opens = "An order event opens one: "
    assert f"{opens}`order.paid` does not follow `order.created` within what `{limit}` gives." in english
    assert (
        f"{opens}`order.sent` does not follow `order.paid` by `event.promised_by`, to the end of that day in "
        "Asia/Shanghai. It opens 1 hour later." in english
    )
    opens = "由订单动态受理为事件："
    assert f"{opens}`order.created` 之后 `{limit}` 得出的时限内未出现 `order.paid`。" in chinese
    assert (
        f"{opens}`order.paid` 之后截至 `event.promised_by` （按 Asia/Shanghai 时区算至当天结束）未出现 `order.sent`，"
        "再过 1 小时后受理。" in chinese
    )


def test_openings_reopenings_and_takeovers_are_told() -> None:
    keys = (
        "opens:\n  - {expect: shipment.scanned, after: shipment.handed_over, late_after: 72h}\n"
        '  - {match: event.type == "order.refunded"}\nreopen_for: 30d\nsupersedes: [stockout]\n'
        "interrupts:\n  - {on: order.cancel_requested, plan: say_sorry}\n"
    )

    english, chinese = said(with_keys(keys), EN), said(with_keys(keys), ZH)

    assert (
        "An order event opens one: `shipment.scanned` does not follow `shipment.handed_over` within 3 days." in english
    )
    assert "An order event opens one when the event's type is `order.refunded`." in english
    assert (
        "A report after the end opens a new incident, which names the old one; within 30 days it reopens it, and goes "
        "on counting how often it was reported." in english
    )
    assert (
        "When an incident of `stockout` is open on the same subject, its clocks and questions are taken over."
        in english
    )
    assert "At any moment, `order.cancel_requested` starts the plan `say_sorry`." in english
    assert "Not counted: what an event that cuts in adds." in english
    assert "由订单动态受理为事件：`shipment.handed_over` 之后 3 天内未出现 `shipment.scanned`。" in chinese
    assert "任何时候出现 `order.cancel_requested`，即启动方案 `say_sorry`。" in chinese


def test_what_clears_an_incident_is_told_with_what_the_customer_is_asked_first() -> None:
    keys = (
        'clears:\n  - {on: order.paid, when: has(order.status) && order.status == "paid", tell: sorry}\n'
        "  - {on: shipment.delivered, tell: sorry, confirm: {question: sorry, answer_within: 2d, if_silent: no}}\n"
    )

    english, chinese = said(with_keys(keys), EN), said(with_keys(keys), ZH)

    (paid,) = [line for line in english if "`order.paid` clears the incident, if " in line]
    assert paid.endswith(
        "Not if a person has reported it, or if the parcel was left with somebody else than the customer."
    )
    (handed,) = [
        line for line in english if "`shipment.delivered` clears the incident: what was done is undone" in line
    ]
    assert "first, for 48 hours; if they do not say yes, it goes on." in handed
    assert "Not counted: how long the customer is asked whether the cause is gone." in english
    assert [line for line in chinese if "`shipment.delivered`" in line and "先询问顾客" in line]
    assert [line for line in chinese if "`order.paid`" in line and "不予解除" in line]


def test_that_silence_lets_the_word_of_a_carrier_count_is_told() -> None:
    keys = (
        "reopen_for: 30d\nclears:\n"
        "  - {on: shipment.delivered, tell: sorry, confirm: {question: sorry, answer_within: 2d, if_silent: yes}}\n"
    )

    english, chinese = said(with_keys(keys), EN), said(with_keys(keys), ZH)

    assert [line for line in english if "first, for 48 hours; if they say no, or cannot be asked, it goes on." in line]
    assert [line for line in chinese if "顾客答“否”或无法询问，则继续处理。" in line]


def test_a_deadline_of_others_tells_its_table_its_sources_and_what_protects_it() -> None:
    keys = "external:\n  claim: {from: report.seen_at, table: claim_window, protect_by: shipping.file_claim}\n"
    explanation = explained(
        ("stages:", keys + "stages:"), ("  parcel_id: string", "  parcel_id: string\n  seen_at: timestamp")
    )

    lines = said(explanation, EN)

    assert (
        "Set by others: claim. It counts from the report's seen time, never pauses, and its length stands in the table "
        "`claim_window`." in lines
    )
    assert "Anywhere: 24 hours, since 2026-01-01. Source: test." in lines
    assert (
        "At the last safe moment, 24 hours before the deadline, we protect ourselves: claim the parcel's value from "
        "the carrier." in lines
    )
    assert "不限地区：24 小时，自 2026-01-01 起。来源：test。" in said(explanation, ZH)


def test_who_is_answered_sooner_has_a_line_of_their_own_beneath_the_goal() -> None:
    keys = (
        "sla:\n  first_response: {critical: 1h, high: 4h, medium: 12h, low: 24h}\n  resolve: 2d\n"
        '  sooner:\n    - when: order.tier == "gold"\n'
        "      first_response: {critical: 1h, high: 2h, medium: 6h, low: 12h}\n"
    )
    english, chinese = said(with_keys(keys), EN), said(with_keys(keys), ZH)

    assert "First word to the customer | 4 hours | 24 hours | round the clock" in english
    assert "First word to the customer, if the order's tier is `gold` | 2 hours | 12 hours | round the clock" in english
    assert "首次回复顾客（订单客户等级为 `gold` 时） | 2 小时 | 12 小时 | 全天候" in chinese


def test_a_deadline_that_makes_it_more_severe_is_told_with_its_rule() -> None:
    explanation = explained(
        ('  high: order.total >= money("CNY 1000.00")', "  high: {when: incident.contacts > 1, or_near: {claim: 12h}}"),
        ("  parcel_id: string", "  parcel_id: string\n  seen_at: timestamp"),
        (
            "stages:",
            "external:\n  claim: {from: report.seen_at, table: claim_window, protect_by: shipping.file_claim, "
            "safe_before: 6h}\nstages:",
        ),
    )

    english, chinese = said(explanation, EN), said(explanation, ZH)

    assert (
        "High: the number of reports is more than 1; or the deadline claim is no more than 12 hours away, or over, and "
        "nothing done for it." in english
    )
    assert any("whenever a fact changes or a deadline comes near;" in line for line in english)
    assert "高：报告次数超过 1 次；或距外部期限 `claim` 不超过 12 小时或已逾期，而应做之事尚未完成。" in chinese


def test_a_deadline_that_no_call_could_keep_is_told_without_one() -> None:
    explanation = explained(
        ("  parcel_id: string", "  parcel_id: string\n  seen_at: timestamp"),
        ("stages:", "external:\n  by_law: {from: report.seen_at, table: refund_days}\nstages:"),
    )

    english, chinese = said(explanation, EN), said(explanation, ZH)

    assert "Anywhere: 7 days, since 2026-01-01. Source: test." in english
    assert "It is kept when the customer is whole." in english
    assert "顾客问题解决即视为按期完成。" in chinese
    assert not any("last safe moment" in line for line in english)
