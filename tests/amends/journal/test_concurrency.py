"""Many threads on one journal: the chain stays whole, and a claim has one holder."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from sqlalchemy import Engine

from amends.journal import Appended, Journal, upgrade, verify
from tests.amends.journal.builders import INCIDENT, entry, opened, told

THREADS = 8

T = TypeVar("T")


def at_once(work: Callable[[int], T]) -> list[T]:
    """Runs ``work`` in all threads, which begin together."""
    barrier = Barrier(THREADS)

    def begin(number: int) -> T:
        barrier.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def test_eight_threads_append_to_one_incident_and_the_chain_stays_whole(journal: Journal) -> None:
    told(journal, opened())

    def append(number: int) -> None:
        for n in range(5):
            told(journal, entry(n, by=number), run_id=f"run-of-{number}")

    at_once(append)

    rows = journal.timeline(INCIDENT)
    assert [row.seq for row in rows] == list(range(1, 2 + THREADS * 5))
    assert verify(journal, INCIDENT).problems == ()


def test_eight_threads_that_bring_the_same_opening_write_it_once(journal: Journal) -> None:
    reports = at_once(lambda _: told(journal, opened(), entry(1), claims=["report-1"]))

    assert sorted(report.new for report in reports) == [0] * (THREADS - 1) + [2]
    assert {report.model_copy(update={"new": 0}) for report in reports} == {Appended()}
    assert [row.n for row in journal.timeline(INCIDENT)] == [0, 1]
    assert verify(journal, INCIDENT).ok


def test_of_eight_incidents_that_claim_one_report_one_wins(journal: Journal) -> None:
    keys = ["report-1", "report-2"]

    def claim(number: int) -> Appended:
        name = f"incident-{number}"
        # half of them the other way round: they must not wait for each other for ever
        claims = keys if number % 2 else keys[::-1]
        return told(journal, opened(name), incident_id=name, run_id=f"run-{number}", claims=claims)

    reports = at_once(claim)

    winners = [number for number, report in enumerate(reports) if not report.lost]
    holders = {lost.incident_id for report in reports for lost in report.lost}
    assert len(winners) == 1
    assert holders == {f"incident-{winners[0]}"}
    assert all(len(report.lost) == 2 for number, report in enumerate(reports) if number != winners[0])


def test_the_projection_can_be_rebuilt_while_others_append(journal: Journal) -> None:
    told(journal, opened())

    def work(number: int) -> None:
        for n in range(3):
            if number == 0:
                journal.rebuild_projection()
            else:
                told(journal, entry(n), run_id=f"run-of-{number}")

    at_once(work)

    assert journal.incident(INCIDENT).entries == 1 + (THREADS - 1) * 3
    assert verify(journal, INCIDENT).ok


def test_eight_threads_upgrade_at_once_without_harm(engine: Engine) -> None:
    at_once(lambda _: upgrade(engine))

    assert Journal(engine).incidents() == []
