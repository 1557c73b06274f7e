"""Another text of its runbook for an incident that runs: two people want it, and the next stage follows it."""

from datetime import timedelta
from typing import Any

import pytest

from amends.models import Party, Stage
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from runbooks.policy import Goal, GoalName, Night, Table, TableKind, TableRow
from runbooks.program import FactType, Plan, Rounds, TellStep, Together, Value
from tests.workflows.bench import HOLD, World, cautious, decide, person
from tests.workflows.builders import (
    ASK,
    HOUR,
    RESERVE,
    START,
    SURVEY,
    TELL,
    WAIT,
    Incident,
    always,
    do,
    lost_parcel,
    read,
    refusing,
)
from tests.workflows.promises import LADDER, claiming, last, promising, sla
from tests.workflows.test_deadlines import World as WorldOfDeadlines
from workflows import acts
from workflows.events import (
    AnswerGiven,
    CancelRequested,
    RepinRequested,
    SkipRequested,
    TimeCame,
    Verdict,
    event_of,
)
from workflows.state import Receipt, State

AN = person("an")
NEW = Plan(name="refund", steps=(do("payments.compensate", stage="action.refund", final=True),))
PATIENCE = Table(kind=TableKind.INT, rows=(TableRow(since=START.date(), value=9, source="how often a customer asks"),))
WITH_MARKET = {**cautious().facts, "order.market": FactType.STRING}
WITHOUT_TRACE = {path: kind for path, kind in WITH_MARKET.items() if not path.startswith("trace.")}
CONTACTS_IN_WORDS = {**WITH_MARKET, "incident.contacts": FactType.STRING}


def text(base: Bundle | None = None, **stages: Any) -> Bundle:
    """Another text of ``base``, with these stages."""
    base = base or cautious()
    return base.model_copy(update={"program": base.program.model_copy(update=stages or {"action": (NEW,)})})


def wish(bundle: Bundle, **update: Any) -> RepinRequested:
    said = {"key": "p-1", "digest": bundle.digest, "revision": 4, "reason": "the old one offers too much", "actor": AN}
    return RepinRequested(bundle=bundle, **{**said, **update})


def approval_of(bundle: Bundle) -> str:
    return f"repin:{bundle.digest[len('sha256:') :][:12]}"


def asked(bundle: Bundle, on: Incident | None = None) -> Incident:
    """An incident in its analysis that somebody wants to follow another text."""
    incident = on or Incident(bundle=cautious()).open()
    assert acts.refusal(incident.state, wish(bundle), incident.now) is None
    incident.take(wish(bundle))
    return incident.settle()


def approved(bundle: Bundle, on: Incident | None = None, *, by: str = "dai") -> Incident:
    incident = asked(bundle, on)
    assert say(incident, bundle, by).result == "recorded"
    return incident


def say(incident: Incident, bundle: Bundle, who: str, **said: Any) -> Receipt:
    return decide(incident, who, approval_id=approval_of(bundle), amount=None, **said)


def on_to_action(incident: Incident) -> Incident:
    return incident.wait(hours=24).answer("refund").wait(hours=48)


def refused(incident: Incident, act: RepinRequested) -> str:
    why = acts.refusal(incident.state, act, incident.now)
    before = incident.state.model_copy(deep=True)
    incident.take(act)
    assert incident.state.model_dump(exclude={"handled"}) == before.model_dump(exclude={"handled"})
    return str(why)


def test_a_second_person_approves_and_the_next_stage_follows_the_new_text() -> None:
    """Repin: move to a newer revision at a stage boundary, under four-eyes."""
    new, old = text(), cautious()
    incident = approved(new)
    assert incident.state.bundle.digest == old.digest, "the stage is followed to its end in the text it was begun in"

    on_to_action(incident)

    (moved,) = incident.of(EntryKind.REPINNED)
    assert (moved["from"], moved["to"], moved["revision"]) == (old.digest, new.digest, 4)
    assert (moved["by"], moved["approved_by"]) == ("an", ["dai"])
    kinds = incident.kinds()
    entered = [n for n, each in enumerate(incident.entries) if each.data.get("stage") == Stage.ACTION]
    assert kinds.index(EntryKind.REPINNED) < entered[0]
    assert "payments.compensate" in incident.activities()
    assert "payments.refund" not in incident.activities()
    assert incident.state.repinning is None
    assert incident.state.outcome == "refund"


