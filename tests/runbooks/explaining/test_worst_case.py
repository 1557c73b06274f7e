"""The longest way, told apart from a search through all ways, from its own laws, and from the engine itself."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import product
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from amends.models import Party, Severity
from amends.timeline import EntryKind
from runbooks.catalogue import EFFECT_RETRY, READ_RETRY, Retry
from runbooks.explaining.items import (
    ApproveItem,
    AskItem,
    DecideItem,
    DoItem,
    Item,
    MeasureItem,
    PlanItem,
    RoundsItem,
    TellItem,
    Then,
    TogetherItem,
    WaitItem,
)
from runbooks.explaining.reading import explanation_of
from runbooks.explaining.worst_case import longest, longest_action, trouble
from runbooks.language.reading import read_runbook
from runbooks.language.shelf import Shelf
from runbooks.language.source import Source
from runbooks.language.texts import LANGUAGES, Texts
from tests.runbooks.builders import RATES
from tests.runbooks.explaining.builders import MAYBE, approved, asked, awaited, done, hours, plan, rounds, together
from tests.runbooks.random_runbooks import MESSAGES, as_yaml, random_runbook
from tests.runbooks.test_random_runbooks import PEOPLE, checked, follow
from tests.workflows.builders import START

LOW = Severity.LOW
NOTHING = timedelta(0)

_few_hours = st.integers(1, 30)
_only_if = st.sampled_from([None, MAYBE])
_simple: st.SearchStrategy[Item] = st.one_of(
    st.builds(lambda may_fail, only_if: done(may_fail=may_fail, only_if=only_if), st.booleans(), _only_if),
    st.builds(
        lambda within, after, only_if: asked(within, after=after, only_if=only_if), _few_hours, _few_hours, _only_if
    ),
    st.builds(lambda at_most, only_if: awaited(at_most, only_if=only_if), _few_hours, _only_if),
    st.builds(lambda within, may_fail: approved(within, may_fail=may_fail), _few_hours, st.booleans()),
)
_items: st.SearchStrategy[Item] = st.one_of(
    _simple,
    _simple,
    st.builds(lambda inner: together(*inner), st.lists(_simple, min_size=2, max_size=2)),
    st.builds(lambda inner: rounds(2, *inner), st.lists(_simple, min_size=1, max_size=2)),
)
_sequences = st.lists(_items, min_size=1, max_size=3)


@st.composite
def _plans(draw: st.DrawFn) -> list[PlanItem]:
    """Up to three plans, the last of which has no condition."""
    bodies = draw(st.lists(st.lists(_items, min_size=1, max_size=2), min_size=1, max_size=3))
    *first, last = [plan(*items, only_if=draw(_only_if)) for items in bodies]
    return [*first, last.model_copy(update={"only_if": None})]


def test_what_follows_adds_up_and_of_what_runs_at_once_the_longest_counts() -> None:
    items: list[Item] = [awaited(5), together(awaited(24), asked(8, after=20)), rounds(3, asked(2), awaited(1)), done()]

    assert longest(items, LOW) == hours(5 + 28 + 9)


def test_a_clock_that_stops_for_a_party_does_not_count_its_time() -> None:
    items: list[Item] = [asked(8, after=20), awaited(5), awaited(7, of=Party.CUSTOMER), approved(4)]

    assert longest(items, LOW, paused=frozenset({Party.CUSTOMER})) == hours(20 + 5 + 4)


def test_plans_that_fail_count_up_to_their_last_step_that_may_fail() -> None:
    first = plan(awaited(10), done(may_fail=True), awaited(3), only_if=MAYBE)
    second = plan(approved(4, may_fail=True), awaited(1), only_if=MAYBE)
    last = plan(awaited(20))

    assert longest_action([first, second, last], LOW) == hours(10 + 4 + 20)


def test_what_stands_below_a_plan_that_is_always_open_and_cannot_fail_never_counts() -> None:
    assert longest_action([plan(awaited(1)), plan(awaited(100))], LOW) == hours(1)


def test_a_plan_may_come_behind_one_below_it_whose_condition_turned() -> None:
    first = plan(awaited(100), only_if=MAYBE)
    last = plan(awaited(5), done(may_fail=True))

    assert longest_action([first, last], LOW) == hours(105)


@given(_plans())
@settings(max_examples=200, deadline=None)
def test_the_longest_action_is_what_a_search_through_all_ways_finds(plans: list[PlanItem]) -> None:
    assert longest_action(plans, LOW) == max(_searched(plans, frozenset(range(len(plans)))))


@given(_sequences)
def test_the_longest_sequence_is_what_a_search_through_all_ways_finds(items: list[Item]) -> None:
    assert longest(items, LOW) == max(elapsed for elapsed, failed in _ways(items) if not failed)


@given(_sequences)
def test_at_once_never_takes_longer_than_one_after_another(items: list[Item]) -> None:
    assert longest([together(*items)], LOW) <= longest(items, LOW)


@given(_sequences, _items, st.integers(0, 3))
def test_one_more_step_never_makes_it_shorter(items: list[Item], more: Item, at: int) -> None:
    assert longest([*items[:at], more, *items[at:]], LOW) >= longest(items, LOW)


@given(_plans(), _items)
def test_one_more_step_at_a_plan_s_end_never_makes_the_action_shorter(plans: list[PlanItem], more: Item) -> None:
    longer = [*plans[:-1], plans[-1].model_copy(update={"items": (*plans[-1].items, more)})]

    assert longest_action(longer, LOW) >= longest_action(plans, LOW)


@given(_plans())
def test_a_clock_that_stops_never_counts_more(plans: list[PlanItem]) -> None:
    paused = frozenset({Party.CUSTOMER})

    assert longest_action(plans, LOW, paused=paused) <= longest_action(plans, LOW)


@pytest.mark.parametrize(
    ("retry", "over"),
    [
        (Retry(attempts=1), timedelta(seconds=30)),
        (Retry(attempts=3, first=timedelta(seconds=10), longest=timedelta(seconds=15)), timedelta(seconds=90 + 25)),
        (EFFECT_RETRY, timedelta(minutes=24, seconds=31)),
        (READ_RETRY, None),
    ],
)
def test_trouble_lasts_for_all_tries_and_the_waits_between_them(retry: Retry, over: timedelta | None) -> None:
    assert trouble(retry, timedelta(seconds=30)) == over


_LINES = "\n".join(f"{key}: {{subject: s, body: 'about {body}'}}" for key, body in MESSAGES.items())
_TEXTS = Texts({language: [(f"{language}.yaml", _LINES)] for language in LANGUAGES})


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.integers(0, 100_000))
def test_no_incident_of_the_engine_takes_longer_whatever_the_world_answers(seed: int) -> None:
    bundle = checked(Random(seed))  # noqa: S311 - not for secrets
    assume(bundle is not None)
    assert bundle is not None
    runbook = read_runbook(Source("random.yaml", as_yaml(random_runbook(Random(seed))))).runbook  # noqa: S311
    assert runbook is not None
    worst = explanation_of(runbook, Shelf(_TEXTS, RATES, PEOPLE)).worst

    incident = follow(bundle, Random(seed + 1), events=60)  # noqa: S311

    # what people take for tasks has no limit, and what is asked anew is told beside the limits
    beyond = (EntryKind.TASK_OPENED, EntryKind.APPROVAL_WITHDRAWN)
    until = next((each.occurred_at for each in incident.entries if each.kind in beyond), incident.now)
    assert until - START <= max(worst.closed.by.values())


def _ways(items: Sequence[Item]) -> set[tuple[timedelta, bool]]:
    """Every way through a sequence, with each limit used up or not at all: how long it took, and whether it failed."""
    ways = {(NOTHING, False)}
    for item in items:
        ways = {
            (before + own, failed or fails)
            for before, failed in ways
            for own, fails in ({(NOTHING, True)} if failed else _ways_of(item))
        }
    return ways


def _ways_of(item: Item) -> set[tuple[timedelta, bool]]:
    skipped = {(NOTHING, False)} if getattr(item, "only_if", None) is not None else set()
    match item:
        case DoItem():
            fails = item.refusal is not None and item.refusal.then is Then.PLAN_FAILS
            return {(NOTHING, False)} | ({(NOTHING, True)} if fails else set())
        case AskItem():
            after = item.after.of(LOW) if item.after else NOTHING
            return skipped | {(after + item.within.of(LOW), False)}
        case WaitItem():
            return skipped | {(NOTHING, False), (item.at_most.of(LOW), False)}
        case ApproveItem():
            fails = item.rejected.then is Then.PLAN_FAILS
            return {(item.within.of(LOW), False)} | ({(item.within.of(LOW), True)} if fails else set())
        case TogetherItem():
            return {_at_once(each) for each in product(*map(_ways_of, item.items))}
        case RoundsItem():
            return {way for number in range(1, item.most + 1) for way in _ways(list(item.items) * number)}
        case TellItem() | DecideItem() | MeasureItem():
            return {(NOTHING, False)}


def _at_once(ways: tuple[tuple[timedelta, bool], ...]) -> tuple[timedelta, bool]:
    """The first that fails ends it; otherwise the last to be done."""
    failing = [elapsed for elapsed, failed in ways if failed]
    return (min(failing), True) if failing else (max(elapsed for elapsed, _ in ways), False)


def _searched(plans: list[PlanItem], left: frozenset[int]) -> set[timedelta]:
    """Every way through the plans that are left, whichever conditions hold at each choice."""
    found = set()
    for index in sorted(left):
        for elapsed, failed in _ways(plans[index].items):
            rest = left - {index}
            found |= {elapsed + after for after in _searched(plans, rest)} if failed and rest else {elapsed}
        if plans[index].only_if is None:
            break  # nothing below it is tried while it is left
    return found
