"""`amends open`: an incident follows the runbook, the file or the published revision that was named."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client

import worker
from amends.connectors.shop import Shop
from amends.embedded import EmbeddedServer
from amends.journal import IncidentRow, Journal, connect
from cli.opening import open_incident
from runbooks import library
from tests.cli.owners import FASTER, make_journal, own_file


@pytest.fixture
async def journal_served(state_dir: Path, tmp_path: Path, client: Client) -> AsyncIterator[Journal]:
    """The commands' own journal with a first revision that is faster than the file, and a worker."""
    make_journal(state_dir, library.load(own_file(tmp_path, FASTER)), library.load("lost_parcel"))
    engine = connect(f"sqlite:///{state_dir / 'journal.db'}")
    journal, shop = Journal(engine), Shop(f"sqlite:///{tmp_path / 'shop.db'}")
    async with worker.serving(client, journal=journal, connectors=shop):
        yield journal
    shop.dispose()
    engine.dispose()


async def opened(journal: Journal, server: EmbeddedServer, named: str, order_id: str) -> IncidentRow:
    """The incident after it was reported by what was ``named``; its order is unknown to the shop."""
    await open_incident(named, f"order_id={order_id}", "parcel_id=PC-1", address=server.address)
    (row,) = journal.incidents(order_id=order_id)
    return row


async def test_an_incident_follows_the_revision_that_was_named_and_otherwise_the_file(
    journal_served: Journal, client: Client, temporal_server: EmbeddedServer
) -> None:
    revisions = {each.number: each.digest for each in journal_served.revisions.history("lost_parcel")}
    file = library.load("lost_parcel").digest
    followed = {}

    for named in ("lost_parcel", "lost_parcel@1", "lost_parcel@newest"):
        order_id = f"SO-{uuid4()}"
        row = await opened(journal_served, temporal_server, named, order_id)
        followed[named] = row.bundle_digest
        await client.get_workflow_handle(row.workflow_id).terminate()

    assert followed == {"lost_parcel": file, "lost_parcel@1": revisions[1], "lost_parcel@newest": revisions[2]}
    assert file == revisions[2] != revisions[1]


async def test_the_same_report_by_another_revision_is_the_same_report(
    journal_served: Journal, client: Client, temporal_server: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = f"SO-{uuid4()}"
    first = await opened(journal_served, temporal_server, "lost_parcel@1", order_id)
    again = await opened(journal_served, temporal_server, "lost_parcel", order_id)
    await client.get_workflow_handle(first.workflow_id).terminate()

    printed = capsys.readouterr()
    told = [line for line in printed.out.splitlines() if " [info " not in line]  # the worker logs beside it
    assert again.bundle_digest == first.bundle_digest
    assert told == [
        f"opened incident {first.incident_id}",
        f"reported before: incident {first.incident_id}; nothing is done again (to report it anew, give a --key)",
    ]
    goes_on = "It goes on with the text that it was opened with (lost_parcel, revision 1), which is not the one that "
    assert [line for line in printed.err.splitlines() if line.startswith("It goes on")] == [f"{goes_on}you named."]


async def test_without_the_journal_at_hand_a_report_is_given_all_the_same(
    journal_served: Journal,
    client: Client,
    temporal_server: EmbeddedServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AMENDS_STATE_DIR", str(tmp_path / "elsewhere"))
    row = await opened(journal_served, temporal_server, "lost_parcel", f"SO-{uuid4()}")
    await client.get_workflow_handle(row.workflow_id).terminate()

    assert f"opened incident {row.incident_id}" in capsys.readouterr().out.splitlines()
