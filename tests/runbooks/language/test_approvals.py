"""What an approval compiles to: about how much it is, by how many it is given, and who else may decide."""

from datetime import timedelta

import pytest

from amends.models import Severity
from runbooks.language.problems import Weight
from runbooks.program import ApproveStep, IfUndecided, OnRefusal, Step, Value
from tests.runbooks.builders import compiled, examined, small

TELL = "        - {tell: customer, message: sorry}\n"
REFUND = "        - {do: payments.refund, with: {amount: =order.total}, final: true}\n"


def in_plan(*steps: str) -> str:
    return small((TELL, "".join(steps)))


def approve(role: str = "finance", rest: str = "", *, indent: int = 8) -> str:
    return f"{' ' * indent}- {{approve: {role}, decide_within: 4h, if_silent: escalate{rest}}}\n"


def approval(step: Step) -> ApproveStep:
    assert isinstance(step, ApproveStep)
    return step


def test_an_approval_says_who_decides_by_when_and_what_silence_means() -> None:
    text = in_plan(
        "        - approve: finance\n"
        "          approvers: 2\n"
        "          when: order.total > 0\n"
        "          decide_within: {critical: 1h, high: 2h, medium: 3h, low: 4h}\n"
        "          if_silent: reject\n"
        "          on_refusal: continue\n"
    )

    asked = approval(compiled(text).program.action[0].steps[0])

    assert asked.id == "action.say_sorry.approve.finance"
    assert (asked.role, asked.approvers, asked.when) == ("finance", 2, "order.total > 0")
    assert asked.decide_within.of(Severity.HIGH) == timedelta(hours=2)
    assert asked.if_silent is IfUndecided.REJECT
    assert asked.on_refusal is OnRefusal.CONTINUE
    assert asked.amount is None


def test_in_a_plan_it_is_about_what_the_next_step_with_an_amount_spends() -> None:
    goodwill = (
        "        - {do: payments.give_goodwill, with: {amount: =order.refunded}, final: true, on_refusal: task}\n"
    )

    asked, again, *_ = compiled(in_plan(approve(), approve("lead"), REFUND, goodwill)).program.action[0].steps

    assert approval(asked).amount == approval(again).amount == Value(expr="order.total", money=True)


def test_what_runs_beside_an_approval_is_not_what_it_is_about() -> None:
    together = (
        f"        - together:\n{approve(indent=12)}"
        "            - {do: payments.compensate, with: {amount: =order.refunded}, final: true}\n"
    )
    refund = REFUND.replace("final: true", "final: true, on_refusal: task")

    both = compiled(in_plan(together, refund)).program.action[0].steps[0]

    assert both.kind == "together"
    assert approval(both.steps[0]).amount == Value(expr="order.total", money=True)


def test_an_amount_that_is_given_is_what_it_is_about() -> None:
    text = in_plan(
        approve("lead", ", amount: =order.total * 2"), approve(rest=", amount: {amount: 500, currency: CNY}")
    )

    computed, fixed = compiled(text).program.action[0].steps

    assert approval(computed).amount == Value(expr="order.total * 2", money=True)
    assert approval(fixed).amount == Value(literal={"amount": 500, "currency": "CNY"})


def test_the_same_amount_may_be_said_twice() -> None:
    asked, _ = compiled(in_plan(approve("lead", ", amount: =  order.total"), REFUND)).program.action[0].steps

    assert approval(asked).amount == Value(expr="order.total", money=True)


def test_every_role_with_a_limit_is_in_the_bundle_where_something_is_approved() -> None:
    assert set(compiled(in_plan(approve())).roles) == {"finance", "lead"}
    assert compiled(small()).roles == {}


def test_an_amount_that_only_an_approval_reads_is_read() -> None:
    text = small(
        ("save_as: order}\n", "save_as: order}\n    - {do: shipping.read_parcel, save_as: parcel}\n"),
        (TELL, approve("lead", ", amount: =parcel.value")),
    )

    assert examined(text).problems == ()


@pytest.mark.parametrize(("approvers", "warned"), [(1, False), (2, True)])
def test_that_everybody_of_a_role_must_approve_is_odd_for_one_of_them_may_be_asking(
    approvers: int, warned: bool
) -> None:
    problems = examined(in_plan(approve(rest=f", approvers: {approvers}"))).problems

    told = "all 2 people of 'finance' must approve, and none of them may be who asks for it; add people to the role"
    assert [(each.severity, each.message) for each in problems] == ([(Weight.WARNING, told)] if warned else [])


def test_who_has_the_tasks_is_who_asks_and_cannot_approve_alone() -> None:
    tasks = "tasks: {owner: clerk, within: 1d}\nseverity:"

    problems = examined(small((TELL, approve("boss")), ("severity:", tasks))).problems

    (problem,) = problems
    assert problem.complaint == "nobody may give this approval when ann asks for it, who alone is 'boss'"
