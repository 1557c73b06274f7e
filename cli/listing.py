"""``amends list``: incidents as the journal has them."""

from typing import Annotated

from cyclopts import Parameter

from amends.journal import IncidentRow
from amends.models import Stage, Status
from cli import wording
from cli.options import OutputFormat
from cli.output import Format, columns, local, print_json, say, short
from cli.records import journal


def list_incidents(
    *,
    status: Annotated[Status | None, Parameter(help="Only incidents with this status.")] = None,
    stage: Annotated[Stage | None, Parameter(help="Only incidents at this stage.")] = None,
    exception_type: Annotated[str | None, Parameter(name="--type", help="Only this type, such as lost_parcel.")] = None,
    order: Annotated[str | None, Parameter(help="Only incidents about this order.")] = None,
    open_only: Annotated[bool, Parameter(name="--open", help="Only incidents that have not ended.")] = False,
    limit: Annotated[int, Parameter(help="At most so many.")] = 100,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """List incidents, the newest first.

    For example:

      amends list --open --order SO-1001
    """
    with journal() as found:
        rows = found.incidents(
            status=status, stage=stage, exception_type=exception_type, order_id=order, open_only=open_only, limit=limit
        )
    if format is Format.JSON:
        print_json([row.model_dump(mode="json") for row in rows])
    elif rows:
        heads = ("INCIDENT", "TYPE", "ORDER", "STAGE", "STATUS", "SEVERITY", "WAITING FOR", "OPENED", "OUTCOME")
        print("\n".join(columns([heads, *map(_cells, rows)])))
    else:
        say("no incident fits; `amends open` opens one")
    if len(rows) == limit:
        say(f"these are the newest {limit}; --limit shows more")


def _cells(row: IncidentRow) -> tuple[str, ...]:
    return (
        short(row.incident_id),
        row.exception_type,
        row.order_id or "-",
        row.stage,
        row.status,
        row.severity or "-",
        wording.parties(row.waiting_for) or "-",
        local(row.opened_at),
        row.outcome or "-",
    )
