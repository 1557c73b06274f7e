"""How long a runbook may take at most: its longest way, from the limits that it sets itself.

Only waiting counts: waits, questions, approvals. What calls take is short or has limits of its own (``trouble``), and
what people take for their tasks has none. The limits are those of one severity, which may change on the way.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import assert_never

from amends.models import Party, Severity
from runbooks.catalogue import Retry
from runbooks.explaining.items import (
    ApproveItem,
    AskItem,
    DecideItem,
    DoItem,
    Item,
    MeasureItem,
    PlanItem,
    Refusal,
    RoundsItem,
    TellItem,
    Then,
    TogetherItem,
    WaitItem,
)

NOTHING = timedelta(0)


def longest(items: Iterable[Item], severity: Severity, *, paused: frozenset[Party] = frozenset()) -> timedelta:
    """The longest that the items can take one after another. Time in which one of ``paused`` holds the ball does not
    count, as on a clock that stops for them."""
    return sum((_longest(item, severity, paused) for item in items), NOTHING)


def longest_action(
    plans: Sequence[PlanItem], severity: Severity, *, paused: frozenset[Party] = frozenset()
) -> timedelta:
    """The longest that the plans can take: those that fail, each up to its last step that may fail, and one to its
    end. Conditions may turn while plans are tried, so a plan may also come behind one that stands below it; but nothing
    below a plan without a condition is tried before that one has failed."""
    whole = [longest(plan.items, severity, paused=paused) for plan in plans]
    failing = [_until_failing(plan.items, severity, paused) for plan in plans]
    reachable = range(_reachable(plans, failing))
    ways = []
    for last in reachable:
        behind = plans[last].only_if is not None
        others = (failing[index] for index in reachable if index < last or (behind and index > last))
        ways.append(whole[last] + sum((each for each in others if each is not None), NOTHING))
    return max(ways, default=NOTHING)


def trouble(retry: Retry, within: timedelta) -> timedelta | None:
    """The longest that a call can take when it meets trouble every time: all its tries and the waits between them;
    ``None`` if it is tried without an end."""
    if retry.attempts == 0:
        return None
    waits = (min(retry.first * 2**number, retry.longest) for number in range(retry.attempts - 1))
    return sum(waits, within * retry.attempts)


def _longest(item: Item, severity: Severity, paused: frozenset[Party]) -> timedelta:
    match item:
        case DoItem() | TellItem() | DecideItem() | MeasureItem():
            return NOTHING
        case AskItem():
            held_back = item.after.of(severity) if item.after else NOTHING
            return held_back + (NOTHING if item.to in paused else item.within.of(severity))
        case ApproveItem():
            return item.within.of(severity)
        case WaitItem():
            return NOTHING if item.waiting_for in paused else item.at_most.of(severity)
        case TogetherItem():
            return max(_longest(each, severity, paused) for each in item.items)
        case RoundsItem():
            return item.most * longest(item.items, severity, paused=paused)
        case _:
            assert_never(item)


def _until_failing(items: Sequence[Item], severity: Severity, paused: frozenset[Party]) -> timedelta | None:
    """The longest until one of the items can make their plan fail; ``None`` if none can."""
    found, before = None, NOTHING
    for item in items:
        own = _failing(item, severity, paused)
        if own is not None:
            found = before + own if found is None else max(found, before + own)
        before += _longest(item, severity, paused)
    return found


def _failing(item: Item, severity: Severity, paused: frozenset[Party]) -> timedelta | None:
    match item:
        case DoItem():
            return NOTHING if _may_fail(item.refusal) else None
        case MeasureItem():
            return NOTHING if _may_fail(item.refusal) else None
        case ApproveItem():
            return item.within.of(severity) if _may_fail(item.rejected) else None
        case TellItem() | AskItem() | DecideItem() | WaitItem():
            return None
        case TogetherItem():
            inner = [_failing(each, severity, paused) for each in item.items]
            return max((each for each in inner if each is not None), default=None)
        case RoundsItem():
            last = _until_failing(item.items, severity, paused)
            earlier = (item.most - 1) * longest(item.items, severity, paused=paused)
            return None if last is None else earlier + last
        case _:
            assert_never(item)


def _may_fail(refusal: Refusal | None) -> bool:
    return refusal is not None and refusal.then is Then.PLAN_FAILS


def _reachable(plans: Sequence[PlanItem], failing: Sequence[timedelta | None]) -> int:
    """How many plans can come to be tried: none below one that is always open and cannot fail."""
    for index, plan in enumerate(plans):
        if plan.only_if is None and failing[index] is None:
            return index + 1
    return len(plans)
