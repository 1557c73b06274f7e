"""What a person has to do who is handed a task, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from amends.journal import TimelineRow
from cli import wording
from cli.findings import settlements
from cli.output import short
from runbooks.program import Program


@dataclass(frozen=True)
class Need:
    """Why a person is needed, what to do, and the commands for that."""

    why: str
    what: str
    commands: tuple[str, ...]


_WHY: Final = {
    "no_plan_left": "No plan is left that could put it right: every plan that fits has failed and is undone.",
    "refused": "Refused, and nothing else is planned for that: {step}.",
    "outcome_unknown": "Nobody can say whether it happened: {step}.",
    "undo_failed": "It could not be taken back: {step}.",
    "rejected": "Rejected, and nothing else is planned for that: {step}.",
    "undecided": "Nobody has decided in time: {step}.",
    "books_differ": "The shop's books do not say what the journal says, or could not be read.",
    "unprotected": "A deadline of others is near, and nobody knows what is needed to act on it: {step}.",
    "not_reckoned": "What it says cannot be reckoned: {step}.",
    "taken_over": "Somebody has taken it into their own hands: nothing new is begun meanwhile.",
}
_PLANS: Final = (
    "When what stood against the plans is gone, have them tried once more, or choose one. Or put it right with the "
    "customer by hand, and settle it with evidence. Or call it off:"
)
_REFUSED: Final = (
    "When what stood against it is gone, have it tried again. Or do it by hand, and settle it with evidence. Or call "
    "the incident off:"
)
_NOT_BY_HAND: Final = (
    "What comes after it, or takes it back, needs what only the call itself can give, so nobody can settle it by hand. "
    "When what stood against it is gone, have it tried again. Or call the incident off:"
)
_ASK: Final = (
    "When its system answers again, have it asked once more what became of it (its key is {key}). Or find out "
    "yourself, and say what you found, with evidence. Until that is known nothing more is undone here, and the "
    "incident stays open:"
)
_ARRIVED: Final = (
    "When the channel answers again, have it asked whether it arrived (its key is {key}). Or find out yourself, and "
    "say what you found, with evidence. Or call the incident off:"
)
_TAKE_BACK: Final = (
    "When what stood against it is gone, have it tried again (its key is {key}). Or take it back by hand, and settle "
    "it with evidence. Or ask that it be let be, which a second person has to approve. Until then nothing more is "
    "undone here, and the incident stays open:"
)
_REJECTED: Final = "When there is something new to say for it, have it asked for again. Or call the incident off:"
_UNDECIDED: Final = "Whoever could decide still can, and now those of a higher authority too:"
_BOOKS: Final = (
    "Put right what is wrong, and have them compared again. Or ask that they be let be, which a second person has to "
    "approve. Until then the incident stays open:"
)
_UNPROTECTED: Final = (
    "When that is known, have it tried again. Or do by hand what the deadline asks for, and settle it with evidence. "
    "Or call the incident off:"
)
_NOT_RECKONED: Final = (
    "Something that it is reckoned from is not as it should be: {because}. When that is put right, have it tried "
    "again. Or take the incident over, or call it off:"
)
_TAKEN_OVER: Final = (
    "When that is over, hand it back, and it goes on from where it stands. Or put it right with the customer by hand, "
    "and settle it with evidence; what a plan has half done is undone then. Or call it off:"
)
_SHOWN: Final = '--how "…" --evidence "…"'


def in_words(task: TimelineRow, timeline: Sequence[TimelineRow], program: Program | None) -> Need:
    """What a ``task_opened`` of the timeline asks of a person. ``program``: what is followed, if that is known."""
    why, step, named = (str(task.data.get(name, "")) for name in ("why", "step", "task"))
    told = _WHY.get(why, "{step}: " + why + ".").format(step=wording.step(step))
    told = told[:1].upper() + told[1:]
    incident = short(task.incident_id)
    key = f"{task.incident_id}/{named.partition(':')[2]}"
    again = f"amends retry {incident} {named}"
    off = f'amends cancel {incident} --reason "…"'
    ways = settlements(task, timeline, program)
    settle = tuple(f"amends settle {incident} {named} {_SHOWN} {way}".rstrip() for way in ways)
    let_be = f'amends waive {incident} {named} --reason "…"'
    match why:
        case "outcome_unknown" if wording.message_of(step):  # a message holds nothing up
            return Need(told, _ARRIVED.format(key=key), (again, *settle, off))
        case "outcome_unknown":
            return Need(told, _ASK.format(key=key), (again, *settle))
        case "undo_failed":
            return Need(told, _TAKE_BACK.format(key=key), (again, *settle, let_be))
        case "no_plan_left":
            plans = [plan.name for plan in program.action] if program is not None else ["PLAN"]
            choices = tuple(f"amends choose {incident} {plan}" for plan in plans)
            return Need(told, _PLANS, (again, *choices, *settle, off))
        case "rejected":
            return Need(told, _REJECTED, (again, off))
        case "undecided":
            return Need(told, _UNDECIDED, deciding(incident, named.partition(":")[2]))
        case "unprotected":
            return Need(told, _UNPROTECTED, (again, *settle, off))
        case "not_reckoned":
            because = str(task.data.get("because", "")).rstrip(".")
            over = f'amends take-over {incident} --reason "…"'
            return Need(told, _NOT_RECKONED.format(because=because), (again, over, off))
        case "taken_over":
            return Need(told, _TAKEN_OVER, (again, *settle, off))
        case "books_differ":
            return Need(told, _BOOKS, (again, let_be))
        case _:
            return Need(told, _REFUSED if settle else _NOT_BY_HAND, (again, *settle, off))


def deciding(incident: str, approval: str) -> tuple[str, str]:
    """The two commands that decide about an approval; ``incident`` is enough of its id. The only open approval needs
    no name."""
    which = f" {approval}" if approval else ""
    return f"amends approve {incident}{which}", f'amends reject {incident}{which} --note "…"'
