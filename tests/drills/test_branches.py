"""Every way that a runbook can go is a branch with an id, words and a hint; ways that it cannot go are none."""

from typing import Any

import pytest

from amends.models import Severity
from drills.branches import branches
from runbooks.library import load
from runbooks.program import (
    Choice,
    DecideStep,
    DoStep,
    IfUndecided,
    OnRefusal,
    Plan,
    Program,
    Rounds,
    SeverityRule,
    Step,
    Together,
)
from tests.drills.builders import APPROVE, HOLD
from tests.workflows.builders import (
    ASK,
    REFUND,
    REPLACE,
    RESERVE,
    SHIP,
    SURVEY,
    TELL,
    TRACE,
    WAIT,
    do,
    lost_parcel,
    read,
)

CHECK = read("inventory.check", stage="analysis", save_as="stock")
CLAIM = do("shipping.file_claim", stage="action.refund", final=True)
REDIRECT = do("shipping.resume_delivery", stage="action.reship", final=True)


def program(*steps: Step, plans: tuple[Plan, ...] = ()) -> Program:
    whole = lost_parcel(report=(), analysis=steps, action=plans, follow_up=()).program
    return whole.model_copy(update={"severity": ()})


def ids(of: Program) -> list[str]:
    return [branch.id for branch in branches(of)]


def words(of: Program) -> dict[str, str]:
    return {branch.id: branch.words for branch in branches(of)}


def hints(of: Program) -> dict[str, str]:
    return {branch.id: branch.hint for branch in branches(of)}


STEPS: list[tuple[str, Step, list[str]]] = [
    (
        "an effect",
        TRACE.model_copy(update={"undo": None}),
        ["shipping.open_trace/applied", "shipping.open_trace/refused"],
    ),
    (
        "an effect with an undo",
        TRACE,
        ["shipping.open_trace/applied", "shipping.open_trace/refused", "shipping.open_trace/undone"],
    ),
    ("a read whose refusal is a person's task", CHECK, []),
    (
        "a read whose refusal the runbook answers",
        CHECK.model_copy(update={"on_refusal": OnRefusal.CONTINUE}),
        ["inventory.check/refused"],
    ),
    (
        "a condition",
        CHECK.model_copy(update={"when": "stock.reservable"}),
        ["inventory.check/taken", "inventory.check/skipped"],
    ),
    ("a message", TELL.model_copy(update={"id": "analysis.tell"}), ["tell/applied", "tell/refused"]),
    (
        "a question",
        ASK,
        ["ask/refused", "ask/chosen/reship", "ask/chosen/refund", "ask/silence"],
    ),
    (
        "a choice with a condition",
        ASK.model_copy(update={"choices": (Choice(name="reship", when="stock.reservable"), Choice(name="refund"))}),
        ["ask/refused", "ask/chosen/reship", "ask/not_offered/reship", "ask/chosen/refund", "ask/silence"],
    ),
    ("a wait", WAIT, ["wait/ended", "wait/timed_out"]),
    (
        "an approval",
        APPROVE.model_copy(update={"id": "analysis.approve"}),
        ["approve/approved", "approve/rejected", "approve/expired"],
    ),
    (
        "a measure",
        HOLD.model_copy(update={"id": "analysis.hold", "when": "stock.reservable"}),
        ["hold/taken", "hold/skipped", "hold/applied", "hold/refused", "hold/lifted"],
    ),
    (
        "a condition of a together",
        Together(id="analysis.together", when="stock.reservable", steps=(CHECK,)),
        ["together/taken", "together/skipped"],
    ),
    (
        "a question beside a wait",
        Together(id="analysis.together", steps=(WAIT, ASK)),
        [
            "wait/ended",
            "wait/timed_out",
            "ask/refused",
            "ask/chosen/reship",
            "ask/chosen/refund",
            "ask/silence",
            "ask/early",
            "ask/on_time",
        ],
    ),
    (
        "a decision",
        DecideStep(
            id="analysis.decide",
            fact="choice",
            choices=(Choice(name="reship", when="stock.reservable"), Choice(name="keep", when="false")),
            otherwise="keep",
        ),
        ["decide/chosen/reship", "decide/chosen/keep"],
    ),
    (
        "rounds, whose steps have their branches once",
        Rounds(id="analysis.rounds", when="stock.reservable", max=3, until="stock.reservable", steps=(WAIT,)),
        [
            "rounds/taken",
            "rounds/skipped",
            "rounds/ended",
            "rounds/exhausted",
            "wait/ended",
            "wait/timed_out",
        ],
    ),
    (
        "a question that is held back beside nothing",
        Together(id="analysis.together", steps=(ASK,)),
        ["ask/refused", "ask/chosen/reship", "ask/chosen/refund", "ask/silence"],
    ),
]


