"""What a worker does beside incidents: it takes in what order systems tell, and opens what is overdue."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from httpx2 import URL
from temporalio.client import Client

import starter
from amends.connectors.chosen import secrets_of
from amends.connectors.signing import named
from amends.doors.keys import DoorKey
from amends.journal import Journal
from amends.models import Actor, Data
from amends.settings import Settings
from amends.temporal import WORKFLOW_QUEUE
from cli import signing
from intake.feeds import FeedLog
from intake.polling import Headers, Poller, polling
from intake.receiving import Receiving
from intake.rulebook import Rulebook
from intake.sweeping import Opening, Sweeper, signalling, sweeping
from runbooks.bundle import Bundle

_PATIENCE: Final = timedelta(seconds=20)
"""For one opening, well within the lease of a sweeper: what nobody answers is tried again a little later."""


@contextlib.asynccontextmanager
async def taking_in(client: Client, journal: Journal, settings: Settings) -> AsyncIterator[Sweeper]:
    """Sweeps, and polls the feeds of the settings, as long as the block runs."""
    rulebook = Rulebook(journal.revisions)
    sweeper = Sweeper(journal, rulebook, opening=opening(client, signing.signer()), signalling=signalling(client))
    receiving = Receiving(journal.engine, rulebook)
    poller = Poller(receiving, FeedLog(journal.engine), headers=_signed(settings))
    async with sweeping(sweeper), polling(poller, settings.intake_feeds.split()):
        yield sweeper


def opening(client: Client, signer: DoorKey | None, *, queue: str = WORKFLOW_QUEUE) -> Opening:
    """Opens incidents on Temporal, vouched for by this door if it has a key."""

    async def open_incident(bundle: Bundle, report: Data, *, key: str, actor: Actor) -> str:
        receipt = await starter.open_incident(
            client,
            bundle.exception_type,
            report,
            key=key,
            actor=actor,
            signer=signer,
            queue=queue,
            bundle=bundle,
            patience=_PATIENCE,
        )
        return receipt.duplicate_of or receipt.incident_id

    return open_incident


def _signed(settings: Settings) -> Headers:
    """Signs requests as calls of a company's systems are signed, if there is a secret."""
    if settings.connectors_secret is None:
        return lambda _: {}
    secrets, base = secrets_of(settings), f"{settings.connectors_url or ''}/"

    def headers(url: str) -> Mapping[str, str]:
        below = url.removeprefix(base) if url.startswith(base) else URL(url).raw_path.decode().removeprefix("/")
        return secrets.headers(request=named(below), body="", now=datetime.now(UTC))

    return headers
