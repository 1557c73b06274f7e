"""The timeline in plain English: one sentence for each entry, for people who run operations."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import assert_never

from amends.timeline import EntryKind
from cli import telling_acts, telling_pages, telling_people, telling_promises, wording
from cli.said import Said, Told


def utc(at: datetime) -> str:
    """``2026-11-25 18:32 UTC``"""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def tell(entry: Told, *, moment: Callable[[datetime], str] = utc, texts: Mapping[str, str] = wording.NO_TEXTS) -> str:
    """The entry as one sentence. ``moment`` renders the times in it, and ``texts`` says which revision of its runbook
    an approval is about. Never fails over what an entry does not say."""
    said = Said(entry, moment, texts)
    match entry.kind:
        case EntryKind.INCIDENT_OPENED:
            return f"{said.actor} reported a {said['exception_type'].replace('_', ' ')}: {said['report']}."
        case EntryKind.REPORT_ADDED:
            return f"{said.actor} reported it again: {said['report']}."
        case EntryKind.INCIDENT_REGISTERED:
            earlier = (
                "an earlier incident on the same subject is" if said["reopens"] != "yes" else "it reopens incident"
            )
            return f"The journal has it{said.maybe(f'; {earlier} {{}}', 'previous')}."
        case EntryKind.DUPLICATE_FOUND:
            return f"This report was handled before, by incident {said['of']}: nothing is done here."
        case EntryKind.REPORT_REPEATED:
            return f"That report was handled before, by incident {said['of']}."
        case EntryKind.RUN_STARTED:
            return f"Temporal goes on with it in a new run ({said['reason']})."
        case EntryKind.FACTS_READ:
            return f"Checked: {said.activity.removeprefix('check ')}{said.found}."
        case EntryKind.READ_REFUSED:
            return f"Checked in vain: {said.activity}{said.refusal}."
        case EntryKind.READ_FAILED:
            return f"Could not check: {said.activity}{said.maybe(' ({})', 'trouble')}."
        case EntryKind.EFFECT_REQUESTED:
            doing = f"Switching on until {said['until']}" if said.is_measure else "Doing"
            return f"{doing}: {said.activity}{said.maybe(', with {}', 'inputs')}."
        case EntryKind.EFFECT_APPLIED:
            done = said.maybe("It happened, says {}", "by_hand") or ("Switched on" if said.is_measure else "Done")
            return f"{done}: {said.activity}{said.found}."
        case EntryKind.EFFECT_REFUSED:
            return f"{said.maybe('It did not happen, says {}', 'by_hand') or 'Refused'}: {said.activity}{said.refusal}."
        case EntryKind.EFFECT_UNKNOWN:
            return f"Not known whether it happened: {said.activity}{said.maybe(' ({})', 'trouble')}."
        case EntryKind.UNDO_REQUESTED:
            doing = "Noting that a person did it" if said["by_hand"] == "yes" else said.undoing
            return f"{doing}: {said.activity}{said.maybe(', with {}', 'inputs')}."
        case EntryKind.RECONCILE_REQUESTED:
            return f"Asking whether it happened: {said.activity}."
        case EntryKind.UNDO_APPLIED:
            undone = "Lifted" if said.is_measure else "Undone"
            return f"{undone}{said.maybe(' by hand, says {}', 'by_hand')}: {said.activity}{said.found}."
        case EntryKind.UNDO_REFUSED:
            failed = said.maybe("Not undone, says {}", "by_hand") or "Could not be undone, refused"
            return f"{failed}: {said.activity}{said.refusal}."
        case EntryKind.UNDO_UNKNOWN:
            return f"Not known whether it was undone: {said.activity}{said.maybe(' ({})', 'trouble')}."
        case EntryKind.MESSAGE_HELD:
            return f"Not sent before {said['until']}, as it is night for {said.party('to')}: {said.step('step')}."
        case EntryKind.MESSAGE_WITHDRAWN:
            return f"Not sent any more: {said.step('step')}."
        case EntryKind.QUESTION_HELD:
            other = f"incident {said['incident']} awaits an answer to {said.step('asks')}"
            return f"Not asked yet: {said.step('ask')}, as {other}; tried again by {said['until']}."
        case EntryKind.QUESTION_JOINED:
            other = f"incident {said['incident']} has asked the same"
            return f"Not asked once more: {said.step('ask')}, as {other}; what is answered there counts here too."
        case EntryKind.CONVERSATION_FREED:
            return f"Incident {said['by']} awaits no answer any more."
        case EntryKind.QUESTION_ASKED:
            silence, by = said.silence("if_silent"), said["answer_by"]
            return f"Asked {said.asked}: {said['question']} ({said.answers}); answer by {by}; {silence}."
        case EntryKind.ANSWER_RECEIVED:
            return f"{said.actor} answered {said.step('ask')}: {said.answer}."
        case EntryKind.SILENCE_ASSUMED:
            return f"No answer to {said.step('ask')}: {said.silence('choice', 'text', 'amount')}."
        case EntryKind.ANSWER_INHERITED:
            return f"Answered before, to the incident that was taken over: {said.step('ask')} ({said.answer})."
        case EntryKind.ANSWER_SHARED:
            other = f"incident {said['incident']}, which asked the same"
            return f"Answered to {other}: {said.step('ask')} ({said.answer})."
        case EntryKind.QUESTION_WITHDRAWN:
            return f"No answer is needed any more to {said.step('ask')}."
        case EntryKind.NEWS_RECEIVED:
            return f"News from {said.actor}: {said['event_type']}{said.maybe(' ({})', 'data')}."
        case EntryKind.TIME_CAME:
            return f"Time came for {said.dues}."
        case EntryKind.STAGE_ENTERED:
            return f"Stage: {said['stage'].replace('_', '-')}."
        case EntryKind.SEVERITY_SET:
            near = f", as it is near: {said.deadline}, due {said['due_at']}" if said.maybe("{}", "deadline") else ""
            return f"Severity: {said['severity']}{said.maybe(' (was {})', 'was')}{near}."
        case EntryKind.STATUS_CHANGED:
            waiting = wording.parties(said.many("waiting_for"))
            return f"Status: {said['status'].replace('_', ' ')}{f', waiting for {waiting}' if waiting else ''}."
        case EntryKind.STEP_SKIPPED:
            return f"Skipped: {said.step('step')}{said.maybe(', because it is not so that {}', 'when')}{said.by}."
        case EntryKind.DECISION_MADE:
            return f"Decided: {said['fact'].replace('_', ' ')} is {said['choice']}."
        case EntryKind.ROUND_ENDED:
            over = "it has come to what it was for" if said["until"] == "yes" else "it has not come to what it was for"
            return f"Round {said['round']} of {said['of']} is over: {over}."
        case EntryKind.INTERRUPTED:
            return f"Cut in: {said['on']} has come, and the plan {said['plan']} is next."
        case EntryKind.INTERRUPT_IGNORED:
            return f"No cutting in for the plan {said['plan']}, though {said['on']} has come: {said['why']}."
        case EntryKind.SUPERSEDED:
            return f"Incident {said['to']} ({said['exception_type'].replace('_', ' ')}) takes it over."
        case EntryKind.MERGED:
            return f"{said.actor} merged it into incident {said['to']}: {said['reason']}."
        case EntryKind.REPORT_SPLIT:
            return f"{said.actor} had the report {said['report']} opened as {said['workflow_id']}: {said['reason']}."
        case EntryKind.INHERITED:
            return f"Took over from incident {said['incident']}."
        case EntryKind.NOT_INHERITED:
            why = said.refusal or said.maybe(" ({})", "trouble")
            return f"Nothing was taken over from incident {said['incident']}{why}."
        case EntryKind.CLEARED:
            why = said.maybe(", and the customer says so too", "confirmed_by")
            return f"The cause is gone: {said['on']} has come{why}. What was done is undone."
        case EntryKind.CLEARING_ASKED:
            return f"The cause may be gone, as {said['on']} has come; the customer is asked first, as {said['why']}."
        case EntryKind.CLEARING_IGNORED:
            return f"Not closed, though {said['on']} has come: {said['why']}."
        case EntryKind.NEWS_IGNORED:
            return f"Left out of that news: {said.reasons('fields')}."
        case EntryKind.WAIT_STARTED:
            by, then = said["at_most_until"], said.assumed("then_assume")
            return f"Waiting for {said.party('waiting_for')} until {said['until']}, at most until {by}; then {then}."
        case EntryKind.WAIT_ENDED:
            return f"It has come: {said.step('wait')} is over."
        case EntryKind.WAIT_TIMED_OUT:
            return f"It has not come: {said.step('wait')} is over, and {said.assumed('assumed')}."
        case EntryKind.WAIT_WITHDRAWN:
            return f"Not needed any more: {said.step('wait')}."
        case EntryKind.PLAN_STARTED:
            why = said.maybe(", chosen by {}", "chosen_by") or said.maybe(", because of {}", "interrupt")
            return f"Plan: {said['plan']}{why}."
        case EntryKind.PLAN_SUCCEEDED:
            return f"The plan worked: {said['plan']}."
        case EntryKind.PLAN_FAILED:
            return f"The plan failed: {said['plan']}. What it has done is undone."
        case EntryKind.PLAN_UNDONE:
            return f"The plan is undone: {said['plan']}."
        case EntryKind.BOOKS_AGREED:
            return "The shop's books say what the journal says."
        case EntryKind.BOOKS_DIFFER:
            return f"The shop's books do not say what the journal says{said.refusal}."
        case EntryKind.BOOKS_UNREAD:
            return f"The shop's books could not be read{said.maybe(' ({})', 'trouble')}."
        case EntryKind.INCIDENT_RESOLVED:
            return f"Put right for the customer: {said['outcome']}{said.maybe(' ({})', 'how')}."
        case EntryKind.INCIDENT_CLOSED:
            return f"Ended: {said['status']}{said.maybe(' ({})', 'outcome')}."
        case (
            EntryKind.APPROVAL_ASKED
            | EntryKind.APPROVAL_GIVEN
            | EntryKind.APPROVAL_REJECTED
            | EntryKind.APPROVAL_EXPIRED
            | EntryKind.APPROVAL_WITHDRAWN
            | EntryKind.DECISION_RECEIVED
            | EntryKind.DECISION_COUNTED
            | EntryKind.DECISION_REFUSED
            | EntryKind.CANCEL_REQUESTED
            | EntryKind.RETRY_REQUESTED
            | EntryKind.PLAN_CHOSEN
            | EntryKind.TASK_SETTLED
            | EntryKind.WAIVER_REQUESTED
            | EntryKind.UNDO_WAIVED
            | EntryKind.TASK_OPENED
            | EntryKind.TASK_OVERDUE
            | EntryKind.TASK_CLOSED
        ):
            return telling_people.tell(entry.kind, said)
        case (
            EntryKind.CLOCK_STARTED
            | EntryKind.CLOCK_PAUSED
            | EntryKind.CLOCK_RESUMED
            | EntryKind.CLOCK_RESET
            | EntryKind.CLOCK_WARNED
            | EntryKind.CLOCK_BREACHED
            | EntryKind.BREACH_REASSESSED
            | EntryKind.CLOCK_STOPPED
            | EntryKind.DEADLINE_SET
            | EntryKind.DEADLINE_PROTECTED
            | EntryKind.DEADLINE_MISSED
            | EntryKind.DEADLINE_LET_GO
        ):
            return telling_promises.tell(entry.kind, said)
        case (
            EntryKind.PAGE_REQUESTED
            | EntryKind.PAGE_SENT
            | EntryKind.PAGE_FAILED
            | EntryKind.PAGE_HELD
            | EntryKind.LADDER_RAISED
            | EntryKind.LADDER_EXHAUSTED
            | EntryKind.LADDER_STOPPED
            | EntryKind.ACKNOWLEDGED
            | EntryKind.ESCALATION_REQUESTED
            | EntryKind.SNOOZE_REQUESTED
        ):
            return telling_pages.tell(entry.kind, said)
        case (
            EntryKind.NOTE_ADDED
            | EntryKind.EVIDENCE_ADDED
            | EntryKind.ASSIGNED
            | EntryKind.SUSPENSION_REQUESTED
            | EntryKind.RESUMPTION_REQUESTED
            | EntryKind.SUSPENSION_ENDED
            | EntryKind.SEVERITY_CHOSEN
            | EntryKind.SKIP_REQUESTED
            | EntryKind.TAKEN_OVER
            | EntryKind.REPIN_REQUESTED
            | EntryKind.REPINNED
            | EntryKind.REPIN_PUT_OFF
        ):
            return telling_acts.tell(entry.kind, said)
        case _:
            assert_never(entry.kind)
