"""What an incident's own sandbox spares: replays a recorded history in it and in the SDK's, in turn, and compares the
processor's time.

Run it by hand from the repository: ``python benchmarks/sandbox.py``.
"""

import asyncio
import gzip
import json
import time
from pathlib import Path

from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from workflows.host import IncidentWorkflow
from workflows.sandbox import StrictSandbox

HISTORY = Path(__file__).parents[1] / "tests" / "histories" / "0.1" / "lost_parcel.high_value.json.gz"
ROUNDS = 10


async def main() -> None:
    document = json.loads(gzip.decompress(HISTORY.read_bytes()))
    history = WorkflowHistory.from_json(document["workflow_id"], document["history"])
    spent = {"SDK": 0.0, "ours": 0.0}
    for _ in range(ROUNDS):
        spent["SDK"] += await replay(history, SandboxedWorkflowRunner())
        spent["ours"] += await replay(history, StrictSandbox())
    print(f"a history of {len(history.events)} events, replayed {ROUNDS} times in each sandbox")
    for name, seconds in spent.items():
        print(f"  {name:<10} {1000 * seconds / ROUNDS:6.0f} ms of processor time a replay")
    print(f"  ratio      {spent['ours'] / spent['SDK']:6.2f}")


async def replay(history: WorkflowHistory, runner: WorkflowRunner) -> float:
    """The seconds of processor time that a replay takes."""
    replayer = Replayer(workflows=[IncidentWorkflow], workflow_runner=runner, data_converter=pydantic_data_converter)
    began = time.process_time()
    await replayer.replay_workflow(history)
    return time.process_time() - began


if __name__ == "__main__":
    asyncio.run(main())
