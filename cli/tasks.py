"""What a person has to do who is handed a task, in words."""

from typing import Final

from amends.journal import TimelineRow
from cli import wording
from cli.output import short

_SETTLE: Final = "settle it with the customer by hand, and call the incident off with a reason that says how:"
_WHY: Final = {
    "no_plan_left": "No plan is left that could put it right: every plan that fits has failed and is undone.",
    "refused": "Refused, and nothing else is planned for that: {step}.",
    "outcome_unknown": "Nobody can say whether it happened: {step}.",
    "undo_failed": "It could not be taken back: {step}.",
}
_PLANS: Final = f"When what stood against the plans is gone, have them tried once more. Or {_SETTLE}"
_REFUSED: Final = f"When what stood against it is gone, have it tried again. Or {_SETTLE}"
_ASK: Final = (
    "When its system answers again, have it asked once more what became of it (its key is {key}). "
    "Until that is known nothing more is undone here, and the incident stays open:"
)
_ARRIVED: Final = f"When the channel answers again, have it asked whether it arrived (its key is {{key}}). Or {_SETTLE}"
_TAKE_BACK: Final = (
    "When what stood against it is gone, have it tried again (its key is {key}). "
    "Until then nothing more is undone here, and the incident stays open:"
)


def in_words(task: TimelineRow) -> tuple[str, str, tuple[str, ...]]:
    """Of a ``task_opened``: why a person is needed, what to do, and the commands for that."""
    why, step, named = (str(task.data.get(name, "")) for name in ("why", "step", "task"))
    told = _WHY.get(why, "{step}: " + why + ".").format(step=wording.step(step))
    told = told[:1].upper() + told[1:]
    key = f"{task.incident_id}/{named.partition(':')[2]}"
    again = f"amends retry {short(task.incident_id)} {named}"
    off = f'amends cancel {short(task.incident_id)} --reason "…"'
    match why:
        case "outcome_unknown" if wording.message_of(step):  # a message holds nothing up
            return told, _ARRIVED.format(key=key), (again, off)
        case "outcome_unknown":
            return told, _ASK.format(key=key), (again,)
        case "undo_failed":
            return told, _TAKE_BACK.format(key=key), (again,)
        case "no_plan_left":
            return told, _PLANS, (again, off)
        case _:
            return told, _REFUSED, (again, off)
