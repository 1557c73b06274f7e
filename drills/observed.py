"""What is left when a scenario has been played: the incident, its effects, its facts, and the shop's books."""

from amends.connectors.shop.sample import sample
from amends.journal import EffectRecord, TimelineRow
from amends.models import Data, Model, Money, Severity, Status
from amends.timeline import EntryKind
from drills.retelling import state_of
from drills.scenario import Scenario
from drills.stage import World
from runbooks.catalogue import TELL


class Books(Model):
    """What the shop says of the scenario's order. ``reserved``: by SKU, of all that the order has.

    ``shipments`` and ``replacements``: those that stand.
    """

    captured: Money
    refunded: Money
    reserved: dict[str, int]
    shipments: int
    replacements: int


class Observed(Model):
    """``messages``: their keys, in order of sending. ``tasks``: what is left to a person, by id."""

    status: Status
    outcome: str | None
    severity: Severity | None
    effects: tuple[EffectRecord, ...]
    messages: tuple[str, ...]
    tasks: tuple[str, ...]
    facts: Data
    books: Books


def observe(world: World, scenario: Scenario, incident_id: str) -> Observed:
    """Look at an incident and at the shop. Facts are read back by running the core over the timeline again."""
    row = world.journal.incident(incident_id)
    timeline = world.journal.timeline(incident_id)
    state = state_of(scenario.bundle, timeline)
    return Observed(
        status=row.status,
        outcome=row.outcome,
        severity=row.severity,
        effects=tuple(effect for effect in world.journal.effects_of(incident_id) if effect.activity != TELL),
        messages=tuple(_messages(timeline)),
        tasks=tuple(task.id for task in state.tasks),
        facts=state.facts,
        books=_books(world, scenario),
    )


def outcome_of(effect: EffectRecord) -> str:
    """``applied``, ``unknown``, or the name of the refusal."""
    if effect.refusal is not None:
        return effect.refusal.reason
    return "unknown" if effect.outcome is None else effect.outcome.value


def _messages(timeline: list[TimelineRow]) -> list[str]:
    asked = {row.data["key"]: str(row.data["message"]) for row in timeline if _sends(row)}
    applied = [row.data["key"] for row in timeline if row.kind is EntryKind.EFFECT_APPLIED]
    return [asked[key] for key in applied if key in asked]


def _sends(row: TimelineRow) -> bool:
    return row.kind is EntryKind.EFFECT_REQUESTED and row.data["activity"] == TELL


def _books(world: World, scenario: Scenario) -> Books:
    shop, order_id = world.shop, scenario.order_id
    lines = [line for parcel in sample().orders[order_id].parcels for line in parcel.lines]
    money = shop.money(order_id)
    return Books(
        captured=money.captured,
        refunded=money.refunded,
        reserved={line.sku: shop.stock(line.sku).reserved for line in lines},
        shipments=sum(shipment.cancelled_at is None for shipment in shop.shipments(order_id)),
        replacements=sum(replacement.dropped_at is None for replacement in shop.replacements(order_id)),
    )
