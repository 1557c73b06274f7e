"""What differs between two bundles, as it is told to those who own runbooks."""

from datetime import date, timedelta
from typing import Any

import pytest

from amends.models import Money, Party, Stage
from runbooks.bundle import Bundle
from runbooks.comparing.differences import differences
from runbooks.policy import GoalName, Shift, TableRow
from runbooks.program import AnswerKind, Value
from tests.runbooks.comparing.builders import bundle, deadline, hours, rich

LOOKING = "    - {tell: customer, message: lost_parcel.looking}\n"
READ_ORDER = "    - {do: orders.read, save_as: order}\n"
READ_PARCEL = "    - {do: shipping.read_parcel, save_as: parcel}\n"
QUESTION = "Stage analysis, what runs at once, question `lost_parcel.reship_or_refund`"


def told(before: Bundle, after: Bundle) -> list[tuple[str | None, ...]]:
    """Place, what, change, before and after of every difference."""
    return [(each.place, each.what, each.change, each.before, each.after) for each in differences(before, after)]


def told_of(*changes: tuple[str, str]) -> list[tuple[str | None, ...]]:
    return told(bundle(), bundle(*changes))


def with_(whole: Bundle, **fields: Any) -> Bundle:
    return whole.model_copy(update=fields)


def test_a_deadline_that_is_the_same_for_all_is_told_once() -> None:
    found = told_of(("answer_within: 48h", "answer_within: 24h"))

    assert found == [(QUESTION, "answer within", "changed", "48h", "24h")]


def test_a_deadline_by_severity_is_told_for_those_that_changed() -> None:
    found = told_of(("after: {critical: 24h, high: 24h, medium: 48h,", "after: {critical: 12h, high: 24h, medium: 3d,"))

    assert found == [
        (QUESTION, "after (critical)", "changed", "24h", "12h"),
        (QUESTION, "after (medium)", "changed", "48h", "72h"),
    ]


def test_a_threshold_is_told_with_both_its_conditions() -> None:
    found = told_of(
        ('critical: parcel.value >= money("CNY 5000.00")', 'critical: parcel.value >= money("CNY 8000.00")')
    )

    before, after = (f'`parcel.value >= money("CNY {amount}")`' for amount in ("5000.00", "8000.00"))
    assert found == [("Severity, critical", "", "changed", before, after)]


def test_a_severity_that_gets_or_loses_its_rule_is_told() -> None:
    rule = '  medium: parcel.value >= money("CNY 200.00")\n'
    without = bundle((rule, ""))

    condition = '`parcel.value >= money("CNY 200.00")`'
    assert told(bundle(), without) == [("Severity", "medium", "removed", condition, None)]
    assert told(without, bundle())[0][:3] == ("Severity", "medium", "new")


def test_a_new_plan_is_told_whole_with_where_it_stands() -> None:
    voucher = """\
    - plan: voucher
      when: choice == "refund" && order.total > money("CNY 5.00")
      steps:
        - {do: inventory.reserve, undo: inventory.release}
        - {tell: customer, message: lost_parcel.looking}
"""
    changed = bundle(("    - plan: refund\n", f"{voucher}    - plan: refund\n"))

    text = """\
when `choice == "refund" && order.total > money("CNY 5.00")`
step `inventory.reserve`: undone by `inventory.release`
message `lost_parcel.looking`"""
    assert told(bundle(), changed) == [
        ("Stage action", "plan `voucher`, between plan `reship` and plan `refund`", "new", None, text)
    ]
    assert told(changed, bundle()) == [("Stage action", "plan `voucher`", "removed", text, None)]


def test_plans_in_another_order_are_told_as_the_fewest_that_were_moved() -> None:
    plans = bundle().program.action
    program = bundle().program.model_copy(update={"action": (plans[1], plans[0], plans[2])})

    found = told(bundle(), with_(bundle(), program=program))

    (place, what, change, before, after) = found[0]
    assert (len(found), place, change) == (1, "Stage action", "moved")
    assert what in ("plan `resume_delivery`", "plan `reship`")
    assert before != after


def test_a_step_that_was_moved_is_told_with_both_its_places() -> None:
    found = told_of((LOOKING, ""), (READ_ORDER, READ_ORDER + LOOKING))

    assert found == [
        (
            "Stage report",
            "message `lost_parcel.looking`",
            "moved",
            "after step `shipping.read_parcel`",
            "between step `orders.read` and measure `orders.hold`",
        )
    ]


