"""``amends show``: an incident's story."""

from typing import Annotated

from cyclopts import Parameter

from amends.errors import AmendsError
from amends.journal import IncidentRow
from amends.temporal import connect
from cli import live
from cli.options import Address, IncidentId, OutputFormat
from cli.output import Format, print_json
from cli.records import journal
from cli.story import Story
from workflows.contract import View


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
