"""Whatever happens, in whatever order: what the core promises always."""

import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from amends.models import Outcome, Refusal, Stage, Status
from amends.timeline import EntryKind
from tests.workflows.builders import CUSTOMER, OPS, REPORT, RESULTS, Incident
from workflows import asking, core
from workflows.events import (
    AnswerGiven,
    CancelRequested,
    Command,
    CommandReturned,
    Event,
    NewsReceived,
    Registered,
    ReportReceived,
    RetryRequested,
    Role,
    RunStarted,
    TimeCame,
    event_of,
)
from workflows.state import State

_OUTCOMES = [*[Outcome.APPLIED] * 12, Outcome.NOT_APPLIED, Outcome.NOT_APPLIED, Outcome.UNKNOWN]


def _history(choices: list[tuple[int, int]]) -> Incident:
    """An incident after random events: answers, refusals, troubles, news, cancels, time, new runs."""
    incident = Incident()
    incident.take(ReportReceived(key="k-0", report=REPORT, actor=OPS))
    incident.take(Registered())
    for number, (kind, detail) in enumerate(choices):
        event = _event(incident, number, kind, detail)
        if isinstance(event, TimeCame):
            incident.now += _passed(incident, detail)
        incident.take(event)
        _promises(incident)
    return incident


def _event(incident: Incident, number: int, kind: int, detail: int) -> Event:
    pending = sorted(incident.state.pending)
    if kind < 55 and pending:
        command = incident.state.pending[pending[detail % len(pending)]]
        return _returned(command, _OUTCOMES[detail % len(_OUTCOMES)])
    if kind < 75:
        return TimeCame()
    if kind < 85:
        return AnswerGiven(
            key=["a-1", "a-2", f"a-{number}"][detail % 3],
            ask=[*(step.id for step in asking.open_asks(incident.state)), "analysis.ask"][0],
            choice=["reship", "reship", "good", "refund", "a pony"][detail % 5],
            actor=CUSTOMER,
        )
    if kind < 89:
        return ReportReceived(key=f"k-{number if detail % 2 else 0}", report=REPORT, actor=CUSTOMER)
    if kind < 94:
        return NewsReceived(event_id=f"e-{detail % 3}", event_type="shipment.scanned", actor=OPS)
    if kind < 96:
        return RunStarted(run_id=f"run-{number + 2}", previous_run_id=incident.state.run_id)
    if kind < 97:
        return CommandReturned(command_id="nobody/asked", outcome=Outcome.APPLIED)
    if kind < 99:
        task = [*(task.id for task in incident.state.tasks), "no_plan_left"][0]
        return RetryRequested(key=["r-1", f"r-{number}"][detail % 2], task=task, actor=OPS)
    return CancelRequested(reason="mistake", actor=OPS)


def _passed(incident: Incident, detail: int) -> timedelta:
    """To the next due moment, or somewhere past it."""
    due = core.next_due(incident.state)
    if due is None or detail % 4 == 0:
        return timedelta(hours=detail)
    return max(due.at - incident.now, timedelta(0))


def _returned(command: Command, outcome: Outcome) -> CommandReturned:
    refusal = Refusal(reason="OutOfStock", message="none left") if outcome is Outcome.NOT_APPLIED else None
    result = RESULTS.get(command.activity, {}) if outcome is Outcome.APPLIED else {}
    if command.activity in ("orders.read", "shipping.read_parcel"):  # without the order nothing can be decided
        return CommandReturned(command_id=command.id, outcome=Outcome.APPLIED, result=RESULTS[command.activity])
    return CommandReturned(command_id=command.id, outcome=outcome, result=result, refusal=refusal)


def _promises(incident: Incident) -> None:
    """What must hold after every event."""
    state = incident.state
    if state.status is Status.CLOSED:
        assert not state.tasks
    if state.ended:
        assert not state.pending
        return
    due = core.next_due(state)
    moves = bool(state.pending) or due is not None or bool(state.tasks)
    assert moves, "an incident that has not ended does something, awaits a moment, or is a person's task"
    assert due is None or due.at > incident.now, "what is due is done when its time comes"


@settings(max_examples=600, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 200)), max_size=80))
def test_whatever_happens_the_promises_hold(choices: list[tuple[int, int]]) -> None:
    _keeps_its_promises(_history(choices))


def test_two_thousand_random_walks_reach_every_kind_of_entry_and_the_promises_hold() -> None:
    reached = set()
    for seed in range(2000):
        walk = random.Random(seed)  # noqa: S311  # not for secrets: every run walks the same ways
        length = walk.randint(0, 90)
        incident = _history([(walk.randint(0, 99), walk.randint(0, 200)) for _ in range(length)])
        _keeps_its_promises(incident)
        reached |= set(incident.kinds())

    not_in_these_walks = {EntryKind.DUPLICATE_FOUND, EntryKind.REPORT_REPEATED, EntryKind.STEP_SKIPPED}
    assert reached == set(EntryKind) - not_in_these_walks - {EntryKind.SEVERITY_SET, EntryKind.WAIT_ENDED}


