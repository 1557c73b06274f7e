"""``amends show``: an incident's story."""

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from amends.errors import AmendsError
from amends.journal import AlertLog, IncidentRow
from amends.temporal import connect
from cli import completing, live
from cli.kin import Kin
from cli.options import Address, IncidentId, OutputFormat
from cli.output import Format, print_json
from cli.records import journal
from cli.screen import Screen
from cli.story import Story
from cli.times import Times, Utc
from cli.versions import followed, followed_in_words, program_of, texts
from workflows.contract import View


async def show(
    incident: Annotated[IncidentId, Parameter(completer=completing.incidents)],
    /,
    *,
    entries: Annotated[bool, Parameter(help="Every entry whole: who, when, what it holds, its hash.")] = False,
    utc: Utc = False,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Tell an incident's story: where it stands, what is to be done, what happened, what became of the world.

    For example:

      amends show 09e8ed54
      amends show 09e8ed54 --entries --utc

    The story comes from the journal, without the engine's own bookkeeping;
    --entries has all of it. What falls due next comes from the running
    incident; if no Temporal server or no worker answers, that is said, and the
    story is told all the same.
    """
    with journal() as found:
        row = found.incident(incident)
        timeline, effects = found.timeline(row.incident_id), found.effects_of(row.incident_id)
        revision = followed(found, row)
        alerts = AlertLog(found.engine).standing(incident_id=row.incident_id)
        clocks = found.clocks.of(row.incident_id)
        evidence = found.evidence.of(row.incident_id)
        kin = Kin.of(row, timeline, found)
        known = texts(found)
    view, why_not = await _now(row, address)
    if format is Format.JSON:
        print_json(
            {
                "incident": row.model_dump(mode="json"),
                "kin": kin.as_data(),
                "revision": revision.number if revision else None,
                "timeline": [entry.model_dump(mode="json") for entry in timeline],
                "effects": [effect.model_dump(mode="json") for effect in effects],
                "view": view.model_dump(mode="json") if view else None,
                "view_missing": why_not,
                "alerts": [alert.model_dump(mode="json") for alert in alerts],
                "clocks": [clock.model_dump(mode="json") for clock in clocks],
                "evidence": [each.model_dump(mode="json") for each in evidence],
            }
        )
        return
    story = Story(
        row=row,
        timeline=timeline,
        effects=effects,
        follows=followed_in_words(row, revision),
        program=program_of(row, revision),
        view=view,
        view_missing=why_not,
        address=address,
        now=datetime.now(UTC),
        times=Times(utc=utc),
        alerts=alerts,
        clocks=clocks,
        evidence=evidence,
        kin=kin,
        texts=known,
    )
    story.print(Screen(), entries=entries)


async def _now(row: IncidentRow, address: str | None) -> tuple[View | None, str | None]:
    """The running incident's view, or why there is none."""
    if row.status.final:
        return None, "it has ended"
    try:
        return await live.view(await connect(address), row), None
    except AmendsError as error:
        return None, str(error)
