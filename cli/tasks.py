"""What a person has to do who is handed a task, in words."""

from typing import Final

from amends.journal import TimelineRow
from cli import wording
from cli.output import short

_SETTLE: Final = "Settle it with the customer by hand, then call the incident off with a reason that says how:"
_WHY: Final = {
    "no_plan_left": "No plan is left that could put it right: every plan that fits has failed and is undone.",
    "refused": "Refused, and nothing else is planned for that: {step}.",
    "outcome_unknown": "Nobody can say whether it happened: {step}.",
    "undo_failed": "It could not be taken back: {step}.",
}
_FIND_OUT: Final = (
    "Look in the system concerned for the key {key}, and settle by hand what you find. "
    "Until then nothing more is undone here, and the incident stays open."
)
_ARRIVED: Final = "Find out whether it arrived (its key is {key}), and then: "
_TAKE_BACK: Final = "Take it back by hand (its key is {key}). Nothing more is undone here, and the incident stays open."


def in_words(task: TimelineRow) -> tuple[str, str, str | None]:
    """Of a ``task_opened``: why a person is needed, what to do, and the command that ends it, if there is one."""
    why, step = str(task.data.get("why", "?")), str(task.data.get("step", ""))
    told = _WHY.get(why, "{step}: " + why + ".").format(step=wording.step(step))
    told = told[:1].upper() + told[1:]
    key = f"{task.incident_id}/{str(task.data.get('task', '')).partition(':')[2]}"
    off = f'amends cancel {short(task.incident_id)} --reason "…"'
    match why:
        case "outcome_unknown" if wording.message_of(step):  # a message holds nothing up
            return told, _ARRIVED.format(key=key) + _SETTLE[:1].lower() + _SETTLE[1:], off
        case "outcome_unknown":
            return told, _FIND_OUT.format(key=key), None
        case "undo_failed":
            return told, _TAKE_BACK.format(key=key), None
        case _:
            return told, _SETTLE, off