@pytest.mark.parametrize(("step", "expected"), [each[1:] for each in STEPS], ids=[each[0] for each in STEPS])
def test_a_step_has_the_branches_that_it_can_go(step: Step, expected: list[str]) -> None:
    assert ids(program(step)) == [f"analysis.{each}" for each in expected]


def test_a_plan_is_taken_passed_over_and_undone() -> None:
    plans = (Plan(name="reship", when='choice == "reship"', steps=(RESERVE,)), Plan(name="refund", steps=(REFUND,)))

    found = ids(program(plans=plans))

    assert [each for each in found if each.count(".") == 1] == [
        "action.reship/taken",
        "action.reship/passed_over",
        "action.reship/undone",
        "action.refund/taken",  # without a condition it is never passed over
        "action.refund/undone",
    ]


def test_a_plan_in_which_nothing_can_be_refused_is_never_undone() -> None:
    plan = Plan(name="tell", steps=(TELL.model_copy(update={"id": "action.tell.tell"}),))

    assert "action.tell/undone" not in ids(program(plans=(plan,)))


def test_a_refusal_says_what_follows_from_it() -> None:
    told = {
        **words(program(TRACE.model_copy(update={"on_refusal": OnRefusal.CONTINUE}))),
        **words(program(plans=(Plan(name="reship", steps=(RESERVE, REDIRECT, SHIP)),))),
    }

    assert told["analysis.shipping.open_trace/refused"] == "`shipping.open_trace`: refused, it goes on without"
    assert told["action.reship.inventory.reserve/refused"] == "`inventory.reserve`: refused, plan `reship` fails"
    redirected = "action.reship.shipping.resume_delivery/refused"
    assert told[redirected] == "`shipping.resume_delivery`: refused, plan `reship` fails"
    # behind something final a plan only goes forward
    assert told["action.reship.shipping.create_shipment/refused"] == (
        "`shipping.create_shipment`: refused, a person is needed"
    )


@pytest.mark.parametrize("update", [{"when": "stock.reservable"}, {"on_refusal": OnRefusal.CONTINUE}])
def test_something_final_that_may_be_passed_over_does_not_keep_a_plan_from_failing(update: dict[str, Any]) -> None:
    may_be_passed_over = REDIRECT.model_copy(update=update)
    in_a_together = Together(id="action.reship.together", steps=(may_be_passed_over,))

    for final in (may_be_passed_over, in_a_together):
        told = words(program(plans=(Plan(name="reship", steps=(final, SHIP)),)))
        assert told["action.reship.shipping.create_shipment/refused"].endswith("plan `reship` fails")


def test_something_final_in_a_together_keeps_the_rest_of_a_plan_from_failing() -> None:
    both = Together(id="action.reship.together", steps=(REDIRECT, RESERVE))

    told = words(program(plans=(Plan(name="reship", steps=(both, SHIP)),)))

    assert told["action.reship.inventory.reserve/refused"].endswith("plan `reship` fails")
    assert told["action.reship.shipping.create_shipment/refused"].endswith("a person is needed")


