"""``amends worker``: a worker for a Temporal server that runs elsewhere."""

import asyncio
import contextlib
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Final

import structlog
from cyclopts import Parameter
from temporalio.common import WorkerDeploymentVersion

import worker
from amends import health, observed
from amends.addresses import Address as HostPort
from amends.connectors.chosen import connectors_of
from amends.connectors.ports import Connectors
from amends.connectors.shop import Shop
from amends.errors import InputError, Trouble
from amends.health import Check
from amends.journal import Journal
from amends.journal import connect as connect_journal
from amends.namespace import require_attributes
from amends.paging.reaching import reaching
from amends.settings import Settings
from amends.temporal import WORKFLOW_QUEUE
from amends.tracing import tracing
from amends.watchdog import watching
from cli import logs, needs, signing, wellbeing
from cli.options import Address
from cli.taking_in import taking_in
from cli.versioning import version_of
from runbooks.suggestions import meant
from worker import EVERYTHING, Part

_log = structlog.get_logger("amends.worker")

_NEED_THE_JOURNAL: Final = frozenset({Part.JOURNAL, Part.EFFECTS})


async def serve(
    *,
    address: Address = None,
    queues: Annotated[
        str | None,
        Parameter(help="What to carry here: one or more of incidents, journal and effects, divided by commas."),
    ] = None,
    health_on: Annotated[
        str | None,
        Parameter(name="--health", help="host:port for /live and /ready; without it AMENDS_HEALTH_ADDRESS."),
    ] = None,
    metrics_on: Annotated[
        str | None,
        Parameter(name="--metrics", help="host:port for Prometheus; without it AMENDS_METRICS_ADDRESS."),
    ] = None,
    wait: Annotated[
        bool, Parameter(negative="--no-wait", help="Wait for a server or a database that is not there yet.")
    ] = True,
    shop_orders: Annotated[bool, Parameter(help="Put sample orders into a reference shop that has none.")] = False,
) -> None:
    """Serve incidents for a Temporal server that runs elsewhere, until Ctrl-C or SIGTERM.

    For example, with a cluster and a journal on PostgreSQL:

      export AMENDS_DATABASE_URL=postgresql+psycopg://amends@db.example/amends
      amends db upgrade
      amends worker --address temporal.example:7233 --health 127.0.0.1:8080

    Start as many as the load needs, on any machine: each carries incidents,
    journal writes and effects, or what --queues names of them. When one is
    stopped, what is running finishes first; a second signal does not wait for
    that.
    """
    logs.to_stderr()
    settings = Settings()
    serving = asyncio.create_task(
        _serve(
            settings,
            address,
            _parts(queues),
            version_of(settings),
            health_on=_host_port(health_on, "--health") or _host_port(settings.health_address, health.NAMED),
            metrics_on=_host_port(metrics_on, "--metrics") or _host_port(settings.metrics_address, observed.NAMED),
            wait=wait,
            shop_orders=shop_orders,
        )
    )
    stopped = asyncio.create_task(worker.stop_on_signals().wait())
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not serving.done():
        _log.info("stopping: what is running finishes first")
        serving.cancel()
    elif serving.cancelled():  # each part that fails cancels the rest, and the second hides the reason of the first
        raise Trouble("the worker has failed in several parts at once; the log says why")
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def _serve(
    settings: Settings,
    address: str | None,
    parts: Collection[Part],
    version: WorkerDeploymentVersion | None,
    *,
    health_on: HostPort | None,
    metrics_on: HostPort | None,
    wait: bool,
    shop_orders: bool,
) -> None:
    """Serves until it is cancelled; then it drains."""
    checks: dict[str, Check] = {wellbeing.TEMPORAL: wellbeing.not_yet, wellbeing.POLLERS: wellbeing.not_yet}
    doors = signing.trusted(settings)
    with contextlib.ExitStack() as stack:
        interceptors = stack.enter_context(tracing("amends-worker"))
        runtime = observed.runtime(metrics_on)
        if health_on is not None:
            stack.enter_context(health.answering(health_on, checks))
        journal = None
        if _NEED_THE_JOURNAL & set(parts):
            checks[wellbeing.JOURNAL] = wellbeing.not_yet
            journal = await _journal(stack, settings, wait=wait)
            checks[wellbeing.JOURNAL] = wellbeing.journal_answers(journal)
        connectors = None
        if Part.EFFECTS in parts:
            systems = stack.enter_context(connectors_of(settings))
            if shop_orders:
                _shop(systems).seed(at=datetime.now(UTC))
            connectors = stack.enter_context(reaching(systems, settings))
        client = await needs.temporal(address, wait=wait, interceptors=interceptors, runtime=runtime)
        checks[wellbeing.TEMPORAL] = wellbeing.temporal_answers(client)
        await require_attributes(client)
        serving = worker.serving(
            client, journal=journal, connectors=connectors, doors=doors, parts=parts, version=version
        )
        async with serving as served, contextlib.AsyncExitStack() as beside:
            if journal is not None:
                await beside.enter_async_context(watching(client, journal))
                sweeper = await beside.enter_async_context(taking_in(client, journal, settings))
                checks[wellbeing.INTAKE] = wellbeing.sweeps(sweeper)
            checks[wellbeing.POLLERS] = wellbeing.polls(served)
            target, served_parts = client.service_client.config.target_host, [part.value for part in served.polling()]
            _log.info("serving", queue=WORKFLOW_QUEUE, parts=served_parts, temporal=target, namespace=client.namespace)
            try:
                await asyncio.Event().wait()
            finally:
                checks[wellbeing.POLLERS] = wellbeing.stopping


async def _journal(stack: contextlib.ExitStack, settings: Settings, *, wait: bool) -> Journal:
    engine = connect_journal(settings.database_url)
    stack.callback(engine.dispose)
    return await needs.journal(engine, wait=wait)


def _shop(systems: Connectors) -> Shop:
    if not isinstance(systems, Shop):
        raise InputError("--shop-orders is for the reference shop, and AMENDS_CONNECTORS names other systems")
    return systems


def _host_port(text: str | None, named: str) -> HostPort | None:
    return None if text is None else HostPort.parse(text, named=named)


def _parts(written: str | None) -> frozenset[Part]:
    """Raises ``InputError`` for a word that is no queue, with the one that may be meant."""
    if written is None:
        return EVERYTHING
    known = [part.value for part in Part]
    parts = set()
    for word in (each.strip() for each in written.split(",")):
        if word not in known:
            near = meant(word, known) or "."
            raise InputError(f"--queues: there is no queue {word!r}{near} There are {', '.join(known)}")
        parts.add(Part(word))
    return frozenset(parts)
