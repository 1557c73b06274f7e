"""One conversation with a customer: what the core makes of it when it is another incident's turn to ask."""

from datetime import datetime, timedelta

import pytest

from activities.wire import QuestionPut
from amends.models import Data, NotAsked, Outcome, Party, Refusal, Status
from amends.timeline import EntryKind
from runbooks.catalogue import BOUNCED, TELL
from tests.workflows.builders import ASK, HOUR, OPS, REPORT, START, SURVEY, Answerer, Incident, applied, lost_parcel
from tests.workflows.builders import TELL as LOOKING
from workflows import acts, core, dispatch
from workflows.events import (
    AnswerGiven,
    CancelRequested,
    Command,
    CommandReturned,
    ConversationFreed,
    Registered,
    ReportReceived,
)

AT_ONCE = ASK.model_copy(update={"after": None})
OTHERS = ConversationFreed(by="inc-0")
UNTIL = START + 24 * HOUR


def refused(command: Command, reason: str, **said: str) -> CommandReturned:
    result: Data = {"incident": "inc-0", "ask": "analysis.delayed", "question": "still_wanted", **said}
    refusal = Refusal(reason=reason, message="incident 'inc-0' has the turn")
    return CommandReturned(command_id=command.id, outcome=Outcome.NOT_APPLIED, result=result, refusal=refusal)


def turns(*reasons: str | None) -> Answerer:
    """The journal refuses the question of the analysis for these reasons, one after the other, and then no more;
    ``None`` lets it go out."""
    left = list(reasons)

    def answer(command: Command, at: datetime) -> CommandReturned:
        reason = left.pop(0) if command.step == ASK.id and left else None
        match reason:
            case None:
                return applied(command, at)
            case NotAsked.ANSWERED_ALREADY:
                return refused(command, reason, choice="reship")
            case _:
                return refused(command, reason, until=UNTIL.isoformat())

    return answer


def asking(*reasons: str | None) -> Incident:
    return Incident(bundle=lost_parcel(report=(), analysis=(AT_ONCE,)), world=turns(*reasons)).open()


def asked(incident: Incident) -> list[timedelta]:
    """When the question reached the customer."""
    reached = [each for each in incident.entries if each.kind is EntryKind.QUESTION_ASKED]
    return [each.occurred_at - START for each in reached if each.data["ask"] == ASK.id]


def test_while_another_incident_awaits_an_answer_the_question_waits_and_its_clock_does_not_run() -> None:
    incident = asking(NotAsked.BEING_ASKED).wait(hours=23)

    assert incident.of(EntryKind.QUESTION_HELD) == [
        {
            "ask": ASK.id,
            "question": "choose",
            "to": "customer",
            "incident": "inc-0",
            "asks": "analysis.delayed",
            "until": UNTIL.isoformat(),
        }
    ]
    assert asked(incident) == []
    assert incident.of(EntryKind.TASK_OPENED) == []
    due = core.next_due(incident.state)
    assert due is not None
    assert (due.at, due.what) == (UNTIL, ASK.id)


def test_it_goes_out_with_its_whole_time_when_the_other_waits_no_more() -> None:
    incident = asking(NotAsked.BEING_ASKED).wait(hours=5)

    incident.take(OTHERS)
    incident.settle()

    assert incident.of(EntryKind.CONVERSATION_FREED) == [{"by": "inc-0"}]
    assert asked(incident) == [5 * HOUR]
    assert [command.id for command in incident.commands if command.step == ASK.id] == [f"{ASK.id}/1", f"{ASK.id}/2"]
    (said,) = incident.of(EntryKind.QUESTION_ASKED)
    assert said["answer_by"] == (START + 53 * HOUR).isoformat()
    assert incident.answer("reship").state.facts["choice"] == "reship"


def test_it_is_tried_again_by_itself_though_nobody_says_that_it_may() -> None:
    incident = asking(NotAsked.BEING_ASKED, NotAsked.BEING_ASKED).wait(hours=24)

    assert len(incident.of(EntryKind.QUESTION_HELD)) == 2
    assert asked(asking(NotAsked.BEING_ASKED).wait(hours=24)) == [24 * HOUR]


def test_a_word_that_comes_before_it_is_known_that_there_is_anything_to_wait_for_is_not_lost() -> None:
    incident = Incident(bundle=lost_parcel(report=(), analysis=(AT_ONCE,)), world=turns(NotAsked.BEING_ASKED))
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    incident.take(Registered())

    incident.take(OTHERS)
    incident.settle()

    assert len(incident.of(EntryKind.QUESTION_HELD)) == 1
    assert asked(incident) == [timedelta(0)]


def test_a_word_for_which_nothing_waits_changes_nothing() -> None:
    incident = asking()

    incident.take(OTHERS)

    assert incident.of(EntryKind.CONVERSATION_FREED) == []


