"""``amends intake list``: what is expected of orders, and what became of it."""

from datetime import UTC, datetime
from typing import Annotated, Final

from cyclopts import Parameter

from amends.journal.schema.intake import ExpectationState
from cli import completing
from cli.options import Limit, OutputFormat, require_some
from cli.output import Format, print_json, say, short
from cli.records import journal
from cli.screen import Screen
from cli.styles import ALARM, QUIET
from cli.tables import Cell, Column, print_table
from cli.times import Times, Utc
from intake.expectations import Expectation
from intake.looking import looked_up

_COLUMNS: Final = (
    Column("DUE"),
    Column("TYPE", spare=2),
    Column("RULE", spare=4),
    Column("ORDER"),
    Column("STATE"),
    Column("INCIDENT", spare=1),
    Column("CLEARED", spare=5),
    Column("WHY", spare=3),
)


def list_expectations(
    *,
    exception_type: Annotated[
        str | None,
        Parameter(name="--type", completer=completing.runbooks, help="Only this type, such as lost_parcel."),
    ] = None,
    order: Annotated[str | None, Parameter(help="Only what is expected of this order.")] = None,
    state: Annotated[ExpectationState | None, Parameter(help="Only what is in this state.")] = None,
    limit: Limit = 100,
    utc: Utc = False,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """List what is expected of orders by the rules of published runbooks, what is due last first.

    For example:

      amends intake list --state shadowed --type lost_parcel
      amends intake list --order SO-1001

    What waits is not due yet, or its grace runs. What was opened names its
    incident. shadowed would have been opened; passed_over was due before the
    cut-off; unusable cannot be opened, and says why.
    """
    require_some(limit)
    now, times = datetime.now(UTC), Times(utc=utc)
    with journal() as found:
        rows = looked_up(found.engine, exception_type=exception_type, order_id=order, state=state, limit=limit)
    if format is Format.JSON:
        print_json([row.model_dump(mode="json") for row in rows])
    elif rows:
        left_out = print_table(Screen(), _COLUMNS, [_cells(row, times, now) for row in rows])
        if left_out:
            say(f"too narrow for {', '.join(left_out)}; --format json tells all")
    else:
        say("nothing is expected that fits; `amends intake status` says which rules there are")
    if len(rows) == limit:
        say("there may be more; --limit shows them")


def _cells(row: Expectation, times: Times, now: datetime) -> tuple[Cell, ...]:
    met = row.state is ExpectationState.WAITING and row.cleared_at is not None
    late = row.state is ExpectationState.WAITING and not met and row.opens_at <= now
    state = "met" if met else "overdue" if late else row.state.value
    return (
        Cell(times.moment(row.due_at)),
        Cell(row.exception_type),
        Cell(row.rule),
        Cell(row.order_id),
        Cell(state, ALARM if late or row.state is ExpectationState.UNUSABLE else QUIET if met else ""),
        Cell(short(row.incident_id) if row.incident_id else "-"),
        Cell(times.moment(row.cleared_at) if row.cleared_at else "-"),
        Cell(row.why or "-"),
    )
