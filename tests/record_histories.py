"""Records the Temporal histories of shipped scenarios: ``python -m tests.record_histories``.

See ``tests/histories/README.md`` for when, and when not.
"""

import asyncio
import gzip
import json
import sys
from pathlib import Path
from typing import Any

from amends import __version__
from cli.quiet import quiet
from drills.report import Played, perform_all
from drills.scenario import Scenario, drilled_runbooks, load_scenarios
from drills.stage import Stage, stage

FOLDER = Path(__file__).parent / "histories" / ".".join(__version__.split(".")[:2])


def recorded() -> list[Scenario]:
    """Every way of a lost parcel, and of each other runbook what the demo shows."""
    scenarios = [scenario for runbook in drilled_runbooks() for scenario in load_scenarios(runbook)]
    return [each for each in scenarios if each.runbook == "lost_parcel" or each.demo]


async def record() -> None:
    """Play them; write their histories only if every one came out as expected."""
    scenarios = recorded()
    async with stage() as on:
        played = await perform_all(on, scenarios)
        failed = [each.report.scenario for each in played if not each.report.passed]
        if failed:
            sys.exit(f"nothing was recorded: {', '.join(failed)} did not come out as expected")
        FOLDER.mkdir(parents=True, exist_ok=True)
        for old in FOLDER.glob("*.json.gz"):
            old.unlink()
        for each in played:
            await _record(on, each)


async def _record(on: Stage, played: Played) -> None:
    client = on.clients[played.namespace]
    history = await client.get_workflow_handle(played.workflow_id, run_id=played.run_id).fetch_history()
    document = {"workflow_id": played.workflow_id, "history": _without_traces(history.to_json_dict())}
    text = json.dumps(document, separators=(",", ":"), sort_keys=True).replace(client.identity, "recorder")
    # no time of writing in it: the same history is the same file
    file = FOLDER / f"{played.report.runbook}.{played.report.scenario}.json.gz"
    file.write_bytes(gzip.compress(text.encode(), mtime=0))


def _without_traces(value: Any) -> Any:
    """Without what is of the recording machine only, and of no account in a replay: the stack traces of failures."""
    match value:
        case dict():
            return {name: _without_traces(each) for name, each in value.items() if name != "stackTrace"}
        case list():
            return [_without_traces(each) for each in value]
        case _:
            return value


if __name__ == "__main__":
    quiet()
    asyncio.run(record())
