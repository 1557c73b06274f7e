"""Every kind of step in words: what it does, how long, what silence and refusal mean, and how it is undone."""

import pytest

from runbooks.explaining.items import DoItem, Refusal, Then, walk
from runbooks.explaining.model import Explanation
from tests.runbooks.explaining.builders import EN, ZH, explained, said, with_plans, with_steps

TRACE = "- {do: shipping.open_trace, save_as: trace, undo: shipping.close_trace}\n"


def tells(explanation: Explanation, *lines: str) -> None:
    """Each of the lines stands on the page, in the language that it is written in."""
    page = [*said(explanation, EN), *said(explanation, ZH)]
    assert [line for line in lines if line not in page] == []


def test_a_read_and_an_effect_tell_their_refusals_and_their_undo() -> None:
    steps = "- {do: inventory.check}\n- {do: inventory.reserve, undo: inventory.release, on_refusal: continue}\n"

    tells(
        with_steps(steps),
        "Check whether the goods could be reserved again.",
        "If it is refused (`ParcelNotFound`), it becomes a person's task.",
        "Reserve the goods.",
        "It can be taken back: give the reserved goods back to stock.",
        "If it is refused (`OutOfStock`, `ParcelNotFound`), we go on without it.",
        "预留商品。",
        "可以撤销：释放预留商品。",
        "如被拒绝（`OutOfStock`、`ParcelNotFound`），跳过并继续。",
    )


def test_what_is_skipped_or_refused_tells_which_fact_holds_then() -> None:
    steps = TRACE.replace(
        "save_as: trace", "save_as: trace, when: incident.contacts > 1, on_refusal: continue, otherwise: {status: none}"
    )

    tells(
        with_steps(steps),
        "If the number of reports is more than 1: ask the carrier to look for the parcel.",
        "If it is skipped or refused, we take it that the trace's status is `none`.",
        "如报告次数超过 1 次：请承运商查找包裹。",
        "如跳过或被拒绝，则按查找状态为 `none` 处理。",
    )


def test_what_is_final_tells_so_and_names_what_matters_of_its_inputs() -> None:
    plan = (
        "- plan: refund\n  when: incident.contacts > 1\n  steps:\n    - {do: shipping.read_parcel, save_as: parcel}\n"
        "    - {do: payments.refund, with: {parcel_id: x, amount: =parcel.value}, final: true}\n"
    )

    tells(
        with_plans(plan),
        "Plan `refund`, if the number of reports is more than 1:",
        "Refund the customer (amount: the parcel's value).",
        "It cannot be called back.",
        "If it is refused (`RefundTooHigh`, `OrderNotFound`, `PaymentDeclined`), the plan fails.",
        "Cannot be called back: refund the customer and messages that were sent.",
        "方案 `refund`，条件：报告次数超过 1 次。",
        "给顾客退款（金额：包裹价值）。",
        "一经执行，不可撤回。",
    )


def test_a_tell_tells_its_subject_in_the_page_s_language() -> None:
    tells(
        with_steps("- {tell: customer, message: sorry, on_refusal: continue}\n"),
        "Write to the customer: “We are sorry”.",
        "If it cannot be delivered, we go on without it.",
        "给顾客发送消息：“抱歉”。",
        "如无法送达，跳过并继续。",
    )


def test_what_concerns_safety_tells_that_it_goes_out_at_night() -> None:
    tells(
        with_steps(
            "- {tell: customer, message: sorry, safety: true}\n"
            "- {ask: customer, question: sorry, safety: true, choices: [1], answer_within: 1d, if_silent: skip}\n"
        ),
        "As it concerns the customer's safety, it goes out at night too.",
        "涉及顾客安全，夜间也照常发出。",
    )


