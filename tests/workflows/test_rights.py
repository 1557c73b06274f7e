"""Who may do what: each act, from each kind of actor, against the table and against what a bundle says instead."""

from typing import get_args

import pytest

from amends.models import Actor, ActorKind
from runbooks.rights import RIGHTS, ActName, Who
from tests.workflows.bench import person
from tests.workflows.builders import Incident
from tests.workflows.test_pairs import every_act, to_approve
from workflows import acts, contract, rights
from workflows.events import Act
from workflows.state import State

TEAM = "'an', 'chen', 'dai', 'fang', 'mei' could"
ROBOT = Actor(kind=ActorKind.SYSTEM, id="robot")


def names(incident: Incident) -> dict[ActName, Act]:
    """One act of each name."""
    made = every_act(incident, "an", "k").values()
    return {ActName(acts.handled_as(act).partition(":")[0]): act for act in made}


def without_people(state: State) -> State:
    return state.model_copy(update={"bundle": state.bundle.model_copy(update={"roles": {}})})


def with_right(state: State, act: ActName, who: object) -> State:
    return state.model_copy(update={"bundle": state.bundle.model_copy(update={"may": {act: who}})})


def test_every_act_has_its_right_and_its_update() -> None:
    incident = to_approve()

    assert set(RIGHTS) == set(ActName) == set(names(incident))
    assert {type(act) for act in names(incident).values()} == set(get_args(Act))
    assert all(getattr(contract, act.name) == act.value for act in ActName)


@pytest.mark.parametrize("act", ActName)
def test_each_act_is_refused_to_whom_it_is_not_for(act: ActName) -> None:
    state = to_approve().state
    stranger = person("cook")

    assert rights.refusal(state, act, person("an")) is None
    match RIGHTS[act]:
        case Who.ANYONE:
            assert rights.refusal(state, act, stranger) is None
            assert rights.refusal(state, act, ROBOT) is None
        case Who.PERSON:
            assert rights.refusal(state, act, stranger) is None
            assert rights.refusal(state, act, ROBOT) == "only a person can do that, and 'robot' is none"
        case _:
            what = f"cannot {act.value.replace('_', ' ')}"
            assert rights.refusal(state, act, stranger) == f"'cook' has no role here, and {what}; {TEAM}"
            assert rights.refusal(state, act, ROBOT) == f"only a person can do that, and 'robot' is none; {TEAM}"


@pytest.mark.parametrize("act", ActName)
def test_a_company_may_say_otherwise_of_each_act(act: ActName) -> None:
    state = with_right(to_approve().state, act, ("lead",))

    assert rights.refusal(state, act, person("chen")) is None
    why = f"'an' is not of 'lead', and cannot {act.value.replace('_', ' ')}; 'chen', 'mei' could"
    assert rights.refusal(state, act, person("an")) == why
    assert rights.refusal(with_right(state, act, Who.ANYONE), act, ROBOT) is None


@pytest.mark.parametrize("act", ActName)
def test_without_roles_any_person_is_of_the_team_and_no_machine_is(act: ActName) -> None:
    state = without_people(to_approve().state)

    assert rights.refusal(state, act, person("cook")) is None
    assert (rights.refusal(state, act, ROBOT) is None) is (RIGHTS[act] is Who.ANYONE)


@pytest.mark.parametrize("act", [act for act in ActName if RIGHTS[act] is not Who.ANYONE])
def test_who_has_no_right_changes_nothing(act: ActName) -> None:
    incident = to_approve()
    tried = names(incident)[act].model_copy(update={"actor": ROBOT})
    before = incident.state.model_copy(deep=True)

    incident.take(tried)

    assert "only a person can do that" in str(incident.state.handled[acts.handled_as(tried)].refused)
    assert incident.state.model_dump(exclude={"handled"}) == before.model_dump(exclude={"handled"})
