"""The short words of a language, and the form of what it says of a step."""

from amends.models import Model


class Labels(Model):
    """Headings, the heads of tables, and the short words of a flowchart."""

    opening: str
    severities: str
    promises: str
    ladder: str
    steps: str
    worst: str
    undone: str
    silence: str
    always: str
    goal: str
    clock: str
    stage: str
    severity: str
    within: str
    counted: str
    verdict: str
    until_resolved: str
    until_closed: str
    nothing_to_do: str
    no_limit: str
    # the flowchart
    begin: str
    closed: str
    taken_over: str
    yes: str
    no: str
    refused: str
    undo: str
    lift: str
    answered: str
    approved: str
    rejected: str
    it_has_come: str
    again: str
    all_done: str


class Told(Model):
    """A step in words: one sentence, and what else a reader must know of it."""

    sentence: str
    details: tuple[str, ...] = ()
