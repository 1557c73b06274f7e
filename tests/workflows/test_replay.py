"""The engine of today decides as the recorded histories say: incidents that are open would go on as they began."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from tests import record_histories
from workflows.host import IncidentWorkflow
from workflows.sandbox import StrictSandbox

FILES = sorted((Path(__file__).parents[1] / "histories").glob("*/*.json.gz"))

_SCHEDULED = "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED"


def read(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(gzip.decompress(file.read_bytes()))
    return document


async def replay(document: dict[str, Any]) -> None:
    """Raises what the replay raises."""
    replayer = Replayer(
        workflows=[IncidentWorkflow], workflow_runner=StrictSandbox(), data_converter=pydantic_data_converter
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(document["workflow_id"], document["history"]))


@pytest.mark.parametrize("file", FILES, ids=[f"{file.parent.name}/{file.name.split('.')[1]}" for file in FILES])
async def test_a_recorded_history_is_replayed_without_a_difference(file: Path) -> None:
    await replay(read(file))


async def test_commands_in_another_order_make_a_replay_fail() -> None:
    document = read(record_histories.FOLDER / "lost_parcel.reship.json.gz")
    calls = {
        event["activityTaskScheduledEventAttributes"]["activityType"]["name"]: event
        for event in document["history"]["events"]
        if event["eventType"] == _SCHEDULED
    }
    replacement, reservation = (
        calls[name]["activityTaskScheduledEventAttributes"] for name in ("orders.add_replacement", "inventory.reserve")
    )
    for field in ("activityType", "activityId"):
        replacement[field], reservation[field] = reservation[field], replacement[field]

    with pytest.raises(NondeterminismError):
        await replay(document)


def test_what_is_to_be_recorded_is_recorded_for_this_release() -> None:
    expected = {f"{each.runbook}.{each.name}.json.gz" for each in record_histories.recorded()}

    assert {file.name for file in record_histories.FOLDER.glob("*.json.gz")} == expected