def test_who_wants_it_cannot_approve_it_and_without_a_second_person_it_follows_the_old_text() -> None:
    new = text()
    incident = asked(new)

    assert "cannot approve it too" in str(say(incident, new, "an").refused)
    on_to_action(incident)

    assert incident.of(EntryKind.REPINNED) == []
    assert incident.state.bundle == cautious()
    assert say(incident, new, "dai").result == "recorded", "the stage after it may still follow it"


def test_a_rejection_calls_it_off_and_it_may_be_asked_for_again() -> None:
    new = text()
    incident = asked(new)
    say(incident, new, "dai", verdict="reject")

    assert incident.state.repinning is None
    assert acts.refusal(incident.state, wish(new, key="p-2"), incident.now) is None
    assert incident.state.bundle == cautious()


def test_what_of_the_old_text_is_under_way_puts_it_off_by_a_stage() -> None:
    """A word that keeps a promise is on its way when the merchant answers."""
    asked_of = ASK.model_copy(update={"to": Party.MERCHANT, "after": None})
    promised = sla(update=Goal(within=always(10), tell="still"))
    base = text(promising(cautious(), sla=promised), analysis=(asked_of,))
    incident = approved(text(base, follow_up=()), Incident(bundle=base).open())

    incident.now += 8 * HOUR
    incident.take(TimeCame())
    assert [command.activity for command in incident.state.pending.values()] == ["customers.tell"]
    incident.take(AnswerGiven(key="a", ask=ASK.id, choice="refund", actor=AN))

    (put_off,) = incident.of(EntryKind.REPIN_PUT_OFF)
    assert (put_off["why"], put_off["again"]) == ("'customers.tell' is under way", True)
    assert incident.state.stage is Stage.ACTION
    assert incident.state.bundle == base
    assert incident.state.repinning is not None


def test_a_measure_that_is_being_lifted_puts_nothing_off() -> None:
    """The order is released in the very turn in which the follow-up begins."""
    new = text(cautious(), follow_up=(SURVEY.model_copy(update={"id": "follow_up.ask_again"}),))
    incident = asked(new)
    on_to_action(incident)
    assert incident.state.stage is Stage.ACTION
    say(incident, new, "dai")

    for who in ("dai", "fang"):
        decide(incident, who, of="refund")
    incident.settle()

    assert incident.state.bundle == new
    assert "orders.release" in incident.activities()


@pytest.mark.parametrize("skipped", [True, False])
def test_a_message_that_waits_for_the_morning_puts_it_off_and_one_that_was_let_be_does_not(skipped: bool) -> None:
    """The question is held back at night, and nobody waits for its answer any more."""
    night = Night(begins=timedelta(0), ends=timedelta(hours=14), zone="UTC")
    base, told = cautious(), TellStep(id="analysis.tell", to=TELL.to, message="looking")
    analysis = (ASK.model_copy(update={"after": None}),) if skipped else (told,)
    lasts: dict[str, Any] = {"until": "incident.contacts > 99", "check": None, "at_most": always(1), "then_assume": {}}
    hour = WAIT.model_copy(update={"id": "analysis.first", **lasts})
    stages = {"report": base.program.report[:-1], "analysis": (hour, *analysis), "action": base.program.action[1:]}
    base = text(base, **stages).model_copy(update={"night": night})
    new = text(base)
    incident = approved(new, Incident(bundle=base).open())

    incident.wait(hours=1)
    if skipped:
        incident.take(SkipRequested(key="s", step=ASK.id, reason="she has moved", actor=AN))
        incident.settle()

    assert incident.of(EntryKind.MESSAGE_HELD)[0]["step"] == analysis[0].id
    assert incident.state.stage is not Stage.ANALYSIS
    assert (incident.state.bundle == new) is skipped
    put_off = [each["why"] for each in incident.of(EntryKind.REPIN_PUT_OFF)]
    assert put_off == [] if skipped else put_off[0] == "the message of 'analysis.tell' waits"


