"""What a page says."""

from typing import Literal

import pytest

from amends.models import Severity
from amends.paging.wording import worded
from tests.amends.paging.rig import PAGE
from workflows.state import Why


def test_a_page_says_what_why_by_when_and_what_to_type() -> None:
    assert worded(PAGE, language="en").whole == (
        "[critical] Lost parcel SO-1001\n"
        "Why: something could not be undone\n"
        "By: 2026-11-23T12:00Z\n"
        "Level 2 of 3, logistics_lead\n"
        "amends show 09e8ed54\n"
        "amends ack 09e8ed54"
    )


def test_what_is_not_known_is_left_out_and_a_word_that_is_new_is_said_as_it_is() -> None:
    page = PAGE.model_copy(
        update={"order_id": None, "due_at": None, "why": "left_alone", "title": {}, "severity": Severity.LOW}
    )

    text = worded(page, language="zh")

    assert text.subject == "[低] lost_parcel"
    assert text.body.splitlines()[:2] == ["原因：left alone", "第 2 级，共 3 级，logistics_lead"]


def test_a_title_in_another_language_is_better_than_none() -> None:
    assert "Lost parcel" in worded(PAGE.model_copy(update={"title": {"en": "Lost parcel"}}), language="zh").subject


def test_a_test_says_that_it_is_one() -> None:
    page = PAGE.model_copy(update={"test": True})

    assert "Nothing is wrong" in worded(page, language="en").whole
    assert "无需处理" in worded(page, language="zh").whole
    assert "SO-1001" not in worded(page, language="en").whole


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("why", [*Why, "approval", "breach", "unacknowledged", "escalated"])
def test_every_reason_to_page_somebody_has_its_words(why: str, language: Literal["en", "zh"]) -> None:
    first = worded(PAGE.model_copy(update={"why": str(why)}), language=language).body.splitlines()[0]

    said_as_it_is = str(why).replace("_", " ")
    assert first not in (f"Why: {said_as_it_is}", f"原因：{said_as_it_is}")
