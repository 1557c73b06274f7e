"""How a replay is told: line by line, so that it may be as long as it is."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from amends.models import Data, plain
from cli.output import say
from cli.times import Times
from intake.replay.notebook import Notebook
from intake.replay.rehearsing import Opening
from intake.replay.running import Summary
from intake.rules import Rule


def print_as_data(notebook: Notebook, summary: Summary) -> None:
    """Prints one JSON document: ``openings``, ``refused``, ``unreckoned``, and what was read."""
    print("{")
    _print_list("openings", map(_as_data, notebook.openings()))
    _print_list("refused", (each._asdict() for each in notebook.refused()))
    _print_list("unreckoned", (each._asdict() for each in summary.unreckoned))
    read = {name: getattr(summary, name) for name in ("lines", "events", "orders", "repeated")}
    last = summary.last.isoformat().replace("+00:00", "Z") if summary.last else None
    print(f'  "read": {json.dumps({**read, "last": last})}\n}}')


def print_as_text(notebook: Notebook, summary: Summary, rules: Sequence[Rule], times: Times) -> None:
    """Prints a line for each opening, and tells what was read and what could not be, beside it."""
    kind, name = max(len(rule.exception_type) for rule in rules), max(len(rule.name) for rule in rules)
    opened = cleared = awaited = 0
    for opening in notebook.openings():
        if not opened:
            print(_line("opened", "due", "cleared", "type".ljust(kind), "rule".ljust(name), "order"))
        standing = opening.standing
        at = (_second(each, times) for each in (opening.opened_at, standing.due_at, opening.cleared_at))
        lacks = f"  (cannot be opened: no event says {', '.join(standing.lacking)})" if standing.lacking else ""
        print(_line(*at, standing.exception_type.ljust(kind), standing.rule.ljust(name), standing.order_id + lacks))
        opened += 1
        cleared += opening.cleared_at is not None
        awaited += summary.last is not None and opening.opened_at > summary.last
    _tell(notebook, summary, opened, cleared, awaited)


_MOMENT = len("2026-11-25 18:32:07 CET")
_SHOWN = 10
"""How many lines that could not be taken are told one by one; JSON has them all."""


def _tell(notebook: Notebook, summary: Summary, opened: int, cleared: int, awaited: int) -> None:
    say(f"{opened:,} openings, {cleared:,} of them cleared")
    if awaited:
        say(f"{awaited:,} of them after the last event, should nothing more come")
    say(f"{summary.events:,} events of {summary.orders:,} orders; {summary.repeated:,} came again")
    for each in summary.unreckoned:
        say(f"{each.exception_type} {each.rule}: not reckoned at {each.events:,} events: {each.why}")
    refused = list(islice(notebook.refused(), _SHOWN + 1))
    for line, why in refused[:_SHOWN]:
        say(f"line {line} was not taken: {why}")
    if len(refused) > _SHOWN:
        say("… and more; --format json tells all lines that were not taken")


def _as_data(opening: Opening) -> Data:
    standing = plain(opening.standing)
    own = {"opened_at": plain(opening)["opened_at"], "cleared_at": None, "cleared_by": None, "lacking": []}
    ended = {name: value for name, value in plain(opening).items() if name in ("cleared_at", "cleared_by")}
    del standing["opens_at"]
    return {**own, **{name: value for name, value in standing.items() if not name.startswith("cleared")}, **ended}


def _print_list(name: str, items: Iterable[Any]) -> None:
    print(f'  "{name}": [', end="")
    between = "\n    "
    for item in items:
        print(between + json.dumps(item, ensure_ascii=False), end="")
        between = ",\n    "
    print("]," if between == "\n    " else "\n  ],")


def _line(opened: str, due: str, cleared: str, *rest: str) -> str:
    return "  ".join((*(moment.ljust(_MOMENT) for moment in (opened, due, cleared)), *rest))


def _second(at: datetime | None, times: Times) -> str:
    return times.second(at) if at is not None else "-"
