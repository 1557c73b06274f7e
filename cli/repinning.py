"""``amends repin``: another text of its runbook for an incident that runs."""

from collections.abc import Iterable
from typing import Annotated

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal import IncidentRow
from amends.models import Stage, plain
from amends.timeline import EntryKind
from cli import acting, diff, versions
from cli.acting import Done, OpenIncident
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format, print_json, say
from cli.records import journal
from cli.versions import DIGEST, NEWEST, Version
from runbooks.comparing.differences import Difference, differences
from workflows.contract import RepinRequest

_ENDS = (EntryKind.REPINNED, EntryKind.REPIN_PUT_OFF, EntryKind.APPROVAL_REJECTED, EntryKind.APPROVAL_WITHDRAWN)


async def repin(
    incident: OpenIncident,
    /,
    *,
    to: Annotated[str, Parameter(help="Which published revision of its runbook: 4, or newest.")] = NEWEST,
    dry_run: Annotated[bool, Parameter(help="Only tell what would be different.")] = False,
    reason: Annotated[str, Parameter(help="Why; it stands in the timeline. Not needed with --dry-run.")] = "",
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Have an incident follow another revision of its runbook, from its next stage on.

    For example:

      amends repin 09e8ed54 --dry-run
      amends repin 09e8ed54 --reason "the old text offers what we do not sell"
      amends repin 09e8ed54 --to 4 --reason "revision 5 is for the new carrier"

    First it tells what differs between the text that the incident follows and
    the other one. A second person has to approve (`amends approve`); a
    rejection by anybody with a role calls it off. What was done stays done. If
    something of the old text is still under way when the next stage begins, the
    one after it follows the new text.
    """
    row, timeline = acting.found(incident)
    named = _version(row, to)
    found = _differences(row, named)
    if dry_run:
        _show(row, named, found, form=format)
        return
    who = actor_of(actor)
    reason = acting.require("--reason", reason, "say why, for those who read the timeline later")
    digest = named.bundle.digest
    kind = EntryKind.REPIN_REQUESTED
    before = acting.since(timeline, kind, who, key=key, ends=_ENDS, digest=digest, reason=reason)
    own = key_of("repin", row.incident_id, digest, reason, who.id, acting.count(timeline, *_ENDS))
    request = RepinRequest(
        key=key or own, digest=digest, revision=named.revision, bundle=named.bundle, reason=reason, actor=who
    )
    if format is Format.TEXT and before is None:
        say("\n".join(_words(row, named, found)))
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    said = (
        f"incident {row.incident_id} follows {named.says} from its next stage on, once a second person has approved it"
    )
    document = {name: value for name, value in plain(request).items() if name != "bundle"}
    acting.tell(Done(row, receipt, said, document), address=address, form=format)


def _version(row: IncidentRow, to: str) -> Version:
    acting.require_running(row)
    with journal() as found:
        if found.revisions.newest(row.exception_type) is None:
            raise InputError(
                f"nothing was published of {row.exception_type!r} yet, and only what is published is followed; "
                f'`amends publish {row.exception_type} --why "…"` does it'
            )
    named = versions.version(f"{row.exception_type}@{to.rpartition('@')[2]}")
    if named.bundle.digest == row.bundle_digest:
        raise InputError(
            f"incident {row.incident_id} follows {named.says} already; publish another text of it first, or name "
            "another revision with --to"
        )
    return named


def _differences(row: IncidentRow, named: Version) -> tuple[Difference, ...] | None:
    """``None`` if nobody has the text that the incident follows: it was not published, and the file has changed."""
    with journal() as found:
        followed = versions.bundle_followed(row, versions.followed(found, row))
    return differences(followed, named.bundle) if followed is not None else None


def _show(row: IncidentRow, named: Version, found: tuple[Difference, ...] | None, *, form: Format) -> None:
    if form is Format.JSON:
        document = {"incident_id": row.incident_id, "from": row.bundle_digest, "to": named.bundle.digest}
        shown = None if found is None else [each.model_dump(mode="json") for each in found]
        print_json({**document, "revision": named.revision, "ahead": [*Stage.behind(row.stage)], "differences": shown})
        return
    print("\n".join(_words(row, named, found)))
    say("nothing was done; without --dry-run, and with --reason, a second person is asked to approve it")


def _followed_now(row: IncidentRow) -> str:
    with journal() as found:
        revision = versions.followed(found, row)
    if revision is not None:
        return versions.in_words(revision)
    return f"{row.exception_type}, {row.bundle_digest[:DIGEST]}, which was not published"


def _words(row: IncidentRow, named: Version, found: tuple[Difference, ...] | None) -> Iterable[str]:
    yield f"{_followed_now(row)} → {named.says}"
    ahead = [stage.value.replace("_", "-") for stage in Stage.behind(row.stage)]
    yield f"stages that would follow it: {', '.join(ahead) or 'none, for the last one has begun'}"
    yield ""
    if found is None:
        yield "what differs cannot be told: what the incident follows was not published, and its file has changed"
    else:
        yield from diff.lines(found)
    yield ""
