"""The whole page: the same in every language."""

from pathlib import Path

import pytest

from runbooks.explaining.page import Grid, Heading, Paragraph, Point, Points, page_of
from runbooks.explaining.reading import explain
from tests.runbooks.explaining.builders import EN, ZH, explained

EVERYTHING = Path(__file__).parents[1] / "good" / "everything.yaml"


@pytest.mark.parametrize("runbook", ["lost_parcel", EVERYTHING], ids=str)
def test_both_languages_say_the_same_things_in_the_same_places(runbook: str | Path) -> None:
    explanation = explain(runbook)

    english, chinese = page_of(explanation, EN), page_of(explanation, ZH)

    assert [_shape(block) for block in english] == [_shape(block) for block in chinese]


def test_a_title_can_hold_what_would_be_markup() -> None:
    explanation = explained(("en: Late parcel", "en: 'Late `x` *parcel*'"))

    assert page_of(explanation, EN)[0] == Heading(level=1, text="Late 'x' *parcel*")


def _shape(block: Heading | Paragraph | Points | Grid) -> object:
    match block:
        case Heading():
            return block.level
        case Paragraph():
            return "paragraph"
        case Points():
            return block.numbered, tuple(map(_depths, block.points))
        case Grid():
            return len(block.rows), len(block.head)


def _depths(point: Point) -> object:
    return tuple(map(_depths, point.points))
