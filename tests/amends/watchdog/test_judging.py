"""Judging without a server: whom to suspect, and what a run's end means."""

import pytest

from amends.journal import AlertKind, Watched
from amends.watchdog.judging import Judgement, Run, RunStatus, judge, suspects
from tests.amends.journal.builders import NOON

CLOSED = [status for status in RunStatus if status is not RunStatus.RUNNING]


def incident(incident_id: str, workflow_id: str = "lost_parcel:PC-1") -> Watched:
    return Watched(incident_id=incident_id, workflow_id=workflow_id, run_id="run-1", opened_at=NOON)


def run(status: RunStatus, run_id: str = "run-1", chain: str = "run-1") -> Run:
    return Run(run_id, chain, status)


def test_whoever_runs_is_not_suspected() -> None:
    carried, lost = incident("a", "lost_parcel:PC-1"), incident("b", "lost_parcel:PC-2")

    assert suspects([carried, lost], {"lost_parcel:PC-1"}) == [lost]


def test_incidents_that_share_a_running_workflow_id_are_all_suspected() -> None:
    older, newer = incident("older"), incident("newer")

    assert suspects([older, newer], {"lost_parcel:PC-1"}) == [older, newer]


def test_nothing_is_wrong_with_a_run_that_has_not_closed() -> None:
    going_on = run(RunStatus.RUNNING)

    assert judge(going_on, going_on) is None


@pytest.mark.parametrize("status", CLOSED)
def test_a_run_whose_chain_goes_on_is_carried(status: RunStatus) -> None:
    own = run(status)

    assert judge(own, run(RunStatus.RUNNING, "run-2")) is None


@pytest.mark.parametrize("status", CLOSED)
def test_a_closed_run_is_wrong_while_another_incident_has_the_workflow_id(status: RunStatus) -> None:
    own, others = run(status), run(RunStatus.RUNNING, "run-9", chain="run-9")

    judgement = judge(own, others)

    assert judgement is not None
    assert judgement.run_id == "run-1"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (RunStatus.TERMINATED, AlertKind.WORKFLOW_TERMINATED),
        (RunStatus.FAILED, AlertKind.WORKFLOW_FAILED),
        (RunStatus.TIMED_OUT, AlertKind.WORKFLOW_TIMED_OUT),
        (RunStatus.COMPLETED, AlertKind.WORKFLOW_ENDED),
        (RunStatus.CANCELLED, AlertKind.WORKFLOW_ENDED),
    ],
)
def test_what_is_wrong_is_how_the_chain_ended(status: RunStatus, kind: AlertKind) -> None:
    continued, last = run(RunStatus.CONTINUED), run(status, "run-2")

    assert judge(continued, last) == Judgement(kind, "run-2")


def test_a_run_that_the_server_does_not_know_is_missing() -> None:
    assert judge(None, run(RunStatus.RUNNING)) == Judgement(AlertKind.WORKFLOW_MISSING, "")
