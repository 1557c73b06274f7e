"""``amends ack``, ``amends escalate`` and ``amends snooze``: what those do who are paged."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from cyclopts import Parameter

from amends.errors import AmendsError, InputError
from amends.journal import TimelineRow
from amends.models import Actor, plain
from amends.timeline import EntryKind
from cli import acting, pending
from cli.acting import OpenIncident
from cli.joined import joined_to
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format, local, say, short
from cli.records import journal
from cli.times import Times
from runbooks.language.durations import parse_duration
from workflows.contract import AcknowledgeRequest, EscalateRequest, SnoozeRequest

_PAGES: Final = (EntryKind.PAGE_REQUESTED, EntryKind.PAGE_HELD, EntryKind.LADDER_RAISED)
"""From these on an earlier act holds no more: people are paged anew."""

_UNTIL_PAGED: Final = (*_PAGES, EntryKind.ACKNOWLEDGED)
"""Where another has taken it on since, to take it on again is another act."""

_OVER: Final = (EntryKind.LADDER_STOPPED, EntryKind.ACKNOWLEDGED)
"""From these on nobody is escalated to any more."""

_AS_LONG: Final = timedelta(minutes=5)
"""Two snoozes of one length, typed one after the other, end at most so far apart."""


async def ack(
    incident: OpenIncident,
    /,
    *,
    note: acting.Note = "",
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Take on what people are paged for: nobody else is paged, until it is still to be done much later.

    For example:

      amends ack 09e8ed54 --actor an
      amends ack 09e8ed54 --note "I call the carrier"

    Incidents whose page was joined to this one's, because one cause is behind
    all of them, are acknowledged with it. What is to be done, `amends show`
    tells; acknowledging alone does not do it, so when it is still to be done
    after a while, or whoever took it on goes off duty, people are paged again.
    """
    who, note = actor_of(actor), note.strip()
    row, timeline = acting.found(incident)
    with journal() as found:
        others = joined_to(found, row.incident_id)
    before = _since(timeline, EntryKind.ACKNOWLEDGED, who, key=key, ends=_UNTIL_PAGED, note=note)
    key = key or key_of("ack", row.incident_id, note, who.id, _count(timeline, *_UNTIL_PAGED))
    request = AcknowledgeRequest(key=key, note=note, actor=who)
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    taken = [other for other in others if await _acknowledged(other, request, address)]
    also = f", and {', '.join(map(short, taken))} with it" if taken else ""
    said = f"{who.id} has acknowledged incident {row.incident_id}{also}"
    acting.tell(receipt, said, {**plain(request), "joined": [*taken]}, row=row, address=address, form=format)


async def escalate(
    incident: OpenIncident,
    /,
    *,
    reason: Annotated[str, Parameter(help="Why; it stands in the timeline.")],
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Have those a level higher paged, now.

    For example:

      amends escalate 09e8ed54 --reason "the customer is in hospital"

    Paging goes on from there until somebody acknowledges.
    """
    who = actor_of(actor)
    reason = acting.require("--reason", reason, "say why, for those who are paged")
    row, timeline = acting.found(incident)
    before = _since(timeline, EntryKind.ESCALATION_REQUESTED, who, key=key, ends=_OVER, reason=reason)
    key = key or key_of("escalate", row.incident_id, reason, who.id, _count(timeline, *_OVER))
    request = EscalateRequest(key=key, reason=reason, actor=who)
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    said = f"those a level higher are paged about incident {row.incident_id}"
    acting.tell(receipt, said, plain(request), row=row, address=address, form=format)


async def snooze(
    incident: OpenIncident,
    /,
    *,
    for_: Annotated[str | None, Parameter(name="--for", help="For how long: 30m, 4h, at most 24h.")] = None,
    until: Annotated[
        str | None, Parameter(help="Until when: 18:30, 2026-11-22T18:30; at most a day away. Or --for.")
    ] = None,
    reason: Annotated[str, Parameter(help="Why it may wait; it stands in the timeline.")],
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Put paging off: nobody is paged about an incident for a while, unless it gets worse.

    For example:

      amends snooze 09e8ed54 --for 4h --reason "the depot opens at six"
      amends snooze 09e8ed54 --until 18:30 --reason "the depot opens at six"

    Deadlines do not wait: a promise that is broken meanwhile, an undo that
    fails, and `amends escalate` page people at once.
    """
    who, now = actor_of(actor), datetime.now(UTC)
    reason = acting.require("--reason", reason, "say why it may wait, for those who read the timeline later")
    ends_at = _until(for_, until, now)
    row, timeline = acting.found(incident)
    before = _since(timeline, EntryKind.SNOOZE_REQUESTED, who, key=key, ends=(*_PAGES, *_OVER), reason=reason)
    if before is not None and key is None and not _is_the_same(before, ends_at, now, as_long=until is None):
        before = None
    key = key or key_of("snooze", row.incident_id, for_ or ends_at.isoformat(), reason, who.id, _snoozes(timeline))
    request = SnoozeRequest(key=key, until=ends_at, reason=reason, actor=who)
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    put_off = (pending.moment(before.data.get("until")) if before else None) or ends_at
    said = f"nobody is paged about incident {row.incident_id} before {local(put_off)}"
    document = {**plain(request), "until": put_off.isoformat()}
    acting.tell(receipt, said, document, row=row, address=address, form=format)


async def _acknowledged(incident_id: str, request: AcknowledgeRequest, address: str | None) -> bool:
    """Acknowledges an incident that joined; one that cannot be any more is told, and holds up nothing."""
    row, _ = acting.found(incident_id)
    try:
        await acting.act(row, request, address=address)
    except AmendsError as error:
        say(f"not acknowledged: {error}")
        return False
    return True


def _since(
    timeline: Sequence[TimelineRow],
    kind: EntryKind,
    who: Actor,
    *,
    key: str | None,
    ends: Sequence[EntryKind],
    **said: str,
) -> TimelineRow | None:
    """The very same act by the same person, unless one of ``ends`` came after it; or whatever has the ``key``."""
    if key is not None:
        return acting.done_before(timeline, kind, who, key=key)
    for entry in reversed(timeline):
        if entry.kind is kind and entry.actor.id == who.id:
            return entry if all(entry.data.get(name) == given for name, given in said.items()) else None
        if entry.kind in ends:
            return None
    return None


def _count(timeline: Sequence[TimelineRow], *kinds: EntryKind) -> int:
    """What tells an act from an earlier one in the same words, so that each may be done once."""
    return sum(entry.kind in kinds for entry in timeline)


def _snoozes(timeline: Sequence[TimelineRow]) -> int:
    return _count(timeline, EntryKind.SNOOZE_REQUESTED, *_PAGES, *_OVER)


def _is_the_same(before: TimelineRow, ends_at: datetime, now: datetime, *, as_long: bool) -> bool:
    """Whether a snooze that stands is what was typed: until the same moment, or for as long."""
    until = pending.moment(before.data.get("until"))
    if until is None or until <= now:
        return False
    if not as_long:
        return until == ends_at
    return abs((until - before.occurred_at) - (ends_at - now)) <= _AS_LONG


def _until(for_: str | None, until: str | None, now: datetime) -> datetime:
    match for_, until:
        case None, None:
            raise InputError("say for how long (--for 4h) or until when (--until 18:30)")
        case str(), None:
            return now + _length(for_)
        case None, str():
            return Times().coming(until, now=now, option="--until")
        case _:
            raise InputError("--for and --until cannot both be given; give one of them")


def _length(typed: str) -> timedelta:
    try:
        return parse_duration(typed)
    except ValueError as error:
        raise InputError(f"--for: {error}") from error
