from runbooks.language.salvage import respelt, salvage
from runbooks.language.step_shapes import Unreadable


def test_an_unknown_key_goes_alone_and_other_mistakes_take_their_step() -> None:
    data = {"stages": {"report": [{"do": "a", "save_as": "x", "whn": 1}, {"ask": "b", "save_as": "y"}]}, "sla": 5}

    rest, lost = salvage(
        data,
        [
            ("extra_forbidden", ("stages", "report", 0, "whn")),
            ("missing", ("stages", "report", 1)),
            ("model_type", ("sla",)),
        ],
    )

    assert rest == {"stages": {"report": [{"do": "a", "save_as": "x"}, Unreadable()]}}
    assert lost == {"y"}
    assert data["sla"] == 5


def test_a_mistake_within_a_together_takes_only_the_inner_step() -> None:
    steps = [{"together": [{"tel": 1}, {"tell": "customer"}]}]
    data = {"stages": {"action": [{"plan": "p", "steps": steps}]}}

    rest, _ = salvage(data, [("no_step", ("stages", "action", 0, "steps", 0, "together", 0))])

    assert rest["stages"]["action"][0]["steps"][0]["together"] == [Unreadable(), {"tell": "customer"}]


def test_a_mistake_elsewhere_stays() -> None:
    data = {"runbook": 5, "stages": {"action": [{"plan": "P", "steps": []}]}}

    rest, lost = salvage(data, [("string_type", ("runbook",)), ("string_pattern", ("stages", "action", 0, "plan"))])

    assert rest == data
    assert lost == frozenset()


def test_a_misspelt_key_is_taken_for_another_in_its_place() -> None:
    data = {"stages": {"report": [{"do": "a", "savas": "x", "when": "y"}]}}

    rest = respelt(data, ("stages", "report", 0, "savas"), "save_as")

    assert rest is not None
    assert list(rest["stages"]["report"][0].items()) == [("do", "a"), ("save_as", "x"), ("when", "y")]
    assert "savas" in data["stages"]["report"][0]


def test_a_key_that_is_there_already_is_not_written_over() -> None:
    assert respelt({"sla": 1, "slaa": 2}, ("slaa",), "sla") is None
