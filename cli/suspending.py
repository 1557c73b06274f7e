"""``amends suspend`` and ``amends resume``: the clocks stand still while somebody else holds the ball."""

from datetime import UTC, datetime
from typing import Annotated, Final

from cyclopts import Parameter

from amends.errors import InputError
from amends.models import Party, plain
from amends.timeline import EntryKind
from cli import acting, lengths, pending, wording
from cli.acting import Done, OpenIncident
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format, local
from cli.times import Times
from workflows.contract import ResumeRequest, SuspendRequest

_OVER: Final = (EntryKind.RESUMPTION_REQUESTED, EntryKind.SUSPENSION_ENDED)


async def suspend(
    incident: OpenIncident,
    /,
    *,
    for_: Annotated[Party, Parameter(name="--for", help="Who is waited for.")],
    until: Annotated[
        str | None, Parameter(help="Until when at most: 18:30, 2026-11-22T18:30; 30 days away at most. Or --within.")
    ] = None,
    within: Annotated[str | None, Parameter(help="For how long at most: 4h, 3d; 30 days at most.")] = None,
    reason: Annotated[str, Parameter(help="What is waited for; it stands in the timeline.")],
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Stop the clocks while somebody else holds the ball, and have nobody paged meanwhile.

    For example:

      amends suspend 09e8ed54 --for carrier --within 3d --reason "the strike"
      amends suspend 09e8ed54 --for customer --until 18:30 --reason "she looks"

    The time is charged to whoever is waited for. Deadlines that others set go
    on, and so do the runbook's own steps. It ends by itself, or with `amends
    resume`.
    """
    who, now = actor_of(actor), datetime.now(UTC)
    reason = acting.require("--reason", reason, "say what is waited for, for those who read the timeline later")
    at = lengths.ends_at(within, until, now=now, option="--within", such_as="3d")
    row, timeline = acting.found(incident)
    wish = EntryKind.SUSPENSION_REQUESTED
    before = acting.since(timeline, wish, who, key=key, ends=_OVER, party=for_.value, reason=reason)
    if before is not None and key is None and not lengths.is_the_same(before, at, now=now, as_long=until is None):
        before = None
    times = acting.count(timeline, *_OVER)
    key = key or key_of("suspend", row.incident_id, for_, within or at.isoformat(), reason, who.id, times)
    request = SuspendRequest(key=key, party=for_, until=at, reason=reason, actor=who)
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    ends_at = (pending.moment(before.data.get("until")) if before else None) or at
    said = f"incident {row.incident_id} waits for {wording.party(for_)} until {local(ends_at)} at most"
    document = {**plain(request), "until": ends_at.isoformat()}
    acting.tell(Done(row, receipt, said, document), address=address, form=format)


async def resume(
    incident: OpenIncident,
    /,
    *,
    at: Annotated[
        str | None, Parameter(help="When the ball came back to us, if that was before now: 30m, 2026-11-22T18:30.")
    ] = None,
    note: acting.Why = "",
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Start the clocks again that `amends suspend` has stopped.

    For example:

      amends resume 09e8ed54 --note "they have found it"
      amends resume 09e8ed54 --at 2026-11-22T18:30

    With --at they have gone on since then.
    """
    who, note, now = actor_of(actor), note.strip(), datetime.now(UTC)
    answered_at = Times().since(at, now=now, option="--at") if at is not None else None
    if answered_at is not None and answered_at > now:
        raise InputError(f"--at {at!r} has not come yet; leave it out, or name when the ball came back to us")
    row, timeline = acting.found(incident)
    suspended = EntryKind.SUSPENSION_REQUESTED
    before = acting.since(timeline, EntryKind.RESUMPTION_REQUESTED, who, key=key, ends=(suspended,), note=note)
    key = key or key_of("resume", row.incident_id, at, note, who.id, acting.count(timeline, suspended))
    request = ResumeRequest(key=key, note=note, at=answered_at, actor=who)
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    said = f"the clocks of incident {row.incident_id} go on"
    acting.tell(Done(row, receipt, said, plain(request)), address=address, form=format)
