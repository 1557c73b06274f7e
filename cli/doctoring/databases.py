"""The journal and the shop: there, at this release's tables, and in step with this machine's clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, func, make_url, select

from amends.connectors.shop import Shop
from amends.errors import ConfigurationError
from amends.journal import AlertLog, Journal, JournalNotMigrated, connect, reading
from amends.settings import Settings, Systems
from amends.watchdog import NEEDED, tell
from cli.doctoring import taking_in
from cli.doctoring.finding import Finding, ok, warning, wrong
from cli.output import short
from cli.records import answering, shown

SKEW: Final = timedelta(seconds=5)
"""From here on, what two clocks say of one event confuses whoever reads it."""

TOO_FAR: Final = timedelta(minutes=1)


def checks(settings: Settings) -> Iterator[Finding]:
    """Every check of the databases; further ones only where the earlier ones pass."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        yield warning(
            "journal", f"there is none at {url.database!r} yet", "`amends up` or `amends db upgrade` makes it"
        )
    else:
        engine = connect(url, threads=1)
        try:
            yield from _journal(engine, shown(url))
        finally:
            engine.dispose()
    if settings.connectors is Systems.SHOP:
        yield _shop(settings)


def skew(name: str, ahead: timedelta, whose: str) -> Finding:
    """How far another clock is ahead of ours."""
    seconds = f"{abs(ahead).total_seconds():.1f} s {'ahead of' if ahead > timedelta(0) else 'behind'} this machine's"
    mend = "let both be set by NTP; deadlines go by the Temporal server's clock"
    if abs(ahead) >= TOO_FAR:
        return wrong(name, f"{whose} clock is {seconds}", mend)
    if abs(ahead) >= SKEW:
        return warning(name, f"{whose} clock is {seconds}", mend)
    return ok(name, f"{whose} clock agrees with this machine's")


def _journal(engine: Engine, database: str) -> Iterator[Finding]:
    try:
        with answering(database):
            found = Journal(engine)
    except JournalNotMigrated as error:
        yield wrong(
            "journal",
            f"{database} is at revision {error.found or 'none'}, and this release needs {error.wanted}",
            "run `amends db upgrade` (`amends up` does it by itself)",
        )
        return
    except ConfigurationError as error:
        says, _, mend = str(error).rpartition("; ")
        yield wrong("journal", says, mend)
        return
    with answering(database):
        yield ok("journal", f"{database}, open incidents: {found.count(open_only=True)}")
        if engine.dialect.name == "postgresql":
            yield _clock(engine)
        yield from _alerts(found)
        yield from taking_in.checks(found)


def _clock(engine: Engine) -> Finding:
    before = datetime.now(UTC)
    with reading(engine) as connection:
        theirs: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return skew("database clock", theirs - before, "the database's")


def _alerts(journal: Journal) -> Iterator[Finding]:
    standing = AlertLog(journal.engine).standing()
    for alert in standing:
        incident = short(alert.incident_id)
        by_hand = f"see `amends show {incident}`, and settle it by hand"
        taken_on = f"see `amends show {incident}`, and take it on: `amends ack {incident}`"
        yield wrong(
            "paging" if alert.kind.of_the_story else "watchdog",
            f"incident {alert.incident_id}: {tell(alert)}; {NEEDED}",
            taken_on if alert.kind.of_the_story else by_hand,
        )
    if all(alert.kind.of_the_story for alert in standing):
        yield ok("watchdog", "no open incident is known to have lost its workflow")


def _shop(settings: Settings) -> Finding:
    url = make_url(settings.shop_url)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        return ok("shop", "the reference shop has no database yet; `amends up` makes it")
    try:
        shop = Shop(settings.shop_url)
        try:
            orders = len(shop.order_ids())
        finally:
            shop.dispose()
    except ConfigurationError as error:
        return wrong("shop", str(error), "mend AMENDS_SHOP_URL, or put a backup in its place")
    return ok("shop", f"{shown(url)}, {orders} orders")
