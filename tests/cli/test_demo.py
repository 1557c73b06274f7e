"""`amends demo`, as a newcomer runs it."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demo_ends_with_a_closed_incident_and_a_verified_journal() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from cli.main import run; run(['demo'])"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=ROOT,
    )

    told = ran.stdout
    assert ran.returncode == 0, ran.stderr
    assert "journal verified: " in told
    assert told.index("chen says yes to the approval of logistics lead (CNY 2,400.00, the plan reship)") < told.index(
        "The plan failed: reship."
    )
    assert told.index("The plan failed: reship.") < told.index("Undone: drop the replacement order.")
    assert told.index("Undone: drop the replacement order.") < told.index("fang says yes to the approval of finance")
    assert told.index("fang says yes to the approval of finance") < told.index("Put right for the customer: refund.")
    assert (
        "who approved it   chen for CNY 2,400.00 in the plan reship; fang for CNY 2,400.00 in the plan refund\n" in told
    )
    assert "CNY 2,400.00 captured, CNY 2,400.00 refunded; 0 of TENT-RIDGE still reserved" in told
    (again,) = re.findall(r"nothing was done twice: refund the customer\. The shop got (.*) under the key", told)
    assert again == "2 calls"
    assert "its books have 1 refund of the order, and the journal has 1 effect under that key." in told
    assert "\x1b[" not in told
    assert ran.stderr == ""
