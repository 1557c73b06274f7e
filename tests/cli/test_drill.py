"""`amends drill`, as a person or a build runs it."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

KEYS = {
    "runbook",
    "scenario",
    "passed",
    "incident",
    "outcome",
    "status",
    "effects",
    "pages",
    "virtual_duration",
    "wall_time",
    "differences",
    "journal_verified",
}


def amends(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from cli.main import run; run()", *arguments]
    return subprocess.run(  # noqa: S603 - our own Python and arguments
        command, capture_output=True, text=True, check=False, timeout=120, cwd=cwd
    )


def test_the_result_as_json_is_one_document_and_nothing_else() -> None:
    ran = amends("drill", "lost_parcel", "--scenario", "called_off", "--format", "json")

    (report,) = json.loads(ran.stdout)
    assert ran.returncode == 0, ran.stderr
    assert set(report) == KEYS
    assert (report["scenario"], report["passed"], report["differences"]) == ("called_off", True, [])
    assert [effect["activity"] for effect in report["effects"]] == ["shipping.open_trace", "shipping.close_trace"]
    assert 1795 < report["virtual_duration"] < 1860


def test_a_scenario_that_fails_is_told_and_is_the_exit_code(tmp_path: Path) -> None:
    shipped = ROOT / "runbooks"
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "lost_parcel.yaml").write_text((shipped / "lost_parcel.yaml").read_text())
    scenarios = (shipped / "scenarios" / "lost_parcel.yaml").read_text()
    wrong = scenarios.replace("{entry: cancel_requested, at: 30m}", "{entry: cancel_requested, at: 2h}")
    (tmp_path / "scenarios" / "lost_parcel.yaml").write_text(wrong)

    ran = amends("drill", str(tmp_path / "lost_parcel.yaml"), "--scenario", "called_off")

    assert ran.returncode == 1, ran.stderr
    assert "+0d 00:30  temporal called it off: found behind the shelf." in ran.stdout
    assert "cancel_requested: expected at +0d 02:00, got +0d 00:30" in ran.stdout
    assert "1 played, 1 failed" in ran.stdout


def test_an_unknown_runbook_or_scenario_is_a_mistake_in_the_command() -> None:
    runbook = amends("drill", "lost_parcle")
    scenario = amends("drill", "lost_parcel", "--scenario", "reshp")

    assert (runbook.returncode, scenario.returncode) == (2, 2)
    assert "did you mean 'lost_parcel'?" in runbook.stderr
    assert "did you mean 'reship'?" in scenario.stderr
    assert runbook.stdout + scenario.stdout == ""
