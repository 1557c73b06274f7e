"""How long checking runbooks takes, beside parsing their YAML alone and starting Python: `python benchmarks/check.py`.

The shipped runbook is written out as often as runbooks are planned, under other names and with other blanks in every
condition, so that nothing that was compiled for one is found ready for the next.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ruamel.yaml import YAML

PLANNED = 36
RUNS = 3
ROOT = Path(__file__).parents[1]
RUNBOOK = ROOT / "runbooks" / "lost_parcel.yaml"
SCENARIOS = ROOT / "runbooks" / "scenarios" / "lost_parcel.yaml"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        alone, rehearsed = Path(folder, "alone"), Path(folder, "rehearsed")
        bare, whole = write(alone, scenarios=False), write(rehearsed, scenarios=True)
        start = best(lambda: run("pass"))
        loading = best(lambda: run("from cli import check"))
        parsing = best(lambda: parse(bare))
        shipped, checking, rehearsing = (best(partial(check, files)) for files in ([], bare, whole))
        print(
            f"{PLANNED} runbooks of {len(RUNBOOK.read_text(encoding='utf-8').splitlines())} lines, best of {RUNS} runs"
        )
        tell("start Python and end it", start, start)
        tell("the same with all that `amends check` imports", loading, start)
        tell("parse their YAML, and nothing else", parsing, start)
        tell("`amends check`: what comes with Amends", shipped, start)
        tell("`amends check` of them all", checking, start)
        tell("  of this, checking", checking - loading, start)
        tell("`amends check` of them all, with scenarios", rehearsing, start)
        tell("  of this, checking", rehearsing - loading, start)
        print(f"checking a runbook takes {(checking - loading) / parsing:.1f} times as long as parsing its YAML")


def tell(what: str, seconds: float, unit: float) -> None:
    print(f"  {what:<47}{seconds:6.2f} s  {seconds / unit:6.1f} x the first")


def best(act: Callable[[], object]) -> float:
    """The shortest of some runs, in seconds: what else the machine does only ever adds."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return min(times)


def write(folder: Path, *, scenarios: bool) -> list[Path]:
    """As many runbooks as are planned, no two with the same text of a condition."""
    (folder / "scenarios").mkdir(parents=True)
    text, files = RUNBOOK.read_text(encoding="utf-8"), []
    for number in range(PLANNED):
        name = f"lost_parcel_{number}"
        file = folder / f"{name}.yaml"
        blanks = " " * (number + 1)
        other = re.sub(r" (==|!=|>=|>|&&|\|\|) ", rf" \1{blanks}", text)
        file.write_text(other.replace("runbook: lost_parcel", f"runbook: {name}"), encoding="utf-8")
        if scenarios:
            shutil.copy(SCENARIOS, folder / "scenarios" / file.name)
        files.append(file)
    return files


def parse(files: list[Path]) -> None:
    for file in files:
        YAML(typ="safe", pure=True).compose(file.read_text(encoding="utf-8"))


def check(files: list[Path]) -> None:
    run(f"from cli.main import run; run(['check', *{[str(file) for file in files]!r}])")


def run(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our own


if __name__ == "__main__":
    main()
