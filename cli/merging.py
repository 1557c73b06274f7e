"""``amends merge`` and ``amends split``: what belongs together, and what does not."""

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

import starter
from amends.errors import InputError
from amends.journal import IncidentRow, TimelineRow
from amends.models import Data, plain
from amends.temporal import connect
from amends.timeline import EntryKind
from cli import acting, completing, live, signing
from cli.acting import Done, OpenIncident
from cli.kin import SPLIT
from cli.options import ActorName, Address, IncidentId, Key, OutputFormat, actor_of, key_of
from cli.output import Format
from cli.versions import version
from workflows.contract import MergeRequest, SplitRequest


async def merge(
    incident: OpenIncident,
    /,
    *,
    into: Annotated[IncidentId, Parameter(completer=completing.open_incidents, help="The incident that goes on.")],
    reason: acting.Why,
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Make an incident one with another about the same order: it ends as a duplicate, and the other goes on.

    For example:

      amends merge 09e8ed54 --into 5d3a1c88 --reason "one and the same parcel"

    What it asks and waits for is withdrawn, what it has half done is undone,
    and its measures are lifted. An incident that has done what cannot be
    called back is not merged: the other one does not know of it.
    """
    who = actor_of(actor)
    reason = acting.require_why(reason)
    row, timeline = acting.found(incident)
    other, _ = acting.found(into)
    before = acting.done_before(timeline, EntryKind.MERGED, who, key=key, to=other.incident_id, reason=reason)
    if not before:
        _require_open(row, other)
    request = MergeRequest(
        key=key or key_of("merge", row.incident_id, other.incident_id, reason, who.id),
        to=other.incident_id,
        order_id=other.order_id or "",
        reason=reason,
        actor=who,
    )
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    said = f"incident {row.incident_id} is merged into {other.incident_id}"
    acting.tell(Done(row, receipt, said, plain(request)), address=address, form=format)


async def split(
    incident: OpenIncident,
    /,
    *subject: Annotated[str, Parameter(name="FIELD=VALUE", help="What the report is about instead.")],
    report: Annotated[str | None, Parameter(help="The key of the report, if several were added.")] = None,
    reason: acting.Why,
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Have a report that was added to an incident opened as an incident of its own, about another subject.

    For example:

      amends split 09e8ed54 parcel_id=PC-1001-2 --reason "she meant the other parcel"

    The report that opened an incident stays with it. What is said of the
    subject is said anew; all else stands as it was reported. Typing the same
    again is safe.
    """
    who = actor_of(actor)
    reason = acting.require_why(reason)
    row, timeline = acting.found(incident)
    meant = _report(row, timeline, report)
    bundle = version(row.exception_type).bundle
    told = _about(row, meant, subject)
    report_key, workflow_id = str(meant.data["key"]), bundle.workflow_id(told)
    before = acting.done_before(
        timeline, EntryKind.REPORT_SPLIT, who, key=key, report=report_key, workflow_id=workflow_id
    )
    request = SplitRequest(
        key=key or key_of("split", row.incident_id, report_key, workflow_id, who.id),
        report=report_key,
        workflow_id=workflow_id,
        reason=reason,
        actor=who,
    )
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    opened = await starter.open_incident(
        await connect(address),
        row.exception_type,
        told,
        key=f"{SPLIT}{row.incident_id}:{report_key}",
        actor=who,
        signer=signing.signer(),
        bundle=bundle,
        patience=live.PATIENCE,
    )
    said = f"the report {report_key} of incident {row.incident_id} is incident {opened.incident_id} now"
    document = {**plain(request), "opened": opened.model_dump(mode="json")}
    acting.tell(Done(row, receipt, said, document), address=address, form=format)


def _require_open(row: IncidentRow, other: IncidentRow) -> None:
    """Raises ``InputError`` where the incident would be merged into one that does not go on, or is of another order."""
    if other.status.final:
        raise InputError(f"--into: incident {other.incident_id} is {other.status}; it takes nothing on any more")
    if row.order_id is None or row.order_id != other.order_id:
        raise InputError(
            f"--into: only incidents about one order are merged; {row.incident_id} is about {row.order_id}, and "
            f"{other.incident_id} about {other.order_id}"
        )


def _report(row: IncidentRow, timeline: Sequence[TimelineRow], named: str | None) -> TimelineRow:
    """The report that was added, and is meant. Raises ``InputError`` if that is not just one."""
    repeated = {entry.data.get("key") for entry in timeline if entry.kind is EntryKind.REPORT_REPEATED}
    added = [
        entry for entry in timeline if entry.kind is EntryKind.REPORT_ADDED and entry.data.get("key") not in repeated
    ]
    fitting = [entry for entry in added if named in (None, entry.data.get("key"))]
    if len(fitting) == 1:
        return fitting[0]
    keys = ", ".join(str(entry.data.get("key")) for entry in added)
    if not added:
        raise InputError(f"nothing was added to incident {row.incident_id}; there is no report to split off")
    if named is not None:
        raise InputError(f"--report: no report {named!r} was added to incident {row.incident_id}; there are {keys}")
    raise InputError(f"several reports were added; name one with --report: {keys}")


def _about(row: IncidentRow, report: TimelineRow, fields: Sequence[str]) -> Data:
    """What the report says, with another subject. Raises ``InputError`` if none is given, or no field of it."""
    said = report.data.get("report")
    told: Data = dict(said) if isinstance(said, dict) else {}
    names = ", ".join(row.subject)
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or name not in row.subject or not value:
            raise InputError(f"{field!r}: say what the report is about as FIELD=VALUE, of {names}")
        told[name] = value
    if all(told.get(name) == value for name, value in row.subject.items()):
        raise InputError(f"the report is about the same then; say what it is about instead, of {names}")
    return told
