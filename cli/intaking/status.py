"""``amends intake status``: whether what order systems tell is taken in, and how it stands."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from amends.journal import Journal
from amends.models import Model
from cli.intaking.mode import told
from cli.options import OutputFormat
from cli.output import Format, columns, plural, print_json
from cli.records import journal
from cli.times import Times, Utc, roughly
from intake import sweeps
from intake.feeds import Feed, FeedLog
from intake.looking import Counts, counted, events_kept
from intake.modes import Modes, Setting
from intake.quarantine import Quarantine
from intake.rulebook import Rulebook
from intake.sweeps import Sweep

SILENT: Final = timedelta(minutes=2)
"""From here on it is taken that nobody sweeps: it is noted every ten seconds."""


class TypeStanding(Model):
    """``rules``: how many its runbook has, as it was published last."""

    rules: int
    setting: Setting
    counts: Counts


class IntakeStanding(Model):
    """``sweep``: the last one; not set if nobody has ever swept."""

    events: int
    quarantined: int
    sweep: Sweep | None
    feeds: tuple[Feed, ...]
    types: dict[str, TypeStanding]


def status(
    *,
    utc: Utc = False,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Say whether what order systems tell is taken in, which types open by themselves, and how they stand.

    For example:

      amends intake status

    A type is listed if its runbook has rules in `opens`, as it was published
    last, or if anything was ever expected by such rules.
    """
    now = datetime.now(UTC)
    with journal() as found:
        standing = standing_of(found, at=now)
    if format is Format.JSON:
        print_json(standing.model_dump(mode="json"))
    else:
        print("\n".join(columns(_lines(standing, Times(utc=utc), now))))


def standing_of(found: Journal, *, at: datetime) -> IntakeStanding:
    rules, modes, counts = Rulebook(found.revisions).now().rules, Modes(found.engine), counted(found.engine, at=at)
    numbers = {name: sum(rule.exception_type == name for rule in rules) for name in counts}
    numbers |= {
        rule.exception_type: sum(each.exception_type == rule.exception_type for each in rules) for rule in rules
    }
    return IntakeStanding(
        events=events_kept(found.engine),
        quarantined=Quarantine(found.engine).count(),
        sweep=sweeps.last(found.engine),
        feeds=tuple(FeedLog(found.engine).all()),
        types={
            name: TypeStanding(rules=number, setting=modes.of(name), counts=counts.get(name, Counts()))
            for name, number in sorted(numbers.items())
        },
    )


def swept(sweep: Sweep | None, now: datetime) -> str | None:
    """What is wrong with the sweeping; ``None`` if all is well."""
    if sweep is None:
        return "nobody has ever looked for what is overdue"
    if sweep.trouble is not None:
        return f"what is overdue is not opened: {sweep.trouble}"
    silent = now - sweep.at
    return f"nobody has looked for what is overdue for {roughly(silent)}" if silent > SILENT else None


def _lines(standing: IntakeStanding, times: Times, now: datetime) -> Iterator[tuple[str, str]]:
    yield "events", f"{standing.events:,} kept"
    kept_apart = "; `amends intake quarantine list` tells why" if standing.quarantined else ""
    yield "quarantine", f"{standing.quarantined:,} kept apart{kept_apart}"
    wrong = swept(standing.sweep, now)
    mend = "; run `amends up` or `amends worker`" if standing.sweep is None or standing.sweep.trouble is None else ""
    yield "sweeper", f"{wrong}{mend}" if wrong else "looks for what is overdue"
    for feed in standing.feeds:
        yield "feed", f"{feed.url}, read up to {feed.cursor}" + (f"; now: {feed.trouble}" if feed.trouble else "")
    for name, each in standing.types.items():
        rules = plural(each.rules, "rule")
        yield name, f"{rules}, {told(each.setting, times)}; {_counted(each.counts)}"
    if not standing.types:
        yield "types", "no published runbook has a rule in `opens`; `amends publish` publishes one"


def _counted(counts: Counts) -> str:
    numbers = [f"{number:,} {name.replace('_', ' ')}" for name, number in counts if number]
    return ", ".join(numbers) or "nothing expected yet"
