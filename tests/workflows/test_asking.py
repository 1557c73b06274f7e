"""A question says how long its answer is awaited, and the engine keeps to what it has said."""

from datetime import timedelta
from typing import Any

from amends.models import Outcome, Refusal, Severity
from amends.timeline import EntryKind
from runbooks.bundle import Bundle, MessageText
from runbooks.catalogue import BOUNCED, TELL
from runbooks.program import BySeverity, Reminders, SeverityRule
from tests.workflows.builders import ASK, HOUR, OPS, START, Incident, applied, lost_parcel, refusing
from workflows.events import CancelRequested, Command, CommandReturned, Registered, ReportReceived, TimeCame

PATIENT = BySeverity(
    critical=timedelta(hours=2), high=timedelta(hours=24), medium=timedelta(hours=48), low=timedelta(days=7)
)


def asking(**texts: str) -> Bundle:
    """A runbook whose one question has these texts by language; a second report makes the incident urgent."""
    bundle = lost_parcel(report=(), analysis=(ASK.model_copy(update={"after": None, "answer_within": PATIENT}),))
    rules = (SeverityRule(severity=Severity.HIGH, when="incident.contacts > 1"),)
    messages = {language: MessageText(subject=text, body=text) for language, text in texts.items()}
    program = bundle.program.model_copy(update={"severity": rules})
    return bundle.model_copy(update={"messages": {**bundle.messages, "choose": messages}, "program": program})


def asked(incident: Incident) -> Command:
    (command,) = [each for each in incident.commands if each.activity == "customers.tell"]
    return command


def opened(bundle: Bundle) -> Incident:
    """The question is on its way and has not arrived."""
    incident = Incident(bundle=bundle)
    incident.take(ReportReceived(key="k-1", report={"order_id": "SO-1", "parcel_id": "PC-1"}, actor=OPS))
    incident.take(Registered())
    return incident


def texts_of(command: Command) -> Any:
    return command.inputs["texts"]


def test_a_question_names_its_own_limit_in_the_words_of_each_language() -> None:
    incident = opened(asking(en="{customer.name}, within {answer_within}", zh="请在 {answer_within}内"))

    english, chinese = "{customer.name}, within 7 days", "请在 7 天内"
    assert texts_of(asked(incident)) == {
        "en": {"subject": english, "body": english},
        "zh": {"subject": chinese, "body": chinese},
    }


def test_the_limit_is_that_of_the_severity_at_sending() -> None:
    bundle = asking(en="within {answer_within}")
    urgent = (SeverityRule(severity=Severity.HIGH, when="incident.contacts > 0"),)
    incident = opened(bundle.model_copy(update={"program": bundle.program.model_copy(update={"severity": urgent})}))

    assert texts_of(asked(incident))["en"]["body"] == "within 24 hours"


def test_what_was_promised_is_kept_though_the_severity_rises_before_the_question_arrives() -> None:
    incident = opened(asking(en="within {answer_within}"))

    incident.take(ReportReceived(key="k-2", report={"order_id": "SO-1", "parcel_id": "PC-1"}, actor=OPS))
    incident.take(applied(asked(incident), incident.now))

    assert incident.state.severity is Severity.HIGH
    assert incident.of(EntryKind.QUESTION_ASKED)[0]["answer_by"] == (START + 7 * 24 * HOUR).isoformat()
    incident.now = START + 24 * HOUR
    incident.take(TimeCame())
    assert incident.of(EntryKind.SILENCE_ASSUMED) == []


def test_a_question_that_promises_nothing_follows_the_severity_at_its_arrival() -> None:
    incident = opened(asking(en="choose"))

    incident.take(ReportReceived(key="k-2", report={"order_id": "SO-1", "parcel_id": "PC-1"}, actor=OPS))
    incident.take(applied(asked(incident), incident.now))

    assert incident.of(EntryKind.QUESTION_ASKED)[0]["answer_by"] == (START + 24 * HOUR).isoformat()


def reminding(*hours: int, **world: Any) -> Incident:
    """The question has arrived; its answer is awaited for a week, and it is called to mind after so many hours."""
    remind = Reminders(message="choose", after=tuple(timedelta(hours=each) for each in hours))
    ask = ASK.model_copy(update={"after": None, "answer_within": PATIENT, "remind": remind})
    return Incident(bundle=lost_parcel(report=(), analysis=(ask,)), **world).open()


def sent(incident: Incident) -> list[tuple[str, timedelta]]:
    """What the customer was sent, by step, and when since the opening."""
    requested = [each for each in incident.entries if each.kind is EntryKind.EFFECT_REQUESTED]
    told = [each for each in requested if each.data["activity"] == "customers.tell"]
    return [(str(each.data["step"]), each.occurred_at - START) for each in told]


