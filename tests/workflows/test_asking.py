"""A question says how long its answer is awaited, and the engine keeps to what it has said."""

from datetime import timedelta
from typing import Any

from amends.models import Severity
from amends.timeline import EntryKind
from runbooks.bundle import Bundle, MessageText
from runbooks.program import BySeverity, SeverityRule
from tests.workflows.builders import ASK, HOUR, OPS, START, Incident, applied, lost_parcel
from workflows.events import Command, Registered, ReportReceived, TimeCame

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
