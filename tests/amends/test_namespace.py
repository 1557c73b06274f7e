"""What a namespace must know, on the real server."""

import asyncio
import shlex
from datetime import timedelta
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from amends.embedded import EmbeddedServer
from amends.errors import ConfigurationError
from amends.namespace import missing_attributes, register_attributes, require_attributes, retention
from amends.server_process import find_program
from amends.temporal import SEARCH_ATTRIBUTES, connect

WITHIN = 60.0
"""Seconds for what takes a few."""


@pytest.fixture
async def bare(client: Client, temporal_server: EmbeddedServer) -> Client:
    """A client of a namespace that nobody has prepared."""
    name = f"bare-{uuid4()}"
    ttl = Duration(seconds=int(timedelta(days=3).total_seconds()))
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=ttl)
    )
    return await connect(temporal_server.address, namespace=name)


async def test_a_prepared_namespace_lacks_nothing(client: Client) -> None:
    await require_attributes(client)


async def test_a_bare_namespace_is_refused_with_the_very_command_that_mends_it(
    bare: Client, temporal_server: EmbeddedServer
) -> None:
    await until_listed(bare)

    with pytest.raises(ConfigurationError, match="lacks the search attributes ExceptionType, Stage") as refused:
        await require_attributes(bare)
    command = shlex.split(str(refused.value).partition("run once: ")[2])
    program = await asyncio.create_subprocess_exec(
        find_program(), *command[1:], "--address", temporal_server.address, stdout=asyncio.subprocess.DEVNULL
    )

    assert await program.wait() == 0
    await until_known(bare)


async def test_what_is_missing_can_be_registered(bare: Client) -> None:
    await until_listed(bare)

    await register_attributes(bare, list(SEARCH_ATTRIBUTES))

    await until_known(bare)


async def test_the_retention_is_the_namespace_s_own(bare: Client, client: Client) -> None:
    assert (await retention(bare), await retention(client)) == (timedelta(days=3), timedelta(days=90))


async def until_listed(client: Client) -> None:
    """Waits until the server tells the attributes of a namespace that it has just made."""
    async with asyncio.timeout(WITHIN):
        while not await _listed(client):
            await asyncio.sleep(0.1)


async def _listed(client: Client) -> bool:
    try:
        await missing_attributes(client)
    except RPCError:
        return False
    return True


async def until_known(client: Client) -> None:
    async with asyncio.timeout(WITHIN):
        while await missing_attributes(client):
            await asyncio.sleep(0.1)
