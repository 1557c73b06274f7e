"""What a played scenario has reached is read from its timeline: what did not happen is not reached."""

from datetime import datetime

from amends.models import Actor, ActorKind, Data, Outcome
from amends.timeline import EntryKind
from drills.branches import branches
from drills.coverage import reached
from runbooks.policy import Interrupt, Role
from runbooks.program import Choice, DecideStep, OnRefusal, Plan, Rounds, Step, Together
from tests.drills.builders import APPROVE, HOLD, timeline_of
from tests.workflows.builders import (
    ASK,
    OPS,
    REFUND,
    REPLACE,
    RESERVE,
    SHIP,
    TELL,
    TRACE,
    WAIT,
    Answerer,
    Incident,
    always,
    applied,
    lost_parcel,
    read,
    refusing,
)
from workflows.events import (
    CancelRequested,
    Command,
    CommandReturned,
    DecisionGiven,
    NewsReceived,
    PlanChosen,
    Verdict,
)

FANG = Actor(kind=ActorKind.HUMAN, id="fang", verified=True)
CHECK = read("inventory.check", stage="analysis", save_as="stock")


def all_reached(incident: Incident) -> tuple[str, ...]:
    return reached(incident.bundle, timeline_of(incident), incident.state)


def went(incident: Incident, of: str) -> list[str]:
    """The ends of the branches that an incident reached of a step or a plan."""
    found = all_reached(incident)
    return [each.removeprefix(f"{of}/") for each in found if each.startswith(f"{of}/")]


def analysing(*steps: Step, world: Answerer = applied) -> Incident:
    """An incident that is only analysed, and then refunded."""
    return Incident(lost_parcel(analysis=steps, action=(Plan(name="refund", steps=(REFUND,)),)), world=world)


def call_off(incident: Incident) -> Incident:
    incident.take(CancelRequested(reason="found", actor=OPS))
    return incident.settle()


def test_nothing_is_reached_that_does_not_happen() -> None:
    incident = Incident().open()

    assert all_reached(incident) == (
        "report.tell/applied",
        "analysis.shipping.open_trace/applied",
    )


def test_what_is_reached_comes_in_the_order_of_the_runbook() -> None:
    incident = Incident(world=refusing("inventory.reserve")).open().wait(hours=25).answer("reship").wait(days=11)

    found = all_reached(incident)

    known = [branch.id for branch in branches(incident.bundle.program)]
    assert list(found) == [each for each in known if each in found]


def test_an_answer_reaches_its_choice_and_silence_only_itself() -> None:
    answered = Incident().open().wait(hours=25).answer("reship")
    silent = Incident().open().wait(days=11)

    assert went(answered, "analysis.ask") == ["chosen/reship", "on_time"]
    assert went(silent, "analysis.ask") == ["silence", "on_time"]


def test_a_question_goes_out_early_when_all_beside_it_is_done() -> None:
    patient = ASK.model_copy(update={"after": always(72)})
    short = WAIT.model_copy(update={"at_most": always(24)})
    incident = analysing(TRACE, Together(id="analysis.together", steps=(short, patient))).open().wait(hours=25)

    assert went(incident, "analysis.wait") == ["timed_out"]
    assert went(incident, "analysis.ask") == ["early"]


def test_a_choice_that_cannot_be_kept_is_not_offered() -> None:
    choices = (Choice(name="reship", when="stock.reservable"), Choice(name="refund"))
    ask = ASK.model_copy(update={"choices": choices, "after": None})

    def world(stock: bool) -> Incident:
        def answer(command: Command, at: datetime) -> CommandReturned:
            del at
            result: Data = {"reservable": stock} if command.activity == "inventory.check" else {}
            return CommandReturned(command_id=command.id, outcome=Outcome.APPLIED, result=result)

        return Incident(lost_parcel(report=(TELL,), analysis=(CHECK, ask)), world=answer).open()

    assert went(world(stock=False), "analysis.ask") == ["not_offered/reship"]
    assert went(world(stock=True), "analysis.ask") == []


def test_a_question_that_comes_back_reaches_nothing_but_that() -> None:
    ask = ASK.model_copy(update={"after": None})
    incident = Incident(lost_parcel(report=(), analysis=(ask,)), world=refusing("customers.tell")).open()

    assert went(incident, "analysis.ask") == ["refused"]


