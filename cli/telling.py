"""The timeline in plain English: one sentence for each entry, for people who run operations."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol, assert_never

from pydantic import JsonValue

from amends.models import Actor, ActorKind, Data
from amends.timeline import EntryKind
from cli import wording

_TASKS = {
    "outcome_unknown": "nobody can say whether it happened",
    "refused": "it was refused",
    "undo_failed": "it could not be undone",
    "no_plan_left": "no plan is left that could put it right",
}


class Told(Protocol):
    """What a sentence needs of an entry: an ``Entry`` of the engine has it, and a ``TimelineRow`` of the journal."""

    @property
    def kind(self) -> EntryKind: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def data(self) -> Data: ...


def utc(at: datetime) -> str:
    """``2026-11-25 18:32 UTC``"""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def tell(entry: Told, *, moment: Callable[[datetime], str] = utc) -> str:
    """The entry as one sentence. ``moment`` renders the times in it. Never fails over what an entry does not say."""
    said = _Said(entry, moment)
    match entry.kind:
        case EntryKind.INCIDENT_OPENED:
            return f"{said.actor} reported a {said['exception_type'].replace('_', ' ')}: {said['report']}."
        case EntryKind.REPORT_ADDED:
            return f"{said.actor} reported it again: {said['report']}."
        case EntryKind.INCIDENT_REGISTERED:
            return f"The journal has it{said.maybe('; an earlier incident on the same subject is {}', 'previous')}."
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
            return f"Doing: {said.activity}{said.maybe(', with {}', 'inputs')}."
        case EntryKind.EFFECT_APPLIED:
            return f"Done: {said.activity}{said.found}."
        case EntryKind.EFFECT_REFUSED:
            return f"Refused: {said.activity}{said.refusal}."
        case EntryKind.EFFECT_UNKNOWN:
            return f"Not known whether it happened: {said.activity}{said.maybe(' ({})', 'trouble')}."
        case EntryKind.UNDO_REQUESTED:
            return f"Undoing: {said.activity}{said.maybe(', with {}', 'inputs')}."
        case EntryKind.RECONCILE_REQUESTED:
            return f"Asking whether it happened: {said.activity}."
        case EntryKind.UNDO_APPLIED:
            return f"Undone: {said.activity}{said.found}."
        case EntryKind.UNDO_REFUSED:
            return f"Could not be undone, refused: {said.activity}{said.refusal}."
        case EntryKind.UNDO_UNKNOWN:
            return f"Not known whether it was undone: {said.activity}{said.maybe(' ({})', 'trouble')}."
        case EntryKind.QUESTION_ASKED:
            silence, by = said.silence("if_silent"), said["answer_by"]
            return f"Asked {said.party('to')}: {said['question']} ({said['choices']}); answer by {by}; {silence}."
        case EntryKind.ANSWER_RECEIVED:
            return f"{said.actor} answered {said.step('ask')}: {said['choice']}."
        case EntryKind.SILENCE_ASSUMED:
            return f"No answer to {said.step('ask')}: {said.silence('choice')}."
        case EntryKind.QUESTION_WITHDRAWN:
            return f"No answer is needed any more to {said.step('ask')}."
        case EntryKind.NEWS_RECEIVED:
            return f"News from {said.actor}: {said['event_type']}{said.maybe(' ({})', 'data')}."
        case EntryKind.CANCEL_REQUESTED:
            return f"{said.actor} called it off: {said['reason']}. What was done is undone."
        case EntryKind.RETRY_REQUESTED:
            return f"{said.actor} had it tried again: {said['task']}{said.maybe(' ({})', 'note')}."
        case EntryKind.TIME_CAME:
            return f"Time came for {said.dues}."
        case EntryKind.STAGE_ENTERED:
            return f"Stage: {said['stage'].replace('_', '-')}."
        case EntryKind.SEVERITY_SET:
            return f"Severity: {said['severity']}{said.maybe(' (was {})', 'was')}."
        case EntryKind.STATUS_CHANGED:
            waiting = wording.parties(said.many("waiting_for"))
            return f"Status: {said['status'].replace('_', ' ')}{f', waiting for {waiting}' if waiting else ''}."
        case EntryKind.STEP_SKIPPED:
            return f"Skipped: {said.step('step')}{said.maybe(', because it is not so that {}', 'when')}."
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
            return f"Plan: {said['plan']}."
        case EntryKind.PLAN_SUCCEEDED:
            return f"The plan worked: {said['plan']}."
        case EntryKind.PLAN_FAILED:
            return f"The plan failed: {said['plan']}. What it has done is undone."
        case EntryKind.PLAN_UNDONE:
            return f"The plan is undone: {said['plan']}."
        case EntryKind.TASK_OPENED:
            return f"A person is needed: {said.task}."
        case EntryKind.INCIDENT_RESOLVED:
            return f"Put right for the customer: {said['outcome']}."
        case EntryKind.INCIDENT_CLOSED:
            return f"Ended: {said['status']}{said.maybe(' ({})', 'outcome')}."
        case _:
            assert_never(entry.kind)


def due(what: str) -> str:
    """What becomes due, as the engine names it, in words."""
    checked = what.removeprefix("check ")
    return f"another look, during {wording.step(checked)}" if checked != what else wording.step(what)


class _Said:
    """What an entry says, in words; ``?`` for what it does not say."""

    def __init__(self, entry: Told, moment: Callable[[datetime], str]) -> None:
        self._data = {name: _with_times(given, moment) for name, given in entry.data.items()}
        self._actor = entry.actor

    def __getitem__(self, name: str) -> str:
        return wording.value(self._data[name]) if name in self._data else "?"

    @property
    def actor(self) -> str:
        return "The clock" if self._actor.kind is ActorKind.TIMER else self._actor.id

    @property
    def activity(self) -> str:
        return wording.activity(self["activity"], wording.message_of(self["step"]))

    @property
    def found(self) -> str:
        return self.maybe(" ({})", "result")

    @property
    def refusal(self) -> str:
        match self._data.get("refusal"):
            case {"reason": reason, "message": message}:
                return f" ({reason}: {message})"
            case _:
                return ""

    @property
    def dues(self) -> str:
        return " and ".join(due(name) for name in self.many("due")) or "?"

    @property
    def task(self) -> str:
        why = _TASKS.get(self["why"], self["why"])
        return why if self["why"] == "no_plan_left" else f"{self.step('step')}: {why}"

    def maybe(self, words: str, name: str) -> str:
        """``words`` around a value; nothing where there is none."""
        given = self._data.get(name)
        return words.format(wording.value(given)) if given not in (None, "", {}, []) else ""

    def many(self, name: str) -> list[str]:
        given = self._data.get(name)
        return [str(each) for each in given] if isinstance(given, list) else []

    def step(self, name: str) -> str:
        return wording.step(self[name])

    def party(self, name: str) -> str:
        return wording.party(self[name])

    def silence(self, name: str) -> str:
        given = self._data.get(name)
        return "silence means that we go on without one" if given is None else f"silence means {given}"

    def assumed(self, name: str) -> str:
        given = self._data.get(name)
        facts = [f"{fact} is {wording.value(each)}" for fact, each in given.items()] if isinstance(given, dict) else []
        return f"we take it that {' and '.join(facts)}" if facts else "we go on"


def _with_times(given: JsonValue, moment: Callable[[datetime], str]) -> JsonValue:
    """The value with its times rendered."""
    match given:
        case dict():
            return {name: _with_times(each, moment) for name, each in given.items()}
        case list():
            return [_with_times(each, moment) for each in given]
        case str():
            return _with_time(given, moment)
        case _:
            return given


def _with_time(text: str, moment: Callable[[datetime], str]) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment(at) if at.tzinfo is not None else text
