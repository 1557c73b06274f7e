"""English: names, durations and conditions."""

from collections.abc import Iterable
from datetime import timedelta

from amends.models import Party, Severity, Stage
from runbooks.catalogue import CATALOGUE
from runbooks.explaining.conditions import Sign
from runbooks.explaining.labels import Labels
from runbooks.explaining.language import Language
from runbooks.explaining.saying import code, spans
from runbooks.policy import GoalName
from runbooks.program import FactType

LABELS = Labels(
    opening="What opens it",
    severities="How severe it is",
    promises="What we promise",
    ladder="Who is paged when",
    steps="What happens, step by step",
    worst="How long it can take at most",
    undone="What is undone, and how",
    silence="What silence means",
    always="What holds in every case",
    goal="Goal",
    clock="Counted",
    stage="Stage",
    severity="Severity",
    within="Promised within",
    counted="Takes at most",
    verdict="Verdict",
    until_resolved="Until the customer is whole",
    until_closed="Until the end",
    nothing_to_do="Nothing is done here.",
    no_limit="no waiting",
    begin="A report comes in",
    closed="Closed",
    taken_over="A person takes over",
    yes="yes",
    no="no",
    refused="refused",
    undo="undo",
    lift="lifted",
    answered="answered",
    approved="approved",
    rejected="rejected",
    it_has_come="it has come",
    again="again",
    all_done="All done",
)

_STAGES = {
    Stage.REPORT: "Report",
    Stage.ANALYSIS: "Analysis",
    Stage.ACTION: "Action",
    Stage.FOLLOW_UP: "Follow-up",
}
_GOALS = {
    GoalName.ACKNOWLEDGE: "Acknowledged by a person",
    GoalName.FIRST_RESPONSE: "First word to the customer",
    GoalName.UPDATE: "The customer hears from us again",
    GoalName.ANALYSIS: "Analysis done",
    GoalName.ACTION: "Action done",
    GoalName.RESOLVE: "The customer is whole",
}
_SIGNS = {
    Sign.IS: "is",
    Sign.IS_NOT: "is not",
    Sign.AT_LEAST: "is at least",
    Sign.AT_MOST: "is at most",
    Sign.MORE: "is more than",
    Sign.LESS: "is less than",
}
TYPES = {
    FactType.STRING: "text",
    FactType.INT: "a whole number",
    FactType.DOUBLE: "a number",
    FactType.BOOL: "yes or no",
    FactType.TIMESTAMP: "a time",
    FactType.MONEY: "an amount of money",
}
_FIELDS = {"lines_refundable": "refundable amount", "refunded": "refunded amount", "tracking_no": "tracking number"}
_FACTS = {"incident.contacts": "the number of reports", "incident.severity": "the severity"}


class Words(Language):
    code = "en"
    labels = LABELS

    def severity(self, severity: Severity) -> str:
        return severity.value

    def stage(self, stage: Stage) -> str:
        return _STAGES[stage]

    def party(self, party: Party) -> str:
        match party:
            case Party.US:
                return "ourselves"
            case _:
                return f"the {_plain(party.value)}"

    def role(self, name: str) -> str:
        return f"the {_plain(name)} role"

    def goal(self, name: GoalName) -> str:
        return _GOALS[name]

    def field(self, name: str) -> str:
        return _plain(name)

    def fact(self, path: str) -> str:
        if path in _FACTS:
            return _FACTS[path]
        root, _, rest = path.partition(".")
        return f"the {_plain(root)}'s {_plain(rest)}" if rest else code(path)

    def activity(self, name: str) -> str:
        return CATALOGUE[name].says["en"].removesuffix(".")

    def duration(self, duration: timedelta) -> str:
        parts = zip(spans(duration), ("day", "hour", "minute"), strict=True)
        said = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
        return " ".join(said) or "no time"

    def listed(self, parts: Iterable[str], *, either: bool = False) -> str:
        *rest, last = list(parts)
        return f"{', '.join(rest)} {'or' if either else 'and'} {last}" if rest else last

    def compared(self, left: str, sign: Sign, right: str) -> str:
        return f"{left} {_SIGNS[sign]} {right}"

    def holds(self, path: str, *, denied: bool) -> str:
        root, _, rest = path.partition(".")
        if root == "report":
            return f"the report says {'no' if denied else 'yes'} to {_plain(rest)}"
        return f"the {_plain(root)} is {'not ' if denied else ''}{_plain(rest)}"

    def known(self, path: str, *, denied: bool) -> str:
        return f"{self.fact(path)} is {'not ' if denied else ''}known"

    def denied(self, condition: str) -> str:
        return f"it is not so that {condition}"

    def one_of(self, left: str, options: list[str], *, denied: bool) -> str:
        return f"{left} is {'none' if denied else 'one'} of {', '.join(options)}"

    def joined(self, conditions: list[str], *, either: bool) -> str:
        return (" or " if either else " and ").join(conditions)

    def bracketed(self, condition: str) -> str:
        return f"({condition})"

    def truth(self, value: bool) -> str:
        return "true" if value else "false"

    def alike(self, what: str, severities: Iterable[str]) -> str:
        return f"{what} ({', '.join(severities)})"

    def one_for_each(self, parts: Iterable[str]) -> str:
        return self.listed(parts, either=True)


def _plain(name: str) -> str:
    if name in _FIELDS:
        return _FIELDS[name]
    words = name.replace("_", " ").replace(".", " ")
    return f"{words.removesuffix(' at')} time" if words.endswith(" at") else words


def lower(sentence: str) -> str:
    """A sentence's words, to stand within another."""
    return sentence[:1].lower() + sentence[1:]


def upper(words: str) -> str:
    """Words that begin a sentence."""
    return words[:1].upper() + words[1:]
