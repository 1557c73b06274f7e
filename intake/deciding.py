"""What the events of an order amount to: which rules have been broken, since when, and what has mended it.

Pure functions of what is stored: the order in which events came in, and how often, changes nothing. An event counts at
the time at which it happened; those of one moment count together, so that nothing hangs on which of them is first.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from amends.models import Data, Model, Utc
from intake.events import OrderEvent
from intake.expecting import missed
from intake.findings import Finding, Unreckoned
from intake.matching import matched
from intake.orders import Order
from intake.rules import Rule, rules_of
from runbooks.language.facts import fits
from runbooks.policy import Expectation, Match

__all__ = ["Standing", "Survey", "Unreckoned", "decide", "rules_of", "survey", "unreckoned"]


class Standing(Model):
    """A rule that an order has broken: due at ``due_at``, and opened at ``opens_at``, a grace later.

    ``report`` is what its incident is opened with; ``lacking`` are the fields that it needs and that no event has said:
    nothing can be opened without them. ``caused_by`` and ``cleared_by`` name events by their keys. Once ``cleared_at``
    is set, the cause is gone; if that was before ``opens_at``, nobody need be called any more.
    """

    exception_type: str
    rule: str
    order_id: str
    subject: Data
    report: Data
    lacking: tuple[str, ...] = ()
    due_at: Utc
    opens_at: Utc
    caused_by: tuple[str, ...]
    cleared_at: Utc | None = None
    cleared_by: str | None = None

    @property
    def key(self) -> str:
        """Which one it is, whatever becomes of it: the same for the same events, and for no others."""
        return ":".join((self.exception_type, self.rule, self.order_id, *self.caused_by))


class Survey(NamedTuple):
    """What stands, and at which events a rule could not be reckoned."""

    standings: tuple[Standing, ...]
    unreckoned: tuple[Unreckoned, ...]


def decide(rules: Iterable[Rule], events: Iterable[OrderEvent], *, until: datetime) -> tuple[Standing, ...]:
    """All that stands, or stood until it was cleared, at the moment ``until``, by when it was due.

    ``events`` are those of one order. What happened after ``until`` is not looked at, and what opens after it is left
    out: with a moment that is far off, what is merely pending is in it too, if nothing more were to come.
    """
    return survey(rules, events, until=until).standings


def unreckoned(rules: Iterable[Rule], events: Iterable[OrderEvent]) -> tuple[Unreckoned, ...]:
    """The events of an order at which a rule could not be reckoned, with the reason."""
    order = Order(events)
    return tuple(each for rule in rules for each in _findings(rule, order)[1])


def survey(rules: Iterable[Rule], events: Iterable[OrderEvent], *, until: datetime) -> Survey:
    """What ``decide`` says, and what it could not say of the same events."""
    order = Order(event for event in events if event.at <= until)
    standings: list[Standing] = []
    failures: list[Unreckoned] = []
    for rule in rules:
        findings, failed = _findings(rule, order)
        standings += (_standing(rule, order, each) for each in findings if each.opens_at <= until)
        failures += failed
    return Survey(tuple(sorted(standings, key=lambda each: (each.due_at, each.key))), tuple(failures))


def _findings(rule: Rule, order: Order) -> tuple[Sequence[Finding], Sequence[Unreckoned]]:
    match rule.rule:
        case Expectation():
            return missed(rule, rule.rule, order)
        case Match():
            return matched(rule, rule.rule, order)
        case _:
            assert_never(rule.rule)


def _standing(rule: Rule, order: Order, finding: Finding) -> Standing:
    said: Data = {**order.at(finding.cause.at), **finding.cause.data, "order_id": order.order_id}
    said |= dict.fromkeys(rule.subject)  # what it is about is what this event is about, and no other
    said |= finding.subject
    report = {name: said[name] for name, kind in rule.report.items() if fits(kind, said.get(name))}
    return Standing(
        exception_type=rule.exception_type,
        rule=rule.name,
        order_id=order.order_id,
        subject={name: report[name] for name in rule.subject if name in report},
        report=report,
        lacking=tuple(name for name in rule.report if name not in report and name not in rule.optional),
        due_at=finding.due_at,
        opens_at=finding.opens_at,
        caused_by=(finding.cause.key,),
        cleared_at=finding.cleared.at if finding.cleared else None,
        cleared_by=finding.cleared.key if finding.cleared else None,
    )
