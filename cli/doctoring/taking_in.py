"""Whether what is overdue is looked for, and whether feeds can be read."""

from collections.abc import Iterator
from datetime import UTC, datetime

from amends.journal import Journal
from cli.doctoring.finding import Finding, ok, warning, wrong
from cli.intaking.status import IntakeStanding, standing_of, swept

_NAME = "intake"


def checks(journal: Journal) -> Iterator[Finding]:
    """Every check of what comes in; where no type opens by itself and nothing has come in, there is nothing to say."""
    now = datetime.now(UTC)
    standing = standing_of(journal, at=now)
    if not (standing.types or standing.events or standing.feeds or standing.quarantined):
        yield ok(_NAME, "no published runbook opens by order events, and none have come in")
        return
    yield _sweeping(standing, now)
    for feed in standing.feeds:
        if feed.trouble is not None:
            yield wrong(_NAME, f"the feed {feed.url} cannot be read: {feed.trouble}", "mend it, or AMENDS_INTAKE_FEEDS")
    if standing.quarantined:
        yield warning(
            _NAME, f"{standing.quarantined} order events are kept apart", "`amends intake quarantine list` tells why"
        )


def _sweeping(standing: IntakeStanding, now: datetime) -> Finding:
    why_not = swept(standing.sweep, now)
    if why_not is not None:
        return wrong(_NAME, why_not, "see that `amends up` or `amends worker` runs, and what it logs")
    return ok(_NAME, f"{standing.events:,} order events are kept, and what is overdue is looked for")
