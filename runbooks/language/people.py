"""Who there is: people by their ids, the roles that they fill, who of a role is on when, and who is left with tasks;
and when customers are left in peace."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import NamedTuple

from pydantic import Field, TypeAdapter

from amends.models import Severity, Written
from runbooks.catalogue import TELLING
from runbooks.language.durations import Durations
from runbooks.language.limits import Limits
from runbooks.language.problems import Problem, RunbookErrors
from runbooks.language.promise_shapes import WrittenTasks
from runbooks.language.reading import read_as
from runbooks.language.source import Path, Source
from runbooks.language.words import Name
from runbooks.language.written_times import WEEKDAYS, TimeOfDay, Weekday, Zone
from runbooks.local_time import DAY, time_of_day
from runbooks.policy import Night, Quiet, Role, Shift, TaskPolicy
from runbooks.rights import ActName, May, Who
from runbooks.suggestions import meant

WEEK = 7 * 24 * 60
"""Minutes of a week."""

LONGEST_NIGHT = timedelta(hours=14)
"""How much of a day customers may be left in peace: so there are ten hours in which they hear from us."""


class WrittenShift(Written):
    who: str
    days: tuple[Weekday, ...] = Field(min_length=1)
    from_: TimeOfDay = Field(alias="from")
    to: TimeOfDay


class WrittenQuiet(Written):
    from_: TimeOfDay = Field(alias="from")
    to: TimeOfDay
    above: Severity


class WrittenNight(Written):
    from_: TimeOfDay = Field(alias="from")
    to: TimeOfDay
    zone: Zone


class WrittenRole(Written):
    team: tuple[str, ...] = Field(min_length=1)
    zone: Zone = "UTC"
    duty: tuple[WrittenShift, ...] = ()
    quiet: WrittenQuiet | None = None
    approves_up_to: str | None = None
    approves_per_day: str | None = None


class WrittenPeople(Written):
    people: tuple[Name, ...] = Field(min_length=1)
    roles: dict[Name, WrittenRole]
    tasks: WrittenTasks | None = None
    may: dict[str, str | tuple[str, ...]] = {}
    night: WrittenNight | None = None


class People(NamedTuple):
    """The roles by name; ``tasks``: who does what is left to a person, where a runbook does not say. ``may``: who may
    do what to an incident, where it is not as ``rights.RIGHTS`` says. ``night``: when customers are left in peace."""

    roles: dict[str, Role]
    tasks: TaskPolicy | None = None
    may: dict[ActName, May] = {}
    night: Night | None = None


def read_people(file: str, text: str, *, currencies: Collection[str] | None = None) -> People:
    """The people in a file. ``currencies``: those that have a rate. Raises ``RunbookErrors``, also for unknown people,
    roles and acts, for roles that nobody could ask, for gaps in a duty, for quiet hours that never end or hold nothing
    back, for nights that leave too little of a day, and for limits that nothing can be held against."""
    source = Source(file, text)
    written = read_as(_PEOPLE, source, shapes=SHAPES)
    problems: list[Problem] = []
    limits = Limits(source, problems, currencies)
    roles = {
        name: _role(role, ("roles", name), source, written.people, limits, problems)
        for name, role in written.roles.items()
    }
    for name in (each for each in roles if each in TELLING):
        message = f"`ask: {name}` asks the {name} of the order, never a role of that name; call the role something else"
        problems.append(source.key_problem(("roles", name), message))
    if written.tasks is not None and written.tasks.owner not in roles:
        message = f"there is no role {written.tasks.owner!r}{meant(written.tasks.owner, roles)}"
        problems.append(source.problem(("tasks", "owner"), message))
    may = {act: who for act, who in (_right(each, written.may, roles, source, problems) for each in written.may) if act}
    night = _night(written.night, source, problems) if written.night is not None else None
    if problems:
        raise RunbookErrors(problems)
    return People(roles, written.tasks.policy() if written.tasks else None, may, night)


SHAPES: dict[str, type[Written]] = {
    "": WrittenPeople,
    "roles": WrittenRole,
    "duty": WrittenShift,
    "quiet": WrittenQuiet,
    "night": WrittenNight,
    "tasks": WrittenTasks,
    "within": Durations,
}
_PEOPLE = TypeAdapter(WrittenPeople)

_DECIDED = "who decides stands with each approval: its role, and who of those above it may"


def _role(
    written: WrittenRole,
    path: Path,
    source: Source,
    people: Iterable[str],
    limits: Limits,
    problems: list[Problem],
) -> Role:
    for index, who in enumerate(written.team):
        if who not in people:
            message = f"there is no person {who!r}{meant(who, people)}; list everybody under `people`"
            problems.append(source.problem((*path, "team", index), message))
    shifts = tuple(
        shift
        for index, each in enumerate(written.duty)
        for shift in _shifts(each, (*path, "duty", index), written.team, source, problems)
    )
    gap = _first_gap(shifts) if shifts else None
    if gap is not None:
        message = f"nobody is on from {_moment(gap[0])} to {_moment(gap[1])}; add a shift"
        problems.append(source.problem((*path, "duty"), message))
    up_to = limits.read(written.approves_up_to, (*path, "approves_up_to"))
    per_day = limits.read(written.approves_per_day, (*path, "approves_per_day"))
    return Role(
        team=written.team,
        duty=shifts,
        zone=written.zone,
        quiet=_quiet(written.quiet, (*path, "quiet"), source, problems) if written.quiet is not None else None,
        approves_up_to=up_to,
        approves_per_day=per_day,
    )


def _right(
    act: str,
    written: dict[str, str | tuple[str, ...]],
    roles: Collection[str],
    source: Source,
    problems: list[Problem],
) -> tuple[ActName | None, May]:
    """The name of an act, ``None`` if there is none of it that a file may speak of, and who may do it."""
    who, path = written[act], ("may", act)
    settable = [each.value for each in ActName if each is not ActName.DECIDE]
    if act not in settable:
        others = meant(act, settable) or f"; there are {', '.join(settable)}"
        message = (
            "who decides stands with each approval" if act == ActName.DECIDE else f"there is no act {act!r}{others}"
        )
        problems.append(source.problem(path, message))
        return None, ()
    if isinstance(who, str) and who in list(Who):
        return ActName(act), Who(who)
    named = (who,) if isinstance(who, str) else who
    words = [each.value for each in Who]
    for role in named:
        if role not in roles:
            message = f"there is no role {role!r}{meant(role, [*roles, *words]) or '.'}"
            problems.append(source.problem(path, f"{message} Write roles, or one of {', '.join(words)}"))
    if not named:
        problems.append(source.problem(path, f"nobody could {act}; name a role, or one of {', '.join(words)}"))
    return ActName(act), named


def _quiet(written: WrittenQuiet, path: Path, source: Source, problems: list[Problem]) -> Quiet:
    begins, ends = written.from_ % DAY, written.to
    if begins == ends % DAY:
        message = "quiet hours must end some time of the day; give `from` and `to` two times"
        problems.append(source.problem(path, message))
    if written.above is Severity.LOW:
        message = "nothing is milder than low, so that nothing would be held back; write medium or worse, or leave out "
        problems.append(source.problem((*path, "above"), message + "`quiet`"))
    return Quiet(begins=begins, ends=ends, above=written.above)


def _night(written: WrittenNight, source: Source, problems: list[Problem]) -> Night:
    lasts = timedelta(minutes=(written.to - written.from_) % DAY)
    if not timedelta(0) < lasts <= LONGEST_NIGHT:
        hours = LONGEST_NIGHT // timedelta(hours=1)
        message = f"a night takes some hours, and {hours} at the most, so that there are hours in which customers hear "
        problems.append(source.problem(("night",), message + "from us; give `from` and `to` such times"))
    begins, ends = (timedelta(minutes=each % DAY) for each in (written.from_, written.to))
    return Night(begins=begins, ends=ends, zone=written.zone)


def _shifts(
    written: WrittenShift, path: Path, team: tuple[str, ...], source: Source, problems: list[Problem]
) -> list[Shift]:
    if written.who not in team:
        message = f"{written.who!r} is not in the role's team{meant(written.who, team)}"
        problems.append(source.problem((*path, "who"), message))
    if written.from_ >= written.to:
        message = "a shift must begin before it ends; write one that passes midnight as two, up to 24:00 and from 00:00"
        problems.append(source.problem(path, message))
    midnights = [day * 24 * 60 for day in written.days]
    return [Shift(who=written.who, begins=at + written.from_, ends=at + written.to) for at in midnights]


def _first_gap(shifts: tuple[Shift, ...]) -> tuple[int, int] | None:
    covered = 0
    for shift in sorted(shifts, key=lambda each: each.begins):
        if shift.begins > covered:
            return covered, shift.begins
        covered = max(covered, shift.ends)
    return (covered, WEEK) if covered < WEEK else None


def _moment(minutes: int) -> str:
    day, rest = divmod(minutes, 24 * 60)
    return f"{WEEKDAYS[day % 7]} {time_of_day(rest)}"