def test_an_ask_of_another_kind_tells_what_may_be_answered_and_whom_it_is_for() -> None:
    steps = (
        "- {ask: merchant, question: sorry, answer: text, answer_within: 1d, if_silent: none_of_it, save_as: words}\n"
        "- {ask: customer, question: sorry, answer: amount, at_least: CNY 1.00, at_most: =order.total, "
        "answer_within: 1d, if_silent: skip, otherwise: CNY 0.00, save_as: wanted}\n"
        "- {ask: customer, question: sorry, answer: amount, answer_within: 1d, if_silent: =order.total}\n"
        "- {ask: customer, question: sorry, answer: files, at_most: 3, answer_within: 1d, if_silent: skip}\n"
    )

    tells(
        with_steps(steps),
        "Ask the merchant: “We are sorry”.",
        "The answer is a text.",
        "An answer is awaited for 24 hours from its delivery; silence means `none_of_it`.",
        "The answer is an amount in the order's currency, at least CNY 1.00 and at most the order's total, as it is "
        "when it is asked.",
        "The answer is kept as `wanted`; it is CNY 0.00 if the question is not answered.",
        "The answer is an amount in the order's currency.",
        "An answer is awaited for 24 hours from its delivery; silence means the order's total.",
        "The answer is files: 1 to 3. They are kept as evidence.",
        "询问商家：“抱歉”。",
        "以文字答复。",
        "自送达起等待答复 24 小时；逾期未答复视为答复 `none_of_it`。",
        "以订单币种的金额答复，不低于 CNY 1.00，不高于订单总额，以提问时为准。",
        "答复记为 `wanted`；未答复时记为 CNY 0.00。",
        "以文件答复，共 1 至 3 份，作为凭证保存。",
    )


def test_an_ask_of_a_role_tells_that_its_people_are_paged_and_alone_can_answer() -> None:
    ladder = "escalation:\n  - {page: boss, ack_within: 1h}\n"
    ask = "{ask: clerk, question: sorry, choices: [yes, no], answer_within: 1d, if_silent: no}"

    tells(
        explained(("stages:", f"{ladder}stages:"), ("save_as: order}\n", f"save_as: order}}\n    - {ask}\n")),
        "Ask the clerk role: “We are sorry”.",
        "An answer is awaited for 24 hours from then on; silence means `no`.",
        "Whoever is on duty is paged until somebody takes it on; only one of the role can answer.",
        "The clerk role does not answer “We are sorry” within 24 hours: that means `no`.",
        "询问 `clerk`：“抱歉”。",
        "自提问起等待答复 24 小时；逾期未答复视为选择 `no`。",
        "通知值班人员，直至有人接手；仅该角色的人员可以答复。",
    )


def test_an_ask_tells_its_choices_its_limits_and_what_silence_means() -> None:
    steps = (
        "- {ask: customer, question: sorry, after: {critical: 1h, high: 2h, medium: 3h, low: 4h}, "
        "choices: {again: incident.contacts > 1, never: true}, answer_within: 3d, if_silent: never, save_as: choice, "
        "when: incident.contacts > 2, on_refusal: continue, otherwise: again}\n"
        "- {ask: customer, question: sorry, choices: [1, 2], answer_within: 36h, if_silent: skip}\n"
    )

    tells(
        with_steps(steps),
        "If the number of reports is more than 2: ask the customer: “We are sorry”.",
        "Asked 2 hours (high) or 4 hours (low) after this step begins.",
        "The choices: `again` (if the number of reports is more than 1), `never`. What is offered is decided when the "
        "question goes out.",
        "An answer is awaited for 3 days from its delivery; silence means `never`.",
        "The answer is kept as `choice`; it is `again` if the question is not asked or cannot be delivered.",
        "The choices: `1`, `2`.",
        "An answer is awaited for 36 hours from its delivery; silence means that we go on without an answer.",
        "The customer does not answer “We are sorry” within 3 days: that means `never`.",
        "The customer does not answer “We are sorry” within 36 hours: we go on without an answer.",
        "本步骤开始后，等待一段时间（高为 2 小时；低为 4 小时）再发出。",
        "答复记为 `choice`；未提问或无法送达时记为 `again`。",
        "顾客在 3 天内未答复“抱歉”：视为选择 `never`。",
        "顾客在 36 小时内未答复“抱歉”：不再等待，继续处理。",
    )


