"""``amends demo``: one incident of each kind made right before your eyes."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from amends.journal import TimelineRow
from amends.models import Head, Outcome, Status
from amends.timeline import EntryKind
from cli import wording
from cli.output import columns, plural, short
from cli.quiet import quiet
from cli.telling import tell
from drills.course import Watch
from drills.moments import since
from drills.report import Played, perform
from drills.scenario import Scenario, drilled_runbooks, load_scenarios
from drills.stage import stage

_TOLD: Final = frozenset(
    {
        EntryKind.INCIDENT_OPENED,
        EntryKind.REPORT_ADDED,
        EntryKind.NEWS_RECEIVED,
        EntryKind.SEVERITY_SET,
        EntryKind.EFFECT_APPLIED,
        EntryKind.EFFECT_REFUSED,
        EntryKind.EFFECT_UNKNOWN,
        EntryKind.UNDO_APPLIED,
        EntryKind.QUESTION_ASKED,
        EntryKind.ANSWER_RECEIVED,
        EntryKind.SILENCE_ASSUMED,
        EntryKind.WAIT_TIMED_OUT,
        EntryKind.PAGE_REQUESTED,
        EntryKind.ACKNOWLEDGED,
        EntryKind.APPROVAL_ASKED,
        EntryKind.DECISION_RECEIVED,
        EntryKind.CLOCK_BREACHED,
        EntryKind.TASK_OPENED,
        EntryKind.PLAN_STARTED,
        EntryKind.PLAN_FAILED,
        EntryKind.INCIDENT_RESOLVED,
        EntryKind.INCIDENT_CLOSED,
    }
)
"""What a first look needs of a timeline; ``amends drill`` tells all of it."""


def demo() -> int:
    """Watch one incident of each kind made right, in seconds; nothing is kept.

    For example:

      amends demo

    A Temporal server, a journal and a small shop for each incident are set up in
    a temporary folder. What goes wrong is reported, and what follows is shown as
    the journals get it, all at once: who is paged and takes it on, what the
    customers are asked, what is approved, plans that fail and are undone, calls
    whose answer is lost and that are not made twice.

    It ends with a table. The exit code is 0 if every incident came out as it
    should and its journal could be verified, else 1.
    """
    scenarios = [each for name in drilled_runbooks() for each in load_scenarios(name) if each.demo]
    width = max(len(each.runbook) for each in scenarios)
    print("\n".join(_beginning(scenarios, width)), flush=True)
    played = asyncio.run(_play(scenarios, width))
    print("\n".join(_end(played, scenarios)))
    return 0 if all(each.report.passed and each.report.journal_verified for each in played) else 1


async def _play(scenarios: Sequence[Scenario], width: int) -> list[Played]:
    quiet()
    async with stage(at_once=len(scenarios)) as on, asyncio.TaskGroup() as group:
        plays = [group.create_task(perform(on, each, watch=_shown(each, width))) for each in scenarios]
    return [each.result() for each in plays]


def _shown(scenario: Scenario, width: int) -> Watch:
    """Shows what is told of an incident when it comes, by the time since it was opened."""
    opened: datetime | None = None

    def show(row: TimelineRow) -> None:
        nonlocal opened
        opened = opened or row.occurred_at
        moment = partial(_after, opened)
        if row.kind in _TOLD:
            print(
                f"  {scenario.runbook:<{width}}  {moment(row.occurred_at):<10}  {tell(row, moment=moment)}", flush=True
            )

    return show


def _after(opened: datetime, at: datetime) -> str:
    return since(at - opened)


def _beginning(scenarios: Sequence[Scenario], width: int) -> list[str]:
    return [
        "A real Temporal server follows the runbooks with their real deadlines, and skips the time between them.",
        "+1d 02:00 is one day and two hours after the report.",
        "",
        *(f"  {each.runbook:<{width}}  order {each.order_id}: {each.about}" for each in scenarios),
        "",
    ]


def _end(played: Sequence[Played], scenarios: Sequence[Scenario]) -> list[str]:
    head = ("incident", "what went wrong", "what was done", "what it cost", "deadlines kept", "journal")
    rows = [_row(each, scenario) for each, scenario in zip(played, scenarios, strict=True)]
    return [
        "",
        *_called_again(played),
        *(f"{each.report.runbook}: {difference}" for each in played for difference in each.report.differences),
        "",
        *columns([head, *rows]),
        "",
        "Next: `amends drill lost_parcel` plays every way that a lost parcel can go, and tells all of it;",
        "`amends up` runs it all for you.",
    ]


def _row(played: Played, scenario: Scenario) -> tuple[str, ...]:
    title = scenario.bundle.title["en"]
    return (
        short(played.report.incident),
        f"{title}, {scenario.order_id}",
        _done(played),
        ", ".join(_given(played)) or "nothing",
        _kept(played.timeline),
        "verified" if played.report.journal_verified else "NOT verified",
    )


def _done(played: Played) -> str:
    """The plan that put it right, behind those that had to be undone; or how else it ended."""
    undone = [f"{row.data['plan']} (undone)" for row in played.timeline if row.kind is EntryKind.PLAN_UNDONE]
    ended = played.report.outcome or played.report.status.value
    closed = played.report.status is Status.CLOSED
    return " → ".join([*undone, ended if closed else f"{ended} ({played.report.status})"])


def _given(played: Played) -> Iterator[str]:
    """What was given back and stayed given, by head."""
    effects = played.observed.effects
    undone = {each.undoes for each in effects if each.outcome is Outcome.APPLIED}
    sums: Counter[tuple[Head, str]] = Counter()
    for each in effects:
        if each.gives is not None and each.outcome is Outcome.APPLIED and each.key not in undone:
            sums[each.gives.head, each.gives.currency] += sum(each.gives.units.values())
    for (head, currency), amount in sums.items():
        yield f"{wording.money(amount, currency)} {head.value}"


def _kept(timeline: Sequence[TimelineRow]) -> str:
    """How many of what was promised was kept, and what was not."""
    promised = {str(row.data["goal"]) for row in timeline if row.kind is EntryKind.CLOCK_STARTED}
    broken = {str(row.data["goal"]): None for row in timeline if row.kind is EntryKind.CLOCK_BREACHED}
    kept = f"{len(promised) - len(broken)} of {len(promised)}"
    return f"{kept}; late: {', '.join(wording.goal(each) for each in broken)}" if broken else kept


def _called_again(played: Sequence[Played]) -> Iterator[str]:
    """What a shop was called for more than once, as it came there, and how often that was done."""
    for each in played:
        seen = each.observed
        for effect in seen.effects:
            if seen.calls[effect.key] > 1:
                done = plural(sum(one.key == effect.key for one in seen.effects), "effect")
                yield (
                    f"There was trouble, and nothing was done twice: {wording.activity(effect.activity)}. The shop "
                    f"got {plural(seen.calls[effect.key], 'call')} under the key {effect.key}, and the journal has "
                    f"{done} under it."
                )
