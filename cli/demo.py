"""``amends demo``: one lost parcel made right before your eyes."""

import asyncio
from datetime import datetime, timedelta

from amends.journal import TimelineRow
from amends.models import Status
from amends.timeline import EntryKind
from cli import wording
from cli.output import columns
from cli.quiet import quiet
from cli.telling import tell
from drills.moments import since
from drills.observed import outcome_of
from drills.report import Played, perform
from drills.scenario import Scenario, choose, load_scenarios
from drills.stage import stage

_RUNBOOK, _SCENARIO = "lost_parcel", "four_eyes"
"""A story with turns: nobody answers the first page and a second one is taken on, two people approve, the first plan
fails and is undone, and a payment's answer is lost."""


def demo() -> int:
    """Watch one lost parcel made right, in seconds; nothing is kept.

    For example:

      amends demo

    A Temporal server, a journal and a small shop are set up in a temporary
    folder. A parcel of value is reported lost, and everything that follows is
    shown as the journal gets it: who is paged, level after level, until somebody
    acknowledges, what is approved under four eyes, a plan that fails and is
    undone, and a payment whose answer is lost and that is not made twice.

    The exit code is 0 if the incident was closed and its journal could be
    verified, else 1.
    """
    (scenario,) = choose(load_scenarios(_RUNBOOK), _SCENARIO)
    print("\n".join(_beginning(scenario)), flush=True)
    played = asyncio.run(_play(scenario))
    print("\n".join(_end(played, scenario)))
    return 0 if played.report.status is Status.CLOSED and played.report.journal_verified else 1


async def _play(scenario: Scenario) -> Played:
    quiet()
    async with stage(at_once=1) as on:
        return await perform(on, scenario, watch=_Screen().show)


class _Screen:
    """Shows each entry when it comes, by the time since the first."""

    def __init__(self) -> None:
        self._opened_at: datetime | None = None

    def show(self, row: TimelineRow) -> None:
        self._opened_at = self._opened_at or row.occurred_at
        print(f"  {self._since(row.occurred_at):<10}  {tell(row, moment=self._since)}", flush=True)

    def _since(self, at: datetime) -> str:
        assert self._opened_at is not None
        return since(at - self._opened_at)


def _beginning(scenario: Scenario) -> list[str]:
    return [
        f"Order {scenario.order_id}, parcel {scenario.report['parcel_id']}: {scenario.bundle.about}",
        "A real Temporal server follows the runbook with its real deadlines, and skips the time between them.",
        "+1d 02:00 is one day and two hours after the report.",
        "",
    ]


def _end(played: Played, scenario: Scenario) -> list[str]:
    report, books = played.report, played.observed.books
    took = since(timedelta(seconds=report.virtual_duration)).removeprefix("+")
    held = ", ".join(f"{units} of {sku}" for sku, units in books.reserved.items())
    captured, refunded = (wording.money(each.amount, each.currency) for each in (books.captured, books.refunded))
    return [
        "",
        *columns(
            [
                ("what went wrong", f"{scenario.bundle.title['en']}: {scenario.bundle.about}"),
                ("what was done", _done(played)),
                ("who was paged", _paged(played)),
                ("who approved it", _approved(played)),
                ("how it ended", f"{report.status}, incident {report.incident}"),
                (
                    "how long it took",
                    f"{took} (days, hours:minutes) of its own time, {report.wall_time:.1f} real seconds",
                ),
            ]
        ),
        "",
        "What was done to the world, in order:",
        *columns(_effects(played), indent="  "),
        "",
        f"The shop's books: {captured} captured, {refunded} refunded; {held} still reserved; "
        f"{books.shipments} shipments, {books.replacements} replacement orders and {books.holds} holds stand.",
        *_called_again(played),
        _verified(played),
        "",
        "Next: `amends drill lost_parcel` plays every way that a lost parcel can go; `amends up` runs it all for you.",
    ]


def _done(played: Played) -> str:
    undone = [str(row.data["plan"]) for row in played.timeline if row.kind == "plan_undone"]
    turns = [f"{plan} was tried, failed and was undone" for plan in undone]
    return "; then ".join([*turns, f"{played.report.outcome} put it right"])


def _paged(played: Played) -> str:
    """Whom each page went to, and who took it on."""
    told: list[str] = []
    for row in played.timeline:
        if row.kind is EntryKind.PAGE_REQUESTED:
            role, level = wording.role(str(row.data["role"])), row.data["level"]
            told.append(f"{wording.value(row.data['people'])} ({role}, level {level})")
        elif row.kind is EntryKind.ACKNOWLEDGED and told:
            told[-1] += f", acknowledged by {row.actor.id}"
    return "; ".join(told)


def _approved(played: Played) -> str:
    asked = {str(row.data["approval"]): row for row in played.timeline if row.kind is EntryKind.APPROVAL_ASKED}
    given = [row.data for row in played.timeline if row.kind is EntryKind.APPROVAL_GIVEN]
    return "; ".join(
        f"{wording.value(each['by'])} for {wording.value(asked[str(each['approval'])].data['amount'])} in the plan "
        f"{asked[str(each['approval'])].data['plan']}"
        for each in given
    )


def _called_again(played: Played) -> list[str]:
    """What the shop was called for more than once, as it came there, and how often that was done, by the shop's books
    and by the journal."""
    seen = played.observed
    return [
        f"An answer was lost, and nothing was done twice: {wording.activity(effect.activity)}. The shop got "
        f"{_count(seen.calls[effect.key], 'call')} under the key {effect.key}; its books have "
        f"{_count(seen.books.refunds, 'refund')} of the order, and the journal has "
        f"{_count(sum(each.key == effect.key for each in seen.effects), 'effect')} under that key."
        for effect in seen.effects
        if seen.calls[effect.key] > 1
    ]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _effects(played: Played) -> list[tuple[str, str]]:
    undone = {effect.undoes for effect in played.observed.effects if outcome_of(effect) == "applied"}
    return [
        (
            ("undo: " if effect.undoes else "") + wording.activity(effect.activity),
            outcome_of(effect) + (", undone later" if effect.key in undone else ""),
        )
        for effect in played.observed.effects
    ]


def _verified(played: Played) -> str:
    if played.report.journal_verified:
        return f"journal verified: {'; '.join(played.proved)}"
    return f"journal NOT verified: {'; '.join(played.report.differences)}"
