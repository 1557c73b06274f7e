"""``amends oncall``: who of each role is on, until when, and who is next."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final

from cyclopts import Parameter

from amends.errors import InputError
from amends.models import Model, Severity
from amends.models import Utc as Moment
from cli import styles
from cli.options import OutputFormat
from cli.output import Format, print_json, say
from cli.screen import Screen
from cli.tables import Cell, Column, print_table
from cli.times import Times, Utc
from runbooks import library
from runbooks.policy import Role
from runbooks.roster import next_change, on_duty, quiet_until
from runbooks.suggestions import meant

_COLUMNS: Final = (
    Column("ROLE"),
    Column("ON"),
    Column("UNTIL", spare=1),
    Column("NEXT", spare=2),
    Column("QUIET", spare=3),
)


class OnCall(Model):
    """Who of a role is on. ``until``: when others are, who are then ``next``; both are ``None`` if nobody takes turns.

    ``quiet_until``: when the quiet hours end that hold now; ``quiet_above``: the mildest severity of which they are
    paged all the same.
    """

    role: str
    on: tuple[str, ...]
    until: Moment | None = None
    next: tuple[str, ...] | None = None
    quiet_until: Moment | None = None
    quiet_above: Severity | None = None


def oncall(
    role: Annotated[str | None, Parameter(help="Only this role, such as logistics.")] = None,
    /,
    *,
    at: Annotated[str | None, Parameter(help="Not now, but then: 2026-12-24, 2026-12-24T18:30.")] = None,
    utc: Utc = False,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Tell who of each role is on, until when, and who is next.

    For example:

      amends oncall
      amends oncall logistics --at 2026-12-24T18:30

    A role without a roster is always its whole team. QUIET says until when its
    people are not paged for what may wait, if they are not now. All is as
    runbooks/people.yaml says; an incident that is open pages by the roster
    with which it began.
    """
    times, now = Times(utc=utc), datetime.now(UTC)
    moment = times.since(at, now=now, option="--at").astimezone(UTC) if at is not None else now
    found = [_on_call(name, each, moment) for name, each in _wanted(role).items()]
    if format is Format.JSON:
        print_json({"at": moment.isoformat(), "roles": [each.model_dump(mode="json") for each in found]})
        return
    left_out = print_table(Screen(), _COLUMNS, [_cells(each, times, moment) for each in found])
    if left_out:
        say(f"too narrow for {', '.join(left_out)}; --format json tells all")


def _wanted(name: str | None) -> Mapping[str, Role]:
    roles = library.shelf_here().reference.roles
    if name is None:
        return roles
    if name not in roles:
        known = f"; there are {', '.join(roles)}"
        raise InputError(f"there is no role {name!r}{meant(name, roles) or known}")
    return {name: roles[name]}


def _on_call(name: str, role: Role, at: datetime) -> OnCall:
    until, following = next_change(role, at) or (None, None)
    quiet = quiet_until(role, Severity.LOW, at)
    return OnCall(
        role=name,
        on=on_duty(role, at),
        until=until,
        next=following,
        quiet_until=quiet,
        quiet_above=role.quiet.above if role.quiet is not None and quiet is not None else None,
    )


def _cells(on_call: OnCall, times: Times, at: datetime) -> list[Cell]:
    until = times.deadline(on_call.until, now=at) if on_call.until is not None else "always"
    quiet = ""
    if on_call.quiet_until is not None and on_call.quiet_above is not None:
        quiet = f"below {on_call.quiet_above.value} until {times.moment(on_call.quiet_until)}"
    return [
        Cell(on_call.role),
        Cell(", ".join(on_call.on), styles.PEOPLE),
        Cell(until),
        Cell(", ".join(on_call.next or ())),
        Cell(quiet, styles.QUIET),
    ]