def test_a_wait_tells_for_what_how_long_and_what_is_assumed_then() -> None:
    steps = TRACE + (
        '- {wait: trace.status != "open", at_most: 24h, then_assume: {trace.status: lost}, '
        "waiting_for: payment_provider, "
        "check: {do: shipping.read_trace, with: {trace_id: =trace.trace_id}, every: 6h, save_as: trace}}\n"
    )

    tells(
        with_steps(steps),
        "Wait for the payment provider until the trace's status is not `open`.",
        "At most 24 hours; then we take it that the trace's status is `lost`.",
        "Every 6 hours, and at once when there is news: ask the carrier what the search has found.",
        "We wait for the payment provider at most 24 hours; then we take it that the trace's status is `lost`.",
        "等待支付机构，直到查找状态不为 `open`。",
        "每隔 6 小时，以及有新消息时：向承运商查询查找结果。",
        "等待支付机构，最长 24 小时；逾期则按查找状态为 `lost` 处理。",
    )


def test_what_runs_at_once_and_in_rounds_holds_its_steps() -> None:
    ask = "{ask: customer, question: sorry, after: 1h, choices: [a, b], answer_within: 1d, if_silent: a, save_as: %s}"
    steps = (
        f"- together:\n    - {ask % 'one'}\n    - {ask % 'two'}\n"
        f'- rounds:\n    max: 3\n    until: three == "a"\n    steps:\n      - {ask % "three"}\n'
    )

    explanation = with_steps(steps)

    tells(
        explanation,
        "At the same time, until all of them are done:",
        "Asked 1 hour after this step begins, or earlier when everything beside it is done.",
        "In rounds, 3 at most, until `three` is `a`:",
        "Asked 1 hour after this step begins.",
        "以下各项同时进行，全部完成后继续：",
        "本步骤开始后，等待 1 小时再发出；同时进行的其他各项如已全部完成，则提前发出。",
        "重复以下步骤，最多 3 轮，直到 `three` 为 `a`：",
    )


def test_a_limit_for_each_severity_is_never_read_as_a_sum() -> None:
    each = "{critical: 1h, high: 2h, medium: 3h, low: 4h}"
    steps = TRACE + (
        f'- {{wait: trace.status != "open", at_most: {each}, then_assume: {{trace.status: lost}}, '
        "waiting_for: carrier}\n"
        f"- {{ask: customer, question: sorry, choices: [a, b], answer_within: {each}, if_silent: a}}\n"
    )

    tells(
        with_steps(steps),
        "At most 2 hours (high) or 4 hours (low); then we take it that the trace's status is `lost`.",
        "An answer is awaited for 2 hours (high) or 4 hours (low) from its delivery; silence means `a`.",
        "最长时间因严重程度而异（高为 2 小时；低为 4 小时）；逾期则按查找状态为 `lost` 处理。",
        "自送达起等待答复一段时间（高为 2 小时；低为 4 小时）；逾期未答复视为选择 `a`。",
        "顾客在时限内（高为 2 小时；低为 4 小时）未答复“抱歉”：视为选择 `a`。",
    )


def test_of_plans_with_one_condition_the_later_waits_for_the_earlier_to_fail() -> None:
    plan = "- plan: {}\n  when: incident.contacts {} 1\n  steps:\n    - {{do: inventory.check}}\n"

    tells(
        with_plans(plan.format("one", ">") + plan.format("other", ">=") + plan.format("two", ">")),
        "Plan `one`, if the number of reports is more than 1:",
        "Plan `other`, if the number of reports is at least 1:",
        "Plan `two`, if the number of reports is more than 1; with the same condition as `one`, it is tried only after "
        "that has failed:",
        "方案 `other`，条件：报告次数不少于 1 次。",
        "方案 `two`，条件：报告次数超过 1 次。与方案 `one` 条件相同，仅在方案 `one` 失败后尝试。",
        "方案 `say_sorry`，前面的方案均不适用或已失败时采用。",
    )


