import pytest

from runbooks.language.problems import RunbookErrors
from runbooks.language.texts import Texts
from tests.runbooks.builders import compiled, small, texts


def told(**languages: str) -> list[str]:
    with pytest.raises(RunbookErrors) as caught:
        compiled(small(), messages=texts(**languages))
    return [str(problem) for problem in caught.value.problems]


def test_a_message_that_is_missing_in_a_language_is_told_where_it_is_used() -> None:
    assert told(zh="other: {subject: a, body: b}") == [
        "late_parcel.yaml:16:37: the message 'sorry' is missing in zh; write it in zh.yaml"
    ]


def test_a_placeholder_that_is_no_fact_is_told_where_it_is_written() -> None:
    assert told(en="sorry:\n  subject: Hello {customer.nmae}\n  body: Order {report.ordr_id}") == [
        "en.yaml:2:12: the placeholder {customer.nmae} is no fact of late_parcel.yaml, which sends this message on "
        "line 16; did you mean 'customer.name'?",
        "en.yaml:3:9: the placeholder {report.ordr_id} is no fact of late_parcel.yaml, which sends this message on "
        "line 16; did you mean 'report.order_id'?",
    ]


@pytest.mark.parametrize("body", ["Order {report.order_id", "Order report.order_id}", "{{report.order_id}}"])
def test_a_brace_that_stands_alone_is_told(body: str) -> None:
    assert told(en=f"sorry: {{subject: a, body: '{body}'}}") == [
        "en.yaml:1:27: a brace stands alone; a placeholder is written like {report.order_id}"
    ]


def test_the_mistakes_of_all_languages_are_told_at_once() -> None:
    with pytest.raises(RunbookErrors) as caught:
        texts(en="sorry: {subject: a, bdy: b}", zh="sorry: {subject: 5, body: b}")

    assert [str(problem) for problem in caught.value.problems] == [
        "en.yaml:1:8: `body` is missing; add it",
        "en.yaml:1:21: unknown key 'bdy'; did you mean 'body'?",
        "zh.yaml:1:18: 5 must be text; put it in quotation marks",
    ]


def test_a_bundle_carries_only_the_messages_it_sends_and_the_facts_they_name() -> None:
    both = texts(
        en="sorry: {subject: Sorry, body: '{customer.name}: {order.total}'}\nother: {subject: a, body: b}",
        zh="sorry: {subject: '{report.order_id}', body: 抱歉}\nother: {subject: a, body: b}",
    )

    bundle = compiled(small(), messages=both)

    assert set(bundle.messages) == {"sorry"}
    assert bundle.messages["sorry"]["zh"].body == "抱歉"
    (step,) = bundle.program.action[0].steps
    assert step.kind == "tell"
    assert step.values == ("order.total", "report.order_id")


def test_a_message_that_stands_in_two_files_of_a_language_is_told_with_both_places() -> None:
    text = "sorry: {subject: a, body: b}"
    with pytest.raises(RunbookErrors) as caught:
        Texts({"en": [("en/first.yaml", text), ("en/second.yaml", f"\n{text}")], "zh": [("zh/first.yaml", text)]})

    assert [str(problem) for problem in caught.value.problems] == [
        "en/second.yaml:2:1: the message 'sorry' stands in en/first.yaml already; take out one of the two"
    ]


def test_a_message_that_is_missing_is_to_be_written_in_the_file_of_the_same_name() -> None:
    files = {
        "en": [("messages/en/payment.yaml", "sorry: {subject: a, body: b}")],
        "zh": [("messages/zh/other.yaml", "x: {subject: a, body: b}")],
    }

    assert Texts(files).missing("sorry") == (
        "the message 'sorry' is missing in zh; write it in messages/zh/payment.yaml"
    )
