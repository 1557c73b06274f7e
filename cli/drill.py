"""``amends drill``: rehearse a runbook on the real engine and the real server."""

import asyncio
from datetime import datetime, timedelta

from cli.output import Format, columns, print_json
from cli.quiet import quiet
from cli.telling import tell
from drills.moments import since
from drills.report import Played, Report, perform_all
from drills.scenario import Scenario, choose, drilled_runbooks, load_scenarios
from drills.stage import stage


def drill(runbook: str | None = None, /, *, scenario: str | None = None, format: Format = Format.TEXT) -> int:  # noqa: A002
    """Play a runbook's scenarios: real deadlines, in seconds.

    Each scenario stands beside its runbook and says what must come of which order, faults and answers. A Temporal
    server of its own runs the incident; time is skipped only up to the next deadline or the next scripted act.

    The exit code is 0 if every scenario came out as expected, and 1 if one did not. Durations in JSON are in seconds.

    amends drill lost_parcel --scenario no_capacity

    Parameters
    ----------
    runbook
        The runbook's name, or the path of a .yaml file; all that come with Amends, if it is left out.
    scenario
        Only the scenario of this name.
    format
        text: each timeline and a table; json: a list of results.
    """
    chosen = _chosen(runbook, scenario)
    played = asyncio.run(_played(chosen))
    if format is Format.JSON:
        print_json([each.report.model_dump(mode="json") for each in played])
    else:
        for each, rehearsed in zip(played, chosen, strict=True):
            print("\n".join([*_story(each, rehearsed), ""]))
        print("\n".join(_table([each.report for each in played])))
    return 0 if all(each.report.passed for each in played) else 1


def _chosen(runbook: str | None, name: str | None) -> tuple[Scenario, ...]:
    names = drilled_runbooks() if runbook is None else [runbook]
    scenarios = tuple(scenario for each in names for scenario in load_scenarios(each))
    return scenarios if name is None else choose(scenarios, name)


async def _played(scenarios: tuple[Scenario, ...]) -> list[Played]:
    quiet()
    async with stage() as on:
        return await perform_all(on, scenarios)


def _story(played: Played, scenario: Scenario) -> list[str]:
    def moment(at: datetime) -> str:
        return since(at - played.opened_at)

    report = played.report
    lines = [f"{scenario.runbook} / {scenario.name}: {scenario.about}", ""]
    lines += columns(((moment(row.occurred_at), tell(row, moment=moment)) for row in played.timeline), indent="  ")
    return [*lines, "", *_verdict(report)]


def _verdict(report: Report) -> list[str]:
    if report.passed:
        return ["  passed"]
    return ["  FAILED", *(f"    {difference}" for difference in report.differences)]


def _table(reports: list[Report]) -> list[str]:
    head = ("runbook", "scenario", "result", "status", "outcome", "incident's time", "real time", "journal")
    rows = [
        (
            report.runbook,
            report.scenario,
            "passed" if report.passed else "FAILED",
            report.status.value,
            report.outcome or "-",
            since(timedelta(seconds=report.virtual_duration)),
            f"{report.wall_time:.1f} s",
            "verified" if report.journal_verified else "DOES NOT HOLD",
        )
        for report in reports
    ]
    failed = sum(not report.passed for report in reports)
    total = f"{len(reports)} played, {failed} failed" if failed else f"{len(reports)} played, all as expected"
    return [*columns([head, *rows]), "", total]
