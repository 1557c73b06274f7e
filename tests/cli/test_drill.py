"""`amends drill`, as a person or a build runs it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from drills.branches import branches
from runbooks.library import load
from tests.cli.terminals import descriptor

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
    "breaches",
    "virtual_duration",
    "wall_time",
    "differences",
    "journal_verified",
    "reached",
    "coverage",
    "further",
    "faults",
}

UNDO = "action.reship.shipping.create_shipment/undone"
TRACED = "analysis.shipping.open_trace/applied"

CALLED_OFF = """\
unreachable:
  - {branch: UNREACHABLE, why: The carrier is too fast for us.}
scenarios:
  called_off:
    about: Called off after half an hour.
    order: SO-1001
    faults:
      - {call: shipping.open_trace, trouble: late}
      - {call: payments.refund, trouble: before}
    script:
      - {cancel: found behind the shelf, at: 30m}
    expect:
      status: cancelled
      effects:
        - orders.hold: applied
        - shipping.open_trace: applied
        - shipping.close_trace: applied
        - orders.release: applied
      messages: [lost_parcel.looking]
"""


LATE_AS_WELL = """\
    further:
      late:
        open: late_parcel
        at: 10m
        script:
          - {cancel: it is not late, at: 15m}
        expect:
          status: cancelled
          effects:
            - orders.hold: applied
            - shipping.open_trace: applied
            - shipping.close_trace: applied
            - orders.release: applied
          messages: [lost_parcel.reship_or_refund]
    conversation: [lost_parcel.looking, lost_parcel.reship_or_refund]
