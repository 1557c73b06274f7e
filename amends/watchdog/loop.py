"""One look, and a look every minute."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from amends.alongside import about, going_on, in_thread
from amends.journal import AlertLog, Journal, Watched, watched
from amends.models import Data
from amends.temporal import WORKFLOW_QUEUE
from amends.watchdog.judging import Judgement, judge, suspects
from amends.watchdog.looking import ending, run_of, running

EVERY: Final = timedelta(minutes=1)
"""How long something wrong may stand before it is noticed: nothing gets worse meanwhile, the incident stands still."""

_log = structlog.get_logger("amends.watchdog")


async def look(client: Client, journal: Journal, *, queue: str = WORKFLOW_QUEUE) -> None:
    """Compares once: raises what is wrong, and clears what is so no longer.

    Raises ``RPCError`` or SQLAlchemy's errors when Temporal or the journal does not answer; nothing is cleared then.
    """
    alerts = AlertLog(journal.engine)
    # Read first: what another raises meanwhile is not ours to clear, nor is what an incident says itself. And Temporal
    # before the raising, which looks at the journal again: an incident writes its end there before its workflow
    # completes.
    before = [alert for alert in await in_thread(alerts.standing) if not alert.kind.of_the_story]
    incidents = await in_thread(lambda: watched(journal.engine))
    carried = await running(client, queue)
    wrong: set[tuple[str, str]] = set()
    for incident in suspects(incidents, carried):
        judgement = await _judged(client, incident)
        if judgement is not None:
            wrong.add((judgement.kind, incident.incident_id))
            await _raise(client, alerts, incident, judgement)
    over = [alert for alert in before if (alert.kind, alert.incident_id) not in wrong]
    await in_thread(lambda: alerts.clear([alert.number for alert in over], at=datetime.now(UTC)))
    for alert in over:
        _log.info("alert_cleared", incident=alert.incident_id, kind=alert.kind.value)


@contextlib.asynccontextmanager
async def watching(
    client: Client, journal: Journal, *, queue: str = WORKFLOW_QUEUE, every: timedelta = EVERY
) -> AsyncIterator[None]:
    """Looks at once and then ``every`` so often, as long as the block runs. A look that fails is logged, and the next
    one comes."""
    async with going_on(_watch(client, journal, queue, every)):
        yield


async def _watch(client: Client, journal: Journal, queue: str, every: timedelta) -> None:
    while True:
        try:
            await look(client, journal, queue=queue)
        except (RPCError, SQLAlchemyError) as error:
            _log.warning("watchdog_saw_nothing", error=str(error))
        await about(every)


async def _judged(client: Client, incident: Watched) -> Judgement | None:
    own = await run_of(client, incident.workflow_id, incident.run_id)
    latest = await run_of(client, incident.workflow_id)
    return judge(own, latest)


async def _raise(client: Client, alerts: AlertLog, incident: Watched, judgement: Judgement) -> None:
    details: Data = {"workflow_id": incident.workflow_id, "server": client.service_client.config.target_host}
    if judgement.run_id:
        details |= {"run_id": judgement.run_id} | await ending(client, incident.workflow_id, judgement.run_id)
    raised = await in_thread(
        lambda: alerts.raise_once(
            kind=judgement.kind, incident_id=incident.incident_id, details=details, at=datetime.now(UTC)
        )
    )
    if raised:
        _log.warning("alert_raised", incident=incident.incident_id, kind=judgement.kind.value, details=details)
