"""Questions are answered by a choice, a text, an amount or files, whatever they ask for and nothing else."""

from typing import Any

import pytest

from amends.models import Evidence, Money, Outcome, Party
from amends.timeline import EntryKind
from runbooks.program import AnswerKind, AskStep, Choice, FactType, Plan, Value
from tests.workflows.builders import ASK, CUSTOMER, FACTS, OPS, REFUND, Incident, applied, lost_parcel, read
from workflows import acts, views
from workflows.events import AnswerGiven, Command, CommandReturned, SkipRequested, event_of

DIGEST = "a" * 64
OTHER = "b" * 64
ORDER = read("orders.read", stage="report", save_as="order")
PARCEL = read("shipping.read_parcel", stage="report", save_as="parcel")
PLANS = (Plan(name="refund", steps=(REFUND,)),)
NOTHING = Value(expr="0", money=True)
WORTH = Value(expr="parcel.value", money=True)


def cny(amount: int) -> Money:
    return Money(amount=amount, currency="CNY")


def file(digest: str = DIGEST) -> Evidence:
    return Evidence(what="damage.jpg", sha256=digest, size=4)


def question(answer: AnswerKind, **more: Any) -> AskStep:
    """The question of the small runbook, for another kind of answer; silence means nothing unless it is said."""
    plain = {"after": None, "choices": (), "if_silent": None, "answer": answer, "save_as": "said", **more}
    return ASK.model_copy(update=plain)


def asked(answer: AnswerKind, **more: Any) -> Incident:
    bundle = lost_parcel(report=(ORDER, PARCEL), analysis=(question(answer, **more),), action=PLANS)
    said = {
        AnswerKind.AMOUNT: {"said": FactType.MONEY},
        AnswerKind.FILES: {"said.count": FactType.INT, "said.digests": FactType.STRING},
    }
    facts = {**FACTS, **said.get(answer, {"said": FactType.STRING})}
    return Incident(bundle=bundle.model_copy(update={"facts": facts})).open()


def given(incident: Incident, **answer: Any) -> str | None:
    """Give an answer; why it does not count, as its validator and its receipt both say."""
    act = AnswerGiven(key=str(answer), ask=ASK.id, actor=CUSTOMER, **answer)
    why = acts.refusal(incident.state, act, incident.now)
    incident.take(act)
    incident.settle()
    assert incident.state.handled[f"answer:{act.key}"].refused == why
    return why


def known(incident: Incident) -> Any:
    return incident.state.facts.get("said")


def test_a_text_is_the_fact_that_it_says() -> None:
    incident = asked(AnswerKind.TEXT)

    assert given(incident, text="the box was open") is None

    assert known(incident) == "the box was open"
    assert incident.of(EntryKind.ANSWER_RECEIVED) == [
        {"key": "{'text': 'the box was open'}", "ask": ASK.id, "text": "the box was open"}
    ]


def test_an_amount_is_money_that_conditions_compute_with() -> None:
    incident = asked(AnswerKind.AMOUNT)

    assert given(incident, amount=cny(4200)) is None

    assert known(incident) == {"amount": 4200, "currency": "CNY"}


def test_files_are_counted_each_once_named_by_their_digests_and_are_evidence() -> None:
    incident = asked(AnswerKind.FILES)

    assert given(incident, files=(file(), file(OTHER), file())) is None

    assert known(incident) == {"count": 2, "digests": f"{DIGEST} {OTHER}"}
    assert incident.state.evidence == 3


