"""``amends drill``: rehearse a runbook on the real engine and the real server."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal import TimelineRow
from amends.models import Data
from cli import completing
from cli.options import OutputFormat
from cli.output import Format, columns, print_json, say
from cli.quiet import quiet
from cli.telling import tell
from drills.moments import since
from drills.report import Coverage, IncidentReport, Played, Report, coverage, perform_all
from drills.scenario import Scenario, choose, drilled_runbooks, load_scenarios
from drills.stage import stage


def drill(
    *runbooks: Annotated[
        str,
        Parameter(
            completer=completing.runbooks,
            help="Names of runbooks, or paths of .yaml files; as with --all, if there are none.",
        ),
    ],
    every: Annotated[
        bool,
        Parameter(name="--all", negative=(), help="All runbooks that come with Amends."),
    ] = False,
    scenario: Annotated[
        str | None, Parameter(help="Only the scenario of this name; then branches are not counted.")
    ] = None,
    every_branch: Annotated[
        bool, Parameter(help="Exit with 1 as well if there is a branch that no scenario reaches.")
    ] = False,
    every_fault: Annotated[
        bool, Parameter(help="Exit with 1 as well if a runbook's scenarios leave out a way of going wrong.")
    ] = False,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Play the scenarios of runbooks: real deadlines, in seconds.

    For example:

      amends drill lost_parcel
      amends drill lost_parcel stockout
      amends drill lost_parcel --scenario no_capacity
      amends drill --all --every-branch --every-fault

    Each scenario stands beside its runbook and says what must come of which
    order, faults and answers. A Temporal server of its own runs the incident;
    time is skipped only up to the next deadline or the next scripted act. On a
    terminal each is named as it ends.

    When all scenarios of a runbook are played, it is counted which of the
    runbook's branches they reached: plans, undos, refusals, choices, silences,
    the ends of waits, and conditions both ways; and in which ways they let
    the shop go wrong. Those of several runbooks are played on one server, as
    many at once as a machine can bear.

    The exit code is 0 if every scenario came out as expected, and 1 if one did
    not, or if a branch was reached that the scenario file says is out of reach.

    As text each timeline (of several runbooks, only of what failed) and a table
    are printed, and behind it once more what failed, with its scenario's place;
    as JSON a list of results, with durations in seconds.
    """
    if every_branch and scenario is not None:
        raise InputError("one scenario cannot reach every branch; leave out either --scenario or --every-branch")
    if every_fault and scenario is not None:
        raise InputError("one scenario cannot meet every fault; leave out either --scenario or --every-fault")
    if every and runbooks:
        raise InputError(f"with --all every runbook is played, {runbooks[0]!r} too; leave out one of them")
    chosen = _chosen(runbooks, scenario)
    played = asyncio.run(_played(chosen))
    bundles = {each.runbook: each.bundle for each in chosen}
    counted = {name: coverage(bundle, played) for name, bundle in bundles.items()} if scenario is None else {}
    if format is Format.JSON:
        print_json([_document(each.report, counted.get(each.report.runbook)) for each in played])
    else:
        for each, rehearsed in zip(played, chosen, strict=True):
            if len(runbooks) == 1 or not each.report.passed:
                print("\n".join([*_story(each, rehearsed), ""]))
        print("\n".join([*_table([each.report for each in played]), *_failed(played, chosen), "", *_branches(counted)]))
    failed = any(not each.report.passed for each in played) or any(each.mistakes for each in counted.values())
    left = every_branch and any(each.unreached for each in counted.values())
    unmet = every_fault and any(each.unmet for each in counted.values())
    return 1 if failed or left or unmet else 0


def _chosen(runbooks: tuple[str, ...], name: str | None) -> tuple[Scenario, ...]:
    names = dict.fromkeys(runbooks) or drilled_runbooks()
    scenarios = tuple(scenario for each in names for scenario in load_scenarios(each))
    return scenarios if name is None else choose(scenarios, name)


async def _played(scenarios: tuple[Scenario, ...]) -> list[Played]:
    quiet()
    async with stage() as on:
        return await perform_all(on, scenarios, finished=_Progress(len(scenarios)).tell)


