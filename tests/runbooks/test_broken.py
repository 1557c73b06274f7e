"""Each file in ``broken`` is a runbook with mistakes; the comment at its head says how they must be told."""

from pathlib import Path

import pytest

from runbooks.language.compiler import compile_runbook
from runbooks.language.problems import RunbookErrors
from tests.runbooks.builders import RATES, REFERENCE, compiled, small, texts

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


def test_the_runbook_that_the_broken_ones_are_made_from_is_right() -> None:
    assert compiled(small()).exception_type == "late_parcel"


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_mistake_is_told_at_once_with_its_place_and_mend(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    head = text.partition("\nrunbook:")[0].splitlines()
    expected = [f"{path.name}:{line.removeprefix('#').strip()}" for line in head[1:]]

    with pytest.raises(RunbookErrors) as caught:
        compile_runbook(file=path.name, text=text, texts=texts(), rates=RATES, reference=REFERENCE)

    assert [str(problem) for problem in caught.value.problems] == expected
    assert str(caught.value) == "\n".join(expected)
