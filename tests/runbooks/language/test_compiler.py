import pytest

from runbooks.language.compiler import workflow_type
from runbooks.language.problems import RunbookErrors
from runbooks.program import AskStep, Choice, FactType, Together, Value, WaitStep
from tests.runbooks.builders import compiled, small

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


def test_a_list_of_choices_offers_each_always_and_skip_means_no_answer() -> None:
    bundle = compiled(
        in_plan("        - {ask: customer, question: sorry, choices: [1, 2], answer_within: 7d, if_silent: skip}\n")
    )

    (ask,) = bundle.program.action[0].steps

    assert isinstance(ask, AskStep)
    assert ask.choices == (Choice(name="1"), Choice(name="2"))
    assert ask.if_silent is None


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
