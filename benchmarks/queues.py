"""How long a scenario of many small steps takes with the embedded server's reads of its queues, and with the server's
own limit of 20 a second: real time, played in turn, three times each."""

import asyncio
import statistics
from typing import Final

from amends import embedded
from cli.quiet import quiet
from drills.report import perform
from drills.scenario import choose, load_scenarios
from drills.stage import stage

TIMES: Final = 3
LIMITS: Final = {"the server's own": 20, "ours": embedded.READS}


async def measure() -> dict[str, list[float]]:
    """Wall times in seconds, by limit."""
    (scenario,) = choose(load_scenarios("delayed_shipment"), "nothing_elsewhere_after_all")
    took: dict[str, list[float]] = {name: [] for name in LIMITS}
    for _ in range(TIMES):
        for name, limit in LIMITS.items():
            embedded.READS = limit  # type: ignore[misc]  # for this measurement only
            async with stage(1) as on:
                took[name].append((await perform(on, scenario)).report.wall_time)
    return took


def main() -> None:
    """Measure, and print medians and their ratio."""
    quiet()
    own, ours = (statistics.median(each) for each in asyncio.run(measure()).values())
    print(f"with the server's own limit {own:.1f} s, with ours {ours:.1f} s: {ours / own:.2f} of it")


if __name__ == "__main__":
    main()
