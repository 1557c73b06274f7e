"""What is left when a scenario has been played: the incident, its effects, its facts, and the shop's books."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from activities.wire import Paged, PageResult
from amends.connectors.shop.sample import sample
from amends.journal import EffectRecord, TimelineRow
from amends.models import Data, Model, Money, Severity, Status
from amends.timeline import EntryKind
from drills.scenario import Part
from drills.stage import World
from drills.written import Verdict
from runbooks.catalogue import MESSAGES
from workflows.state import State


class Books(Model):
    """What the shop says of an order. ``reserved``: by SKU, of all that the order has.

    ``shipments``, ``replacements`` and ``holds``: those that stand. ``refunds``: how often money was paid back.
    """

    captured: Money
    refunded: Money
    reserved: dict[str, int]
    shipments: int
    replacements: int
    holds: int = 0
    refunds: int = 0


class Approval(Model):
    """An approval that was asked for, and what became of that asking. ``role`` is not set for a waiver."""

    approval: str
    role: str | None
    verdict: Verdict


class Page(Model):
    """A page that was sent, ``at`` so long after the opening, to ``people`` of a role."""

    at: timedelta
    role: str
    people: tuple[str, ...]
    level: int


class Observed(Model):
    """``messages``: their keys, in order of sending. ``tasks``: what is left to a person, by id. ``approvals``: each
    time that one was asked for, in order. ``pages``: those that were sent, in order; ``breaches``: the promises that
    were broken, in order. ``calls``: how often the shop was called under the key of each effect and undo."""

    status: Status
    outcome: str | None
    severity: Severity | None
    effects: tuple[EffectRecord, ...]
    messages: tuple[str, ...]
    tasks: tuple[str, ...]
    approvals: tuple[Approval, ...] = ()
    pages: tuple[Page, ...] = ()
    breaches: tuple[str, ...] = ()
    facts: Data
    books: Books
    calls: dict[str, int] = {}


def observe(world: World, part: Part, timeline: Sequence[TimelineRow], state: State, *, begun_at: datetime) -> Observed:
    """Look at an incident and at the shop. ``state``: the one after its timeline (``state_of``), for its facts and
    tasks. ``begun_at``: when its scenario has begun."""
    row = world.journal.incident(state.incident_id)
    effects = world.journal.effects_of(state.incident_id)
    return Observed(
        status=row.status,
        outcome=row.outcome,
        severity=row.severity,
        effects=tuple(effect for effect in effects if effect.activity not in MESSAGES),
        messages=tuple(conversation([timeline])),
        tasks=tuple(task.id for task in state.tasks),
        approvals=tuple(_approvals(timeline)),
        pages=tuple(pages_of(timeline, begun_at=begun_at)),
        breaches=tuple(str(row.data["goal"]) for row in timeline if row.kind is EntryKind.CLOCK_BREACHED),
        facts=state.facts,
        books=_books(world, part.order_id),
        calls={effect.key: world.heard.calls[effect.key] for effect in effects},
    )


def outcome_of(effect: EffectRecord) -> str:
    """``applied``, ``unknown``, or the name of the refusal."""
    if effect.refusal is not None:
        return effect.refusal.reason
    return "unknown" if effect.outcome is None else effect.outcome.value


def _approvals(timeline: Sequence[TimelineRow]) -> list[Approval]:
    asked: list[Approval] = []
    for row in timeline:
        if row.kind is EntryKind.APPROVAL_ASKED:
            role = row.data.get("role")
            named = str(role) if role is not None else None
            asked.append(Approval(approval=str(row.data["approval"]), role=named, verdict=Verdict.OPEN))
        verdict = _VERDICTS.get(row.kind)
        if row.kind is EntryKind.APPROVAL_EXPIRED and row.data.get("then") == "reject":
            verdict = Verdict.EXPIRED
        if verdict is not None:
            newest = max(at for at, each in enumerate(asked) if each.approval == row.data["approval"])
            asked[newest] = asked[newest].model_copy(update={"verdict": verdict})
    return asked


_VERDICTS = {
    EntryKind.APPROVAL_GIVEN: Verdict.APPROVED,
    EntryKind.APPROVAL_REJECTED: Verdict.REJECTED,
    EntryKind.APPROVAL_WITHDRAWN: Verdict.WITHDRAWN,
}


def pages_of(timeline: Sequence[TimelineRow], *, begun_at: datetime | None = None) -> Iterator[Page]:
    """The pages that reached somebody, in the order in which they were asked for; without those who had one already
    about the same cause."""
    begun_at = begun_at or timeline[0].occurred_at
    sent = {str(row.data.get("command_id")): _reached(row) for row in timeline if row.kind is EntryKind.PAGE_SENT}
    for row in timeline:
        people = sent.get(f"page/{row.data.get('page')}") if row.kind is EntryKind.PAGE_REQUESTED else None
        if people:
            yield Page(
                at=row.occurred_at - begun_at,
                role=str(row.data["role"]),
                people=people,
                level=int(str(row.data["level"])),
            )


def _reached(row: TimelineRow) -> tuple[str, ...]:
    result = row.data.get("result")
    given = result.get("pages") if isinstance(result, dict) else None
    pages = [Paged.model_validate(each) for each in given] if isinstance(given, list) else []
    return tuple(dict.fromkeys(page.person for page in pages if page.result is PageResult.SENT))


def conversation(timelines: Iterable[Sequence[TimelineRow]]) -> list[str]:
    """What was sent of incidents, in the order in which it was."""
    rows = sorted((row for timeline in timelines for row in timeline), key=lambda row: row.occurred_at)
    asked = {row.data["key"]: str(row.data["message"]) for row in rows if _sends(row)}
    applied = [row.data["key"] for row in rows if row.kind is EntryKind.EFFECT_APPLIED]
    return [asked[key] for key in applied if key in asked]


def _sends(row: TimelineRow) -> bool:
    return row.kind is EntryKind.EFFECT_REQUESTED and row.data["activity"] in MESSAGES


def _books(world: World, order_id: str) -> Books:
    shop = world.shop
    lines = [line for parcel in sample().orders[order_id].parcels for line in parcel.lines]
    money = shop.money(order_id)
    return Books(
        captured=money.captured,
        refunded=money.refunded,
        reserved={line.sku: shop.stock(line.sku).reserved for line in lines},
        shipments=sum(shipment.cancelled_at is None for shipment in shop.shipments(order_id)),
        replacements=sum(replacement.dropped_at is None for replacement in shop.replacements(order_id)),
        holds=sum(hold.released_at is None for hold in shop.holds(order_id)),
        refunds=money.refunds,
    )