def test_a_wait_ends_by_its_condition_also_when_that_holds_from_the_start() -> None:
    at_once = WAIT.model_copy(update={"until": 'trace.status == "open"'})

    incident = analysing(TRACE, at_once).open()

    assert went(incident, "analysis.wait") == ["ended"]
    assert EntryKind.WAIT_ENDED not in incident.kinds(), "no entry says so"


def test_a_wait_that_is_called_off_has_reached_neither_of_its_ends() -> None:
    incident = call_off(Incident().open())

    assert went(incident, "analysis.wait") == []
    assert went(incident, "analysis.shipping.open_trace") == ["applied", "undone"]


def test_a_condition_is_reached_both_ways_for_a_read_and_for_a_together() -> None:
    for when, way in (("incident.contacts > 0", "taken"), ("incident.contacts > 1", "skipped")):
        check = CHECK.model_copy(update={"when": when})
        together = Together(id="analysis.together", when=when, steps=(check,))
        incident = analysing(together).open()

        assert went(incident, "analysis.together") == [way]
        assert went(incident, "analysis.inventory.check") == (["taken"] if way == "taken" else [])


def test_a_skipped_wait_has_not_ended() -> None:
    incident = analysing(WAIT.model_copy(update={"when": "incident.contacts > 1"})).open()

    assert went(incident, "analysis.wait") == ["skipped"]


def test_plans_are_passed_over_taken_and_undone() -> None:
    passed_over = Incident().open().wait(days=11)
    undone = Incident(world=refusing("shipping.create_shipment")).open().wait(hours=25).answer("reship").wait(days=3)

    assert went(passed_over, "action.reship") == ["passed_over"]
    assert went(passed_over, "action.refund") == ["taken"]
    assert went(undone, "action.reship") == ["taken", "undone"]
    assert went(undone, "action.refund") == ["taken"]
    assert went(undone, "action.reship.inventory.reserve") == ["applied", "undone"]
    assert went(undone, "action.reship.shipping.create_shipment") == ["refused"]


def test_a_plan_that_does_not_hold_when_none_is_left_is_passed_over() -> None:
    last = Plan(name="refund", when="incident.contacts > 1", steps=(REFUND,))
    reship = Plan(name="reship", steps=(REPLACE, RESERVE, SHIP))
    incident = Incident(lost_parcel(analysis=(), action=(reship, last)), world=refusing("inventory.reserve")).open()

    assert went(incident, "action.reship") == ["taken", "undone"]
    assert went(incident, "action.refund") == ["passed_over"]


def test_a_plan_that_a_person_has_tried_again_passes_no_other_over() -> None:
    plans = (Plan(name="reship", steps=(RESERVE,)), Plan(name="refund", steps=(REFUND,)))
    incident = Incident(lost_parcel(analysis=(), action=plans), world=refusing("inventory.reserve", "payments.refund"))
    incident.open()

    incident.take(PlanChosen(key="c-1", plan="refund", actor=OPS))
    incident.settle()

    assert went(incident, "action.reship") == ["taken", "undone"]
    assert went(incident, "action.refund") == ["taken", "undone"]


def test_a_refused_effect_is_reached_with_what_the_runbook_says_then() -> None:
    refused = TRACE.model_copy(update={"on_refusal": OnRefusal.CONTINUE, "otherwise": {"status": "refused"}})
    incident = analysing(refused, world=refusing("shipping.open_trace")).open()

    assert went(incident, "analysis.shipping.open_trace") == ["refused"]


def test_a_refused_read_is_reached_where_the_runbook_answers_it() -> None:
    check = CHECK.model_copy(update={"on_refusal": OnRefusal.CONTINUE, "otherwise": {"reservable": False}})
    incident = analysing(check, world=refusing("inventory.check")).open()

    assert went(incident, "analysis.inventory.check") == ["refused"]


