"""The longest way of a runbook, added up for its stages and held against its promises."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

from amends.models import Party, Severity, Stage
from runbooks.catalogue import CATALOGUE, TELLING
from runbooks.explaining.items import AskItem, DoItem, Item, MeasureItem, TellItem, Times, WaitItem, walk
from runbooks.explaining.model import Held, Promises, StageItem, Trouble, WorstCase
from runbooks.explaining.worst_case import NOTHING, longest, longest_action, trouble
from runbooks.policy import GoalName

_NO_PAUSE: frozenset[Party] = frozenset()
_UNTIL_RESOLVED = (Stage.REPORT, Stage.ANALYSIS, Stage.ACTION)
_MEASURED = {
    GoalName.ANALYSIS: (Stage.ANALYSIS,),
    GoalName.ACTION: (Stage.ACTION,),
    GoalName.RESOLVE: _UNTIL_RESOLVED,
}
"""The stages that a goal spans. The other goals are about what people and messages do, not about how long it takes."""


def worst_case_of(stages: tuple[StageItem, ...], promises: Promises, severities: tuple[Severity, ...]) -> WorstCase:
    """The longest way by stage and severity, what of it counts for each goal, and how trouble is met."""

    def over(chosen: tuple[Stage, ...]) -> Times:
        return Times(by={severity: _over(stages, chosen, severity, _NO_PAUSE) for severity in severities})

    return WorstCase(
        stages=tuple((each.stage, over((each.stage,))) for each in stages),
        resolved=over(_UNTIL_RESOLVED),
        closed=over(tuple(Stage)),
        held=tuple(_held(stages, promises, severities)),
        trouble=_trouble(stages),
    )


def _over(
    stages: tuple[StageItem, ...], chosen: tuple[Stage, ...], severity: Severity, paused: frozenset[Party]
) -> timedelta:
    parts = (
        longest_action(each.plans, severity, paused=paused)
        if each.stage is Stage.ACTION
        else longest(each.items, severity, paused=paused)
        for each in stages
        if each.stage in chosen
    )
    return sum(parts, NOTHING)


def _held(stages: tuple[StageItem, ...], promises: Promises, severities: tuple[Severity, ...]) -> Iterator[Held]:
    for goal in promises.goals:
        if goal.name not in _MEASURED:
            continue
        for severity in severities:
            yield Held(
                goal=goal.name,
                severity=severity,
                within=goal.within.of(severity),
                longest=_over(stages, _MEASURED[goal.name], severity, frozenset(promises.pauses)),
                working_time=goal.calendar is not None,
            )


def _trouble(stages: tuple[StageItem, ...]) -> tuple[Trouble, ...]:
    """Those that are met alike, those with an end first."""
    called = sorted({name for stage in stages for item in all_items(stage) for name in _calls(item)})
    met = [
        (CATALOGUE[name].retry.attempts, trouble(CATALOGUE[name].retry, CATALOGUE[name].within), name)
        for name in called
    ]
    ordered = sorted(met, key=lambda each: (each[1] is None, each[1] or NOTHING, each[0]))
    return tuple(
        Trouble(attempts=attempts, over=limit, activities=tuple(name for _, _, name in alike))
        for (attempts, limit), alike in groupby(ordered, key=lambda each: each[:2])
    )


def all_items(stage: StageItem) -> tuple[Item, ...]:
    """Every item of a stage, whatever it stands in."""
    return (*walk(stage.items), *(item for plan in stage.plans for item in walk(plan.items)))


def _calls(item: Item) -> list[str]:
    match item:
        case DoItem():
            return [item.activity, *([item.undone_by] if item.undone_by else [])]
        case MeasureItem():
            return [item.activity, item.lift]
        case TellItem() | AskItem():
            return [TELLING[item.to]] if item.to in TELLING else []
        case WaitItem():
            return [item.look.activity] if item.look else []
        case _:
            return []
