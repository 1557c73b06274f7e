"""`amends demo`, as a newcomer runs it."""

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
    assert told.index("The plan failed: reship.") < told.index("Undone: drop the replacement order.")
    assert told.index("Undone: drop the replacement order.") < told.index("Put right for the customer: refund.")
    assert "CNY 384.00 captured, CNY 384.00 refunded; 0 of TEA-TIEGUANYIN still reserved" in told
    assert "\x1b[" not in told
    assert ran.stderr == ""
