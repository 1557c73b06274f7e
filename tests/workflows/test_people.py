"""What people do beside answering, deciding and seeing to tasks: each act's effect, and each of its refusals."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from amends.models import Evidence, Outcome, Party, Severity
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from runbooks.policy import GoalName
from tests.workflows.bench import LEAD, cautious, person
from tests.workflows.builders import ASK, HOUR, START, Incident, applied, lost_parcel, refusing
from tests.workflows.promises import LADDER, at, last, pages, promising, sla
from workflows import acts, core
from workflows.events import (
    Assigned,
    CancelRequested,
    Command,
    CommandReturned,
    EvidenceAdded,
    NoteAdded,
    ResumptionRequested,
    RetryRequested,
    SeverityChosen,
    SkipRequested,
    SuspensionRequested,
    TakeOverRequested,
    TaskSettled,
    TimeCame,
)
from workflows.state import Why

AN = person("an")
SHOWN = (Evidence(what="a letter from the carrier"),)


def opened(bundle: Bundle | None = None, **world: Any) -> Incident:
    return Incident(bundle=bundle or promising(sla=sla(analysis=30, resolve=60)), **world).open()


def stuck(**update: Any) -> Incident:
    """A refused trace is a person's task."""
    return opened(promising(escalation=LADDER, **update), world=refusing("shipping.open_trace"))


def act(incident: Incident, event: Any) -> Incident:
    """Take an act that counts."""
    assert acts.refusal(incident.state, event, incident.now) is None
    incident.take(event)
    assert incident.state.handled[acts.handled_as(event)].result == "recorded"
    return incident.settle()


def refused(incident: Incident, event: Any) -> str:
    why = acts.refusal(incident.state, event, incident.now)
    before = incident.state.model_copy(deep=True)
    incident.take(event)
    assert incident.state.model_dump(exclude={"handled"}) == before.model_dump(exclude={"handled"})
    assert incident.state.handled[acts.handled_as(event)].refused == why
    return str(why)


def test_a_note_stands_in_the_timeline_with_who_wrote_it() -> None:
    incident = act(opened(), NoteAdded(key="n", text="the customer called twice", actor=AN))

    (entry,) = [each for each in incident.entries if each.kind is EntryKind.NOTE_ADDED]
    assert (entry.actor, entry.data) == (AN, {"key": "n", "text": "the customer called twice"})


def test_a_note_keeps_nobody_from_approving() -> None:
    incident = act(opened(), NoteAdded(key="n", text="seen", actor=person("chen")))

    assert "chen" not in incident.state.hands


@pytest.mark.parametrize(("text", "why"), [("  ", "write it"), ("x" * 4001, "at most 4000 characters, this one 4001")])
def test_a_note_that_says_nothing_or_too_much_is_refused(text: str, why: str) -> None:
    assert why in refused(opened(), NoteAdded(key="n", text=text, actor=AN))


def test_evidence_stands_in_the_timeline() -> None:
    incident = act(opened(), EvidenceAdded(key="e", evidence=SHOWN, actor=AN))

    assert last(incident, EntryKind.EVIDENCE_ADDED)["evidence"] == [{"what": "a letter from the carrier"}]
    assert incident.state.evidence == 1
    assert "a reference or a file" in refused(incident, EvidenceAdded(key="f", evidence=(), actor=AN))


def test_whoever_a_task_is_given_to_is_paged_first() -> None:
    incident = stuck()
    task = incident.state.tasks[0].id
    act(incident, Assigned(key="a", to="bo", task=task, actor=AN)).wait(hours=2)
    act(incident, CancelRequested(key="c", reason="over", actor=AN))

    assert incident.state.tasks == []
    assert pages(incident) == [(0, 1, "an,bo"), (2, 2, "chen")]
    again = stuck(tasks=None)
    act(again, Assigned(key="a", to="bo", actor=AN))
    again.take(RetryRequested(key="r", task=again.state.tasks[0].id, actor=AN))
    again.settle()
    assert pages(again)[-1] == (0, 1, "bo")


def test_to_assign_is_not_to_acknowledge() -> None:
    incident = act(stuck(), Assigned(key="a", to="bo", actor=AN))

    assert incident.state.ladder is not None
    assert incident.state.ladder.acknowledged_by is None


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (Assigned(key="a", to="nobody", actor=AN), "'nobody' has no role here"),
        (Assigned(key="a", to="bo", task="other", actor=AN), "no task 'other' is open; open tasks: 'refused:"),
    ],
)
def test_an_assignment_that_does_not_count_says_why(event: Assigned, why: str) -> None:
    assert why in refused(stuck(), event)


