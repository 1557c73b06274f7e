"""Whether a report may come in."""

from typing import Final

from pydantic import JsonValue

from amends.models import Data
from runbooks.bundle import Bundle
from runbooks.language.facts import fits

LONGEST_TEXT: Final = 4_000
"""Characters of a text that a report or news says: it goes along in the state from run to run."""


def report_refusal(bundle: Bundle, workflow_id: str, report: Data) -> str | None:
    """Why a report does not fit the incident with this workflow id; ``None`` if it does."""
    for field, kind in bundle.report.items():
        if field not in report:
            if field in bundle.report_optional:
                continue
            return f"the report of a {bundle.exception_type} lacks {field!r} ({kind})"
        if report[field] == "" or not fits(kind, report[field]):
            return f"the report's {field!r} is {report[field]!r}, which is no {kind}"
        if is_too_long(report[field]):
            return f"the report's {field!r} has more than {LONGEST_TEXT} characters; show what is longer as evidence"
    for field in report:
        if field not in bundle.report:
            known = ", ".join(repr(name) for name in bundle.report)
            return f"a report of a {bundle.exception_type} has no field {field!r}; it has {known}"
    if bundle.workflow_id(report) != workflow_id:
        return f"the report is about {bundle.workflow_id(report)!r}, this incident about {workflow_id!r}"
    return None


def is_too_long(value: JsonValue) -> bool:
    """Whether a value is text that an incident does not keep in mind."""
    return isinstance(value, str) and len(value) > LONGEST_TEXT
