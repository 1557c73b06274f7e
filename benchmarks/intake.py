"""A minute of a shop's own changes, while sweeper and worker are killed: `python -m benchmarks.intake [SECONDS]`.

A hundred changes a second come in over the served shop's feed, one of ten of them twice; one parcel a second stays
behind. The ratios are what counts: how long an event takes until it is kept, beside the second in which a feed is asked
again.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from intake.polling import EVERY
from tests.proofs.taking_in import live

PER_SECOND = 100


def main(seconds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        came = asyncio.run(live(Path(folder), seconds=seconds, per_second=PER_SECOND, astray=seconds))
    print(f"{came.told:,} changes told, {came.repeated:,} of them twice; {came.kept:,} kept")
    once = len({row.order_id for row in came.incidents})
    print(f"{len(came.astray):,} parcels stayed behind: {len(came.incidents):,} incidents, of {once:,} orders")
    ended = sum(row.outcome == "self_resolved" for row in came.incidents)
    woken = sum(number == 1 for number in came.woken.values())
    print(f"  woken once by news: {woken:,}; cleared by news: {ended:,}; news heard twice: {came.heard_twice}")
    for part in (0.5, 0.9, 0.99):
        lag = came.lag(part)
        print(f"  {part:4.0%} of the changes were kept within {lag:6.2f} s, {lag / EVERY.total_seconds():5.1f} polls")
    print(f"all of it took {came.seconds:.0f} s, {came.seconds / seconds:.1f} times as long as the changes came")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 60)
