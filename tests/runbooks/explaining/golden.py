"""The pages of the shipped runbook as they were last read and approved by a person.

After a change of the runbook, its messages or the words, write them anew and read what changed:

    python -m tests.runbooks.explaining.golden
"""

from pathlib import Path

from runbooks.explaining import formats
from runbooks.explaining.flowchart import flowchart
from runbooks.explaining.languages import LANGUAGES
from runbooks.explaining.page import page_of
from runbooks.explaining.reading import explain

HERE = Path(__file__).parent


def pages() -> dict[Path, str]:
    """File → what it should hold: the page and the flowchart in every language."""
    explanation = explain("lost_parcel")
    found = {}
    for code, language in LANGUAGES.items():
        found[HERE / f"lost_parcel.{code}.md"] = formats.markdown(page_of(explanation, language))
        found[HERE / f"lost_parcel.{code}.mmd"] = flowchart(explanation, language)
    return found


if __name__ == "__main__":
    for file, text in pages().items():
        file.write_text(text, encoding="utf-8")
