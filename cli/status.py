"""``amends status``: whether Amends runs, where, and how its incidents stand."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import make_url
from temporalio.client import Client
from temporalio.service import RPCError

from amends import __version__, disk, upfile
from amends.errors import ConfigurationError
from amends.journal import Alert, AlertLog
from amends.models import Model, Status, Utc
from amends.paging.reaching import directory_of
from amends.settings import Settings
from amends.temporal import connect
from amends.upfile import UpFile, UpState
from amends.watchdog import NEEDED, tell
from cli.codes import ExitCode
from cli.needed import People, people_needed
from cli.needed import lines as people_lines
from cli.options import Address, OutputFormat
from cli.output import Format, columns, local, print_json, short
from cli.reached import how_people_are_reached
from cli.records import journal, shown
from cli.stack import server
from cli.stack.places import places
from cli.times import roughly

_LISTED: Final = 20
"""Overdue incidents that are named."""


class JournalState(Model):
    """``open``: the incidents that have not ended, by status. ``people``: where they are needed. ``trouble``: why the
    rest is not known."""

    database: str
    open: dict[str, int] = {}
    people: People = People()
    alerts: tuple[Alert, ...] = ()
    trouble: str | None = None


class Late(Model):
    workflow_id: str
    due_at: Utc


class TemporalState(Model):
    """``workers``: how many poll each queue. ``trouble``: why the rest is not known."""

    address: str | None = None
    version: str | None = None
    workers: dict[str, int] = {}
    overdue: tuple[Late, ...] = ()
    trouble: str | None = None


class State(Model):
    """All that `amends status` tells. ``up``: what an `amends up` on this folder says of itself, if one runs.

    ``killed``: the number of a process that was killed before it could clean up after itself. ``disk_free``: bytes that
    the state folder may still grow by. ``paging``: how people are reached, in words.
    """

    version: str = __version__
    up: UpFile | None
    killed: int | None
    disk_free: int
    paging: str
    journal: JournalState
    temporal: TemporalState

    @property
    def running(self) -> bool:
        """Whether the journal and Temporal answer, and somebody carries the incidents."""
        served = bool(self.temporal.workers) and all(self.temporal.workers.values())
        return self.journal.trouble is None and self.temporal.trouble is None and served


async def status(
    *,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Say whether Amends runs, where, how many incidents are open, what waits for people, what is overdue or wrong.

    For example:

      amends status
      amends status --format json

    It looks at the `amends up` of this folder; where none runs, at the journal
    and the Temporal server of the settings.

    Exit codes: 0, it runs; 1, it does not: nothing is up here, or the journal,
    the Temporal server or its workers do not answer.
    """
    settings = Settings()
    found = upfile.find(settings.state_dir)
    state = State(
        up=found.written if found is not None and found.alive else None,
        killed=found.written.pid if found is not None and not found.alive else None,
        disk_free=disk.free(settings.state_dir),
        paging=_paging(settings),
        journal=_journal(settings),
        temporal=await _temporal(address),
    )
    if format is Format.JSON:
        print_json({"running": state.running, **state.model_dump(mode="json")})
    else:
        print("\n".join(_lines(settings, state)))
    return ExitCode.DONE if state.running else ExitCode.NOT_AS_WANTED


def _journal(settings: Settings) -> JournalState:
    database = shown(make_url(settings.database_url))
    try:
        with journal() as found:
            by_status = {str(each): found.count(status=each) for each in Status if not each.final}
            return JournalState(
                database=database,
                open={name: number for name, number in by_status.items() if number},
                people=people_needed(found),
                alerts=tuple(AlertLog(found.engine).standing()),
            )
    except ConfigurationError as error:
        return JournalState(database=database, trouble=str(error))


def _paging(settings: Settings) -> str:
    try:
        return how_people_are_reached(directory_of(settings), settings.connectors)
    except ConfigurationError as error:
        return str(error)


async def _temporal(address: str | None) -> TemporalState:
    try:
        client = await connect(address)
    except ConfigurationError as error:
        return TemporalState(trouble=str(error))
    target = client.service_client.config.target_host
    try:
        return TemporalState(
            address=target,
            version=await server.version(client),
            workers=await server.pollers(client),
            overdue=await _overdue(client),
        )
    except RPCError as error:
        return TemporalState(address=target, trouble=f"the Temporal server at {target!r} says: {error.message}")


async def _overdue(client: Client) -> tuple[Late, ...]:
    found = await server.overdue(client, limit=_LISTED)
    return tuple(Late(workflow_id=each.workflow_id, due_at=each.due_at) for each in found)


def _lines(settings: Settings, state: State) -> Iterator[str]:
    yield _head(settings, state)
    yield from columns(_places(state), indent="  ")
    yield ""
    if state.journal.trouble is None:
        by_status = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in state.journal.open.items())
        yield f"open incidents: {sum(state.journal.open.values())}" + (f" ({by_status})" if by_status else "")
    else:
        yield f"journal: {state.journal.trouble}"
    yield f"paging: {state.paging}"
    if state.temporal.trouble is not None:
        yield f"Temporal: {state.temporal.trouble}"
    if state.disk_free < disk.LOW:
        yield disk.told(settings.state_dir)
    yield from people_lines(state.journal.people, now=datetime.now(UTC))
    yield from _overdue_lines(state)
    yield from _alert_lines(state)


def _head(settings: Settings, state: State) -> str:
    up = state.up
    if up is not None:
        what = {UpState.STARTING: "is starting", UpState.UP: "is up", UpState.STOPPING: "is stopping"}[up.state]
        waits = f"; it waits for {', '.join(up.waits_for)}" if up.waits_for else ""
        other = f"; {__version__} is installed: start it anew" if up.version != __version__ else ""
        for_long = roughly(datetime.now(UTC) - up.started_at)
        since = f"since {local(up.started_at)} ({for_long})"
        return f"Amends {up.version} {what}, {since}, as process {up.pid}{waits}{other}"
    killed = f" (the last one, process {state.killed}, was killed)" if state.killed is not None else ""
    return f"Nothing is up in {str(settings.state_dir)!r}{killed}; `amends up` starts it"


def _places(state: State) -> list[tuple[str, str]]:
    temporal = state.temporal
    server_process = f", process {state.up.server_pid}" if state.up else ""
    known = dict(places(state.up)) if state.up else {"journal": state.journal.database}
    if temporal.address is not None:
        known["Temporal"] = f"{temporal.address}  (server {temporal.version}{server_process})"
    if temporal.workers:
        known["workers"] = ", ".join(f"{count} on {queue}" for queue, count in temporal.workers.items())
    return list(known.items())


def _overdue_lines(state: State) -> Iterator[str]:
    if state.temporal.overdue:
        more = " or more" if len(state.temporal.overdue) == _LISTED else ""
        yield f"overdue incidents: {len(state.temporal.overdue)}{more}; they go on when a worker carries them"
        rows = [(each.workflow_id, f"since {local(each.due_at)}") for each in state.temporal.overdue]
        yield from columns(rows, indent="  ")


def _alert_lines(state: State) -> Iterator[str]:
    if state.journal.alerts:
        yield f"alerts: {len(state.journal.alerts)}; `amends show` tells the incident's story"
        yield from columns(
            [(short(each.incident_id), f"{tell(each)}; {NEEDED}") for each in state.journal.alerts], indent="  "
        )
