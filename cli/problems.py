"""Checking what runbook owners write, for the commands that do, and telling what was found."""

from collections.abc import Sequence
from pathlib import Path

from amends.errors import DefinitionError
from amends.models import Data
from cli.output import plural
from drills.scenario import load_scenarios
from runbooks import library
from runbooks.checking import CheckReport, Problem, Weight, check
from runbooks.language.problems import RunbookErrors, in_order


def examined(runbooks: Sequence[str] = ()) -> CheckReport:
    """Everything that can be told of runbooks, by name or path, and of what stands beside them: messages, tables,
    calendars, people and scenarios. All runbooks that come with Amends, if none are named. Never raises."""
    runbooks = tuple(dict.fromkeys(runbooks))
    strangers = [each for each in runbooks if library.stands_beside(Path(each)) and Path(each).is_file()]
    report = check([each for each in runbooks if each not in strangers] if runbooks else None)
    found = [*report.problems, *(_is_no_runbook(each) for each in strangers)]
    for each in report.checked:
        if _is_right(each):
            found += _of_scenarios(each)
    return CheckReport(checked=runbooks or report.checked, problems=in_order(found))


def lines(report: CheckReport) -> list[str]:
    """Every problem with its mend on a line of its own, and how many there are."""
    told = [line for problem in report.problems for line in _told(problem)]
    return [*told, summary(report)]


def summary(report: CheckReport) -> str:
    """``2 runbooks, 3 errors, 1 warning``"""
    nothing = ["no errors"] if report.ok else []
    return ", ".join([plural(len(report.checked), "runbook"), *nothing, *counted(report)])


def counted(report: CheckReport) -> list[str]:
    """How many errors, warnings and notes there are, without those of which there are none."""
    numbers = ((len(report.of(weight)), weight.value) for weight in Weight)
    return [plural(number, what) for number, what in numbers if number]


def as_data(report: CheckReport) -> Data:
    """The report for programs."""
    return {
        "runbooks": list(report.checked),
        "problems": [
            {
                "file": problem.file,
                "line": problem.line,
                "column": problem.column,
                "severity": problem.severity.value,
                "message": problem.complaint,
                "mend": problem.mend or None,
            }
            for problem in report.problems
        ],
        **{f"{weight.value}s": len(report.of(weight)) for weight in Weight},
    }


def _is_right(runbook: str) -> bool:
    try:
        examined = library.inspect(runbook)
    except DefinitionError:
        return False
    return not any(problem.severity is Weight.ERROR for problem in examined.problems)


def _of_scenarios(runbook: str) -> list[Problem]:
    """What is wrong with the scenarios of a runbook that is right; of another they mean nothing yet."""
    path = library.path_of(runbook)
    file = path.parent / "scenarios" / f"{path.stem}.yaml"
    shown = library.shown_name(file)
    if not file.exists():
        message = f"it has no scenarios, so nobody can rehearse it; write some in {shown}"
        return [Problem(file=library.shown_name(path), line=1, column=1, message=message, severity=Weight.NOTE)]
    try:
        load_scenarios(runbook)
    except RunbookErrors as error:
        return [problem for problem in error.problems if problem.file != library.shown_name(path)]
    except DefinitionError as error:
        message = str(error).removeprefix(f"{error.place}: ")
        return [Problem(file=shown, line=1, column=1, message=message)]
    return []


def _is_no_runbook(file: str) -> Problem:
    message = "this is no runbook; `amends check` looks at it together with all runbooks when none is named"
    return Problem(file=file, line=1, column=1, message=message)


def _told(problem: Problem) -> list[str]:
    place = f"{problem.file}:{problem.line}:{problem.column}"
    return [
        f"{place}: {problem.severity.value}: {problem.complaint}",
        *([f"    {problem.mend}"] if problem.mend else []),
    ]
