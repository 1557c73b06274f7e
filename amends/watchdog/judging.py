"""What is wrong with an incident, judged by what Temporal says of its runs. No input, no output."""

from collections import Counter
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from amends.journal import AlertKind, Watched


class RunStatus(StrEnum):
    """How Temporal says that a run stands. ``running``: it has not closed, be it paused."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"
    CONTINUED = "continued_as_new"
    TIMED_OUT = "timed_out"


class Run(NamedTuple):
    """A run of a workflow. ``chain``: the first run of those that continue each other, or that a reset made of one."""

    run_id: str
    chain: str
    status: RunStatus


class Judgement(NamedTuple):
    """What is wrong, and with which run."""

    kind: AlertKind
    run_id: str


def suspects(incidents: Sequence[Watched], running: Collection[str]) -> list[Watched]:
    """The open incidents that Temporal may not carry: those whose workflow id is not ``running``, and those that share
    one, which runs one at a time."""
    sharing = Counter(incident.workflow_id for incident in incidents)
    return [
        incident for incident in incidents if incident.workflow_id not in running or sharing[incident.workflow_id] > 1
    ]


def judge(own: Run | None, latest: Run | None) -> Judgement | None:
    """What is wrong with an open incident. ``own``: the run that wrote its last entry; ``latest``: the workflow id's
    newest run. A run is ``None`` if Temporal does not know it. ``None``: nothing is wrong, the incident is carried."""
    if own is None:
        return Judgement(AlertKind.WORKFLOW_MISSING, "")
    last = latest if latest is not None and latest.chain == own.chain else own
    if last.status is RunStatus.RUNNING:
        return None
    return Judgement(_KINDS[last.status], last.run_id)


_KINDS: Final = {
    RunStatus.TERMINATED: AlertKind.WORKFLOW_TERMINATED,
    RunStatus.FAILED: AlertKind.WORKFLOW_FAILED,
    RunStatus.TIMED_OUT: AlertKind.WORKFLOW_TIMED_OUT,
    RunStatus.COMPLETED: AlertKind.WORKFLOW_ENDED,
    RunStatus.CANCELLED: AlertKind.WORKFLOW_ENDED,
    # another incident has the workflow id by now, so whatever went on from this run has closed as well
    RunStatus.CONTINUED: AlertKind.WORKFLOW_ENDED,
}
