"""``amends repin``: another text of its runbook for an incident that runs."""

from collections.abc import Iterable
from typing import Annotated, NamedTuple

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal import IncidentRow, RunbookRevision, TimelineRow
from amends.models import Stage, plain
from amends.timeline import EntryKind
from cli import acting, diff, versions
from cli.acting import Done, OpenIncident
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format, print_json, say
from cli.records import journal
from cli.versions import NEWEST, Version
from runbooks.bundle import short_digest
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
    wish = _wish(incident, to)
    if dry_run:
        _show(wish, form=format)
        return
    row, timeline, named = wish.row, wish.timeline, wish.named
    who = actor_of(actor)
    reason = acting.require_why(reason)
    digest = named.bundle.digest
    kind = EntryKind.REPIN_REQUESTED
    before = acting.since(timeline, kind, who, key=key, ends=_ENDS, digest=digest, reason=reason)
    own = key_of("repin", row.incident_id, digest, reason, who.id, acting.count(timeline, *_ENDS))
    request = RepinRequest(
        key=key or own, digest=digest, revision=named.revision, bundle=named.bundle, reason=reason, actor=who
    )
    if format is Format.TEXT and before is None:
        say("\n".join(_words(wish)))
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    said = (
        f"incident {row.incident_id} follows {named.says} from its next stage on, once a second person has approved it"
    )
    document = {name: value for name, value in plain(request).items() if name != "bundle"}
    acting.tell(Done(row, receipt, said, document), address=address, form=format)


class _Wish(NamedTuple):
    """An incident, the revision that it follows, if that was published, and the one that it is to follow; what differs
    is not known if nobody has the text that it follows: it was not published, and the file has changed."""

    row: IncidentRow
    timeline: list[TimelineRow]
    follows: RunbookRevision | None
    named: Version
    differences: tuple[Difference, ...] | None


def _wish(incident: str, to: str) -> _Wish:
    with journal() as found:
        row, timeline = acting.read(found, incident)
        acting.require_running(row)
        if found.revisions.newest(row.exception_type) is None:
            raise InputError(
                f"nothing was published of {row.exception_type!r} yet, and only what is published is followed; "
                f'`amends publish {row.exception_type} --why "…"` does it'
            )
        named = versions.published(found, row.exception_type, to.rpartition("@")[2])
        follows = versions.followed(found, row)
    if named.bundle.digest == row.bundle_digest:
        raise InputError(
            f"incident {row.incident_id} follows {named.says} already; publish another text of it first, or name "
            "another revision with --to"
        )
    text = versions.bundle_followed(row, follows)
    return _Wish(row, timeline, follows, named, differences(text, named.bundle) if text is not None else None)


def _show(wish: _Wish, *, form: Format) -> None:
    if form is Format.JSON:
        row, named, found = wish.row, wish.named, wish.differences
        document = {"incident_id": row.incident_id, "from": row.bundle_digest, "to": named.bundle.digest}
        shown = None if found is None else [each.model_dump(mode="json") for each in found]
        print_json({**document, "revision": named.revision, "ahead": [*Stage.behind(row.stage)], "differences": shown})
        return
    print("\n".join(_words(wish)))
    say("nothing was done; without --dry-run, and with --reason, a second person is asked to approve it")


def _words(wish: _Wish) -> Iterable[str]:
    yield f"{_followed_now(wish.row, wish.follows)} → {wish.named.says}"
    ahead = [stage.value.replace("_", "-") for stage in Stage.behind(wish.row.stage)]
    yield f"stages that would follow it: {', '.join(ahead) or 'none, for the last one has begun'}"
    yield ""
    if wish.differences is None:
        yield "what differs cannot be told: what the incident follows was not published, and its file has changed"
    else:
        yield from diff.lines(wish.differences)
    yield ""


def _followed_now(row: IncidentRow, follows: RunbookRevision | None) -> str:
    if follows is not None:
        return versions.in_words(follows)
    return f"{row.exception_type}, {short_digest(row.bundle_digest)}, which was not published"
