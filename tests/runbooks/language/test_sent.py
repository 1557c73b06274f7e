"""What a message names is held against the step that sends it."""

import pytest

from amends.connectors.facts.orders import Order
from runbooks.language.compiler import Examined, examine
from runbooks.language.problems import Weight
from tests.runbooks.builders import RATES, REFERENCE, small, texts

TELL = "        - {tell: customer, message: sorry}\n"
ASK = (
    "        - {ask: customer, question: sorry, choices: [yes, no], answer_within: LIMIT, if_silent: skip, "
    "save_as: choice}\n"
)
SHIP = "        - {do: shipping.create_shipment, undo: shipping.cancel_shipment}\n"
LATER = "{critical: 4h, high: 4h, medium: 2d, low: 2d}"


def examined(steps: str, **bodies: str) -> Examined:
    """The small runbook with these steps in its plan; the message has these bodies by language."""
    files = {language: f"sorry:\n  subject: s\n  body: '{body}'\n" for language, body in bodies.items()}
    text = small((TELL, steps))
    return examine(file="late_parcel.yaml", text=text, texts=texts(**files), rates=RATES, reference=REFERENCE)


def problems(found: Examined, weight: Weight) -> list[str]:
    return [
        f"{each.file}:{each.line}:{each.column}: {each.message}" for each in found.problems if each.severity is weight
    ]


def test_a_question_may_name_how_long_its_answer_is_awaited() -> None:
    found = examined(ASK.replace("LIMIT", "1d"), en="within {answer_within}", zh="{answer_within}内")

    assert found.problems == ()
    assert found.bundle is not None
    (step,) = found.bundle.program.action[0].steps
    assert step.kind == "ask"
    assert step.values == (), "it is no fact"


def test_a_message_that_is_only_told_has_no_answer_to_await() -> None:
    found = examined(TELL, en="within {answer_within}")

    assert problems(found, Weight.ERROR) == [
        "en.yaml:3:9: {answer_within} is how long an answer is awaited, and late_parcel.yaml only tells this message "
        "on line 16; take it out, or send the message as the `question` of an `ask`"
    ]
    assert found.bundle is None


def test_a_question_with_a_misspelt_limit_is_told_what_was_meant() -> None:
    (problem,) = problems(examined(ASK.replace("LIMIT", "1d"), en="within {answer_witin}"), Weight.ERROR)

    assert problem.endswith("which sends this message on line 16; did you mean 'answer_within'?")


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("1d", "but the answer is awaited for 24h on line 16 of late_parcel.yaml"),
        (LATER, "but the answer is awaited for 4h or 48h on line 16 of late_parcel.yaml"),
        ("2d", "which is as long as the answer is awaited now, on line 16 of late_parcel.yaml"),
    ],
)
def test_a_question_that_writes_out_a_time_gets_a_warning_in_each_language(limit: str, said: str) -> None:
    found = examined(ASK.replace("LIMIT", limit), en="within 48 hours", zh="请在两天内")

    assert problems(found, Weight.ERROR) == []
    assert problems(found, Weight.WARNING) == [
        f"en.yaml:3:9: this says 48 hours, {said}; write {{answer_within}}",
        f"zh.yaml:3:9: this says 两天, {said}; write {{answer_within}}",
    ]


def test_a_message_that_is_only_told_may_name_times() -> None:
    assert examined(TELL, en="within 48 hours").problems == ()


def test_a_step_cannot_save_a_fact_under_the_name_of_the_limit() -> None:
    named = ASK.replace("LIMIT", "1d").replace("save_as: choice", "save_as: answer_within")

    (problem,) = problems(examined(named), Weight.ERROR)

    assert problem.endswith("'answer_within' is reserved for the incident's own facts; choose another")


@pytest.mark.parametrize(
    ("placeholder", "steps", "mend"),
    [
        ("shipment.tracking_no", SHIP + TELL, "add `save_as: shipment` to `shipping.create_shipment` on line 16"),
        (
            "shipment.tracking_no",
            TELL,
            "a step before sets it, such as `do: shipping.create_shipment` with `save_as: shipment`",
        ),
        (
            "order.qqqqqq",
            TELL,
            f"name one of {', '.join(sorted(f'order.{name}' for name in Order.model_fields))}",
        ),
        ("weather.rain", TELL, "save it with a step before, or take it out"),
    ],
)
def test_a_placeholder_that_nothing_saves_names_the_sending_step_and_the_mend(
    placeholder: str, steps: str, mend: str
) -> None:
    line = 16 + steps.count("\n") - 1

    (problem,) = problems(examined(steps, en=f"by {{{placeholder}}}"), Weight.ERROR)

    says = f"the placeholder {{{placeholder}}} is no fact of late_parcel.yaml, which sends this message on line {line}"
    assert problem == f"en.yaml:3:9: {says}; {mend}"


def test_all_placeholders_of_a_text_are_told_once() -> None:
    found = problems(examined(TELL, en="{a.b} {c.d} {a.b}"), Weight.ERROR)

    assert len(found) == 2


def test_what_an_unknown_activity_would_have_saved_is_not_told_as_well() -> None:
    steps = "        - {do: shipping.creat_shipment, save_as: shipment}\n" + TELL

    (problem,) = problems(examined(steps, en="by {shipment.tracking_no}"), Weight.ERROR)

    assert "there is no activity 'shipping.creat_shipment'" in problem
