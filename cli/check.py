"""``amends check``: what is wrong with runbooks, and how to mend it."""

from typing import Annotated

from cyclopts import Parameter

from cli import completing, problems
from cli.options import OutputFormat
from cli.output import Format, print_json


def check(
    *runbooks: Annotated[
        str, Parameter(name="FILE", completer=completing.runbooks, help="A runbook's name or the path of a .yaml file.")
    ],
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Check runbooks and what stands beside them: every mistake at once, with its place and its mend.

    For example:

      amends check
      amends check ./own/lost_parcel.yaml

    Without a FILE all runbooks that come with Amends are checked. Messages,
    tables, calendars, people and scenarios are checked with the runbooks.

    The exit code is 1 if there are errors. Warnings (legal, but odd) and notes
    (worth knowing) are told and do not count.
    """
    report = problems.examined(runbooks)
    if format is Format.JSON:
        print_json(problems.as_data(report))
    else:
        print("\n".join(problems.lines(report)))
    return 0 if report.ok else 1
