"""What holds for every effect and every refusal, whichever implementation of the ports carries it out."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from amends.connectors.shop import CALLS
from amends.errors import KeyReused, Refused, Trouble
from amends.models import plain
from runbooks.catalogue import CATALOGUE
from tests.amends.connectors.cases import EFFECTS, MORE_EFFECTS, REFUSALS, Case
from tests.amends.connectors.worlds import World

each_effect = pytest.mark.parametrize("case", [*EFFECTS, *MORE_EFFECTS], ids=str)
each_kind_of_effect = pytest.mark.parametrize("case", EFFECTS, ids=str)
"""Of what the door does around every effect, these show enough."""
each_refusal = pytest.mark.parametrize("case", REFUSALS, ids=str)


def test_every_call_of_the_catalogue_is_a_call_of_the_ports_and_the_other_way_round() -> None:
    recalls = {f"{name.partition('.')[0]}.recall" for name in CATALOGUE}
    asked_by_amends_itself = {"orders.worth", "ledger.given", "people.channels", "people.page"}

    assert set(CATALOGUE) | recalls | asked_by_amends_itself == CALLS


def test_every_effect_and_every_refusal_of_the_catalogue_has_a_case() -> None:
    effects = {name for name, spec in CATALOGUE.items() if spec.effect}
    refusals = {(name, reason) for name, spec in CATALOGUE.items() for reason in spec.refusals}

    assert {case.step.name for case in (*EFFECTS, *MORE_EFFECTS)} == effects
    assert {(case.step.name, case.reason) for case in REFUSALS} == refusals


@each_effect
def test_an_effect_changes_the_world_once_for_its_key(world: World, case: Case) -> None:
    case.prepare(world)
    before = world.seen()

    first = case.step.on(world, key="once")
    after = world.seen()
    second = case.step.on(world, key="once")

    assert after != before
    assert second == first
    assert world.seen() == after


@each_effect
def test_a_key_with_other_arguments_is_refused_as_reused_and_changes_nothing(world: World, case: Case) -> None:
    case.prepare(world)
    case.step.on(world, key="once")
    after = world.seen()
    name, value = next(iter(case.step.args.items()))

    with pytest.raises(KeyReused, match="once"):
        world.call(case.step.name, key="once", **{**case.step.args, name: f"{value}x"})

    assert world.seen() == after


def test_a_key_of_another_call_is_reused_even_with_equal_arguments(world: World) -> None:
    world.call("inventory.reserve", key="once", parcel_id="PC-1001-1")

    with pytest.raises(KeyReused):
        world.call("shipping.file_claim", key="once", parcel_id="PC-1001-1")

    assert world.shop.claims("SO-1001") == []


@each_kind_of_effect
def test_eight_threads_with_one_key_do_it_once_and_get_one_answer(world: World, case: Case) -> None:
    case.prepare(world)
    before = world.seen()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: case.step.on(world, key="once"), range(8)))

    raced = world.seen()
    assert raced != before
    assert all(len(raced[table]) - len(rows) <= 1 for table, rows in before.items())
    assert all(answer == answers[0] for answer in answers)
    assert case.step.on(world, key="once") == answers[0]
    assert world.seen() == raced


@each_kind_of_effect
def test_trouble_before_an_effect_leaves_it_to_be_done_once_with_the_same_key(world: World, case: Case) -> None:
    case.prepare(world)
    before = world.seen()
    world.shop.fault(call=case.step.name, kind="trouble", times=2)

    for _ in range(2):
        with pytest.raises(Trouble):
            case.step.on(world, key="once")
    troubled = world.seen()
    answer = case.step.on(world, key="once")

    after = world.seen()
    assert troubled == before
    assert after != before
    assert case.step.on(world, key="once") == answer
    assert world.seen() == after


@each_kind_of_effect
def test_trouble_after_an_effect_has_done_it_and_the_same_key_only_gets_the_answer(world: World, case: Case) -> None:
    case.prepare(world)
    before = world.seen()
    world.shop.fault(call=case.step.name, kind="trouble_after")

    with pytest.raises(Trouble):
        case.step.on(world, key="once")
    troubled = world.seen()
    case.step.on(world, key="once")

    assert troubled != before
    assert world.seen() == troubled


@each_refusal
def test_a_refusal_names_its_reason_and_changes_nothing(world: World, case: Case) -> None:
    case.prepare(world)
    before = world.seen()

    with pytest.raises(Refused) as refused:
        case.step.on(world, key="refused")

    assert refused.value.reason == case.reason
    assert world.seen() == before


@each_kind_of_effect
def test_an_effect_that_was_refused_may_be_asked_for_again_with_the_same_key(world: World, case: Case) -> None:
    case.prepare(world)
    before = world.seen()
    world.shop.fault(call=case.step.name, kind="refuse", reason="NotToday")

    with pytest.raises(Refused) as refused:
        case.step.on(world, key="again")
    unchanged = world.seen()
    case.step.on(world, key="again")

    assert refused.value.reason == "NotToday"
    assert unchanged == before
    assert world.seen() != before


@each_effect
def test_a_system_that_is_asked_says_what_a_call_with_the_key_has_done(world: World, case: Case) -> None:
    case.prepare(world)
    done = case.step.on(world, key="once")
    after = world.seen()

    recalled = world.call(f"{case.step.name.partition('.')[0]}.recall", key="asking", of="once")

    assert recalled.done
    assert recalled.result == ({} if done is None else plain(done))
    assert world.seen() == after


@each_kind_of_effect
def test_a_key_that_was_asked_about_before_it_came_is_closed(world: World, case: Case) -> None:
    case.prepare(world)
    before = world.seen()
    system = case.step.name.partition(".")[0]

    first = world.call(f"{system}.recall", key="asking", of="once")
    with pytest.raises(KeyReused, match="once"):
        case.step.on(world, key="once")
    second = world.call(f"{system}.recall", key="asking", of="once")

    assert (first.done, second.done) == (False, False)
    assert world.seen() == before
