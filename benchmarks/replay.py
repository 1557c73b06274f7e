"""How long a replay of past events takes and how much memory, beside reading the file alone, and whether it stays flat:
`python benchmarks/replay.py FOLDER/olist/events.jsonl.gz`.

The file is replayed by the rules of `examples/olist` as it is, shuffled within an hour with each event doubled, and
with all its orders two and four times over, each time under other names.
"""

import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "olist"
HOUR = 3600


class Cost(NamedTuple):
    """Seconds of CPU, and the most memory at a time in MB."""

    seconds: float
    memory: float


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("say which file is replayed: python benchmarks/replay.py FOLDER/olist/events.jsonl.gz")
    whole = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        doubled, twice, fourfold = (Path(folder, name) for name in ("doubled.gz", "twice.gz", "fourfold.gz"))
        write(doubled, shuffled([event for event in read(whole) for _ in range(2)]))
        write(twice, repeated(whole, 2))
        write(fourfold, repeated(whole, 4))
        reading = cost("-c", _READ, str(whole))
        print(f"{sum(1 for _ in read(whole)):,} events; seconds of CPU, and the most memory at a time")
        tell("read the file as JSON, and nothing else", reading, reading)
        tell("replay it", replayed(whole), reading)
        tell("  shuffled within an hour, each event twice", replayed(doubled), reading)
        tell("  with twice the orders", replayed(twice), reading)
        tell("  with four times the orders", replayed(fourfold), reading)


def tell(what: str, found: Cost, unit: Cost) -> None:
    seconds, memory = found.seconds / unit.seconds, found.memory / unit.memory
    print(f"  {what:<43}{found.seconds:6.1f} s {seconds:6.1f} x{found.memory:8.0f} MB {memory:5.1f} x the first")


def replayed(file: Path) -> Cost:
    rules = sorted(str(each) for each in EXAMPLE.glob("late_*.yaml"))
    line = ["intake", "replay", str(file), "--mapping", str(EXAMPLE / "mapping.yaml"), "--dry-run", "--rules", *rules]
    return cost("-c", f"from cli.main import run; run({line!r})")


def cost(*arguments: str) -> Cost:
    """What it costs to run Python so."""
    quiet = subprocess.DEVNULL
    child = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=quiet, stderr=quiet)  # noqa: S603 - our own
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"the replay ended with {child.returncode}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def read(file: Path) -> Iterator[dict[str, object]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def write(file: Path, events: Iterable[dict[str, object]]) -> None:
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=1) as packed:
        packed.writelines(json.dumps(event) + "\n" for event in events)


def shuffled(events: list[dict[str, object]]) -> list[dict[str, object]]:
    """The events as they come in, each up to an hour after it happened."""
    chance = random.Random(0)  # noqa: S311 - only a shuffle
    return sorted(events, key=lambda each: at(each) + chance.uniform(0, HOUR))


def repeated(file: Path, times: int) -> Iterator[dict[str, object]]:
    for event in read(file):
        for number in range(times):
            yield {**event, "order_id": f"{event['order_id']}-{number}"}


def at(event: dict[str, object]) -> float:
    return datetime.fromisoformat(f"{event['ts']}+00:00").timestamp()


_READ = "import gzip, json, sys\nfor line in gzip.open(sys.argv[1], 'rt'): json.loads(line)"

if __name__ == "__main__":
    main()
