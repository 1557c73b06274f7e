"""``match``: an event at which a condition over it and its order begins to hold."""

from collections.abc import Sequence

from amends.errors import DefinitionError
from amends.models import Data
from amends.timeline import canonical
from intake.events import OrderEvent
from intake.findings import Finding, Unreckoned
from intake.orders import Order
from intake.rules import Rule
from intake.subjects import subject_of
from runbooks.expressions import FactMissing
from runbooks.policy import Match
from runbooks.scanning import scan


def matched(rule: Rule, match: Match, order: Order) -> tuple[Sequence[Finding], Sequence[Unreckoned]]:
    """Where the condition begins to hold, for each subject, until the first later event at which it does not.

    A condition that names the event is about events of one type: only another one of that type ends it. One over the
    order alone is ended by any. A condition whose facts are not known does not hold.
    """
    scanned = scan(match.match)
    of_event = any(name.path.startswith("event.") for name in (*scanned.names, *scanned.presence.values()))
    standing: dict[tuple[str, bytes], Finding] = {}
    findings: list[Finding] = []
    failures: list[Unreckoned] = []
    for event in order.events:
        subject = subject_of(rule, event)
        about = (event.type if of_event else "", canonical(subject))
        try:
            now = order.holds(match.match, event, rule)
        except FactMissing:
            now = False
        except DefinitionError as error:
            where = {"exception_type": rule.exception_type, "rule": rule.name, "event": event.key}
            failures.append(Unreckoned(**where, why=str(error)))
            continue
        open_one = standing.get(about)
        if now and open_one is None:
            standing[about] = _finding(event, subject)
        elif not now and open_one is not None:
            findings.append(open_one.model_copy(update={"cleared": event}))
            del standing[about]
    return [*findings, *standing.values()], failures


def _finding(event: OrderEvent, subject: Data) -> Finding:
    return Finding(cause=event, subject=subject, due_at=event.at, opens_at=event.at)