def test_an_approval_of_our_own_call_that_was_rejected_and_has_come_too_late_puts_nothing_off() -> None:
    base = claiming(days=2, safe_before=12, approve="lead", decide_within=always(6))
    incident = Incident(bundle=base, world=WorldOfDeadlines()).open().wait(hours=32)
    decide(incident, "chen", approval_id="external.carrier_claim.approve", amount=None, verdict=Verdict.REJECT)
    incident.wait(hours=17)
    assert incident.of(EntryKind.DEADLINE_MISSED)
    new = base.model_copy(update={"about": "in other words"})

    approved(new, incident).answer("refund").wait(hours=48)

    assert incident.of(EntryKind.REPIN_PUT_OFF) == []
    assert incident.state.bundle == new


@pytest.mark.parametrize(
    ("until", "lacks", "why"),
    [
        ('table("patience") < incident.contacts', {"tables": {}}, "there is no table 'patience'"),
        ('has(trace.status) && trace.status == "found"', {"facts": WITHOUT_TRACE}, "there is no fact 'trace.status'"),
        ("incident.contacts > 9", {"facts": CONTACTS_IN_WORDS}, "`>` cannot be used on string, int"),
    ],
)
def test_what_is_on_until_something_that_the_new_text_cannot_tell_puts_it_off(
    until: str, lacks: dict[str, Any], why: str
) -> None:
    hold = HOLD.model_copy(update={"until": until})
    report = cautious().program.report
    base = text(report=(report[0], hold, *report[2:]))
    base = base.model_copy(update={"tables": {"patience": PATIENCE}, "facts": WITH_MARKET})
    incident = approved(base.model_copy(update=lacks), Incident(bundle=base, world=World()).open())

    on_to_action(incident)

    (put_off,) = incident.of(EntryKind.REPIN_PUT_OFF)
    assert str(put_off["why"]).startswith(f"'orders.hold' is on until {until!r}, which that text cannot tell: {why}")
    assert incident.state.bundle == base


def test_rounds_of_a_plan_that_was_given_up_put_nothing_off() -> None:
    hour: dict[str, Any] = {"until": "incident.contacts > 99", "check": None, "at_most": always(1), "then_assume": {}}
    again = WAIT.model_copy(update={"id": "action.first.wait", **hour})
    rounds = Rounds(id="action.first.rounds", max=2, until="incident.contacts > 99", steps=(again,))
    refused_beside = RESERVE.model_copy(update={"id": "action.first.reserve"})
    first = Plan(name="first", steps=(Together(id="action.first.together", steps=(refused_beside, rounds)),))
    then = Plan(name="refund", steps=(WAIT.model_copy(update={"id": "action.refund.wait", **hour}), *NEW.steps))
    base = text(analysis=(), action=(first, then), follow_up=(SURVEY,))
    incident = Incident(bundle=base, world=refusing("inventory.reserve")).open()
    new = base.model_copy(update={"about": "in other words"})

    approved(new, incident).wait(hours=2)

    assert incident.state.stage is Stage.FOLLOW_UP
    assert incident.of(EntryKind.REPIN_PUT_OFF) == []
    assert incident.state.bundle == new


def test_where_no_stage_is_to_come_it_is_refused() -> None:
    incident = on_to_action(Incident().open())
    assert incident.state.stage is Stage.FOLLOW_UP

    assert "its last stage has begun" in refused(incident, wish(text(lost_parcel())))


def test_a_wish_that_nobody_has_decided_ends_with_the_last_boundary() -> None:
    base = lost_parcel()
    new = text(base)
    incident = asked(new, Incident(bundle=base).open())

    on_to_action(incident)

    assert incident.state.stage is Stage.FOLLOW_UP
    assert incident.state.repinning is None
    assert last(incident, EntryKind.APPROVAL_WITHDRAWN)["approval"] == approval_of(new)


def test_what_it_would_need_and_nobody_has_found_out_is_named() -> None:
    needs = do("payments.refund", stage="action.refund", final=True, inputs={"amount": Value(expr="order.paid")})
    facts = {**cautious().facts, "order.paid": cautious().facts["parcel.value"]}
    new = text(action=(Plan(name="refund", steps=(needs,)),)).model_copy(update={"facts": facts})

    why = refused(Incident(bundle=cautious()).open(), wish(new))

    assert "the stages to come need 'order.paid'" in why


def test_what_the_rest_of_the_stage_may_find_out_is_not_lacking() -> None:
    """The choice is not known yet; the question for it is."""
    new = text(action=(Plan(name="again", when='choice == "reship"', steps=(RESERVE,)), NEW))

    incident = approved(new)
    on_to_action(incident)

    assert incident.state.bundle == new


