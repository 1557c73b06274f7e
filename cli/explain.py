"""``amends explain``: a runbook read back in plain words."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, assert_never

from cyclopts import Parameter

from amends.errors import InputError
from cli import completing, problems
from cli.output import print_json, say
from cli.versions import is_file, version
from runbooks.explaining import formats, handbook
from runbooks.explaining.flowchart import flowchart
from runbooks.explaining.languages import LANGUAGES, LanguageCode
from runbooks.explaining.model import Explanation
from runbooks.explaining.page import page_of
from runbooks.explaining.reading import explain as explained
from runbooks.explaining.reading import explanation_of_bundle
from runbooks.language.problems import RunbookErrors
from runbooks.names import runbook_names


class PageFormat(StrEnum):
    """How a page is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    MERMAID = "mermaid"
    JSON = "json"


def explain(
    runbook: Annotated[
        str | None,
        Parameter(completer=completing.runbooks, help="A runbook's name, the path of a .yaml file, or lost_parcel@3."),
    ] = None,
    /,
    *,
    language: Annotated[LanguageCode, Parameter(help="en for English, zh for Chinese.")] = LanguageCode.EN,
    format: Annotated[  # noqa: A002 - the option's name
        PageFormat,
        Parameter(help="text for a terminal, markdown for a page, mermaid for a flowchart, json for programs."),
    ] = PageFormat.TEXT,
    into: Annotated[
        Path | None,
        Parameter(help="A folder for the pages, words and flowchart, in both languages; without a runbook: of all."),
    ] = None,
) -> int:
    """Read a runbook back in plain words.

    For example:

      amends explain lost_parcel --language zh --format markdown
      amends explain lost_parcel@newest
      amends explain --into docs/runbooks

    Its stages and waits, how long it can take at most, who is paged when,
    what is undone how, and what silence means. As JSON it has the
    texts of both languages, and durations as in ISO 8601 (P3D, PT4H).

    The exit code is 1 if the runbook has errors, which are then told.
    """
    if runbook is None and into is None:
        raise InputError("no runbook is named; name one, or write the pages of all with `--into` and a folder")
    named = runbook_names() if runbook is None else (runbook,)
    try:
        if into is not None:
            return _write(named, into)
        explanation = _explained(named[0])
    except RunbookErrors:
        say("\n".join(problems.lines(problems.examined(list(named)))))
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


def _write(named: Sequence[str], into: Path) -> int:
    """All pages are made before the first is written, so that a mistake leaves the folder as it was."""
    pages = {name: text for runbook in named for name, text in handbook.pages(_explained(runbook)).items()}
    try:
        into.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (into / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{into}: the pages cannot be written: {error.strerror}") from error
    print("\n".join(str(into / name) for name in pages))
    return 0


def _explained(runbook: str) -> Explanation:
    if "@" not in runbook or is_file(runbook):
        return explained(runbook)
    revision = version(runbook)
    say(f"this is {revision.says}\n")
    return explanation_of_bundle(revision.bundle)
