from datetime import timedelta

import pytest

from runbooks.language.compiler import examine, workflow_type
from runbooks.language.problems import RunbookErrors, Weight
from runbooks.policy import Clearing, Interrupt, Night
from runbooks.program import (
    ApproveStep,
    AskStep,
    Choice,
    DecideStep,
    FactType,
    Rounds,
    TellStep,
    Together,
    Value,
    WaitStep,
)
from tests.runbooks.builders import RATES, REFERENCE, compiled, small, texts

TELL = "        - {tell: customer, message: sorry}\n"


def in_plan(steps: str) -> str:
    return small((TELL, steps))


@pytest.mark.parametrize(("name", "expected"), [("lost_parcel", "LostParcel"), ("stockout", "Stockout")])
def test_an_exception_type_is_its_own_workflow_type(name: str, expected: str) -> None:
    assert workflow_type(name) == expected


def test_ids_that_repeat_are_numbered_in_reading_order() -> None:
    bundle = compiled(in_plan(TELL + f"        - together:\n{'    ' + TELL}{'    ' + TELL}"))

    assert [step.id for step in bundle.program.all_steps()] == [
        "report.orders.read",
        "action.say_sorry.tell.sorry",
        "action.say_sorry.together",
        "action.say_sorry.tell.sorry#2",
        "action.say_sorry.tell.sorry#3",
    ]
    assert isinstance(bundle.program.action[0].steps[1], Together)


def test_each_round_has_the_same_steps_under_ids_of_its_own() -> None:
    bundle = compiled(
        in_plan(
            TELL + '        - rounds:\n            max: 3\n            until: order.status == "paid"\n'
            f"            steps:\n      {TELL}              - together:\n          {TELL}          {TELL}"
        )
    )

    _, rounds = bundle.program.action[0].steps

    assert isinstance(rounds, Rounds)
    assert (rounds.max, rounds.until, len(rounds.rounds)) == (3, 'order.status == "paid"', 3)
    assert [step.id for step in bundle.program.all_steps()][3:] == [
        f"action.say_sorry.{name}{number}"
        for number in ("", "@2", "@3")
        for name in ("tell.sorry#2", "together", "tell.sorry#3", "tell.sorry#4")
    ]
    first, later = rounds.rounds[0][0], rounds.rounds[2][0]
    assert first.model_copy(update={"id": later.id}) == later


def test_a_decision_keeps_the_order_of_its_choices() -> None:
    dear, fair = 'order.total > money("CNY 500.00")', 'order.total > money("CNY 100.00")'
    bundle = compiled(
        in_plan(f"        - {{decide: worth, choices: {{fair: {fair}, dear: {dear}}}, otherwise: cheap}}\n{TELL}")
    )

    decision = bundle.program.action[0].steps[0]

    assert decision == DecideStep(
        id="action.say_sorry.decide.worth",
        fact="worth",
        choices=(Choice(name="fair", when=fair), Choice(name="dear", when=dear)),
        otherwise="cheap",
    )
    assert bundle.facts["worth"] is FactType.STRING


def test_what_cuts_in_goes_into_the_bundle_in_the_order_of_the_file() -> None:
    interrupts = (
        'interrupts:\n  - {on: order.returned, when: order.status == "paid", plan: say_sorry}\n'
        "  - {on: order.cancel_requested, plan: say_sorry}\nstages:"
    )

    assert compiled(small(("stages:", interrupts))).interrupts == (
        Interrupt(on="order.returned", when='order.status == "paid"', plan="say_sorry"),
        Interrupt(on="order.cancel_requested", plan="say_sorry"),
    )


def test_what_clears_an_incident_goes_into_the_bundle_with_its_texts() -> None:
    clears = (
        'clears:\n  - {on: order.paid, when: order.status == "paid", tell: sorry}\n'
        "  - {on: shipment.delivered, tell: sorry, confirm: {question: sorry, answer_within: 2d, if_silent: no}}\n"
        "stages:"
    )

    bundle = compiled(small(("stages:", clears)))

    paid, delivered = bundle.clears
    assert paid == Clearing(on="order.paid", when='order.status == "paid"', tell="sorry", values=paid.values)
    assert (delivered.confirm, delivered.if_silent) == ("sorry", "no")
    assert delivered.answer_within is not None
    assert delivered.answer_within.high == timedelta(days=2)
    assert "sorry" in bundle.messages


def test_what_the_customer_says_when_asked_whether_the_cause_is_gone_is_a_fact_that_may_be_there() -> None:
    clears = (
        "reopen_for: 30d\nclears:\n  - on: shipment.delivered\n    tell: sorry\n"
        "    confirm: {question: sorry, answer_within: 2d, if_silent: yes, save_as: received}\nstages:"
    )

    disputed = (
        '    - plan: dispute\n      when: has(received) && received == "no"\n      steps:\n'
        "        - {tell: customer, message: sorry}\n"
    )

    bundle = compiled(small(("stages:", clears), ("  action:\n", f"  action:\n{disputed}")))

    (delivered,) = bundle.clears
    assert (delivered.if_silent, delivered.save_as) == ("yes", "received")
    assert bundle.facts["received"] is FactType.STRING


def test_an_approval_in_a_round_is_about_what_the_round_spends_behind_it() -> None:
    bundle = compiled(
        in_plan(
            '        - rounds:\n            max: 2\n            until: order.status == "paid"\n            steps:\n'
            "              - {approve: lead, decide_within: 4h, if_silent: reject, on_refusal: task}\n"
            "              - {do: payments.refund, with: {amount: =order.total}, final: true, on_refusal: task}\n"
        )
    )

    approvals = [step for step in bundle.program.all_steps() if isinstance(step, ApproveStep)]

    assert [each.amount for each in approvals] == [Value(expr="order.total", money=True)] * 2


