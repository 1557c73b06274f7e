"""What a worker needs before it can serve: a Temporal server with its namespace, and the journal's database."""

import asyncio
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, Interceptor
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from amends.errors import ConfigurationError
from amends.journal import Journal
from amends.temporal import TemporalAway, connect
from cli.records import shown
from cli.waiting import until

_NAMESPACE_WITHIN: Final = 10
"""Seconds in which a server that has just started makes its namespaces known."""


class JournalAway(ConfigurationError):
    """The journal's database does not answer. One that is started later would."""

    code = "journal_away"


async def temporal(
    address: str | None, *, wait: bool, interceptors: list[Interceptor], runtime: Runtime | None
) -> Client:
    """A client of the server, once it is there. Raises ``ConfigurationError`` when it is and refuses us, or does not
    know the namespace, and ``TemporalAway`` when it is not and is not to be waited for."""

    async def there() -> Client:
        return await connect(address, interceptors=interceptors, runtime=runtime)

    client = await until(there, what="the Temporal server", away=TemporalAway, wait=wait)
    deadline = asyncio.get_running_loop().time() + _NAMESPACE_WITHIN
    while not await _knows_namespace(client):
        if not wait or asyncio.get_running_loop().time() > deadline:
            raise ConfigurationError(
                f"the Temporal server at {client.service_client.config.target_host!r} has no namespace "
                f"{client.namespace!r}; make it (`temporal operator namespace create --namespace {client.namespace}`), "
                "or mend TEMPORAL_NAMESPACE"
            )
        await asyncio.sleep(0.5)
    return client


async def journal(engine: Engine, *, wait: bool) -> Journal:
    """The journal, once its database answers. Raises ``ConfigurationError`` at once when it is not at this release's
    tables, and ``JournalAway`` when it does not answer and is not to be waited for."""

    async def there() -> Journal:
        try:
            return await asyncio.to_thread(Journal, engine)
        except OperationalError as error:
            why = str(error.orig).strip().partition("\n")[0]
            raise JournalAway(
                f"the database {shown(engine.url)!r} does not answer: {why}; see that it runs, or mend "
                "AMENDS_DATABASE_URL"
            ) from error

    return await until(there, what="the journal", away=JournalAway, wait=wait)


async def _knows_namespace(client: Client) -> bool:
    try:
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        if error.status in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED):
            return True  # a key may be good for serving alone
        raise TemporalAway(f"the Temporal server does not answer: {error.message}") from error
    return True
