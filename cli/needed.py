"""Where people are needed now: tasks, approvals and questions of all open incidents, as the journal has them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from amends.journal import Journal, TimelineRow
from amends.models import Model, Party, Utc
from cli import pending, wording
from cli.output import columns, local, plural, short
from cli.to_do import asked_for
from cli.versions import texts
from workflows.contract import OpenApproval

_LOOKED_AT: Final = 20
"""Incidents whose tasks and approvals are named, the newest: each is a timeline that has to be read."""


class Needed(Model):
    """A task, by its id, or an approval or a question in words. ``of``: the role whose it is. ``until``: when it should
    be done."""

    incident_id: str
    what: str
    of: str | None
    until: Utc | None


class People(Model):
    """``incidents``: in how many people are needed. ``first``: for what, in the newest of them."""

    incidents: int = 0
    first: tuple[Needed, ...] = ()


def people_needed(found: Journal) -> People:
    """In which open incidents people hold the ball, and for what."""
    rows = found.incidents(limit=_LOOKED_AT, waiting_for=(Party.US,), open_only=True)
    known = texts(found) if rows else {}
    timelines = (found.timeline(row.incident_id) for row in rows)
    return People(
        incidents=found.count(waiting_for=(Party.US,), open_only=True),
        first=tuple(each for timeline in timelines for each in _in(timeline, known)),
    )


def lines(people: People, *, now: datetime) -> Iterator[str]:
    """How many, and a line for each thing to do; nothing where nobody is needed."""
    if not people.incidents:
        return
    yield f"people are needed in {plural(people.incidents, 'incident')}; `amends show` says what to do:"
    rows = [
        (short(each.incident_id), each.what, wording.role(each.of or ""), _until(each, now)) for each in people.first
    ]
    yield from columns(rows, indent="  ")
    if len({each.incident_id for each in people.first}) < people.incidents:
        yield "  … and more; `amends list --open --waiting-for us` lists them"


def _in(timeline: list[TimelineRow], known: Mapping[str, str]) -> Iterator[Needed]:
    for task in pending.tasks(timeline):
        owner = task.data.get("owner")
        yield Needed(
            incident_id=task.incident_id,
            what=str(task.data["task"]),
            of=str(owner) if owner else None,
            until=pending.until(task),
        )
    for approval in pending.approvals(timeline):
        yield _approval(timeline[0].incident_id, approval, known)
    for ask in pending.asks(timeline):
        if ask.role is not None:
            yield Needed(
                incident_id=timeline[0].incident_id, what=wording.step(ask.ask), of=ask.role, until=ask.answer_by
            )


def _approval(incident_id: str, approval: OpenApproval, known: Mapping[str, str]) -> Needed:
    what = f"{wording.approval(approval.approval, known)}: {asked_for(approval)}"
    return Needed(incident_id=incident_id, what=what, of=approval.role, until=approval.decide_by)


def _until(needed: Needed, now: datetime) -> str:
    if needed.until is None:
        return ""
    return f"{'until' if needed.until > now else 'overdue since'} {local(needed.until)}"
