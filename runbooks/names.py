"""The names of the runbooks that come with Amends, for whoever needs no more of them: nothing else is imported."""

from pathlib import Path

_HERE = Path(__file__).parent
NO_RUNBOOKS = frozenset({"people", "remedies"})
"""Files beside the runbooks that are none."""


def runbook_names() -> list[str]:
    """The names of the runbooks that come with Amends, sorted."""
    return sorted(path.stem for path in _HERE.glob("*.yaml") if path.stem not in NO_RUNBOOKS)
