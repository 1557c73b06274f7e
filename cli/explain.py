"""``amends explain``: a runbook read back in plain words."""

from enum import StrEnum
from typing import Annotated, assert_never

from cyclopts import Parameter

from cli import completing, problems
from cli.output import print_json, say
from cli.versions import is_file, version
from runbooks.explaining import formats
from runbooks.explaining.flowchart import flowchart
from runbooks.explaining.languages import LANGUAGES, LanguageCode
from runbooks.explaining.model import Explanation
from runbooks.explaining.page import page_of
from runbooks.explaining.reading import explain as explained
from runbooks.explaining.reading import explanation_of_bundle
from runbooks.language.problems import RunbookErrors


class PageFormat(StrEnum):
    """How a page is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    MERMAID = "mermaid"
    JSON = "json"


def explain(
    runbook: Annotated[
        str,
        Parameter(completer=completing.runbooks, help="A runbook's name, the path of a .yaml file, or lost_parcel@3."),
    ],
    /,
    *,
    language: Annotated[LanguageCode, Parameter(help="en for English, zh for Chinese.")] = LanguageCode.EN,
    format: Annotated[  # noqa: A002 - the option's name
        PageFormat,
        Parameter(help="text for a terminal, markdown for a page, mermaid for a flowchart, json for programs."),
    ] = PageFormat.TEXT,
) -> int:
    """Read a runbook back in plain words.

    For example:

      amends explain lost_parcel --language zh --format markdown
      amends explain lost_parcel@newest

    Its stages and waits, how long it can take at most, who is paged when,
    what is undone how, and what silence means. As JSON it has the
    texts of both languages, and durations as in ISO 8601 (P3D, PT4H).

    The exit code is 1 if the runbook has errors, which are then told.
    """
    try:
        explanation = _explained(runbook)
    except RunbookErrors:
        say("\n".join(problems.lines(problems.examined([runbook]))))
        return 1
    said = LANGUAGES[language]
    match format:
        case PageFormat.TEXT:
            page = formats.text(page_of(explanation, said))
        case PageFormat.MARKDOWN:
            page = formats.markdown(page_of(explanation, said))
        case PageFormat.MERMAID:
            page = flowchart(explanation, said)
        case PageFormat.JSON:
            print_json(explanation.model_dump(mode="json"))
            return 0
        case _:
            assert_never(format)
    print(page, end="")
    return 0


def _explained(runbook: str) -> Explanation:
    if "@" not in runbook or is_file(runbook):
        return explained(runbook)
    revision = version(runbook)
    say(f"this is {revision.says}\n")
    return explanation_of_bundle(revision.bundle)
