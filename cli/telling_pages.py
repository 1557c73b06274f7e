"""Who was paged, who took it on, and when it goes up, in sentences."""

from typing import Literal, assert_never

from amends.timeline import EntryKind
from cli import wording
from cli.said import TASKS, Said

Kind = Literal[
    EntryKind.PAGE_REQUESTED,
    EntryKind.PAGE_SENT,
    EntryKind.PAGE_FAILED,
    EntryKind.PAGE_HELD,
    EntryKind.LADDER_RAISED,
    EntryKind.LADDER_EXHAUSTED,
    EntryKind.LADDER_STOPPED,
    EntryKind.ACKNOWLEDGED,
    EntryKind.ESCALATION_REQUESTED,
    EntryKind.SNOOZE_REQUESTED,
]
"""The kinds of entries that are told here."""

_RESULTS = {
    "joined": "has a page about the same cause",
    "refused": "refused",
    "failed": "not reached",
    "no_channel": "nobody has said how to reach them",
}
_STOPPED = {
    "nothing_owed": "no person owes a move",
    "ended": "the incident ends",
    "no_ladder": "the runbook has no ladder any more",
}


def tell(kind: Kind, said: Said) -> str:
    """The sentence of what became of paging people."""
    match kind:
        case EntryKind.PAGE_REQUESTED:
            at = f"{wording.role(said['role'])}, level {said['level']} of {said['levels']}"
            return f"Paged {_people(said)} ({at}): {said.owed}."
        case EntryKind.PAGE_SENT:
            return f"The page is out{_results(said)}."
        case EntryKind.PAGE_FAILED:
            return f"The page has reached nobody{_results(said) or said.refusal or said.maybe(' ({})', 'trouble')}."
        case EntryKind.PAGE_HELD:
            why = {"quiet": "in its quiet hours", "snoozed": "put off"}.get(said["why"], said["why"])
            return f"Not paged before {said['until']}, {why}: {wording.role(said['role'])}."
        case EntryKind.LADDER_RAISED:
            return f"Those of level {said['level']} are paged: {_raised(said)}."
        case EntryKind.LADDER_EXHAUSTED:
            times = "once" if said["pages"] == "1" else f"{said['pages']} times"
            return f"Nobody acknowledges: the top, level {said['level']}, was paged {times}. Paging goes on."
        case EntryKind.LADDER_STOPPED:
            return f"Nobody is paged any more: {_STOPPED.get(said['why'], said['why'])}."
        case EntryKind.ACKNOWLEDGED:
            return f"{said.actor} acknowledged it{said.maybe(': {}', 'note')}."
        case EntryKind.ESCALATION_REQUESTED:
            return f"{said.actor} wants those a level higher: {said['reason']}."
        case EntryKind.SNOOZE_REQUESTED:
            return f"{said.actor} put the paging off until {said['until']}: {said['reason']}."
        case _:
            assert_never(kind)


def _people(said: Said) -> str:
    people = said.many("people")
    return " and ".join(people) if people else "nobody, for nobody is on duty"


def _raised(said: Said) -> str:
    match said["why"]:
        case "breach":
            return f"not kept is {wording.goal(said['what'])}"
        case "escalate":
            return f"{said['what']} wants it"
        case why:
            return TASKS.get(why, why)


def _results(said: Said) -> str:
    """What became of it, channel by channel."""
    told = [_result(each) for each in said.objects("result", "pages")]
    return f": {', '.join(told)}" if told else ""


def _result(page: dict[str, str]) -> str:
    person, result = page.get("person", "?"), page.get("result", "")
    over = f" over {page['channel']}" if page.get("channel") else ""
    if result == "sent":
        return f"{person}{over}"
    detail = f", {page['detail']}" if page.get("detail") and result != "joined" else ""
    return f"{person}{over} ({_RESULTS.get(result, result)}{detail})"