def _keeps_its_promises(incident: Incident) -> None:
    stages_only_go_forward(incident)
    no_effect_without_its_intent_and_none_returns_twice(incident)
    what_is_unknown_is_asked_about_before_a_person_is_needed(incident)
    only_what_was_applied_is_undone_and_at_most_once(incident)
    every_undoable_effect_of_a_plan_that_is_undone_was_undone(incident)
    an_update_counts_at_most_once(incident)
    entries_are_numbered_without_gaps_in_each_run(incident)
    the_timeline_drives_the_core_to_the_same_timeline_and_state(incident)
    the_state_is_the_same_after_being_written_and_read_back(incident)


def stages_only_go_forward(incident: Incident) -> None:
    entered = [list(Stage).index(Stage(str(data["stage"]))) for data in incident.of(EntryKind.STAGE_ENTERED)]

    assert entered == sorted(set(entered))


def no_effect_without_its_intent_and_none_returns_twice(incident: Incident) -> None:
    requested = [str(data["command_id"]) for data in incident.of(EntryKind.EFFECT_REQUESTED)]
    keys = [str(data["key"]) for data in incident.of(EntryKind.EFFECT_REQUESTED)]
    known = [
        str(data["key"]) for kind in (EntryKind.EFFECT_APPLIED, EntryKind.EFFECT_REFUSED) for data in incident.of(kind)
    ]

    assert set(known) <= set(keys)
    assert len(known) == len(set(known))
    assert len(requested) == len(set(requested))
    effects = [command.id for command in incident.commands if command.role is Role.EFFECT and not command.reconciles]
    assert effects == requested


def what_is_unknown_is_asked_about_before_a_person_is_needed(incident: Incident) -> None:
    unknown = [
        str(data["command_id"])
        for kind in (EntryKind.EFFECT_UNKNOWN, EntryKind.UNDO_UNKNOWN)
        for data in incident.of(kind)
    ]
    asked = [command for command in incident.commands if command.reconciles]
    handed_over = [str(data["task"]) for data in incident.of(EntryKind.TASK_OPENED)]
    tried_again = len(incident.of(EntryKind.RETRY_REQUESTED))

    assert {command.reconciles for command in asked} == {each for each in unknown if "/reconcile/" not in each}
    assert len(asked) == len({command.id for command in asked})
    assert len(asked) <= len({command.reconciles for command in asked}) + tried_again
    for task in handed_over:
        if task.startswith("unknown:"):
            assert any(each.startswith(f"{task.removeprefix('unknown:')}/reconcile/") for each in unknown)


def only_what_was_applied_is_undone_and_at_most_once(incident: Incident) -> None:
    undoes = {str(data["key"]): str(data["undoes"]) for data in incident.of(EntryKind.UNDO_REQUESTED)}
    refused = [undoes[str(data["key"])] for data in incident.of(EntryKind.UNDO_REFUSED)]
    undone = [undoes[str(data["key"])] for data in incident.of(EntryKind.UNDO_APPLIED)]
    applied = {str(data["key"]) for data in incident.of(EntryKind.EFFECT_APPLIED)}

    assert set(undoes.values()) <= applied
    assert len(undone) == len(set(undone))
    for effect in set(undoes.values()):  # tried again only where a try was refused
        assert list(undoes.values()).count(effect) <= refused.count(effect) + 1


def every_undoable_effect_of_a_plan_that_is_undone_was_undone(incident: Incident) -> None:
    done = {str(data["undoes"]) for data in incident.of(EntryKind.UNDO_REQUESTED)}

    for effect in incident.state.effects:
        if effect.plan in incident.state.plans_failed and effect.outcome is Outcome.APPLIED and effect.undo is not None:
            assert incident.state.key(effect.command_id) in done
            assert effect.undone is Outcome.APPLIED


def an_update_counts_at_most_once(incident: Incident) -> None:
    answers = [data["key"] for data in incident.of(EntryKind.ANSWER_RECEIVED)]
    news = [data["event_id"] for data in incident.of(EntryKind.NEWS_RECEIVED)]
    reports = [
        data["key"] for kind in (EntryKind.INCIDENT_OPENED, EntryKind.REPORT_ADDED) for data in incident.of(kind)
    ]

    for keys in (answers, news, reports):
        assert len(keys) == len(set(map(str, keys)))


def entries_are_numbered_without_gaps_in_each_run(incident: Incident) -> None:
    expected = 0
    for entry in incident.entries:
        if entry.kind is EntryKind.RUN_STARTED:
            expected = 0
        assert entry.n == expected
        expected += 1


def the_timeline_drives_the_core_to_the_same_timeline_and_state(incident: Incident) -> None:
    again = Incident(bundle=incident.bundle)
    for entry in incident.entries:
        event = event_of(entry)
        if event is not None:
            again.now = entry.occurred_at
            again.take(event)

    assert again.entries == incident.entries
    assert again.state.model_dump(exclude={"handled"}) == incident.state.model_dump(exclude={"handled"})


def the_state_is_the_same_after_being_written_and_read_back(incident: Incident) -> None:
    assert State.model_validate_json(incident.state.model_dump_json()) == incident.state