def test_an_approval_tells_who_by_when_and_that_silence_is_no_yes() -> None:
    plan = (
        "- plan: dear\n  when: incident.contacts > 1\n  steps:\n"
        "    - {approve: clerk, decide_within: 4h, if_silent: escalate}\n"
        "    - {approve: finance, decide_within: 2h, if_silent: reject}\n"
    )

    tells(
        with_plans(plan),
        "Somebody of the clerk role who did not ask for it must approve.",
        "The decision is due within 4 hours; silence never means yes: it becomes their task, and a role that may "
        "approve more can decide too.",
        "The decision is due within 2 hours; silence never means yes: it counts as rejected.",
        "If it is rejected, the plan fails.",
        "The clerk role does not decide within 4 hours: that becomes their task.",
        "The finance role does not decide within 2 hours: that counts as rejected.",
        "Not counted: how long an approval takes when nobody has decided in time. It has no limit.",
        "须由财务中非申请人的一位审批。",
        "须在 2 小时内决定；逾期绝不视为同意，而是视为驳回。",
        "如被驳回，本方案失败。",
    )


def test_an_approval_tells_how_many_must_approve_and_about_how_much() -> None:
    plan = (
        "- plan: dear\n  when: incident.contacts > 1\n  steps:\n"
        "    - {approve: lead, decide_within: 4h, if_silent: reject}\n"
        "    - {approve: finance, amount: =order.total, approvers: 2, decide_within: 4h, if_silent: reject}\n"
        "    - together:\n"
        "        - {tell: customer, message: sorry}\n"
        "        - {do: payments.refund, with: {amount: =order.total}, final: true}\n"
        "- plan: fixed\n  when: incident.contacts > 2\n  steps:\n"
        "    - {approve: lead, amount: {amount: 2000, currency: CNY}, decide_within: 4h, if_silent: reject}\n"
    )

    tells(
        with_plans(plan),
        "Somebody of the lead role who did not ask for it must approve the order's total.",
        "Two people of the finance role who did not ask for it must approve the order's total.",
        "Somebody of the lead role who did not ask for it must approve CNY 20.00.",
        "More is not approved by it: for that, it is asked anew.",
        "Not counted: that an approval is asked anew when the amount has grown.",
        "未计入：金额增加后重新审批的时间。",
        "须由 `lead` 中非申请人的一位审批订单总额。",
        "须由财务中非申请人的 2 位审批订单总额。",
        "审批仅对该金额有效，超出时须重新申请。",
        "The lead role: 2 people, no roster: all are paged; each approves up to CNY 1,000.00 for an order and "
        "CNY 1,000.00 on a day.",
        "`lead`：共 2 人，无排班，通知全员；每人审批上限为每单 CNY 1,000.00，每日 CNY 1,000.00。",
    )


def test_what_may_be_given_on_top_is_told_with_its_limits() -> None:
    steps = "- {do: payments.give_goodwill, with: {amount: =order.total}, final: true}\n"

    tells(
        with_steps(steps),
        "Give the customer something for the trouble (amount: the order's total).",
        "At most CNY 50.00 for an order in all and CNY 2,000.00 on a day for all orders.",
        "上限：每单合计 CNY 50.00，全部订单每日合计 CNY 2,000.00。",
    )


def test_a_decision_and_a_measure_tell_their_conditions() -> None:
    steps = (
        "- {decide: kind, choices: {dear: incident.contacts > 1}, otherwise: cheap}\n"
        "- {measure: inventory.reserve, lift: inventory.release, until: incident.closed}\n"
    )

    tells(
        with_steps(steps),
        "Decide `kind`: `dear` (if the number of reports is more than 1); otherwise `cheap`.",
        "For the time being: reserve the goods.",
        "Lifted as soon as the incident is closed, and on every way out: give the reserved goods back to stock.",
        "Reserve the goods: lifted by “give the reserved goods back to stock”.",
        "Measures are lifted on every way out.",
        "判定 `kind`：`dear`（报告次数超过 1 次）；其他情况为 `cheap`。",
        "事件已结束时解除，以任何方式结束时也会解除：释放预留商品。",
        "“预留商品”的解除方式：释放预留商品。",
    )


