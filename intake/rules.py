"""The rules by which order events open incidents, as the bundle of each runbook carries them."""

from amends.models import Model
from runbooks.bundle import Bundle
from runbooks.language.order_events import kinds_of
from runbooks.policy import Expectation, Match, Table
from runbooks.program import FactType


class Rule(Model):
    """A rule of ``opens``, with all that deciding needs: ``subject`` and ``report`` say what its report carries,
    ``kinds`` of which type everything is that its expressions may name."""

    exception_type: str
    number: int
    """Its place in ``opens``, from 0."""
    rule: Expectation | Match
    subject: tuple[str, ...]
    report: dict[str, FactType]
    optional: tuple[str, ...] = ()
    kinds: dict[str, FactType]
    rates: dict[str, str] = {}
    tables: dict[str, Table] = {}

    @property
    def name(self) -> str:
        """Where it stands in its runbook: ``opens[0]``."""
        return f"opens[{self.number}]"


def rules_of(bundle: Bundle) -> tuple[Rule, ...]:
    """The rules of a runbook, in its order."""
    return tuple(
        Rule(
            exception_type=bundle.exception_type,
            number=number,
            rule=rule,
            subject=bundle.subject,
            report=bundle.report,
            optional=bundle.report_optional,
            kinds=kinds_of(bundle.events),
            rates=bundle.rates,
            tables=bundle.tables,
        )
        for number, rule in enumerate(bundle.opens)
    )