def test_the_answer_to_the_same_question_of_another_incident_counts_here_too() -> None:
    incident = asking(NotAsked.ASKED_ALREADY, NotAsked.ANSWERED_ALREADY)
    (joined,) = incident.of(EntryKind.QUESTION_JOINED)

    incident.take(OTHERS)
    incident.settle()

    assert (joined["incident"], joined["asks"]) == ("inc-0", "analysis.delayed")
    assert incident.of(EntryKind.ANSWER_SHARED) == [{"ask": ASK.id, "choice": "reship", "incident": "inc-0"}]
    assert incident.state.facts["choice"] == "reship"
    assert asked(incident) == []
    assert incident.of(EntryKind.PLAN_STARTED) == [{"plan": "reship"}]


def test_when_the_other_meets_silence_the_question_is_asked_here_with_a_silence_of_its_own() -> None:
    incident = asking(NotAsked.ASKED_ALREADY)

    incident.take(OTHERS)
    incident.settle()
    incident.wait(hours=48)

    assert asked(incident) == [timedelta(0)]
    assert incident.of(EntryKind.SILENCE_ASSUMED) == [{"ask": ASK.id, "choice": "refund"}]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (NotAsked.ASKED_ALREADY, "incident inc-0 has asked the same; what is answered there counts here too"),
        (NotAsked.BEING_ASKED, f"nothing is asked at {ASK.id!r} now; open questions: none"),
    ],
)
def test_a_question_that_waits_is_not_answered_here(reason: str, told: str) -> None:
    incident = asking(reason)

    given = AnswerGiven(key="a", ask=ASK.id, choice="reship", actor=OPS)

    assert acts.refusal(incident.state, given, incident.now) == told


def test_an_incident_that_is_called_off_does_not_ask_any_more() -> None:
    incident = asking(NotAsked.BEING_ASKED)

    incident.take(CancelRequested(key="c", reason="found", actor=OPS))
    incident.settle()
    incident.wait(hours=48)

    assert incident.of(EntryKind.MESSAGE_WITHDRAWN) == [{"step": ASK.id, "message": "choose"}]
    assert asked(incident) == []
    assert incident.status() is Status.CANCELLED


def test_one_that_came_back_goes_over_the_next_channel_when_its_turn_comes() -> None:
    sent: list[object] = []

    def world(command: Command, at: datetime) -> CommandReturned:
        if command.activity != TELL or command.step != ASK.id:
            return applied(command, at)
        sent.append(command.inputs.get("bounced", 0))
        match len(sent):
            case 1:
                bounced = Refusal(reason=BOUNCED, message="no such address")
                return CommandReturned(command_id=command.id, outcome=Outcome.NOT_APPLIED, refusal=bounced)
            case 2:
                return refused(command, NotAsked.BEING_ASKED, until=UNTIL.isoformat())
            case _:
                return applied(command, at)

    incident = Incident(bundle=lost_parcel(report=(), analysis=(AT_ONCE,)), world=world).open()

    incident.take(OTHERS)
    incident.settle()

    assert sent == [0, 1, 1]
    assert asked(incident) == [timedelta(0)]


def put(incident: Incident, step: str) -> QuestionPut | None:
    """What the journal is told of the newest question or message of a step."""
    command = next(command for command in reversed(incident.commands) if command.step == step)
    return dispatch.question_of(incident.state, command)


def test_the_journal_is_told_what_is_asked_about_which_goods_and_for_how_long() -> None:
    found = put(asking(), ASK.id)

    assert found == QuestionPut(
        order_id="SO-1", parcel_id="PC-1", question="choose", choices=("reship", "refund"), answer_within=48 * HOUR
    )


def test_what_is_asked_in_the_follow_up_yields_and_what_concerns_safety_says_so() -> None:
    urgent = AT_ONCE.model_copy(update={"safety": True})
    incident = Incident(bundle=lost_parcel(report=(), analysis=(urgent,))).open()
    asked_urgently = put(incident, ASK.id)

    surveyed = put(incident.answer("refund"), SURVEY.id)

    assert asked_urgently is not None
    assert (asked_urgently.yields, asked_urgently.safety) == (False, True)
    assert surveyed is not None
    assert (surveyed.yields, surveyed.safety) == (True, False)


def test_of_what_is_only_told_or_not_asked_of_the_customer_the_journal_is_told_nothing() -> None:
    of_the_merchant = AT_ONCE.model_copy(update={"to": Party.MERCHANT})
    incident = Incident(bundle=lost_parcel(analysis=(of_the_merchant,))).open()

    assert put(incident, LOOKING.id) is None
    assert put(incident, ASK.id) is None