def test_the_hint_of_an_undo_names_what_must_be_refused_or_that_it_must_be_called_off() -> None:
    told = hints(program(TRACE, plans=(Plan(name="reship", steps=(REPLACE, SHIP)),)))

    assert told["analysis.shipping.open_trace/undone"] == "cancel the incident after it"
    assert told["action.reship.orders.add_replacement/undone"] == "let `shipping.create_shipment` be refused after it"
    assert told["action.reship.shipping.create_shipment/undone"] == (
        "cancel the incident after it, before the plan has gone through"
    )


def test_an_approval_that_is_rejected_fails_its_plan_and_elsewhere_needs_a_person() -> None:
    by_silence = APPROVE.model_copy(update={"if_silent": IfUndecided.REJECT})
    inside = words(program(plans=(Plan(name="reship", steps=(by_silence,)),)))
    outside = words(program(APPROVE.model_copy(update={"id": "analysis.approve"})))

    of = "action.reship.approve.finance"
    assert inside[f"{of}/rejected"] == "approval by `finance`: rejected, plan `reship` fails"
    assert inside[f"{of}/expired"] == (
        "approval by `finance`: not decided in time, which counts as rejected, plan `reship` fails"
    )
    assert inside["action.reship/undone"] == "plan `reship`: undone after a refusal"
    assert outside["analysis.approve/rejected"] == "approval by `finance`: rejected, a person is needed"
    assert outside["analysis.approve/expired"] == "approval by `finance`: not decided in time, a person is needed"


def test_the_hints_of_an_approval_and_a_measure_say_what_to_script_and_what_to_wait_for() -> None:
    two = APPROVE.model_copy(update={"approvers": 2})
    told = hints(program(HOLD, plans=(Plan(name="reship", steps=(REPLACE, two)),)))

    of = "action.reship.approve.finance"
    assert told[f"{of}/approved"] == "approve it: `{approve: finance, by: …, after: 1h}` in a `script`, by 2 people"
    assert told[f"{of}/rejected"] == "reject it: `{reject: finance, by: …, after: 1h}` in a `script`"
    assert told["action.reship/undone"] == told[f"{of}/rejected"]
    assert told["action.reship.orders.add_replacement/undone"] == "let `finance` reject what it is asked after it"
    assert told["report.inventory.reserve/lifted"] == (
        "let `incident.resolved` come true behind it, or the incident end"
    )


def test_the_rules_of_the_severity_are_branches_but_for_what_holds_anyway() -> None:
    rules = tuple(SeverityRule(severity=each, when="stock.reservable") for each in (Severity.HIGH, Severity.LOW))
    rated = program().model_copy(update={"severity": rules, "otherwise": Severity.LOW})

    assert ids(rated) == ["severity.high/holds"]


def test_every_branch_of_a_runbook_has_an_id_of_its_own_with_words_and_a_hint() -> None:
    found = branches(load("lost_parcel").program)

    assert len({branch.id for branch in found}) == len(found) > 50
    assert all(branch.words and branch.hint for branch in found)


def test_steps_that_may_happen_more_than_once_have_branches_for_each_place() -> None:
    again = DoStep.model_validate({**REFUND.model_dump(), "id": "action.refund.payments.refund#2"})

    found = ids(program(plans=(Plan(name="refund", steps=(REFUND, again, CLAIM)),)))

    assert "action.refund.payments.refund/applied" in found
    assert "action.refund.payments.refund#2/applied" in found


def test_a_question_that_may_be_left_open_has_silence_as_a_branch_too() -> None:
    assert "follow_up.ask/silence" in ids(program(SURVEY))


def test_a_plan_fails_over_what_is_refused_in_any_round() -> None:
    rounds = Rounds(id="action.reship.rounds", max=2, until="stock.reservable", steps=(RESERVE,))

    told = words(program(plans=(Plan(name="reship", steps=(rounds,)),)))

    assert told["action.reship.inventory.reserve/refused"].endswith("plan `reship` fails")
    assert "action.reship/undone" in told
