"""What a command says when Temporal answers and the incident does not."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client

from amends.errors import InputError, Trouble
from amends.journal import IncidentRow
from cli import live
from runbooks.library import load
from tests.cli.builders import MEI, write_incidents
from workflows.contract import AnswerRequest, CancelRequest, IncidentInput
from workflows.requests import ActRequest

SOON = timedelta(seconds=1)
REFUND = AnswerRequest(key="k", ask="analysis.ask.lost_parcel.reship_or_refund", choice="refund", actor=MEI)
OFF = CancelRequest(key="c", reason="found", actor=MEI)


@pytest.fixture
def elsewhere(tmp_path: Path) -> IncidentRow:
    """An incident that this server has never heard of."""
    waiting, _ = write_incidents(tmp_path)
    return waiting.model_copy(update={"workflow_id": f"lost_parcel:{uuid4()}:PC-1"})


@pytest.fixture
async def unserved(client: Client, elsewhere: IncidentRow) -> AsyncIterator[IncidentRow]:
    """An incident whose workflow runs, and no worker carries it."""
    bundle = load("lost_parcel")
    handle = await client.start_workflow(
        bundle.workflow_type,
        IncidentInput(bundle=bundle),
        id=elsewhere.workflow_id,
        task_queue=f"nobody-{uuid4()}",
    )
    yield elsewhere
    await handle.terminate()


async def test_without_a_worker_the_view_says_what_to_start(client: Client, unserved: IncidentRow) -> None:
    with pytest.raises(Trouble, match=r"no worker answers; start one \(`amends up`, `amends worker`\)"):
        await live.view(client, unserved, patience=SOON)


@pytest.mark.parametrize("act", [REFUND, OFF], ids=["answer", "cancel"])
async def test_without_a_worker_an_act_is_given_up_in_time(
    client: Client, unserved: IncidentRow, act: ActRequest
) -> None:
    with pytest.raises(Trouble, match="no worker answers; start one"):
        await live.act(client, unserved, act, patience=SOON)


async def test_an_incident_of_another_server_is_told_apart(client: Client, elsewhere: IncidentRow) -> None:
    with pytest.raises(InputError, match=r"does the journal belong to another server\? Name it with --address"):
        await live.view(client, elsewhere)
    with pytest.raises(InputError, match="does the journal belong to another server"):
        await live.act(client, elsewhere, REFUND, patience=SOON)
