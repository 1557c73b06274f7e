"""What people say, show, give to each other and take into their own hands, in sentences."""

from typing import Literal, assert_never

from amends.timeline import EntryKind
from cli.said import Said

Kind = Literal[
    EntryKind.NOTE_ADDED,
    EntryKind.EVIDENCE_ADDED,
    EntryKind.ASSIGNED,
    EntryKind.SUSPENSION_REQUESTED,
    EntryKind.RESUMPTION_REQUESTED,
    EntryKind.SUSPENSION_ENDED,
    EntryKind.SEVERITY_CHOSEN,
    EntryKind.SKIP_REQUESTED,
    EntryKind.TAKEN_OVER,
    EntryKind.REPIN_REQUESTED,
    EntryKind.REPINNED,
    EntryKind.REPIN_PUT_OFF,
]
"""The kinds of entries that are told here."""

_ENDS = (".", "!", "?", "…", "。", "！", "？")
"""How a sentence ends that somebody has written."""


def tell(kind: Kind, said: Said) -> str:
    """The sentence of what somebody did beside answering, deciding and seeing to tasks."""
    match kind:
        case EntryKind.NOTE_ADDED:
            return f"{said.actor} noted: {_sentence(said['text'])}"
        case EntryKind.EVIDENCE_ADDED:
            return f"{said.actor} showed: {said.evidence}{said.maybe(' ({})', 'note')}."
        case EntryKind.ASSIGNED:
            what = said.maybe("the task {}", "task") or "whatever is to be done"
            return f"{said.actor} gave {what} to {said['to']}{said.maybe(': {}', 'note')}."
        case EntryKind.SUSPENSION_REQUESTED:
            whom, until = said.party("party"), said["until"]
            return f"{said.actor} suspended it for {whom}, until {until} at most: {said['reason']}."
        case EntryKind.RESUMPTION_REQUESTED:
            return f"{said.actor} resumed it{said.maybe(' as of {}', 'at')}{said.maybe(': {}', 'note')}."
        case EntryKind.SUSPENSION_ENDED:
            return f"It is not suspended for {said.party('party')} any more: its time is over ({said['until']})."
        case EntryKind.SEVERITY_CHOSEN:
            level = said.maybe("the severity to {}", "severity") or "the severity back to what the rules say"
            return f"{said.actor} set {level}: {said['reason']}."
        case EntryKind.SKIP_REQUESTED:
            return f"{said.actor} had it skipped: {said.step('step')}: {said['reason']}."
        case EntryKind.TAKEN_OVER:
            return f"{said.actor} took it over: {said['reason']}. Nothing new is begun until it is handed back."
        case EntryKind.REPIN_REQUESTED:
            return f"{said.actor} wants the next stages to follow {said.text('digest')}: {said['reason']}."
        case EntryKind.REPINNED:
            return (
                f"From here on it follows {said.text('to')}; {said['by']} wanted that, and "
                f"{' and '.join(said.many('approved_by'))} approved."
            )
        case EntryKind.REPIN_PUT_OFF:
            later = "yet, the stage after this one may" if said["again"] == "yes" else "and never will"
            return f"It does not follow the other text of its runbook {later}: {said['why']}."
        case _:
            assert_never(kind)


def _sentence(text: str) -> str:
    words = " ".join(text.split())
    return words if words.endswith(_ENDS) and words != "?" else f"{words}."