def test_a_step_that_was_taken_out_of_what_runs_at_once_is_moved_and_not_new() -> None:
    program = bundle().program
    *before, together = program.analysis
    assert together.kind == "together"
    wait, ask = together.steps
    slower = ask.model_copy(update={"answer_within": hours(72)})
    apart = program.model_copy(update={"analysis": (*before, wait, slower)})

    found = told(bundle(), with_(bundle(), program=apart))

    assert found == [
        ("Stage analysis", "what runs at once", "removed", "", None),
        ("Stage analysis", "wait for `trace`", "moved", "among what runs at once", "by itself"),
        (
            "Stage analysis",
            "question `lost_parcel.reship_or_refund`",
            "moved",
            "among what runs at once",
            "by itself",
        ),
        ("Stage analysis, question `lost_parcel.reship_or_refund`", "answer within", "changed", "48h", "72h"),
    ]
    back = told(with_(bundle(), program=apart), bundle())
    assert [(what, change) for _, what, change, _, _ in back] == [
        ("what runs at once, after step `inventory.check`", "new"),
        ("wait for `trace`", "moved"),
        ("question `lost_parcel.reship_or_refund`", "moved"),
        ("answer within", "changed"),
    ]


def test_whom_a_question_is_for_and_what_it_wants_is_told_where_it_changes_and_where_it_is_new() -> None:
    program = bundle().program
    *before, together = program.analysis
    assert together.kind == "together"
    wait, ask = together.steps
    most, silence = Value(expr="order.total", money=True), Value(expr='money("CNY 5.00")', money=True)
    wanted = {"answer": AnswerKind.AMOUNT, "at_most": most, "if_silent": silence}
    other = ask.model_copy(update={"to": Party.US, "role": "logistics", **wanted})
    new = other.model_copy(update={"id": "analysis.ask.satisfaction", "question": "satisfaction", "choices": ()})

    changed = program.model_copy(update={"analysis": (*before, together.model_copy(update={"steps": (wait, other)}))})
    longer = program.model_copy(update={"analysis": (*before, together, new)})

    assert told(bundle(), with_(bundle(), program=changed)) == [
        (QUESTION, "to", "changed", "customer", "us"),
        (QUESTION, "asked of", "changed", "none", "`logistics`"),
        (QUESTION, "kind of answer", "changed", "choice", "amount"),
        (QUESTION, "at most", "changed", "none", "`=order.total` (an amount of money)"),
        (QUESTION, "if silent", "changed", "`refund`", '`=money("CNY 5.00")` (an amount of money)'),
    ]
    ((_, _, _, _, text),) = told(bundle(), with_(bundle(), program=longer))
    assert str(text).startswith("asked of `logistics`, after critical 24h")
    assert "kind of answer amount, at most `=order.total` (an amount of money)" in str(text)


def test_a_new_step_is_told_with_what_it_does_and_the_facts_it_brings() -> None:
    found = told_of((READ_PARCEL, READ_PARCEL + "    - {do: inventory.check, save_as: early}\n"))

    where = "step `inventory.check`, between step `shipping.read_parcel` and message `lost_parcel.looking`"
    assert ("Stage report", where, "new", None, "saved as `early`") in found
    assert ("Facts that conditions may read", "`early.reservable`", "new", None, "bool") in found


def test_a_changed_message_is_told_with_both_texts() -> None:
    texts = bundle().messages["lost_parcel.looking"]
    changed = {**texts, "zh": texts["zh"].model_copy(update={"body": "您好，\n我们在找。\n"})}
    messages = {**bundle().messages, "lost_parcel.looking": changed}

    found = told(bundle(), with_(bundle(), messages=messages))

    assert found == [
        ("Messages, lost_parcel.looking (zh)", "text", "changed", texts["zh"].body, "您好，\n我们在找。\n")
    ]


def test_an_input_and_a_choice_are_told_by_their_names() -> None:
    offered = '            still_wanted: trace.status == "found"'

    found = told_of(
        ("{amount: =parcel.lines_refundable}", "{amount: =parcel.value}"),
        (offered, f"{offered} && stock.reservable"),
    )

    assert found == [
        (
            f"{QUESTION}, choice `still_wanted`",
            "when",
            "changed",
            '`trace.status == "found"`',
            '`trace.status == "found" && stock.reservable`',
        ),
        (
            "Stage action, plan `refund`, approval by `finance`",
            "about",  # what is spent is what is approved
            "changed",
            "`=parcel.lines_refundable` (an amount of money)",
            "`=parcel.value` (an amount of money)",
        ),
        (
            "Stage action, plan `refund`, step `payments.refund`",
            "with `amount`",
            "changed",
            "`=parcel.lines_refundable` (an amount of money)",
            "`=parcel.value` (an amount of money)",
        ),
    ]


