"""However a runbook is spoilt, the checker answers with problems; it never breaks."""

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runbooks import library
from runbooks.language.compiler import examine
from runbooks.language.source import Source
from tests.runbooks.random_runbooks import as_yaml

_GOOD = (Path(library.__file__).parent / "lost_parcel.yaml", Path(__file__).parent / "good" / "everything.yaml")
_TEXTS = [path.read_text(encoding="utf-8") for path in _GOOD]
_DATA = [Source("good.yaml", text).data for text in _TEXTS]
_ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["=", "=order.total", "1d", "customer", "order", "for_each", "[", "money('CNY 1')", "has(order)"]),
    st.just([]),
    st.just({}),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
_relaxed = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])


def told(text: str) -> None:
    """Examine a text: every problem has a place in it, and only a text without errors has a bundle."""
    shelf = library.shelf_here()

    examined = examine(file="spoilt.yaml", text=text, texts=shelf.texts, rates=shelf.rates, reference=shelf.reference)

    lines = text.count("\n") + text.count("\r") + 2
    for problem in examined.problems:
        assert problem.message
        assert problem.file != "spoilt.yaml" or (1 <= problem.line <= lines and problem.column >= 1)


@_relaxed
@given(st.sampled_from(_TEXTS), st.data())
def test_bytes_that_are_changed_are_answered(text: str, data: st.DataObject) -> None:
    raw = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.integers(0, 2)):
            case 0:
                raw[at] = data.draw(st.integers(0, 255))
            case 1:
                del raw[at : at + data.draw(st.integers(1, 40))]
            case _:
                raw[at:at] = data.draw(st.sampled_from([b"\n", b": ", b"- ", b"{", b"\t", b'"', b"&a ", b"\xff", b"#"]))

    told(raw.decode(errors="replace"))


@_relaxed
@given(st.sampled_from(_DATA), st.data())
def test_values_and_keys_that_are_changed_are_answered(good: dict[str, Any], data: st.DataObject) -> None:
    spoilt: Any = good
    for _ in range(data.draw(st.integers(1, 3))):
        spoilt = _changed(spoilt, data)

    told(as_yaml(spoilt) if isinstance(spoilt, dict) else str(spoilt))


def _changed(value: Any, data: st.DataObject) -> Any:
    """A copy in which one thing, somewhere, is another, is gone, or has another key."""
    inside = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not inside or data.draw(st.integers(0, 9)) == 0:
        return data.draw(_ODD)
    key = data.draw(st.sampled_from(inside))
    rest = dict(value) if isinstance(value, dict) else list(value)
    match data.draw(st.integers(0, 7)):
        case 0:
            del rest[key]
        case 1 if isinstance(rest, dict):
            rest[data.draw(st.sampled_from(["when", "do", "until", "save_as", "plan", "zz", "otherwise"]))] = rest.pop(
                key
            )
        case _:
            rest[key] = _changed(rest[key], data)
    return rest