def test_a_refusal_that_comes_when_all_is_called_off_leads_nowhere() -> None:
    incident = Incident()

    def called_off_meanwhile(command: Command, at: datetime) -> CommandReturned:
        if command.activity == "shipping.open_trace":
            incident.take(CancelRequested(reason="found", actor=OPS))
        return refusing("shipping.open_trace")(command, at)

    incident.world = called_off_meanwhile
    incident.open()

    assert EntryKind.EFFECT_REFUSED in incident.kinds()
    assert went(incident, "analysis.shipping.open_trace") == []


def test_an_approval_is_reached_by_what_was_decided_or_by_silence() -> None:
    def decided(verdict: Verdict | None) -> Incident:
        plan = Plan(name="reship", steps=(APPROVE, REPLACE))
        bundle = lost_parcel(analysis=(), action=(plan, Plan(name="refund", steps=(REFUND,))))
        incident = Incident(bundle.model_copy(update={"roles": {"finance": Role(team=("fang",))}})).open()
        if verdict is not None:
            decision = DecisionGiven(key="d-1", approval=APPROVE.id, verdict=verdict, plan="reship", actor=FANG)
            incident.take(decision)
        return incident.settle().wait(hours=5)

    assert went(decided(Verdict.APPROVE), APPROVE.id) == ["approved"]
    assert went(decided(Verdict.REJECT), APPROVE.id) == ["rejected"]
    assert went(decided(Verdict.REJECT), "action.reship") == ["taken", "undone"]
    assert went(decided(None), APPROVE.id) == ["expired"]


def test_a_measure_is_reached_when_it_is_on_and_again_when_it_is_lifted() -> None:
    def held(world: Answerer = applied, *, until: str = "incident.resolved") -> Incident:
        measure = HOLD.model_copy(update={"until": until})
        plans = (Plan(name="refund", steps=(REFUND,)),)
        return Incident(lost_parcel(report=(measure,), analysis=(TRACE, WAIT), action=plans), world=world).open()

    assert went(held(), HOLD.id) == ["applied"]
    assert went(held().wait(days=11), HOLD.id) == ["applied", "lifted"]
    assert went(held(refusing("inventory.reserve")), HOLD.id) == ["refused"]


def test_a_severity_is_reached_when_its_rule_comes_to_hold() -> None:
    def dear(command: Command, at: datetime) -> CommandReturned:
        returned = applied(command, at)
        worth: Data = {"value": {"amount": 500000, "currency": "CNY"}}
        return returned.model_copy(update={"result": {**returned.result, **worth}})

    mild = Incident().open()
    grave = Incident(world=dear).open()

    assert went(mild, "severity.high") == []
    assert went(grave, "severity.high") == ["holds"]


def test_whichever_round_goes_a_way_reaches_the_branch() -> None:
    ask = ASK.model_copy(update={"after": None})
    rounds = Rounds(id="analysis.rounds", max=2, until='choice == "reship"', steps=(ask,))

    ended = analysing(rounds).open().answer("refund").answer("reship", ask="analysis.ask@2", key="a-2")
    exhausted = analysing(rounds).open().wait(days=5)

    assert went(ended, "analysis.ask") == ["chosen/reship", "chosen/refund"]
    assert went(ended, "analysis.rounds") == ["ended"]
    assert went(exhausted, "analysis.ask") == ["silence"]
    assert went(exhausted, "analysis.rounds") == ["exhausted"]


def test_a_decision_reaches_the_choice_that_is_made() -> None:
    choices = (Choice(name="one", when="incident.contacts > 1"), Choice(name="two", when="incident.contacts == 1"))
    decide = DecideStep(id="analysis.decide", fact="choice", choices=choices, otherwise="none")

    assert went(analysing(decide).open(), "analysis.decide") == ["chosen/two"]


def test_a_plan_for_which_news_cuts_in_passes_over_no_other() -> None:
    plans = (
        Plan(name="reship", when='choice == "reship"', steps=(SHIP,)),
        Plan(name="refund", steps=(REFUND,)),
    )
    interrupts = (Interrupt(on="order.returned", plan="refund"),)
    incident = Incident(lost_parcel(action=plans).model_copy(update={"interrupts": interrupts})).open()

    incident.take(NewsReceived(event_id="n-1", event_type="order.returned", actor=OPS))
    incident.settle()

    assert went(incident, "action.refund") == ["taken"]
    assert went(incident, "action.reship") == []