def test_a_question_is_called_to_mind_as_often_as_the_runbook_says_while_no_answer_comes() -> None:
    incident = reminding(24, 48).wait(hours=7 * 24)

    assert sent(incident)[:3] == [
        (ASK.id, timedelta(0)),
        (f"reminder.1.{ASK.id}", 24 * HOUR),
        (f"reminder.2.{ASK.id}", 48 * HOUR),
    ]
    assert [each.occurred_at - START for each in incident.entries if each.kind is EntryKind.SILENCE_ASSUMED] == [
        7 * 24 * HOUR
    ]


def test_no_reminder_follows_an_answer() -> None:
    incident = reminding(24, 48).wait(hours=25).answer("reship").wait(hours=72)

    assert [step for step, _ in sent(incident) if step.startswith("reminder")] == [f"reminder.1.{ASK.id}"]


def test_none_is_sent_before_the_question_has_arrived_nor_once_its_time_is_over() -> None:
    on_its_way = opened(
        lost_parcel(
            report=(),
            analysis=(
                ASK.model_copy(
                    update={
                        "after": None,
                        "answer_within": PATIENT,
                        "remind": Reminders(message="choose", after=(HOUR,)),
                    }
                ),
            ),
        )
    )
    on_its_way.now += 2 * HOUR
    on_its_way.take(TimeCame())
    late = reminding(8 * 24).wait(hours=9 * 24)

    assert [step for step, _ in sent(on_its_way)] == [ASK.id]
    assert not any(step.startswith("reminder") for step, _ in sent(late))


def test_a_reminder_that_does_not_arrive_is_nobody_s_task_and_the_next_one_is_sent() -> None:
    def world(command: Command, now: Any) -> Any:
        return (
            refusing("customers.tell")(command, now) if command.step.startswith("reminder") else applied(command, now)
        )

    incident = reminding(24, 48, world=world).wait(hours=50)

    assert len(sent(incident)) == 3
    assert incident.state.tasks == []
    assert incident.state.steps[ASK.id].phase == "running"


def test_calling_off_while_a_reminder_is_under_way_waits_for_it_and_sends_no_other() -> None:
    incident = reminding(24, 48)
    incident.now += 24 * HOUR
    incident.take(TimeCame())  # and nothing comes back
    incident.take(CancelRequested(key="c", reason="found", actor=OPS))
    under_way = incident.status()
    incident.settle().wait(hours=72)

    assert under_way != "cancelled"
    assert incident.status() == "cancelled"
    assert len([step for step, _ in sent(incident) if step.startswith("reminder")]) == 1


def bouncing(times: int) -> Any:
    """A world in which the first channels send every message back."""
    sent_back: list[str] = []

    def world(command: Command, now: Any) -> CommandReturned:
        if command.activity != TELL or len(sent_back) == times:
            return applied(command, now)
        sent_back.append(command.id)
        refusal = Refusal(reason=BOUNCED, message="the mailbox is full")
        return CommandReturned(command_id=command.id, outcome=Outcome.NOT_APPLIED, refusal=refusal)

    return world


def tells(incident: Incident) -> list[tuple[str, Any]]:
    return [(each.id, each.inputs.get("bounced")) for each in incident.commands if each.activity == TELL]


def test_a_message_that_comes_back_goes_over_the_next_channel_and_the_answer_s_clock_starts_when_it_arrives() -> None:
    """An answer's clock starts when the question is proven delivered."""
    incident = Incident(bundle=asking(en="choose"), world=bouncing(2)).open()

    assert tells(incident) == [(f"{ASK.id}/1", None), (f"{ASK.id}/2", 1), (f"{ASK.id}/3", 2)]
    assert incident.state.tasks == []
    assert [each.data["ask"] for each in incident.entries if each.kind is EntryKind.QUESTION_ASKED] == [ASK.id]


def test_what_every_channel_sends_back_becomes_a_persons_call_and_is_tried_from_the_first_again() -> None:
    incident = Incident(bundle=asking(en="choose"), world=bouncing(5)).open()
    (task,) = incident.state.tasks

    incident.retry(task.id)

    assert [bounced for _, bounced in tells(incident)] == [None, 1, 2, 3, 4, None]
    assert incident.state.tasks == []


def test_what_comes_back_while_the_incident_is_called_off_is_not_sent_again() -> None:
    incident = opened(asking(en="choose"))
    command = asked(incident)
    incident.take(CancelRequested(key="c", reason="found", actor=OPS))

    incident.take(bouncing(1)(command, START))
    incident.settle()

    assert len(tells(incident)) == 1
    assert incident.status() == "cancelled"