@pytest.mark.parametrize(
    ("steps", "then", "after_final"),
    [
        ("- {do: inventory.check}", Then.PLAN_FAILS, None),
        ("- FINAL\n- {do: inventory.check, on_refusal: continue}", Then.CONTINUE, None),
        ("- {do: inventory.check, on_refusal: continue}", Then.CONTINUE, None),
        ("- MAYBE\n- {do: inventory.check, on_refusal: continue}", Then.CONTINUE, None),
        ("- MAYBE\n- {do: inventory.check, on_refusal: task}", Then.PLAN_FAILS, Then.TASK),
        ("- REFUSABLE\n- {do: inventory.check, on_refusal: task}", Then.PLAN_FAILS, Then.TASK),
        ("- FINAL\n- REFUSABLE\n- {do: inventory.check, on_refusal: task}", Then.TASK, None),
        (
            "- together:\n    - REFUSABLE\n    - {tell: customer, message: sorry}\n"
            "- {do: inventory.check, on_refusal: task}",
            Then.PLAN_FAILS,
            Then.TASK,
        ),
        ("- together:\n    - FINAL\n    - {do: inventory.check, on_refusal: task}", Then.PLAN_FAILS, Then.TASK),
        ("- together:\n    - {do: inventory.check, on_refusal: task}\n    - FINAL", Then.PLAN_FAILS, Then.TASK),
        (
            "- together:\n    - FINAL\n    - {tell: customer, message: sorry}\n"
            "- {do: inventory.check, on_refusal: task}",
            Then.TASK,
            None,
        ),
        (
            "- rounds:\n    max: 2\n    until: incident.contacts > 1\n    steps:\n"
            "      - {do: inventory.check, on_refusal: task}\n"
            "      - {do: shipping.file_claim, final: true, on_refusal: task}",
            Then.PLAN_FAILS,
            Then.TASK,
        ),
    ],
)
def test_a_refusal_in_a_plan_fails_it_unless_it_goes_on_without_it_or_something_final_was_done(
    steps: str, then: Then, after_final: Then | None
) -> None:
    claim = "do: shipping.file_claim, final: true"
    maybe = f"{{{claim}, when: incident.contacts > 1}}"
    written = steps.replace("FINAL", f"{{{claim}}}").replace("MAYBE", maybe)
    written = written.replace("REFUSABLE", f"{{{claim}, on_refusal: continue}}")
    body = "".join(f"    {line}\n" for line in written.splitlines())

    explanation = with_plans(f"- plan: some\n  when: incident.contacts > 1\n  steps:\n{body}")

    (check,) = [
        item
        for item in walk(explanation.stages[2].plans[0].items)
        if isinstance(item, DoItem) and item.activity == "inventory.check"
    ]
    assert check.refusal == Refusal(reasons=("ParcelNotFound",), then=then, after_final=after_final)


def test_what_a_refusal_leads_to_after_something_final_is_told_beside_the_rule() -> None:
    plan = (
        "- plan: some\n  when: incident.contacts > 1\n  steps:\n"
        "    - {do: shipping.file_claim, final: true, when: incident.contacts > 2}\n"
        "    - {do: inventory.check, on_refusal: task}\n"
    )

    tells(
        with_plans(plan),
        "If it is refused (`ParcelNotFound`), the plan fails; where something that cannot be called back was done "
        "before, it becomes a person's task.",
        "如被拒绝（`ParcelNotFound`），本方案失败；但此前如已做过不可撤回的操作，则转为人工任务。",
    )
