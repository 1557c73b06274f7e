"""``amends list`` and ``amends show``: incidents as the journal has them."""

from typing import Annotated

from cyclopts import Parameter

from amends.errors import AmendsError
from amends.journal import IncidentRow
from amends.models import Stage, Status
from amends.temporal import connect
from cli import live, wording
from cli.options import Address, IncidentId, OutputFormat
from cli.output import Format, columns, local, print_json, say, short
from cli.records import journal
from cli.story import Story
from workflows.contract import View


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


async def show(
    incident: IncidentId,
    /,
    *,
    entries: Annotated[bool, Parameter(help="Also what each entry holds, and its hash.")] = False,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Tell an incident's story: where it stands, what happened, what was done, and what may be answered now.

    For example:

      amends show 09e8ed54

    The story comes from the journal. What may be answered comes from the
    running incident; if no Temporal server or no worker answers, that is said
    and the story is told all the same.
    """
    with journal() as found:
        row = found.incident(incident)
        timeline, effects = found.timeline(row.incident_id), found.effects_of(row.incident_id)
    view, why_not = await _now(row, address)
    if format is Format.JSON:
        print_json(
            {
                "incident": row.model_dump(mode="json"),
                "timeline": [entry.model_dump(mode="json") for entry in timeline],
                "effects": [effect.model_dump(mode="json") for effect in effects],
                "view": view.model_dump(mode="json") if view else None,
                "view_missing": why_not,
            }
        )
        return
    story = Story(row=row, timeline=timeline, effects=effects, view=view, view_missing=why_not, address=address)
    print("\n".join(story.lines(entries=entries)))


async def _now(row: IncidentRow, address: str | None) -> tuple[View | None, str | None]:
    """The running incident's view, or why there is none."""
    if row.status.final:
        return None, "it has ended"
    try:
        return await live.view(await connect(address), row), None
    except AmendsError as error:
        return None, str(error)


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
