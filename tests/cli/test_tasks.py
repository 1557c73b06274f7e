"""How a task can be settled is printed as the engine takes it, with the fields of a result that are needed."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from amends.journal import TimelineRow
from amends.models import ENGINE
from amends.timeline import EntryKind
from cli import pending
from cli.acting import found
from cli.tasks import in_words
from runbooks import library
from runbooks.program import AskStep, Program, Step, Together
from tests.cli import stories

TRACE = "analysis.shipping.open_trace"
CLAIM = "follow_up.shipping.file_claim"
HOLD = "report.orders.hold"
SHIPMENT = '--result parcel_id="…" --result carrier="…" --result tracking_no="…"'
TRACED = '--happened --result trace_id="…" --result status="…"'
EITHER = ["--happened", "--did-not-happen"]


@pytest.fixture
def program() -> Program:
    return library.load("lost_parcel").program


@pytest.mark.parametrize(
    ("step", "activity", "settled_with"),
    [
        (stories.SHIP, "shipping.create_shipment", [f"--happened {SHIPMENT}", "--did-not-happen"]),
        (TRACE, "shipping.open_trace", [TRACED, "--did-not-happen"]),
        (stories.REFUND, "payments.refund", ['--happened --result refund_id="…" --result amount="…"', EITHER[1]]),
        (HOLD, "orders.hold", ['--happened --result hold_id="…"', "--did-not-happen"]),
        ("action.resume_delivery.shipping.resume_delivery", "shipping.resume_delivery", EITHER),
        (stories.LOOKING, "customers.tell", EITHER),
        (stories.ASK, "customers.tell", EITHER),
    ],
)
def test_of_what_happened_the_fields_are_asked_for_that_an_undo_or_a_later_step_needs(
    step: str, activity: str, settled_with: list[str], program: Program, state_dir: Path
) -> None:
    unknown = (EntryKind.EFFECT_UNKNOWN, activity)

    assert settling(state_dir, "outcome_unknown", step, [unknown], program) == settled_with


@pytest.mark.parametrize(
    ("step", "activity", "settled_with"),
    [
        (stories.SHIP, "shipping.create_shipment", ['--happened --result tracking_no="…"', "--did-not-happen"]),
        (stories.REFUND, "payments.refund", EITHER),
    ],
)
def test_where_the_text_that_is_followed_is_not_at_hand_what_an_undo_needs_is_asked_for_all_the_same(
    step: str, activity: str, settled_with: list[str], state_dir: Path
) -> None:
    unknown = (EntryKind.EFFECT_UNKNOWN, activity)

    assert settling(state_dir, "outcome_unknown", step, [unknown], None) == settled_with


@pytest.mark.parametrize(
    ("step", "activity", "settled_with"),
    [
        (stories.REFUND, "payments.refund", ['--result refund_id="…" --result amount="…"']),
        (CLAIM, "shipping.file_claim", [""]),  # its step says what holds when it is refused
        (stories.LOOKING, "customers.tell", [""]),
    ],
)
def test_what_was_refused_is_settled_as_done_with_what_later_steps_read(
    step: str, activity: str, settled_with: list[str], program: Program, state_dir: Path
) -> None:
    called = (EntryKind.EFFECT_REQUESTED, activity)

    assert settling(state_dir, "refused", step, [called], program) == settled_with


@pytest.mark.parametrize(
    ("step", "activity", "at_hand"),
    [
        (HOLD, "orders.hold", True),
        (TRACE, "shipping.open_trace", True),
        (TRACE, "shipping.open_trace", False),
    ],
)
def test_what_only_the_call_itself_can_give_cannot_be_settled_and_says_why(
    step: str, activity: str, at_hand: bool, program: Program, state_dir: Path
) -> None:
    task, timeline = opened(state_dir, "refused", step, [(EntryKind.EFFECT_REQUESTED, activity)])

    need = in_words(task, timeline, program if at_hand else None)

    assert "so nobody can settle it by hand. When what stood against it is gone, have it tried again." in need.what
    assert [command.split()[1] for command in need.commands] == ["retry", "cancel"]


def test_nobody_chooses_for_a_customer_who_cannot_be_asked_unless_the_runbook_says_what_holds_then(
    program: Program, state_dir: Path
) -> None:
    asked = [(EntryKind.EFFECT_REQUESTED, "customers.tell")]
    task, timeline = opened(state_dir, "refused", stories.ASK, asked)

    said, unsaid = (in_words(task, timeline, each) for each in (program, _without_otherwise(program)))

    assert [command.split()[1] for command in said.commands] == ["retry", "settle", "cancel"]
    assert [command.split()[1] for command in unsaid.commands] == ["retry", "cancel"]
    assert "so nobody can settle it by hand." in unsaid.what


def _without_otherwise(program: Program) -> Program:
    return program.model_copy(update={"analysis": tuple(map(_unsaid, program.analysis))})


def _unsaid(step: Step) -> Step:
    if isinstance(step, Together):
        return step.model_copy(update={"steps": tuple(map(_unsaid, step.steps))})
    return step.model_copy(update={"otherwise": None}) if isinstance(step, AskStep) else step


def test_a_read_that_nobody_answered_is_settled_with_what_it_would_have_given(
    program: Program, state_dir: Path
) -> None:
    failed, step = (EntryKind.READ_FAILED, "inventory.check"), "analysis.inventory.check"

    assert settling(state_dir, "outcome_unknown", step, [failed], program) == ['--happened --result reservable="…"']


@pytest.mark.parametrize(
    ("ends", "settled_with"),
    [
        ([EntryKind.UNDO_REFUSED], [""]),
        ([EntryKind.UNDO_UNKNOWN, EntryKind.UNDO_REFUSED], [""]),
        ([EntryKind.UNDO_UNKNOWN], EITHER),
    ],
)
def test_of_an_undo_only_one_that_nobody_knows_of_can_be_settled_as_not_happened(
    ends: list[EntryKind], settled_with: list[str], program: Program, state_dir: Path
) -> None:
    undos = [(end, "inventory.release") for end in ends]

    assert settling(state_dir, "undo_failed", stories.RESERVE, undos, program) == settled_with


def test_where_no_plan_is_left_nothing_did_not_happen(program: Program, state_dir: Path) -> None:
    assert settling(state_dir, "no_plan_left", "action", [], program) == [""]


def test_what_cannot_be_reckoned_says_why_and_is_tried_again_taken_over_or_called_off(
    program: Program, state_dir: Path
) -> None:
    because = "there is no rate for 'GBP'; add it to the table of rates"
    task, timeline = opened(state_dir, "not_reckoned", stories.REFUND, [])
    task = task.model_copy(update={"data": {**task.data, "because": because}})

    need = in_words(task, timeline, program)

    assert need.why.startswith("What it says cannot be reckoned: ")
    assert because in need.what
    assert [command.split()[1] for command in need.commands] == ["retry", "take-over", "cancel"]


def settling(
    state_dir: Path, why: str, step: str, came: Sequence[tuple[EntryKind, str]], program: Program | None
) -> list[str]:
    """What the commands that settle a task have behind its evidence."""
    task, timeline = opened(state_dir, why, step, came)
    commands = in_words(task, timeline, program).commands
    return [each.partition('--evidence "…"')[2].strip() for each in commands if each.startswith("amends settle ")]


def opened(
    state_dir: Path, why: str, step: str, came: Sequence[tuple[EntryKind, str]]
) -> tuple[TimelineRow, list[TimelineRow]]:
    """A task in a journal, behind what came of its step's calls."""
    calls = [(stories.DAY, kind, ENGINE, stories.call(step, activity)) for kind, activity in came]
    stories.write(state_dir, stories.reported(), calls, stories.handed_over(why, step, f"{why}:{step}/1"))
    _, timeline = found(stories.INCIDENT)
    (task,) = pending.tasks(timeline)
    return task, timeline
