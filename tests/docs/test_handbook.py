"""The handbook says what the runbooks do."""

from pathlib import Path

import pytest

from runbooks.explaining import handbook
from runbooks.explaining.reading import explain
from runbooks.names import runbook_names

HANDBOOK = Path(__file__).parents[2] / "docs" / "runbooks"


@pytest.mark.parametrize("runbook", runbook_names())
def test_the_pages_of_each_runbook_are_current(runbook: str) -> None:
    for name, text in handbook.pages(explain(runbook)).items():
        written = (HANDBOOK / name).read_text(encoding="utf-8")
        assert written == text, "write them with `amends explain --into docs/runbooks`, and read what has changed"


def test_no_page_is_left_of_a_runbook_that_there_is_no_more() -> None:
    assert {path.name.partition(".")[0] for path in HANDBOOK.iterdir()} == {*runbook_names()}