"""


def amends(*arguments: str, cwd: Path = ROOT, stderr: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from cli.main import run; run()", *arguments]
    return subprocess.run(  # noqa: S603 - our own Python and arguments
        command, stdout=subprocess.PIPE, stderr=stderr, text=True, check=False, timeout=120, cwd=cwd
    )


def own(folder: Path, *, unreachable: str) -> str:
    """A copy of the shipped runbook with one short scenario; its path."""
    (folder / "scenarios").mkdir()
    (folder / "lost_parcel.yaml").write_text((ROOT / "runbooks" / "lost_parcel.yaml").read_text())
    (folder / "scenarios" / "lost_parcel.yaml").write_text(CALLED_OFF.replace("UNREACHABLE", unreachable))
    return str(folder / "lost_parcel.yaml")


def test_the_result_as_json_is_one_document_and_nothing_else() -> None:
    ran = amends("drill", "lost_parcel", "--scenario", "called_off", "--format", "json")

    (report,) = json.loads(ran.stdout)
    assert ran.returncode == 0, ran.stderr
    assert set(report) == KEYS
    assert (report["scenario"], report["passed"], report["differences"]) == ("called_off", True, [])
    assert [effect["activity"] for effect in report["effects"]] == [
        "orders.hold",
        "shipping.open_trace",
        "shipping.close_trace",
        "orders.release",
    ]
    assert 1795 < report["virtual_duration"] < 1860
    assert report["reached"] == [
        "severity.medium/holds",
        "report.measure.orders.hold/applied",
        "report.measure.orders.hold/lifted",
        "report.tell.lost_parcel.looking/applied",
        "analysis.ask.lost_parcel.received/skipped",
        "analysis.shipping.open_trace/taken",
        "analysis.shipping.open_trace/applied",
        "analysis.shipping.open_trace/undone",
    ]
    assert report["coverage"] is None


def test_a_scenario_that_fails_is_told_and_is_the_exit_code(tmp_path: Path) -> None:
    shipped = ROOT / "runbooks"
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "lost_parcel.yaml").write_text((shipped / "lost_parcel.yaml").read_text())
    scenarios = (shipped / "scenarios" / "lost_parcel.yaml").read_text()
    wrong = scenarios.replace("{entry: cancel_requested, at: 30m}", "{entry: cancel_requested, at: 2h}")
    (tmp_path / "scenarios" / "lost_parcel.yaml").write_text(wrong)

    ran = amends("drill", str(tmp_path / "lost_parcel.yaml"), "--scenario", "called_off")

    assert ran.returncode == 1, ran.stderr
    assert "+0d 00:30  temporal (unverified) called it off: found behind the shelf." in ran.stdout
    why = "cancel_requested: expected at +0d 02:00 (2h), got +0d 00:30 (30m)"
    line = 1 + wrong.splitlines().index("  called_off:")
    assert ran.stdout.count(why) == 2
    assert (
        f"\n1 played, 1 failed\n\n{tmp_path}/scenarios/lost_parcel.yaml:{line}: called_off\n    {why}\n" in ran.stdout
    )
    assert "branches are not counted: one scenario alone cannot reach them all" in ran.stdout


def test_the_incidents_of_a_scenario_are_told_as_one_story_and_each_has_its_end(tmp_path: Path) -> None:
    late = (ROOT / "tests" / "runbooks" / "good" / "late_parcel.yaml").read_text()
    (tmp_path / "late_parcel.yaml").write_text(late)
    runbook = own(tmp_path, unreachable=UNDO)
    (tmp_path / "scenarios" / "lost_parcel.yaml").write_text(CALLED_OFF.replace("UNREACHABLE", UNDO) + LATE_AS_WELL)

    ran = amends("drill", runbook)

    assert ran.returncode == 0, ran.stdout
    assert re.search(r"\n  \+0d 00:10  late         support reported a late parcel", ran.stdout)
    assert re.search(r"\n  \+0d 00:30  lost_parcel  temporal \(unverified\) called it off", ran.stdout)
    assert re.search(r"\nlost_parcel  called_off   passed  cancelled ", ran.stdout)
    assert re.search(r"\nlate_parcel    with late          cancelled  cancelled: it is not late ", ran.stdout)


def test_what_all_scenarios_reached_is_counted_and_lets_the_run_pass(tmp_path: Path) -> None:
    ran = amends("drill", own(tmp_path, unreachable=UNDO), "--format", "json")

    (report,) = json.loads(ran.stdout)
    assert (ran.returncode, ran.stderr) == (0, "")
    counted = report["coverage"]
    assert counted["reached"] == len(report["reached"]) == 8
    assert counted["branches"] == 8 + 1 + len(counted["unreached"])
    assert [each["branch"] for each in counted["unreachable"]] == [UNDO]
    assert {"id", "words", "hint"} == set(counted["unreached"][0])
    assert counted["mistakes"] == []
    assert (counted["faults"], report["faults"]) == (["late"], ["late"])
    assert counted["unmet"] == ["refuse", "before", "after", "error", "refused undo"]


def test_a_branch_that_is_left_fails_the_run_if_every_branch_is_asked_for(tmp_path: Path) -> None:
    with descriptor(width=80) as (stderr, seen):
        ran = amends("drill", own(tmp_path, unreachable=UNDO), "--every-branch", stderr=stderr)

    assert ran.returncode == 1, seen.raw
    assert re.fullmatch(r"\[1/1\] lost_parcel / called_off: passed, [\d.]+ s\n", seen.raw), "told as it ended"
    assert "1 played, all as expected" in ran.stdout
    known = len(branches(load("lost_parcel").program))
    assert f"lost_parcel: branches reached 8 of {known}" in ran.stdout
    assert "ask `satisfaction`: silence\n        let it be asked, and nobody answer" in ran.stdout
    _, _, out_of_reach = ran.stdout.partition("stated to be out of reach:\n")
    assert out_of_reach == f"    {UNDO}\n        The carrier is too fast for us.\n"


def test_a_branch_that_is_reached_though_it_is_said_to_be_out_of_reach_fails_the_run(tmp_path: Path) -> None:
    runbook = own(tmp_path, unreachable=TRACED)

    ran = amends("drill", runbook)

    assert ran.returncode == 1, ran.stderr
    place = f"{tmp_path}/scenarios/lost_parcel.yaml:2:14"
    assert f"{place}: {TRACED!r} is reached by the scenario 'called_off'; take it out of `unreachable`" in ran.stdout


def test_a_fault_that_is_left_out_fails_the_run_if_every_fault_is_asked_for(tmp_path: Path) -> None:
    ran = amends("drill", own(tmp_path, unreachable=UNDO), "--every-fault")

    assert ran.returncode == 1, ran.stderr
    assert "1 played, all as expected" in ran.stdout
    assert "  faults played: late\n  faults not played: refuse, before, after, error, refused undo\n" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["lost_parcel", "--scenario", "called_off", "--every-branch"], "either --scenario or --every-branch"),
        (["lost_parcel", "--scenario", "called_off", "--every-fault"], "either --scenario or --every-fault"),
        (["lost_parcel", "--all"], "with --all every runbook is played, 'lost_parcel' too; leave out one of them"),
    ],
)
def test_what_cannot_be_asked_for_together_is_a_mistake_in_the_command(arguments: list[str], told: str) -> None:
    ran = amends("drill", *arguments)

    assert ran.returncode == 2
    assert told in ran.stderr
    assert ran.stdout == ""


def test_several_runbooks_are_drilled_together_each_once_and_only_what_failed_is_told_at_length() -> None:
    ran = amends("drill", "lost_parcel", "stockout", "lost_parcel", "--scenario", "called_off")

    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.startswith("runbook "), "no timelines"
    assert "\n1 played, all as expected\n" in ran.stdout


def test_of_all_runbooks_one_scenario_is_found_and_only_what_failed_is_told_at_length() -> None:
    ran = amends("drill", "--all", "--scenario", "called_off")

    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.startswith("runbook "), "no timelines"
    assert re.search(r"\nlost_parcel +called_off +passed +cancelled ", ran.stdout)


def test_an_unknown_runbook_or_scenario_is_a_mistake_in_the_command() -> None:
    runbook = amends("drill", "lost_parcle")
    scenario = amends("drill", "lost_parcel", "--scenario", "reshp")

    assert (runbook.returncode, scenario.returncode) == (2, 2)
    assert "did you mean 'lost_parcel'?" in runbook.stderr
    assert "did you mean 'reship'?" in scenario.stderr
    assert runbook.stdout + scenario.stdout == ""
