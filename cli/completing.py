"""What a shell offers behind a TAB. It asks with every TAB, so nothing heavy is imported here.

Cyclopts' scripts know the commands, options and choices by heart, and ask back only where a parameter has a completer.
Its own answer would import the command, which takes a second; so the question is answered here, by the command's name.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from amends import glance
from runbooks.names import runbook_names

if TYPE_CHECKING:
    from cyclopts.completion import CompletionContext

    Completer = Callable[[CompletionContext | None], dict[str, str]]

COMPLETE: Final = "__complete"
"""The word before the words of a command line, when a script of Cyclopts' asks."""


def runbooks(_context: "CompletionContext | None" = None) -> dict[str, str]:
    """The runbooks that come with Amends."""
    return dict.fromkeys(runbook_names(), "")


def incidents(_context: "CompletionContext | None" = None) -> dict[str, str]:
    """The newest incidents, with what they are about."""
    return _described(glance.incidents(open_only=False))


def open_incidents(_context: "CompletionContext | None" = None) -> dict[str, str]:
    """The newest open incidents, with what they are about."""
    return _described(glance.incidents(open_only=True))


def answered(words: Sequence[str]) -> list[str]:
    """The lines of the answer to a script's question; ``words`` are those of the command line, the last one unfinished.

    The shell itself leaves out what does not begin as the unfinished word.
    """
    completer = COMPLETERS.get(words[0]) or COMPLETERS.get(" ".join(words[:2])) if words else None
    offered = completer(None) if completer else {}
    return ["\x1fbegin", *(f"{value}\t{says}" for value, says in offered.items())]


COMPLETERS: "Final[dict[str, Completer]]" = {
    "list": runbooks,
    "sla": runbooks,
    "open": runbooks,
    "check": runbooks,
    "explain": runbooks,
    "drill": runbooks,
    "runbooks": runbooks,
    "diff": runbooks,
    "publish": runbooks,
    "show": incidents,
    "watch": open_incidents,
    "answer": open_incidents,
    "approve": open_incidents,
    "reject": open_incidents,
    "retry": open_incidents,
    "choose": open_incidents,
    "settle": open_incidents,
    "waive": open_incidents,
    "ack": open_incidents,
    "escalate": open_incidents,
    "snooze": open_incidents,
    "note": open_incidents,
    "evidence": incidents,
    "assign": open_incidents,
    "suspend": open_incidents,
    "resume": open_incidents,
    "severity": open_incidents,
    "skip": open_incidents,
    "take-over": open_incidents,
    "repin": open_incidents,
    "merge": open_incidents,
    "split": open_incidents,
    "cancel": open_incidents,
    "intake replay": runbooks,
    "intake mode": runbooks,
    "intake list": runbooks,
}
"""Each command has at most one; one that is within another is named with it."""


def _described(glimpses: Sequence[glance.Glimpse]) -> dict[str, str]:
    return {
        each.incident_id.partition("-")[0]: " ".join(filter(None, (each.exception_type, each.order_id, each.status)))
        for each in glimpses
    }
