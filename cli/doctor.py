"""``amends doctor``: what is wrong, what it means, and how to mend it."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from amends.settings import Settings
from cli import problems
from cli.codes import ExitCode
from cli.doctoring import databases, doors, machine, paging, systems, temporal_server
from cli.doctoring.finding import Finding, Verdict, ok, wrong
from cli.options import Address, OutputFormat
from cli.output import Format, print_json
from cli.screen import Screen
from cli.styles import ALARM, QUIET, TURN

_STYLES: Final = {Verdict.OK: "", Verdict.WARNING: TURN, Verdict.WRONG: ALARM, Verdict.UNKNOWN: QUIET}


async def doctor(
    *,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Look at everything that Amends needs, and say what is wrong, what it means and how to mend it.

    For example:

      amends doctor

    It looks at Python, the Temporal server's program, the state folder and its
    disk, ports, what an `amends up` left behind, the journal and the shop, or
    the systems that are called over HTTP, how people are paged, whose signed word counts, the Temporal server with its
    namespace, workers and clock, the runbooks, and what the watchdog has found.
    Nothing is changed, and nobody is paged.

    Exit codes: 0, nothing is wrong, though there may be warnings; 1, something
    is wrong.
    """
    settings = Settings()
    findings = [finding async for finding in _findings(settings, address)]
    if format is Format.JSON:
        print_json([finding.model_dump(mode="json") for finding in findings])
    else:
        _print(findings)
    return ExitCode.NOT_AS_WANTED if any(finding.verdict is Verdict.WRONG for finding in findings) else ExitCode.DONE


async def _findings(settings: Settings, address: str | None) -> AsyncIterator[Finding]:
    for finding in machine.checks(settings):
        yield finding
    for finding in databases.checks(settings):
        yield finding
    for finding in systems.checks(settings):
        yield finding
    for finding in paging.checks(settings):
        yield finding
    for finding in doors.checks(settings):
        yield finding
    async for finding in temporal_server.checks(settings, address):
        yield finding
    yield _runbooks()


def _runbooks() -> Finding:
    report = problems.examined()
    if not report.ok:
        return wrong("runbooks", problems.summary(report), "`amends check` names each mistake and its mend")
    return ok("runbooks", problems.summary(report))


def _print(findings: Sequence[Finding]) -> None:
    screen = Screen()
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        prefix = f"{finding.verdict:<7}  {finding.name:<{width}}  "
        screen.line(finding.says, prefix=prefix, style=_STYLES[finding.verdict])
        if finding.mend:
            screen.line(finding.mend, prefix=" " * len(prefix))
    screen.line()
    numbers = ((sum(finding.verdict is verdict for finding in findings), verdict) for verdict in Verdict)
    screen.line(", ".join(f"{number} {verdict}" for number, verdict in numbers if number))
