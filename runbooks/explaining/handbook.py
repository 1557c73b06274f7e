"""The handbook: what each runbook says, as pages of a folder, for those who do not read YAML."""

from typing import Final

from runbooks.explaining import formats
from runbooks.explaining.flowchart import flowchart
from runbooks.explaining.languages import LANGUAGES, LanguageCode
from runbooks.explaining.model import Explanation
from runbooks.explaining.page import page_of

SUFFIX: Final = {LanguageCode.EN: ".md", LanguageCode.ZH: ".zh.md"}
"""How the page of a language is called, behind the runbook's name."""


def pages(explanation: Explanation) -> dict[str, str]:
    """File name → text of a runbook's pages: what it does in words, then its flowchart, in every language."""
    head = f"<!-- Written by `amends explain {explanation.name} --into …` from its YAML: change that, not this. -->"
    return {
        f"{explanation.name}{SUFFIX[code]}": "\n".join(
            (
                f"{head}\n",
                formats.markdown(page_of(explanation, language)),
                f"```mermaid\n{flowchart(explanation, language).rstrip()}\n```\n",
            )
        )
        for code, language in LANGUAGES.items()
    }
