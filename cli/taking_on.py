"""``amends ack``, ``amends escalate`` and ``amends snooze``: what those do who are paged."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

from cyclopts import Parameter

from amends.errors import AmendsError
from amends.journal import TimelineRow
from amends.models import plain
from amends.timeline import EntryKind
from cli import acting, bulk, lengths, pending
from cli.acting import Done
from cli.bulk import Filter, OneOrMany, Yes
from cli.joined import joined_to
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format, local, say, short
from cli.records import journal
from workflows.contract import AcknowledgeRequest, EscalateRequest, SnoozeRequest

_PAGES: Final = (EntryKind.PAGE_REQUESTED, EntryKind.PAGE_HELD, EntryKind.LADDER_RAISED)
"""From these on an earlier act holds no more: people are paged anew."""

_UNTIL_PAGED: Final = (*_PAGES, EntryKind.ACKNOWLEDGED)
"""Where another has taken it on since, to take it on again is another act."""

_OVER: Final = (EntryKind.LADDER_STOPPED, EntryKind.ACKNOWLEDGED)
"""From these on nobody is escalated to any more."""


async def ack(
    incident: OneOrMany = None,
    /,
    *,
    filter: Filter = (),  # noqa: A002 - the option's name
    yes: Yes = False,
    note: acting.Why = "",
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Take on what people are paged for: nobody else is paged, until it is still to be done much later.

    For example:

      amends ack 09e8ed54 --actor an
      amends ack 09e8ed54 --note "I call the carrier"
      amends ack --filter type=lost_parcel --filter waiting-for=us

    Incidents whose page was joined to this one's, because one cause is behind
    all of them, are acknowledged with it. What is to be done, `amends show`
    tells; acknowledging alone does not do it, so when it is still to be done
    after a while, or whoever took it on goes off duty, people are paged again.

    Exit code 1: with --filter, one of them was refused.
    """
    who, note = actor_of(actor), note.strip()

    async def one(named: str) -> Done:
        row, timeline = acting.found(named)
        with journal() as found:
            others = joined_to(found, row.incident_id)
        before = acting.since(timeline, EntryKind.ACKNOWLEDGED, who, key=key, ends=_UNTIL_PAGED, note=note)
        times = acting.count(timeline, *_UNTIL_PAGED)
        request = AcknowledgeRequest(
            key=key or key_of("ack", row.incident_id, note, who.id, times), note=note, actor=who
        )
        receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
        taken = [other for other in others if await _acknowledged(other, request, address)]
        also = f", and {', '.join(map(short, taken))} with it" if taken else ""
        said = f"{who.id} has acknowledged incident {row.incident_id}{also}"
        return Done(row, receipt, said, {**plain(request), "joined": [*taken]})

    would = f"acknowledge, as {who.id}"
    return await bulk.each(one, incident, filter, would=would, yes=yes, address=address, form=format)


async def escalate(
    incident: OneOrMany = None,
    /,
    *,
    filter: Filter = (),  # noqa: A002 - the option's name
    yes: Yes = False,
    reason: acting.Why,
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Have those a level higher paged, now.

    For example:

      amends escalate 09e8ed54 --reason "the customer is in hospital"
      amends escalate --filter severity=critical --reason "the depot burns"

    Paging goes on from there until somebody acknowledges.

    Exit code 1: with --filter, one of them was refused.
    """
    who = actor_of(actor)
    reason = acting.require("--reason", reason, "say why, for those who are paged")

    async def one(named: str) -> Done:
        row, timeline = acting.found(named)
        before = acting.since(timeline, EntryKind.ESCALATION_REQUESTED, who, key=key, ends=_OVER, reason=reason)
        times = acting.count(timeline, *_OVER)
        request = EscalateRequest(
            key=key or key_of("escalate", row.incident_id, reason, who.id, times), reason=reason, actor=who
        )
        receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
        said = f"those a level higher are paged about incident {row.incident_id}"
        return Done(row, receipt, said, plain(request))

    would = f"have those a level higher paged, as {who.id}: {reason}"
    return await bulk.each(one, incident, filter, would=would, yes=yes, address=address, form=format)


async def snooze(
    incident: OneOrMany = None,
    /,
    *,
    filter: Filter = (),  # noqa: A002 - the option's name
    yes: Yes = False,
    for_: Annotated[str | None, Parameter(name="--for", help="For how long: 30m, 4h, at most 24h.")] = None,
    until: Annotated[
        str | None, Parameter(help="Until when: 18:30, 2026-11-22T18:30; at most a day away. Or --for.")
    ] = None,
    reason: Annotated[str, Parameter(help="Why it may wait; it stands in the timeline.")],
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Put paging off: nobody is paged about an incident for a while, unless it gets worse.

    For example:

      amends snooze 09e8ed54 --for 4h --reason "the depot opens at six"
      amends snooze 09e8ed54 --until 18:30 --reason "the depot opens at six"

    Deadlines do not wait: a promise that is broken meanwhile, an undo that
    fails, and `amends escalate` page people at once.

    Exit code 1: with --filter, one of them was refused.
    """
    who, now = actor_of(actor), datetime.now(UTC)
    reason = acting.require("--reason", reason, "say why it may wait, for those who read the timeline later")
    at = lengths.ends_at(for_, until, now=now, option="--for", such_as="4h")

    async def one(named: str) -> Done:
        row, timeline = acting.found(named)
        kind = EntryKind.SNOOZE_REQUESTED
        before = acting.since(timeline, kind, who, key=key, ends=(*_PAGES, *_OVER), reason=reason)
        if before is not None and key is None and not lengths.is_the_same(before, at, now=now, as_long=until is None):
            before = None
        own = key_of("snooze", row.incident_id, for_ or at.isoformat(), reason, who.id, _snoozes(timeline))
        request = SnoozeRequest(key=key or own, until=at, reason=reason, actor=who)
        receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
        put_off = (pending.moment(before.data.get("until")) if before else None) or at
        said = f"nobody is paged about incident {row.incident_id} before {local(put_off)}"
        return Done(row, receipt, said, {**plain(request), "until": put_off.isoformat()})

    would = f"have nobody paged before {local(at)}, as {who.id}: {reason}"
    return await bulk.each(one, incident, filter, would=would, yes=yes, address=address, form=format)


async def _acknowledged(incident_id: str, request: AcknowledgeRequest, address: str | None) -> bool:
    """Acknowledges an incident that joined; one that cannot be any more is told, and holds up nothing."""
    row, _ = acting.found(incident_id)
    try:
        await acting.act(row, request, address=address)
    except AmendsError as error:
        say(f"not acknowledged: {error}")
        return False
    return True


def _snoozes(timeline: Sequence[TimelineRow]) -> int:
    return acting.count(timeline, EntryKind.SNOOZE_REQUESTED, *_PAGES, *_OVER)
