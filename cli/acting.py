"""What all commands share by which people act on a running incident."""

from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, Final, NamedTuple

from cyclopts import Parameter
from pydantic import JsonValue

from amends.errors import InputError
from amends.journal import IncidentRow, Journal, TimelineRow
from amends.models import Actor, Data
from amends.temporal import connect
from amends.timeline import EntryKind
from cli import completing, live, pending
from cli.options import IncidentId
from cli.output import Format, print_json, say, short
from cli.records import journal
from workflows.contract import SAY_WHY, Receipt
from workflows.requests import ActRequest

OpenIncident = Annotated[IncidentId, Parameter(completer=completing.open_incidents)]
TaskId = Annotated[
    str | None, Parameter(name="TASK", help="Which task, if several are open, as `amends show` names it.")
]
Why = Annotated[str, Parameter(help="Why; it stands in the timeline.")]

NO_PLAN_LEFT: Final = "no_plan_left"
"""The task of an incident for which every plan has failed."""

_NOTHING_LEFT: Final = "nothing is left to a person in this incident; `amends show` tells what it waits for"


class Done(NamedTuple):
    """What came of an act: ``said`` in words behind the receipt's word, ``document`` for programs."""

    row: IncidentRow
    receipt: Receipt
    said: str
    document: Data


def found(incident: str) -> tuple[IncidentRow, list[TimelineRow]]:
    """An incident of the journal, by its id or the beginning of it."""
    with journal() as records:
        return read(records, incident)


def read(records: Journal, incident: str) -> tuple[IncidentRow, list[TimelineRow]]:
    """An incident of a journal that is open, by its id or the beginning of it."""
    row = records.incident(incident)
    return row, records.timeline(row.incident_id)


def require_running(row: IncidentRow) -> None:
    if row.status.final:
        raise InputError(f"incident {row.incident_id} is {row.status}; nothing can be done to it any more")


def require(option: str, text: str, mend: str) -> str:
    """What was typed behind an option, without blanks around it. Raises ``InputError`` if there is nothing."""
    if not text.strip():
        raise InputError(f"{option}: {mend}")
    return text.strip()


def require_why(typed: str, option: str = "--reason") -> str:
    """The reason that was typed. Raises ``InputError`` if there is none."""
    return require(option, typed, SAY_WHY)


async def act(row: IncidentRow, request: ActRequest, *, address: str | None) -> Receipt:
    """Does it, and returns when it is in the journal. Raises as ``live.act`` does."""
    require_running(row)
    return await live.act(await connect(address), row, request)


def repeated(entry: TimelineRow) -> Receipt:
    """What whoever types the same again learns: that it counted."""
    return Receipt(incident_id=entry.incident_id, run_id=entry.run_id, n=entry.n, result="repeated")


def done_before(
    timeline: Sequence[TimelineRow],
    kind: EntryKind,
    who: Actor,
    *,
    key: str | None,
    task: str | None = None,
    **said: JsonValue,
) -> TimelineRow | None:
    """The very same act by the same person, if what it was about has not come up again since; or whatever has the
    ``key``, if one was given. ``task``: any, if it is not set."""
    for entry in reversed(timeline):
        if entry.kind is not kind or (key is not None and entry.data.get("key") != key):
            continue
        if key is not None:
            return entry
        of = NO_PLAN_LEFT if kind is EntryKind.PLAN_CHOSEN else entry.data.get("task")
        same = all(entry.data.get(name) == given for name, given in said.items())
        if entry.actor.id == who.id and task in (None, of) and same:
            later = (each for each in timeline if each.seq > entry.seq and each.kind is EntryKind.TASK_OPENED)
            return entry if all(each.data.get("task") != of for each in later) else None
    return None


def since(
    timeline: Sequence[TimelineRow],
    kind: EntryKind,
    who: Actor,
    *,
    key: str | None,
    ends: Collection[EntryKind],
    **said: JsonValue,
) -> TimelineRow | None:
    """The very same act by the same person, unless one of ``ends`` came after it; or whatever has the ``key``."""
    if key is not None:
        return done_before(timeline, kind, who, key=key)
    for entry in reversed(timeline):
        if entry.kind is kind and entry.actor.id == who.id:
            return entry if all(entry.data.get(name) == given for name, given in said.items()) else None
        if entry.kind in ends:
            return None
    return None


def count(timeline: Sequence[TimelineRow], *kinds: EntryKind) -> int:
    """What tells an act from an earlier one in the same words, so that each may be done once."""
    return sum(entry.kind in kinds for entry in timeline)


def still_meant(
    timeline: Sequence[TimelineRow],
    before: TimelineRow | None,
    *,
    key: str | None,
    task: str | None,
    why: Iterable[str],
) -> TimelineRow | None:
    """``before``, which ``done_before`` found, unless it was about another task than what is typed now: none is named,
    and another one that fits is open."""
    if before is None or key is not None or task is not None or not others(timeline, before, why=why):
        return before
    return None


def others(timeline: Sequence[TimelineRow], before: TimelineRow, *, why: Iterable[str]) -> list[TimelineRow]:
    """The open tasks for those reasons that an earlier act was not about."""
    return [task for task in _fitting(timeline, why) if task.data["task"] != before.data.get("task")]


def the_task(timeline: Sequence[TimelineRow], named: str | None, *, why: Iterable[str] = ()) -> TimelineRow | None:
    """The open task that is meant; ``why`` are the reasons for which it may have been opened, any if none are given.

    One that is not open goes through: the incident says why not. Raises ``InputError`` if none is named and there is
    not just one.
    """
    tasks = pending.tasks(timeline)
    if named is not None:
        return next((task for task in tasks if task.data["task"] == named), None)
    match _fitting(timeline, why):
        case [only]:
            return only
        case []:
            raise InputError(_NOTHING_LEFT if not tasks else f"no task fits; open are {_named(tasks)}")
        case several:
            raise InputError(f"several tasks are open; name one: {_named(several)}")


def opened(task: TimelineRow | None) -> int:
    """What tells a task from an earlier one of the same name, so that each may be acted on once."""
    return task.seq if task else 0


def tell(done: Done, *, address: str | None, form: Format) -> None:
    """Prints what came of an act."""
    if form is Format.JSON:
        print_json({**done.document, **done.receipt.model_dump(mode="json")})
        return
    print(f"{done.receipt.result}: {done.said}")
    say(f"next: amends show {short(done.row.incident_id)}{f' --address {address}' if address else ''}")


def _fitting(timeline: Sequence[TimelineRow], why: Iterable[str]) -> list[TimelineRow]:
    whys = set(why)
    return [task for task in pending.tasks(timeline) if not whys or task.data.get("why") in whys]


def _named(tasks: Iterable[TimelineRow]) -> str:
    return ", ".join(str(task.data["task"]) for task in tasks)