def test_rows_of_a_table_are_told_by_their_day_and_place() -> None:
    name, table = next(iter(rich().tables.items()))
    row = TableRow(since=date(2027, 1, 1), jurisdiction="US", marketplace="tmall", value=45 * 86400, source="The rules")
    fewer = table.model_copy(update={"rows": (*table.rows[1:], row)})

    found = told(rich(), with_(rich(), tables={name: fewer}))

    place = "Tables, `carrier_claim_window`"
    assert [each[:3] for each in found] == [
        (place, "row since 2026-01-01", "removed"),
        (place, "row since 2027-01-01 for US, tmall", "new"),
    ]
    assert found[1][4] == "value 45d, source “The rules”"


def test_a_holiday_a_goal_a_ladder_and_a_role_are_told_in_words() -> None:
    whole = rich()
    assert whole.sla is not None
    office = whole.calendars["cn_office"]
    calendar = office.model_copy(update={"holidays": (*office.holidays, date(2026, 12, 31)), "hours": ((540, 1080),)})
    goals = {
        **whole.sla.goals,
        GoalName.RESOLVE: whole.sla.goals[GoalName.RESOLVE].model_copy(update={"calendar": "x"}),
    }
    role = whole.roles["finance"]
    duty = (role.duty[0].model_copy(update={"ends": 7 * 1440}), Shift(who="an", begins=570, ends=600))
    changed = with_(
        whole,
        sla=whole.sla.model_copy(update={"goals": goals, "warn_at": (50, 90)}),
        calendars={**whole.calendars, "cn_office": calendar},
        escalation=(*whole.escalation[:2], *whole.escalation[3:]),
        roles={**whole.roles, "finance": role.model_copy(update={"duty": duty, "approves_up_to": None})},
        external=(*whole.external, deadline("platform_window")),
    )

    found = told(whole, changed)

    assert found == [
        ("Service levels, resolve", "calendar", "changed", "none", "`x`"),
        ("Service levels", "warn at", "changed", "50%, 80%", "50%, 90%"),
        ("Deadlines of others", "deadline `platform_window`", "new", None, "from `a`, table `t`, protected by `x`"),
        (
            "Ladder",
            "level that pages `operations_manager`",
            "removed",
            "acknowledged within critical 15m, high 1h, medium 4h, low 8h, pages 3, paged again after 4h",
            None,
        ),
        ("People, role `finance`", "duty of fang from sat 00:00", "removed", "to sun 24:00", None),
        ("People, role `finance`, duty of dai from mon 00:00", "to", "changed", "sat 00:00", "sun 24:00"),
        ("People, role `finance`", "duty of an from mon 09:30", "new", None, "to mon 10:00"),
        ("People, role `finance`", "approves up to", "changed", "CNY 20,000.00", "any amount"),
        ("Calendars, `cn_office`", "working hours", "changed", "09:00-12:00, 13:00-18:00", "09:00-18:00"),
        ("Calendars, `cn_office`", "holiday 2026-12-31", "new", None, ""),
    ]


def test_times_are_told_to_the_second_so_that_no_difference_is_rounded_away() -> None:
    found = told(
        with_(bundle(), reopen_for=timedelta(days=30)), with_(bundle(), reopen_for=timedelta(days=30, seconds=1))
    )

    assert found == [("", "reopened for", "changed", "30d", "30d 1s")]


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.ACTION])
def test_a_step_taken_out_of_any_stage_is_told_under_that_stage(stage: Stage) -> None:
    program = bundle().program
    fewer = program.model_copy(update={stage.value: program.steps_of(stage)[1:]})

    (found,) = told(bundle(), with_(bundle(), program=fewer))

    assert found[0] == f"Stage {stage.value.replace('_', '-')}"
    assert found[2] == "removed"


def test_a_limit_of_money_is_told_in_its_own_decimals() -> None:
    role = rich().roles["finance"]
    yen = with_(
        rich(), roles={"finance": role.model_copy(update={"approves_up_to": Money(amount=500, currency="JPY")})}
    )

    assert told(rich(), yen)[-1][3:] == ("CNY 20,000.00", "JPY 500")