def test_what_new_stages_find_out_for_each_other_is_not_lacking() -> None:
    facts = {**cautious().facts, "stock.count": cautious().facts["incident.contacts"]}
    look = read("inventory.check", stage="action.refund", save_as="stock")
    told = TellStep(id="follow_up.tell", to=TELL.to, message="looking", when="stock.count > 0")
    new = text(action=(Plan(name="refund", steps=(look, *NEW.steps)),), follow_up=(told,))

    assert (
        acts.refusal(
            Incident(bundle=cautious()).open().state, wish(new.model_copy(update={"facts": facts})), Incident().now
        )
        is None
    )


@pytest.mark.parametrize(
    ("update", "said"),
    [
        ({"exception_type": "stockout"}, "it is a lost_parcel, and that text is for a stockout"),
        ({"workflow_type": "Parcel"}, "made for another release"),
        ({"format": 2}, "made for another release"),
        ({"subject": ("order_id",)}, "its subject is order_id, parcel_id, and in that text it is order_id"),
        ({}, "it follows that very text already"),
    ],
)
def test_a_text_that_is_none_of_its_runbook_is_refused(update: dict[str, Any], said: str) -> None:
    incident = Incident(bundle=cautious()).open()

    assert said in refused(incident, wish(cautious().model_copy(update=update)))


def test_each_way_of_asking_that_does_not_count_says_why() -> None:
    new = text()
    incident = Incident(bundle=cautious()).open()

    assert "say why" in refused(incident, wish(new, key="p-0", reason=" "))
    assert "was said to have sha256:0" in refused(incident, wish(new, key="p-00", digest="sha256:0"))
    asked(new, incident)
    assert "as 'an' wants" in refused(incident, wish(text(action=(Plan(name="other", steps=()),)), key="p-2"))
    incident.take(CancelRequested(key="c", reason="found", actor=AN))
    assert "is being cancelled" in refused(incident, wish(new, key="p-3")) or incident.state.ended


def test_calling_the_incident_off_calls_the_wish_off() -> None:
    new = text()
    incident = asked(new)
    incident.take(CancelRequested(key="c", reason="found", actor=AN))
    incident.settle()

    assert incident.state.ended
    assert last(incident, EntryKind.APPROVAL_WITHDRAWN)["approval"] == approval_of(new)


def test_promises_go_on_with_what_was_consumed_and_those_that_are_made_no_more_end() -> None:
    base = promising(cautious(), sla=sla(analysis=80, resolve=90, update=200))
    new = text(base).model_copy(update={"sla": sla(action=10, resolve=120)})
    incident = approved(new, Incident(bundle=base).open())

    on_to_action(incident)

    assert last(incident, EntryKind.CLOCK_RESET)["goal"] == GoalName.RESOLVE
    reset = next(each for each in incident.entries if each.kind is EntryKind.CLOCK_RESET)
    assert reset.data["within"] == 120 * 3600
    stopped = [each["goal"] for each in incident.of(EntryKind.CLOCK_STOPPED)]
    assert GoalName.UPDATE in stopped


def test_a_ladder_that_is_there_no_more_pages_nobody() -> None:
    base = promising(cautious(), escalation=LADDER)
    incident = asked(text(base).model_copy(update={"escalation": ()}), Incident(bundle=base).open())
    new = text(base).model_copy(update={"escalation": ()})
    assert incident.state.ladder is not None, "an approval is owed"
    say(incident, new, "dai")

    on_to_action(incident)

    assert incident.state.bundle.escalation == ()
    assert incident.state.ladder is None


def test_the_wish_is_held_whole_so_that_the_timeline_alone_tells_what_followed() -> None:
    new = text()
    incident = approved(new)
    entry = next(each for each in incident.entries if each.kind is EntryKind.REPIN_REQUESTED)

    assert event_of(entry) == wish(new)


def test_it_survives_a_new_run() -> None:
    incident = approved(text())
    incident.state = State.model_validate_json(incident.state.model_dump_json())

    on_to_action(incident)

    assert incident.state.bundle == text()


def test_the_same_wish_again_changes_nothing() -> None:
    new = text()
    incident = asked(new)
    entries = len(incident.entries)
    incident.take(wish(new))

    assert len(incident.entries) == entries
    assert ASK.id in incident.state.steps
