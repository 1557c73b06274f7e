"""``amends note`` and ``amends evidence``: say and show something, for those who read the timeline later."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from amends.errors import InputError
from amends.models import plain
from amends.timeline import EntryKind
from cli import acting, bulk, completing, shown_files
from cli.acting import Done
from cli.bulk import Filter, OneOrMany, Yes
from cli.codes import ExitCode
from cli.evidence import evidence_of
from cli.options import ActorName, Address, IncidentId, Key, OutputFormat, actor_of, key_of
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
    incident: Annotated[IncidentId, Parameter(completer=completing.incidents)],
    /,
    *what: Annotated[str, Parameter(name="WHAT", help="What is shown: files, which are kept, or references.")],
    note: Annotated[str, Parameter(help="What it shows; it stands in the timeline.")] = "",
    get: Annotated[str | None, Parameter(help="Copy a file out: the beginning of its digest.")] = None,
    to: Annotated[Path | None, Parameter(help="With --get: where to; its own name, here, if not said.")] = None,
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Show something in an incident: a file, or a reference in words. Or see what was shown.

    For example:

      amends evidence 09e8ed54 ./damage.jpg --note "as the neighbour found it"
      amends evidence 09e8ed54 "mail 4711" ./slip.pdf
      amends evidence 09e8ed54
      amends evidence 09e8ed54 --get 3f1c09aa --to ./seen.jpg

    A file is kept in AMENDS_EVIDENCE_DIR under its SHA-256. Its type goes by
    its content. What is listed says whether each file is still the one shown.

    Exit code 1: of what is listed, a file is missing or was altered, or its
    folder does not answer.
    """
    if get is not None:
        return shown_files.bring(incident, get, to, form=format)
    if not what:
        return shown_files.listed(incident, form=format)
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
    return ExitCode.DONE


def _meant(incident: str | None, text: str | None, filters: Sequence[str]) -> tuple[str | None, str]:
    """With filters there is no incident to name, so the text is the first that is typed."""
    if filters and text is None:
        return None, incident or ""
    if text is None and incident is not None:
        raise InputError(f"TEXT: a note says something; write it behind the incident ({incident!r})")
    return incident, text or ""