def test_a_list_of_choices_offers_each_always_and_skip_means_no_answer() -> None:
    bundle = compiled(
        in_plan("        - {ask: customer, question: sorry, choices: [1, 2], answer_within: 7d, if_silent: skip}\n")
    )

    (ask,) = bundle.program.action[0].steps

    assert isinstance(ask, AskStep)
    assert ask.choices == (Choice(name="1"), Choice(name="2"))
    assert ask.if_silent is None


def reminded(after: str) -> str:
    """A question whose answer is awaited for two days, or one in haste."""
    within = "answer_within: {critical: 1d, high: 2d, medium: 2d, low: 2d}"
    remind = f"remind: {{message: sorry, after: {after}}}"
    return in_plan(
        f"        - {{ask: customer, question: sorry, choices: [1, 2], {within}, {remind}, if_silent: skip}}\n"
    )


def test_a_question_is_called_to_mind_so_long_after_it() -> None:
    (ask,) = compiled(reminded("[6h, 12h]")).program.action[0].steps

    assert isinstance(ask, AskStep)
    assert ask.remind is not None
    assert (ask.remind.message, ask.remind.after) == ("sorry", (timedelta(hours=6), timedelta(hours=12)))


@pytest.mark.parametrize(
    ("after", "complaint"),
    [
        ("[24h]", "24h is not before `answer_within`, which is 24h at the least; remind earlier, or wait longer"),
        ("[12h, 12h]", "12h is not after 12h; write them in order"),
        ("[]", "`after`"),
        ("[soon]", "'soon' is not a duration"),
    ],
)
def test_a_reminder_that_nobody_could_heed_is_refused(after: str, complaint: str) -> None:
    with pytest.raises(RunbookErrors) as caught:
        compiled(reminded(after))

    assert complaint in str(caught.value)


def test_what_concerns_safety_says_so() -> None:
    told, asked = (
        compiled(
            in_plan(
                "        - {tell: customer, message: sorry, safety: true}\n"
                "        - {ask: customer, question: sorry, safety: true, choices: [1], answer_within: 7d, "
                "if_silent: skip}\n"
            )
        )
        .program.action[0]
        .steps
    )

    assert isinstance(told, TellStep)
    assert isinstance(asked, AskStep)
    assert (told.safety, asked.safety) == (True, True)


@pytest.mark.parametrize(("often", "told"), [("10h", True), ("11h", False)])
def test_that_a_word_is_promised_more_often_than_the_night_lets_be_kept_is_odd(often: str, told: bool) -> None:
    night = Night(begins=timedelta(hours=22), ends=timedelta(hours=8))
    within = f"{{critical: {often}, high: 24h, medium: 48h, low: 72h, tell: sorry}}"
    text = small(("stages:", f"sla:\n  update: {within}\nstages:"))

    found = examine(
        file="l.yaml", text=text, texts=texts(), rates=RATES, reference=REFERENCE._replace(night=night)
    ).problems

    said = (
        "a night takes 10h, and nothing is said in it: no longer than that is 10h (critical); promise less, or shorten "
        "the `night` of the people"
    )
    assert [(each.severity, each.message) for each in found] == ([(Weight.WARNING, said)] if told else [])


def test_inputs_come_from_with_or_from_the_reports_field_of_the_same_name() -> None:
    bundle = compiled(
        in_plan(
            "        - do: payments.refund\n"
            "          with: {amount: =order.total / 2, order_id: SO-1}\n"
            "          final: true\n"
            "        - do: payments.refund\n"
            "          with: {amount: {amount: 500, currency: CNY}}\n"
            "          final: true\n"
            "          on_refusal: task\n"
        )
    )

    first, second = bundle.program.action[0].steps

    assert first.kind == second.kind == "do"
    assert first.inputs == {
        "order_id": Value(literal="SO-1"),
        "parcel_id": Value(expr="report.parcel_id"),
        "amount": Value(expr="order.total / 2", money=True),
    }
    assert second.inputs["amount"] == Value(literal={"amount": 500, "currency": "CNY"})


def test_the_types_of_saved_facts_are_those_of_the_activitys_result() -> None:
    bundle = compiled(in_plan("        - {do: shipping.read_parcel, save_as: parcel}\n"))

    assert bundle.facts["parcel.value"] is FactType.MONEY
    assert bundle.facts["parcel.last_scan_at"] is FactType.TIMESTAMP
    assert bundle.facts["parcel.status"] is FactType.STRING
    assert bundle.facts["incident.contacts"] is FactType.INT


def test_an_optional_field_of_the_report_is_no_input_by_itself() -> None:
    optional = small((TELL, "        - {do: inventory.check}\n"), ("parcel_id: string", "parcel_id: {type: string}"))
    assert compiled(optional).report_optional == ()

    with pytest.raises(RunbookErrors, match="needs 'parcel_id', which not every report carries"):
        compiled(optional.replace("{type: string}", "{type: string, optional: true}"))


def test_a_wait_names_what_it_waits_for_even_without_a_fact() -> None:
    bundle = compiled(
        in_plan(
            '        - {wait: money("CNY 1.00") > 0, at_most: 1d, then_assume: {order.status: paid}, '
            "waiting_for: carrier}\n"
        )
    )

    (wait,) = bundle.program.action[0].steps

    assert isinstance(wait, WaitStep)
    assert wait.id == "action.say_sorry.wait.condition"