class _Progress:
    """Tells on a terminal how far it is."""

    def __init__(self, scenarios: int) -> None:
        self._scenarios = scenarios
        self._finished = 0

    def tell(self, played: Played) -> None:
        self._finished += 1
        if sys.stderr.isatty():
            report = played.report
            verdict = "passed" if report.passed else "FAILED"
            name = f"{report.runbook} / {report.scenario}"
            say(f"[{self._finished}/{self._scenarios}] {name}: {verdict}, {report.wall_time:.1f} s")


def _story(played: Played, scenario: Scenario) -> list[str]:
    def moment(at: datetime) -> str:
        return since(at - played.opened_at)

    lines = [f"{scenario.runbook} / {scenario.name}: {scenario.about}", ""]
    lines += columns(
        ((moment(row.occurred_at), *of, tell(row, moment=moment)) for *of, row in _rows(played, scenario)), indent="  "
    )
    return [*lines, "", *_verdict(played.report)]


def _rows(played: Played, scenario: Scenario) -> Iterator[tuple[*tuple[str, ...], TimelineRow]]:
    """The entries of all incidents as they came, each behind the name of its own where there are several."""
    if not played.further:
        yield from ((row,) for row in played.timeline)
        return
    named = [(scenario.runbook, played.timeline), *((name, each.timeline) for name, each in played.further.items())]
    rows = [(name, row) for name, timeline in named for row in timeline]
    yield from sorted(rows, key=lambda each: each[1].occurred_at)


def _verdict(report: Report) -> list[str]:
    if report.passed:
        return ["  passed"]
    return ["  FAILED", *(f"    {difference}" for difference in report.differences)]


def _table(reports: list[Report]) -> list[str]:
    head = ("runbook", "scenario", "result", "status", "outcome", "incident's time", "real time", "journal")
    rows = [row for report in reports for row in _lines(report)]
    failed = sum(not report.passed for report in reports)
    total = f"{len(reports)} played, {failed} failed" if failed else f"{len(reports)} played, all as expected"
    return [*columns([head, *rows]), "", total]


def _lines(report: Report) -> Iterator[tuple[str, ...]]:
    """A scenario in the table: its first incident, and below it the further ones."""
    verdict, wall_time = "passed" if report.passed else "FAILED", f"{report.wall_time:.1f} s"
    yield (report.runbook, report.scenario, verdict, *_ended(report), wall_time, _journal(report))
    for name, each in report.further.items():
        yield (each.runbook, f"  with {name}", "", *_ended(each), "", _journal(each))


def _ended(report: IncidentReport) -> tuple[str, str, str]:
    took = since(timedelta(seconds=report.virtual_duration))
    return report.status.value, report.outcome or "-", took


def _journal(report: IncidentReport) -> str:
    return "verified" if report.journal_verified else "DOES NOT HOLD"


def _failed(played: list[Played], scenarios: tuple[Scenario, ...]) -> Iterator[str]:
    """Once more what failed and why, for whoever reads the end first."""
    for each, scenario in zip(played, scenarios, strict=True):
        if not each.report.passed:
            yield from ("", f"{scenario.place}: {scenario.name}")
            yield from (f"    {difference}" for difference in each.report.differences)


def _branches(counted: dict[str, Coverage]) -> Iterator[str]:
    if not counted:
        yield "branches are not counted: one scenario alone cannot reach them all"
    for runbook, each in counted.items():
        yield f"{runbook}: branches reached {each.reached} of {each.branches}"
        yield f"  faults played: {', '.join(each.faults) or 'none'}"
        if each.unmet:
            yield f"  faults not played: {', '.join(each.unmet)}"
        if each.unreached:
            yield "  not reached, and how a scenario comes there:"
            for branch in each.unreached:
                yield from (f"    {branch.id}", f"        {branch.words}", f"        {branch.hint}")
        if each.unreachable:
            yield "  stated to be out of reach:"
            for stated in each.unreachable:
                yield from (f"    {stated.branch}", f"        {stated.why}")
        if each.mistakes:
            yield "  FAILED"
            yield from (f"    {mistake}" for mistake in each.mistakes)


def _document(report: Report, counted: Coverage | None) -> Data:
    """A result as JSON: the report, and the count of its runbook's branches, the same for each of its scenarios."""
    return {
        **report.model_dump(mode="json"),
        "coverage": counted.model_dump(mode="json") if counted is not None else None,
    }
