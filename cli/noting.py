"""``amends note`` and ``amends evidence``: say and show something, for those who read the timeline later."""

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from amends.errors import InputError
from amends.models import plain
from amends.timeline import EntryKind
from cli import acting, bulk
from cli.acting import Done, OpenIncident
from cli.bulk import Filter, OneOrMany, Yes
from cli.evidence import evidence_of
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format
from workflows.contract import EvidenceRequest, NoteRequest


async def note(
    incident: OneOrMany = None,
    text: Annotated[str | None, Parameter(name="TEXT", help="What is to be known.")] = None,
    /,
    *,
    filter: Filter = (),  # noqa: A002 - the option's name
    yes: Yes = False,
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Say something about an incident, for those who read the timeline later. Nothing else follows from it.

    For example:

      amends note 09e8ed54 "she called twice"
      amends note --filter type=lost_parcel "the depot is on strike" --yes

    Of one person the same words count once in an incident; --key says them
    again.

    Exit code 1: with --filter, one of them was refused.
    """
    who = actor_of(actor)
    incident, text = _meant(incident, text, filter)
    said = acting.require("TEXT", text, "a note says something; write it")

    async def one(named: str) -> Done:
        row, timeline = acting.found(named)
        before = acting.done_before(timeline, EntryKind.NOTE_ADDED, who, key=key, text=said)
        request = NoteRequest(key=key or key_of("note", row.incident_id, said, who.id), text=said, actor=who)
        receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
        return Done(row, receipt, f"{who.id} has noted it in incident {row.incident_id}", plain(request))

    would = f"note, as {who.id}: {said}"
    return await bulk.each(one, incident, filter, would=would, yes=yes, address=address, form=format)


async def evidence(
    incident: OpenIncident,
    /,
    *what: Annotated[
        str,
        Parameter(
            name="WHAT", help="What is shown: files, whose name, SHA-256, type and size are kept, or references."
        ),
    ],
    note: Annotated[str, Parameter(help="What it shows; it stands in the timeline.")] = "",
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Show something in an incident: a file, or a reference in words.

    For example:

      amends evidence 09e8ed54 ./damage.jpg --note "as the neighbour found it"
      amends evidence 09e8ed54 "mail 4711" ./slip.pdf

    The file itself stays where it is: keep it.
    """
    who, note = actor_of(actor), note.strip()
    shown = evidence_of(what, option="WHAT")
    row, timeline = acting.found(incident)
    told = [plain(each) for each in shown]
    before = acting.done_before(timeline, EntryKind.EVIDENCE_ADDED, who, key=key, evidence=[*told], note=note)
    key = key or key_of("evidence", row.incident_id, told, note, who.id)
    request = EvidenceRequest(key=key, evidence=shown, note=note, actor=who)
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    said = f"{who.id} has shown {', '.join(each.what for each in shown)} in incident {row.incident_id}"
    acting.tell(Done(row, receipt, said, plain(request)), address=address, form=format)


def _meant(incident: str | None, text: str | None, filters: Sequence[str]) -> tuple[str | None, str]:
    """With filters there is no incident to name, so the text is the first that is typed."""
    if filters and text is None:
        return None, incident or ""
    if text is None and incident is not None:
        raise InputError(f"TEXT: a note says something; write it behind the incident ({incident!r})")
    return incident, text or ""