@pytest.mark.parametrize(
    ("kind", "more", "answer", "why"),
    [
        (AnswerKind.TEXT, {}, {"choice": "reship"}, "a choice is no answer to 'analysis.ask', which asks for a text"),
        (AnswerKind.TEXT, {}, {"text": "  "}, "asks for a text of at most 4000 characters, and this says nothing"),
        (AnswerKind.TEXT, {}, {"text": "x" * 4001}, "and this has 4001; show it as a file"),
        (AnswerKind.TEXT, {}, {}, "nothing is no answer to 'analysis.ask'"),
        (AnswerKind.TEXT, {}, {"text": "x", "amount": cny(1)}, "a text and an amount of money is no answer"),
        (AnswerKind.AMOUNT, {}, {"text": "12"}, "a text is no answer to 'analysis.ask', which asks for an amount of"),
        (
            AnswerKind.AMOUNT,
            {"at_most": WORTH},
            {"amount": cny(19901)},
            "CNY 199.01 does not fit; 'analysis.ask' asks for an amount of CNY 0.00 to CNY 199.00",
        ),
        (
            AnswerKind.AMOUNT,
            {"at_least": Value(expr='money("CNY 5.00")', money=True)},
            {"amount": cny(499)},
            "CNY 4.99 does not fit; 'analysis.ask' asks for an amount of CNY 5.00 or more",
        ),
        (AnswerKind.AMOUNT, {}, {"amount": cny(10**15 + 1)}, "does not fit"),
        (
            AnswerKind.AMOUNT,
            {},
            {"amount": Money(amount=1, currency="USD")},
            "USD 0.01 is not in the order's currency",
        ),
        (AnswerKind.FILES, {}, {"files": ()}, "'analysis.ask' asks for 1 to 20 files, and none are shown"),
        (AnswerKind.FILES, {"most": 1}, {"files": (file(), file(OTHER))}, "asks for 1 file, and 2 are shown"),
        (AnswerKind.FILES, {"fewest": 2}, {"files": (file(), file())}, "asks for 2 to 20 files, and 1 are shown"),
        (
            AnswerKind.FILES,
            {},
            {"files": (Evidence(what="mail 4711"),)},
            "a reference in words is none; keep the file, and name its digest",
        ),
    ],
)
def test_what_is_not_asked_for_does_not_count_and_it_is_said_what_would(
    kind: AnswerKind, more: dict[str, Any], answer: dict[str, Any], why: str
) -> None:
    incident = asked(kind, **more)

    assert why in str(given(incident, **answer))
    assert incident.of(EntryKind.ANSWER_RECEIVED) == []


def test_where_the_bounds_cross_what_it_is_at_most_holds() -> None:
    incident = asked(AnswerKind.AMOUNT, at_least=Value(expr='money("CNY 500.00")', money=True), at_most=WORTH)

    assert given(incident, amount=cny(19899)) is not None
    assert given(incident, amount=cny(19900)) is None


def test_the_same_answer_twice_is_harmless_and_another_one_is_refused() -> None:
    incident = asked(AnswerKind.AMOUNT)
    given(incident, amount=cny(100))

    incident.take(AnswerGiven(key="again", ask=ASK.id, amount=cny(100), actor=CUSTOMER))

    assert incident.state.handled["answer:again"].result == "repeated"
    assert given(incident, amount=cny(101)) == "'analysis.ask' was answered already: CNY 1.00"


@pytest.mark.parametrize(
    ("kind", "more", "fact", "told"),
    [
        (AnswerKind.TEXT, {}, None, {"choice": None}),
        (AnswerKind.TEXT, {"otherwise": "nobody said"}, "nobody said", {"choice": None}),
        (AnswerKind.TEXT, {"if_silent": "all is well"}, "all is well", {"text": "all is well"}),
        (AnswerKind.CHOICE, {"choices": (Choice(name="yes"),), "otherwise": "no"}, "no", {"choice": None}),
        (AnswerKind.AMOUNT, {"otherwise": NOTHING}, {"amount": 0, "currency": "CNY"}, {"choice": None}),
        (
            AnswerKind.AMOUNT,
            {"if_silent": WORTH},
            {"amount": 19900, "currency": "CNY"},
            {"amount": {"amount": 19900, "currency": "CNY"}},
        ),
        (
            AnswerKind.AMOUNT,
            {"if_silent": WORTH, "at_most": Value(expr='money("CNY 10.00")', money=True)},
            {"amount": 1000, "currency": "CNY"},
            {"amount": {"amount": 1000, "currency": "CNY"}},
        ),
        (AnswerKind.FILES, {}, {"count": 0, "digests": ""}, {"choice": None}),
    ],
)
def test_silence_means_what_is_written_and_leaves_the_fact_that_stands_for_no_answer(
    kind: AnswerKind, more: dict[str, Any], fact: Any, told: dict[str, Any]
) -> None:
    incident = asked(kind, **more).wait(hours=49)

    assert incident.of(EntryKind.SILENCE_ASSUMED) == [{"ask": ASK.id, **told}]
    assert known(incident) == fact


