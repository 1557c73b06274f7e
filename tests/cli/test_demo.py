"""`amends demo`, as a newcomer runs it."""

import re
import subprocess
import sys
from pathlib import Path

from drills.scenario import drilled_runbooks, load_scenarios

ROOT = Path(__file__).parents[2]


def test_the_demo_plays_one_scenario_of_each_runbook() -> None:
    shown = {name: sum(each.demo for each in load_scenarios(name)) for name in drilled_runbooks()}

    assert shown == dict.fromkeys(drilled_runbooks(), 1)


def test_the_demo_ends_with_a_table_of_incidents_put_right_and_verified() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from cli.main import run; run(['demo'])"],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        cwd=ROOT,
    )

    told = ran.stdout
    assert ran.returncode == 0, told + ran.stderr
    lost = "\n".join(line for line in told.splitlines() if line.startswith("  lost_parcel "))
    turns = [
        "chen says yes to the approval of logistics lead (CNY 2,400.00, the plan reship)",
        "The plan failed: reship.",
        "Undone: drop the replacement order.",
        "fang says yes to the approval of finance",
        "Put right for the customer: refund.",
    ]
    assert [lost.index(each) for each in turns] == sorted(lost.index(each) for each in turns)
    assert re.search(
        r"nothing was done twice: refund the customer\. The shop got 2 calls under the key \S+, and the journal has 1 ",
        told,
    )
    head, *rows = told[told.index("incident  what went wrong") :].partition("\n\n")[0].splitlines()
    assert head.split("  ")[-1].strip() == "journal"
    assert len(rows) == len(drilled_runbooks())
    assert all(row.endswith("  verified") for row in rows)
    assert any(
        re.search(r"Lost parcel, SO-1011 +reship \(undone\) → refund +CNY 2,400\.00 refund +6 of 6 ", row)
        for row in rows
    )
    assert "\x1b[" not in told
    assert ran.stderr == ""