def test_suspended_time_is_charged_to_the_party_that_is_waited_for() -> None:
    incident = opened().wait(hours=2)
    until = START + 10 * HOUR
    act(incident, SuspensionRequested(key="s", party=Party.CARRIER, until=until, reason="strike", actor=AN))

    assert last(incident, EntryKind.CLOCK_PAUSED) == {"goals": ["resolve", "analysis"], "charged_to": "carrier"}
    assert incident.state.waiting_for == [Party.CARRIER]
    incident.wait(hours=20)
    assert at(incident, EntryKind.SUSPENSION_ENDED, party="carrier") == [10]
    assert last(incident, EntryKind.CLOCK_RESUMED)["suspended"] == 8 * 3600
    assert incident.state.clocks[GoalName.RESOLVE].suspensions[0].party is Party.CARRIER


def test_a_suspension_that_is_ended_by_a_person_ends_when_the_party_answered() -> None:
    incident = opened()
    until = START + 90 * HOUR
    act(incident, SuspensionRequested(key="s", party=Party.CARRIER, until=until, reason="strike", actor=AN)).wait(
        hours=9
    )
    act(incident, ResumptionRequested(key="r", at=START + 5 * HOUR, actor=AN))

    assert last(incident, EntryKind.CLOCK_RESUMED)["suspended"] == 5 * 3600
    assert incident.state.suspended is None


def test_what_comes_after_the_end_of_a_suspension_is_not_charged_to_the_party_whenever_it_is_looked_at() -> None:
    incident = opened()
    until = START + 8 * HOUR
    act(incident, SuspensionRequested(key="s", party=Party.CARRIER, until=until, reason="strike", actor=AN))
    incident.now = until + 12 * HOUR  # no worker ran

    incident.take(TimeCame())

    assert last(incident, EntryKind.CLOCK_RESUMED)["suspended"] == 8 * 3600


def test_one_that_is_called_off_is_suspended_no_more_and_pages_people_about_what_cannot_be_undone() -> None:
    incident = opened(promising(escalation=LADDER), world=refusing("shipping.close_trace"))
    until = START + 20 * HOUR
    act(incident, SuspensionRequested(key="s", party=Party.CARRIER, until=until, reason="strike", actor=AN))

    act(incident, CancelRequested(key="c", reason="mistake", actor=AN))

    assert at(incident, EntryKind.SUSPENSION_ENDED, party="carrier") == [0]
    assert [task.why for task in incident.state.tasks] == [Why.UNDO_FAILED]
    assert [page[:2] for page in pages(incident)] == [(0, 2)]


def test_nobody_is_paged_while_it_is_suspended() -> None:
    incident = stuck(sla=sla(resolve=5))
    until = START + 20 * HOUR
    act(incident, SuspensionRequested(key="s", party=Party.CARRIER, until=until, reason="strike", actor=AN)).wait(
        hours=24
    )

    assert [page[:2] for page in pages(incident)] == [(0, 1), (20, 2), (24, 2)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"party": Party.US}, "nobody stops the clocks for ourselves"),
        ({"reason": " "}, "say what is waited for"),
        ({"until": START}, "has passed"),
        ({"until": START + timedelta(days=31)}, "30 days at most"),
    ],
)
def test_a_suspension_that_does_not_count_says_why(change: dict[str, Any], why: str) -> None:
    asked = SuspensionRequested(key="s", party=Party.CARRIER, until=START + HOUR, reason="strike", actor=AN)

    assert why in refused(opened(), asked.model_copy(update=change))


def test_one_suspension_at_a_time_and_none_to_end_where_there_is_none() -> None:
    incident = opened()
    assert "nothing to resume" in refused(incident, ResumptionRequested(key="r", actor=AN))
    asked = SuspensionRequested(key="s", party=Party.CARRIER, until=START + HOUR, reason="strike", actor=AN)
    act(incident, asked)

    assert "resume it first" in refused(incident, asked.model_copy(update={"key": "t"}))


def test_a_persons_word_on_the_severity_stands_over_the_rules_until_it_is_taken_back() -> None:
    incident = opened()
    act(incident, SeverityChosen(key="s", severity=Severity.CRITICAL, reason="a hospital", actor=AN))
    assert last(incident, EntryKind.SEVERITY_SET) == {"severity": "critical", "was": "low"}

    act(incident, SeverityChosen(key="t", reason="it was not", actor=AN))

    assert last(incident, EntryKind.SEVERITY_SET) == {"severity": "low", "was": "critical"}
    assert "as the runbook's rules say already" in refused(incident, SeverityChosen(key="u", reason="x", actor=AN))
    assert "say why" in refused(incident, SeverityChosen(key="v", severity=Severity.HIGH, reason="", actor=AN))


def test_a_skipped_question_means_what_silence_means() -> None:
    incident = opened(promising(lost_parcel(analysis=(ASK,)))).wait(hours=25)
    act(incident, SkipRequested(key="s", step="analysis.ask", reason="she told us on the phone", actor=AN))

    assert incident.state.facts["choice"] == "refund"
    assert last(incident, EntryKind.STEP_SKIPPED) == {"step": "analysis.ask", "when": None, "by": "an"}
    assert incident.of(EntryKind.QUESTION_WITHDRAWN) == [{"ask": "analysis.ask"}]


