"""``amends intake replay``: what a file of past events would have opened, and when."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from amends.errors import InputError
from amends.settings import Settings
from cli import completing
from cli.intaking.replayed import print_as_data, print_as_text
from cli.options import OutputFormat
from cli.output import Format, say
from cli.times import Times, Utc
from intake.cloudevents import read_event
from intake.mapping import read_mapping
from intake.replay.lines import digest_of
from intake.replay.notebook import Notebook
from intake.replay.running import END_OF_TIME, conclude, read
from intake.rules import Rule, rules_of
from runbooks import library


def replay(
    file: Annotated[Path, Parameter(name="FILE", help="One event to a line, as JSON; it may be packed with gzip.")],
    /,
    *,
    rules: Annotated[
        tuple[str, ...],
        Parameter(
            consume_multiple=True,
            completer=completing.runbooks,
            help="Runbooks whose `opens` holds: names, or paths of .yaml files. Without it, all that come with Amends.",
        ),
    ] = (),
    mapping: Annotated[
        Path | None,
        Parameter(help="Where time, type, order and fields stand in the file's objects. Without it, CloudEvents."),
    ] = None,
    until: Annotated[
        str | None,
        Parameter(help="Stop the clock there, such as 2018-09-01. Without it, it goes on until nothing is awaited."),
    ] = None,
    dry_run: Annotated[
        bool, Parameter(help="Leave nothing behind. Without it, a replay that is cut short goes on where it was.")
    ] = False,
    utc: Utc = False,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Tell what a file of past events would have opened, when, and until when it stood. It opens nothing.

    For example:

      amends intake replay events.jsonl.gz --mapping shop.yaml --dry-run
      amends intake replay events.jsonl --rules own/late_delivery.yaml --until 2018-09-01

    The clock is the file's: it shows when the last event came in, and every
    deadline that has passed by then is over. Events may be late, repeated and in
    any order; what cannot be taken is told with its line. What would have opened
    only because an event was late is told as cleared by it.

    Without --dry-run what was read is kept under the state folder, and the same
    file with the same mapping is not read again.

    The exit code is 1 if not one line could be taken.
    """
    held = _rules(rules)
    now = datetime.now(UTC)
    times = Times(utc=utc)
    end = times.until(until, now=now, option="--until") if until is not None else END_OF_TIME
    reader = read_event if mapping is None else read_mapping(mapping).event
    with _notebook(file, mapping, dry_run=dry_run) as notebook:
        read(notebook, file, now=now, reader=reader)
        summary = conclude(notebook, held, until=end)
        if format is Format.JSON:
            print_as_data(notebook, summary)
        else:
            print_as_text(notebook, summary, held, times)
    if summary.lines and not summary.events:
        say(_mend_of_all(mapping))
        return 1
    return 0


def _mend_of_all(mapping: Path | None) -> str:
    if mapping is None:
        return "not one line is an event as it stands; --mapping says where plain objects have what an event needs"
    return f"not one line is an event by {mapping}; mend its places, or name the mapping of these objects"


def _rules(names: Iterable[str]) -> tuple[Rule, ...]:
    bundles = [library.load(name) for name in names or library.runbook_names()]
    types = [bundle.exception_type for bundle in bundles]
    twice = sorted({each for each in types if types.count(each) > 1})
    if twice:
        raise InputError(f"two of these runbooks are called {twice[0]!r}, and nobody could tell their rules apart")
    found = tuple(rule for bundle in bundles for rule in rules_of(bundle))
    if not found:
        whose = "none of these runbooks" if names else "no runbook that comes with Amends"
        raise InputError(f"{whose} has `opens`, so events open nothing; name some that have it with --rules")
    return found


@contextmanager
def _notebook(file: Path, mapping: Path | None, *, dry_run: bool) -> Iterator[Notebook]:
    """Where the replay of a file is kept: the same place for the same file and mapping, or one that goes with it."""
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="amends-replay-") as own, Notebook(Path(own, "replay.db")) as notebook:
            yield notebook
        return
    told = "".join(digest_of(each) for each in (file, mapping) if each is not None)
    kept = Settings().state_dir / "replays"
    try:
        kept.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{kept}: cannot be made: {error.strerror}; give --dry-run, which keeps nothing") from error
    with Notebook(kept / f"{hashlib.sha256(told.encode()).hexdigest()[:32]}.db") as notebook:
        yield notebook
