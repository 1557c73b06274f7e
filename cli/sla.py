"""``amends sla``: what is due next in all open incidents, whose move it is, and how long is left."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal import ClockKind, ClockRow, ClockState, Due, Journal
from amends.models import Data, Party
from cli import completing, styles, wording
from cli.listing import require_known
from cli.on_duty import OnDuty
from cli.options import Limit, OutputFormat, require_some
from cli.output import Format, print_json, say, short
from cli.records import journal
from cli.screen import Screen
from cli.tables import Cell, Column, print_table
from cli.times import Times, Utc, roughly
from cli.versions import texts
from runbooks.suggestions import meant

_COLUMNS: Final = (
    Column("INCIDENT"),
    Column("TYPE", spare=2),
    Column("ORDER", spare=3),
    Column("WHAT"),
    Column("LEFT"),
    Column("WHOSE MOVE"),
    Column("DUE", spare=1),
)


def sla(
    *,
    by: Annotated[
        str | None, Parameter(help="Only what is a role's (support) or a party's who holds the ball (carrier).")
    ] = None,
    breached: Annotated[bool, Parameter(name="--breached", help="Only that whose time has passed.")] = False,
    exception_type: Annotated[
        tuple[str, ...],
        Parameter(name="--type", completer=completing.runbooks, help="Only this type, such as lost_parcel."),
    ] = (),
    limit: Limit = 50,
    utc: Utc = False,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """List what is due next in all open incidents, the first due first: promises, deadlines of others, tasks,
    approvals, pages that nobody has acknowledged.

    For example:

      amends sla
      amends sla --by logistics_lead
      amends sla --breached --type lost_parcel

    Beside a role stands who of it is on duty now; beside a promise, who holds
    the ball. What stands still comes last, with the party that the time is
    charged to. It comes from the journal: no incident is asked.
    """
    require_some(limit)
    now = datetime.now(UTC)
    with journal() as found:
        require_known(found, exception_type)
        _require_mover(found, by)
        due = found.clocks.due(limit=limit, by=by, breached=breached, exception_type=exception_type)
        all_of_it = found.clocks.count(by=by, breached=breached, exception_type=exception_type)
        on = OnDuty(found, now=now)
        paged = found.clocks.paged({each.clock.incident_id for each in due if _is_unacknowledged(each.clock)})
        owed_by = [_owed_by(each.clock, paged) for each in due]
        people = [_people(on, each, roles) for each, roles in zip(due, owed_by, strict=True)]
        known = texts(found)
    if format is Format.JSON:
        print_json([_document(each, people=those, now=now) for each, those in zip(due, people, strict=True)])
    elif due:
        rows = [
            _cells(each, what=_what(each.clock, known), roles=roles, people=those, now=now, times=Times(utc=utc))
            for each, roles, those in zip(due, owed_by, people, strict=True)
        ]
        left_out = print_table(Screen(), _COLUMNS, rows)
        if left_out:
            say(f"too narrow for {', '.join(left_out)}; `amends show` and --format json tell all")
    else:
        say("nothing is due")
    if all_of_it > len(due):
        say(f"{all_of_it - len(due)} more; --limit shows them")


def _require_mover(found: Journal, by: str | None) -> None:
    """Raises ``InputError`` for a name that is neither a party nor a role of whom anything was ever asked."""
    if by is None or by in set(Party):
        return
    known = [*found.clocks.owners(), *Party]
    if by not in known:
        near = meant(by, known) or f"; there are {', '.join(known)}"
        raise InputError(f"--by {by!r}: nothing is due by a role or a party of this name{near}")


def _owed_by(clock: ClockRow, paged: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The roles whose move it is: whose it was made, or who was paged to acknowledge and has not."""
    if clock.owner is not None:
        return (clock.owner,)
    return paged.get(clock.incident_id, ()) if _is_unacknowledged(clock) else ()


def _is_unacknowledged(clock: ClockRow) -> bool:
    return (clock.kind, clock.name) == (ClockKind.GOAL, "acknowledge")


def _people(on: OnDuty, due: Due, roles: Sequence[str]) -> tuple[str, ...]:
    """Who of the roles is on duty now."""
    return tuple(dict.fromkeys(who for role in roles for who in on.of(due.incident, role)))


def _document(due: Due, *, people: Sequence[str], now: datetime) -> Data:
    clock, incident = due
    left = (clock.due_at - now).total_seconds() if clock.due_at else None
    return {
        "incident_id": incident.incident_id,
        "exception_type": incident.exception_type,
        "order_id": incident.order_id,
        "severity": incident.severity,
        **clock.model_dump(mode="json", exclude={"incident_id"}),
        "seconds_left": round(left) if left is not None else None,
        "on_duty": [*people],
        "waits_for": [*due.waits_for],
    }


def _cells(
    due: Due, *, what: str, roles: Sequence[str], people: Sequence[str], now: datetime, times: Times
) -> tuple[Cell, ...]:
    clock, incident = due
    late = clock.state is ClockState.BREACHED or (clock.due_at is not None and clock.due_at <= now)
    return (
        Cell(short(incident.incident_id)),
        Cell(incident.exception_type),
        Cell(incident.order_id or "-"),
        Cell(what),
        Cell(_left(clock, now), styles.ALARM if late else ""),
        Cell(_whose(due, roles, people)),
        Cell(times.moment(clock.due_at) if clock.due_at else "-"),
    )


def _what(clock: ClockRow, known: Mapping[str, str]) -> str:
    match clock.kind:
        case ClockKind.GOAL:
            return wording.goal(clock.name)
        case ClockKind.DEADLINE:
            return f"{wording.goal(clock.name)}, a deadline of others"
        case ClockKind.TASK:
            return f"task {clock.name}"
        case ClockKind.APPROVAL:
            return wording.approval(clock.name, known)
        case ClockKind.PAGE:
            return "a page that waits" if clock.due_at else "a page to acknowledge"


def _left(clock: ClockRow, now: datetime) -> str:
    if clock.state is ClockState.PAUSED:
        return "stands still"
    if clock.due_at is None:
        return f"for {roughly(now - clock.since)}"
    away = roughly(abs(clock.due_at - now))
    return away if clock.due_at > now else f"{away} late"


def _whose(due: Due, roles: Sequence[str], people: Sequence[str]) -> str:
    if roles:
        on = f" ({', '.join(people)})" if people else ""
        return f"{' and '.join(map(wording.role, roles))}{on}"
    return wording.parties(due.waits_for) or "goes on by itself"