def test_a_skipped_wait_assumes_what_its_end_would() -> None:
    incident = opened()
    act(incident, SkipRequested(key="s", step="analysis.wait", reason="they are on strike", actor=AN))

    assert incident.state.facts["trace"]["status"] == "presumed_lost"  # type: ignore[index, call-overload]
    assert incident.of(EntryKind.WAIT_WITHDRAWN) == [{"wait": "analysis.wait"}]


def test_a_refused_step_that_nothing_reads_can_be_skipped() -> None:
    incident = Incident(bundle=promising(), world=refusing("customers.tell")).open()
    (task,) = incident.state.tasks
    act(incident, SkipRequested(key="s", step=task.step, reason="no address", actor=AN))

    assert incident.state.tasks == []
    assert incident.of(EntryKind.TASK_CLOSED) == [{"task": task.id, "how": "skipped"}]
    assert incident.state.stage == "analysis"


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("report.tell", "is not what the incident stands at; steps that can be skipped now: 'analysis.wait'"),
        ("analysis.together", "is under way; only what waits"),
    ],
)
def test_a_step_that_cannot_be_skipped_says_why(step: str, why: str) -> None:
    assert why in refused(opened(), SkipRequested(key="s", step=step, reason="x", actor=AN))


def test_what_later_steps_read_an_approval_and_the_unknown_are_not_skipped() -> None:
    trace = SkipRequested(key="s", step="analysis.shipping.open_trace", reason="x", actor=AN)
    assert "later steps read" in refused(stuck(), trace)
    asked = opened(cautious()).wait(hours=25).answer("reship").wait(hours=48)
    assert "which nobody skips" in refused(asked, SkipRequested(key="s", step=LEAD.id, reason="x", actor=AN))

    def lost(command: Command, now: datetime) -> CommandReturned:
        answer = applied(command, now)
        gone = command.activity == "shipping.open_trace"
        return answer.model_copy(update={"outcome": Outcome.UNKNOWN, "result": {}}) if gone else answer

    unknown = Incident(bundle=promising(), world=lost).open()
    assert "nobody knows whether" in refused(unknown, trace)


def test_a_person_who_takes_over_stops_whatever_is_new() -> None:
    incident = opened().wait(hours=1)
    act(incident, TakeOverRequested(key="t", reason="I know the driver", actor=AN)).wait(hours=200)

    (task,) = incident.state.tasks
    assert (task.why, task.assignee) == (Why.TAKEN_OVER, "an")
    assert incident.status() == "taken_over"
    assert incident.of(EntryKind.QUESTION_ASKED) == []
    incident.retry(task.id)
    assert incident.of(EntryKind.WAIT_TIMED_OUT) != []  # what its time brought comes now


def test_what_is_due_while_it_is_taken_over_is_never_in_the_past() -> None:
    incident = act(opened(), TakeOverRequested(key="t", reason="mine", actor=AN)).wait(hours=100)

    due = core.next_due(incident.state)
    assert due is None or due.at > incident.now


def test_who_took_over_puts_it_right_by_hand_and_what_a_plan_has_half_done_is_undone_first() -> None:
    incident = Incident(bundle=cautious()).open().wait(hours=25).answer("reship").wait(hours=48)
    act(incident, TakeOverRequested(key="t", reason="mine", actor=AN))
    settled = TaskSettled(key="s", task="taken_over", how="paid in cash", evidence=SHOWN, actor=AN)
    act(incident, settled)

    assert incident.state.resolved
    assert incident.state.outcome == "settled by hand"
    assert last(incident, EntryKind.PLAN_UNDONE) == {"plan": "reship"}
    assert last(incident, EntryKind.INCIDENT_RESOLVED) == {"outcome": "settled by hand", "how": "paid in cash"}


def test_nothing_is_put_right_by_hand_before_the_analysis_is_done() -> None:
    incident = act(opened(), TakeOverRequested(key="t", reason="mine", actor=AN))
    settled = TaskSettled(key="s", task="taken_over", how="paid", evidence=SHOWN, actor=AN)

    assert "before the analysis is done" in refused(incident, settled)
    assert "'an' has taken it over already" in refused(incident, TakeOverRequested(key="u", reason="x", actor=AN))
    assert "say why" in refused(opened(), TakeOverRequested(key="t", reason=" ", actor=AN))


def test_what_was_taken_over_can_still_be_called_off() -> None:
    incident = act(opened(), TakeOverRequested(key="t", reason="mine", actor=AN))
    act(incident, CancelRequested(key="c", reason="found", actor=AN))

    assert incident.status() == "cancelled"
    assert incident.commands[-1].activity == "shipping.close_trace"
