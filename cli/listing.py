"""``amends list``: incidents as the journal has them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Final

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal import AlertLog, IncidentRow, Journal
from amends.journal.searching import Search
from amends.models import Party, Severity, Stage, Status
from amends.watchdog import NEEDED, tell
from cli import completing, styles, wording
from cli.options import Limit, OutputFormat, require_some
from cli.output import Format, print_json, say, short
from cli.records import journal
from cli.screen import Screen
from cli.tables import Cell, Column, print_table
from cli.times import Times, Utc
from runbooks.names import runbook_names
from runbooks.suggestions import meant

_COLUMNS: Final = (
    Column("INCIDENT"),
    Column("TYPE", spare=2),
    Column("ORDER", spare=1),
    Column("STAGE", spare=3),
    Column("STATUS"),
    Column("SEVERITY", spare=4),
    Column("WAITING FOR", spare=5),
    Column("OPENED", spare=7),
    Column("OUTCOME", spare=6),
)


def list_incidents(
    *,
    status: Annotated[tuple[Status, ...], Parameter(help="Only incidents with this status.")] = (),
    stage: Annotated[tuple[Stage, ...], Parameter(help="Only incidents at this stage.")] = (),
    severity: Annotated[tuple[Severity, ...], Parameter(help="Only incidents of this severity.")] = (),
    waiting_for: Annotated[tuple[Party, ...], Parameter(help="Only incidents that wait for this party.")] = (),
    exception_type: Annotated[
        tuple[str, ...],
        Parameter(name="--type", completer=completing.runbooks, help="Only this type, such as lost_parcel."),
    ] = (),
    order: Annotated[tuple[str, ...], Parameter(help="Only incidents about this order.")] = (),
    open_only: Annotated[bool, Parameter(name="--open", help="Only incidents that have not ended.")] = False,
    breached: Annotated[
        bool, Parameter(name="--breached", help="Only incidents that broke a promise, or missed a deadline of others.")
    ] = False,
    since: Annotated[str | None, Parameter(help="Only those opened since: 3d, today, 2026-11-22T18:30.")] = None,
    until: Annotated[str | None, Parameter(help="Only those opened until then; a day counts whole.")] = None,
    limit: Limit = 100,
    utc: Utc = False,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """List incidents, the newest first.

    For example:

      amends list --open --waiting-for customer --waiting-for carrier
      amends list --severity critical --severity high --since 7d
      amends list --breached --since 30d
      amends list --order SO-1001

    An option that is given several times means any of its values; different
    options must all hold. On a terminal that is too narrow columns are left
    out, and it is said which.
    """
    require_some(limit)
    times, now = Times(utc=utc), datetime.now(UTC)
    wanted = Search(
        status=status,
        stage=stage,
        severity=severity,
        waiting_for=waiting_for,
        exception_type=exception_type,
        order_id=order,
        opened_since=times.since(since, now=now, option="--since") if since else None,
        opened_before=times.until(until, now=now, option="--until") if until else None,
        open_only=open_only,
        breached=breached,
    )
    with journal() as found:
        require_known(found, exception_type)
        rows = found.incidents(limit=limit, **wanted)
        more = found.count(**wanted) - len(rows) if len(rows) == limit else 0
        shown = {row.incident_id for row in rows}
        alerts = [alert for alert in AlertLog(found.engine).standing() if alert.incident_id in shown]
    if format is Format.JSON:
        kinds = {each: [alert.kind.value for alert in alerts if alert.incident_id == each] for each in shown}
        print_json([row.model_dump(mode="json") | {"alerts": kinds[row.incident_id]} for row in rows])
    elif rows:
        left_out = print_table(Screen(), _COLUMNS, [_cells(row, times) for row in rows])
        if left_out:
            say(f"too narrow for {', '.join(left_out)}; `amends show` and --format json tell all")
    else:
        say("no incident fits; `amends open` opens one")
    for alert in alerts if format is Format.TEXT else ():
        say(f"alert: {short(alert.incident_id)}: {tell(alert)}; {NEEDED}")
    if more > 0:
        say(f"{more} more; --limit shows them")


def require_known(found: Journal, types: Iterable[str]) -> None:
    """Raises ``InputError`` for a type that neither a runbook nor an incident has."""
    strangers = set(types) - set(runbook_names())
    if not strangers:
        return
    known = {*runbook_names(), *found.exception_types()}
    for stranger in sorted(strangers - known):
        near = meant(stranger, known) or f"; there are {', '.join(sorted(known))}"
        raise InputError(f"--type {stranger!r}: there is neither a runbook nor an incident of this type{near}")


def _cells(row: IncidentRow, times: Times) -> tuple[Cell, ...]:
    return (
        Cell(short(row.incident_id)),
        Cell(row.exception_type),
        Cell(row.order_id or "-"),
        Cell(row.stage),
        Cell(row.status, styles.of_status(row.status)),
        Cell(row.severity or "-", styles.of_severity(row.severity)),
        Cell(wording.parties(row.waiting_for) or "-"),
        Cell(times.moment(row.opened_at)),
        Cell(row.outcome or "-"),
    )