def test_a_person_who_skips_a_question_leaves_what_silence_would_have() -> None:
    incident = asked(AnswerKind.AMOUNT, if_silent=WORTH)

    incident.take(SkipRequested(key="s-1", step=ASK.id, reason="he has gone abroad", actor=OPS))

    assert known(incident) == {"amount": 19900, "currency": "CNY"}


def test_what_is_asked_says_what_can_be_answered_as_it_was_when_it_was_asked() -> None:
    incident = asked(AnswerKind.AMOUNT, at_most=WORTH, if_silent=WORTH)
    incident.state.facts["parcel"] = {"value": {"amount": 1, "currency": "CNY"}}

    (entry,) = incident.of(EntryKind.QUESTION_ASKED)
    (shown,) = views.view(incident.state, now=incident.now, busy=False).asks

    assert (entry["answer"], entry["at_most"], entry["if_silent"]) == (
        "amount",
        cny(19900).model_dump(),
        cny(19900).model_dump(),
    )
    assert (shown.answer, shown.at_least, shown.at_most) == (AnswerKind.AMOUNT, cny(0), cny(19900))
    assert given(incident, amount=cny(19900)) is None


@pytest.mark.parametrize("answer", [{"text": "open"}, {"amount": cny(5)}, {"files": (file(),)}, {"choice": "reship"}])
def test_an_answer_of_any_kind_is_written_down_whole(answer: dict[str, Any]) -> None:
    kind = AnswerKind(next(iter(answer)))
    incident = asked(kind, choices=(Choice(name="reship"),) if kind is AnswerKind.CHOICE else ())
    given(incident, **answer)

    (entry,) = [each for each in incident.entries if each.kind is EntryKind.ANSWER_RECEIVED]

    assert event_of(entry) == AnswerGiven(key=str(answer), ask=ASK.id, actor=CUSTOMER, **answer)


def test_a_merchant_is_written_to_by_night_and_by_their_own_activity_and_holds_the_ball() -> None:
    incident = asked(AnswerKind.TEXT, to=Party.MERCHANT)

    assert [each for each in incident.activities() if each.endswith(".tell")] == ["merchants.tell"]
    assert incident.state.waiting_for == [Party.MERCHANT]
    assert incident.state.words == 0


def test_what_a_merchants_channel_sends_back_goes_over_the_next_one() -> None:
    def world(command: Command, now: Any) -> CommandReturned:
        returned = applied(command, now)
        if command.activity != "merchants.tell" or command.inputs.get("bounced"):
            return returned
        refusal = {"reason": "Bounced", "message": "no such box"}
        return CommandReturned.model_validate(
            {"command_id": command.id, "outcome": Outcome.NOT_APPLIED, "refusal": refusal}
        )

    bundle = lost_parcel(report=(ORDER,), analysis=(question(AnswerKind.TEXT, to=Party.MERCHANT),), action=PLANS)
    incident = Incident(bundle=bundle, world=world).open()

    told = [each.inputs.get("bounced", 0) for each in incident.commands if each.activity == "merchants.tell"]
    assert told == [0, 1]
    assert given(incident, text="we sent two") is None
