"""Holds across all incidents of the order, also when two run at once on two workers."""

import subprocess
import sys

import pytest

from amends.journal import Journal, verify
from amends.journal.schema.remedies import RemedyStatus
from amends.models import Head, Outcome
from tests.amends.journal.builders import entry, opened, told
from tests.amends.journal.givers import PAID, begin, cny, counts, finish, give, wanted
from tests.amends.journal.test_concurrency import THREADS, at_once
from tests.project.repository import ROOT

ROUNDS = range(5)
INCIDENTS = tuple(f"inc-{number}" for number in range(THREADS))

_WORKER = """
import sys
from amends.journal import Journal, connect
from amends.models import Head
from tests.amends.journal.givers import begin, wanted

url, name = sys.argv[1:]
engine = connect(url, threads=1)
journal = Journal(engine)
print("ready", flush=True)
sys.stdin.readline()
for order in range(20):
    head, amount = (Head.GOODS, None) if (order + len(name)) % 2 else (Head.REFUND, 39800)
    record = begin(journal, f"{name}/give/{order}", wanted(head, amount, order_id=f"SO-{order}"))
    print("refused" if record.refusal else "won", flush=True)
engine.dispose()
"""


@pytest.mark.parametrize("round_", ROUNDS)
def test_of_eight_incidents_that_refund_or_reship_the_same_units_at_once_exactly_one_wins(
    journal: Journal, round_: int
) -> None:
    def work(number: int) -> bool:
        head, amount = (Head.GOODS, None) if (number + round_) % 2 else (Head.REFUND, PAID)
        return give(journal, f"inc-{number}/give/1", head, amount, gave_parcel="PC-1001-2") is None

    won = at_once(work)

    assert sum(won) == 1
    assert sum(counts(journal, *INCIDENTS).values()) == PAID


@pytest.mark.parametrize("round_", ROUNDS)
def test_parts_that_race_never_add_up_to_more_than_the_units_are_worth(journal: Journal, round_: int) -> None:
    part = 7000 + round_

    won = at_once(lambda number: give(journal, f"inc-{number}/give/1", Head.REFUND, part) is None)

    assert sum(won) == PAID // part == 5
    assert sum(counts(journal, *INCIDENTS).values()) == 5 * part


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_parcel_that_is_to_go_on_and_to_be_refunded_at_once_is_one_of_both(journal: Journal, round_: int) -> None:
    for number in range(THREADS):
        opening = opened(f"inc-{number}", parcel=f"PC-{number}")
        told(journal, opening, entry(1), incident_id=f"inc-{number}", parcel=f"PC-{number}", run_id=f"run-{number}")

    def work(number: int) -> bool:
        head, amount = (Head.GOODS, None) if (number + round_) % 2 else (Head.REFUND, PAID)
        return give(journal, f"inc-{number}/give/1", head, amount, gave_parcel="PC-1001-1") is None

    won = at_once(work)

    assert sum(won) == 1
    assert sum(counts(journal, *INCIDENTS).values()) == PAID


@pytest.mark.parametrize("round_", ROUNDS)
def test_one_that_is_not_applied_while_others_ask_lets_at_most_one_of_them_have_it(
    journal: Journal, round_: int
) -> None:
    begin(journal, "first/give/1", wanted(Head.GOODS))

    def work(number: int) -> bool:
        if number == round_:
            finish(journal, "first/give/1", Outcome.NOT_APPLIED)
            return False
        return give(journal, f"inc-{number}/give/1", Head.REFUND, PAID) is None

    won = at_once(work)

    assert sum(won) <= 1
    assert sum(counts(journal, *INCIDENTS).values()) == PAID * sum(won)


def test_threads_with_one_key_reserve_once(journal: Journal) -> None:
    records = at_once(lambda _: begin(journal, "one/give/1", wanted(Head.REFUND, PAID)))

    assert records == [records[0]] * THREADS
    assert {row.status for row in journal.effects.remedies_of(incident_id="one")} == {RemedyStatus.PENDING}
    assert counts(journal, "one") == {"one/give/1": PAID}


@pytest.mark.parametrize("round_", ROUNDS)
def test_the_daily_budget_holds_across_orders_that_race_for_it(journal: Journal, round_: int) -> None:
    def work(number: int) -> bool:
        order_id = f"SO-{number}"
        return give(journal, f"inc-{number}/give/1", Head.GOODWILL, 1500, order_id=order_id, per_day=cny(5000)) is None

    won = at_once(work)

    assert sum(won) == 3
    assert sum(counts(journal, *INCIDENTS).values()) == 4500, round_


def test_of_three_processes_that_give_on_the_same_twenty_orders_exactly_one_wins_each(
    journal: Journal, database_url: str
) -> None:
    names = ["a", "bb", "ccc"]
    workers = [
        subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", _WORKER, database_url, name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"

    said = [list(worker.communicate("go\n", timeout=120)[0].split()) for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0, 0]
    assert [sorted(each) for each in zip(*said, strict=True)] == [["refused", "refused", "won"]] * 20
    assert sum(counts(journal, *names).values()) == 20 * PAID


def test_what_was_raced_for_is_borne_out_by_the_effects(journal: Journal) -> None:
    told(journal, opened("inc-0"), incident_id="inc-0", run_id="run-0")

    at_once(lambda number: give(journal, f"inc-{number}/give/1", Head.REFUND, PAID))

    assert not [problem for problem in verify(journal, "inc-0").problems if "never requested" not in problem]
