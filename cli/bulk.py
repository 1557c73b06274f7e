"""One act on many incidents: all that fit, told before anything is done, and each with what came of it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final, TypeVar

from cyclopts import Parameter

from amends.errors import AmendsError, ConfigurationError, InputError
from amends.journal import IncidentRow
from amends.journal.searching import Search
from amends.models import Data, Party, Severity, Stage, Status
from cli import acting, completing, wording
from cli.acting import Done
from cli.codes import ExitCode
from cli.listing import require_known
from cli.output import Format, columns, plural, print_json, say, short
from cli.records import journal
from cli.times import Times
from runbooks.suggestions import meant

OneOrMany = Annotated[
    str | None,
    Parameter(
        name="INCIDENT",
        help="The incident's id, or the beginning of it. Or --filter.",
        completer=completing.open_incidents,
    ),
]
Filter = Annotated[
    tuple[str, ...],
    Parameter(
        name="--filter",
        help="In place of INCIDENT: all open ones that fit, NAME=VALUE in the words of `amends list`, once or more.",
    ),
]
Yes = Annotated[bool, Parameter(name="--yes", help="With --filter: do it. Without, it is told what would be done.")]

MOST: Final = 500
"""Incidents that are acted on at one go."""

_Word = TypeVar("_Word", bound=StrEnum)
_NAMES: Final = ("type", "status", "stage", "severity", "waiting-for", "order", "since", "until", "breached")


async def each(
    act: Callable[[str], Awaitable[Done]],
    incident: str | None,
    filters: Sequence[str],
    *,
    would: str,
    yes: bool,
    address: str | None,
    form: Format,
) -> int:
    """Acts on one incident, or on all that fit the filters; returns the exit code. ``would`` says what is done."""
    if not filters:
        if yes:
            raise InputError("--yes belongs to --filter; one incident is acted on without it")
        if incident is None:
            raise InputError("say which: an INCIDENT, or with --filter all that fit")
        acting.tell(await act(incident), address=address, form=form)
        return ExitCode.DONE
    if incident is not None:
        raise InputError(f"INCIDENT ({incident!r}) and --filter exclude each other; give one of them")
    rows = _fitting(filters)
    if not rows:
        say("no open incident fits; nothing was done")
    if not yes:
        _preview(rows, would, form)
        return ExitCode.DONE
    results = [await _result(act, row) for row in rows]
    _tell(results, form)
    return ExitCode.NOT_AS_WANTED if any(each["result"] == "refused" for each in results) else ExitCode.DONE


def search_of(filters: Iterable[str], *, now: datetime) -> Search:
    """What is wanted, of incidents that have not ended: any of the values of one name, and all names. Raises
    ``InputError``."""
    given: dict[str, list[str]] = {}
    for typed in filters:
        name, _, value = (part.strip() for part in typed.partition("="))
        if name not in _NAMES:
            near = meant(name, _NAMES) or f"; there are {', '.join(_NAMES)}"
            raise InputError(f"--filter {typed!r}: incidents are not filtered by {name!r}{near}")
        if not value and name != "breached":
            raise InputError(f"--filter {typed!r}: write {name}=VALUE")
        given.setdefault(name, []).append(value)
    times = Times()
    return Search(
        exception_type=given.get("type", ()),
        order_id=given.get("order", ()),
        status=_words(Status, given, "status"),
        stage=_words(Stage, given, "stage"),
        severity=_words(Severity, given, "severity"),
        waiting_for=_words(Party, given, "waiting-for"),
        opened_since=times.since(_only(given, "since"), now=now, option="--filter since") if "since" in given else None,
        opened_before=times.until(_only(given, "until"), now=now, option="--filter until")
        if "until" in given
        else None,
        breached=_is_yes(given),
        open_only=True,
    )


def _fitting(filters: Sequence[str]) -> list[IncidentRow]:
    wanted = search_of(filters, now=datetime.now(UTC))
    with journal() as found:
        require_known(found, wanted.get("exception_type", ()))
        number = found.count(**wanted)
        if number > MOST:
            raise InputError(f"{number} incidents fit, and at most {MOST} are acted on at one go; filter more")
        return found.incidents(limit=MOST, **wanted)


async def _result(act: Callable[[str], Awaitable[Done]], row: IncidentRow) -> Data:
    """What came of it. What holds for all of them, such as a server that is not there, is raised."""
    try:
        done = await act(row.incident_id)
    except ConfigurationError:
        raise
    except AmendsError as error:
        return {"incident_id": row.incident_id, "result": "refused", "why": str(error)}
    word = "repeated" if done.receipt.result == "repeated" else "done"
    return {**done.document, "incident_id": row.incident_id, "result": word, "said": done.said}


def _preview(rows: Sequence[IncidentRow], would: str, form: Format) -> None:
    if form is Format.JSON:
        print_json([{"would": would, **row.model_dump(mode="json")} for row in rows])
    elif rows:
        print(f"would {would}, in {plural(len(rows), 'incident')}:")
        print("\n".join(columns([_cells(row) for row in rows], indent="  ")))
    if rows:
        say("nothing was done; with --yes it is")


def _cells(row: IncidentRow) -> tuple[str, ...]:
    waits = wording.parties(row.waiting_for) or "-"
    return (short(row.incident_id), row.exception_type, row.order_id or "-", row.status, row.severity or "-", waits)


def _tell(results: Sequence[Data], form: Format) -> None:
    if form is Format.JSON:
        print_json([*results])
        return
    rows = [
        (short(str(each["incident_id"])), str(each["result"]), str(each.get("why") or each["said"])) for each in results
    ]
    print("\n".join(columns(rows)))


def _words(kind: type[_Word], given: dict[str, list[str]], name: str) -> tuple[_Word, ...]:
    known = {str(each): each for each in kind}
    words = [value.replace("-", "_") for value in given.get(name, ())]
    for word in words:
        if word not in known:
            near = meant(word, known) or f"; there are {', '.join(known)}"
            raise InputError(f"--filter {name}={word}: {word!r} is no {name}{near}")
    return tuple(known[word] for word in words)


def _only(given: dict[str, list[str]], name: str) -> str:
    if len(given[name]) > 1:
        raise InputError(f"--filter {name}: give it once")
    return given[name][0]


def _is_yes(given: dict[str, list[str]]) -> bool:
    if "breached" not in given:
        return False
    value = _only(given, "breached")
    if value not in ("", "yes"):
        raise InputError(f"--filter breached={value}: write breached=yes, or leave it out")
    return True
