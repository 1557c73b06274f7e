"""A part of a bundle told whole, for what is new or gone."""

from typing import Any

from amends.models import Model
from runbooks.comparing.labels import LABELS, VALUES, Label
from runbooks.comparing.naming import keyed


def described(value: Any, label: Label) -> str:
    """A value in its words: what is set on it in one line, and behind it a line for each of its parts."""
    if not _has_parts(value):
        return label.show(value)
    said: list[str] = []
    parts: list[str] = []
    for field, inner in LABELS[type(value)].items():
        given = inner.whole(inner.prepare(getattr(value, field)))
        if inner.named or given == type(value).model_fields[field].default or given in ((), {}):
            continue
        if is_collection(given, inner):
            items = [(item.name, described(item.value, inner)) for item in keyed(given, inner).values()]
            whole = any(map(_has_parts, _values(given)))
            (parts if whole else said).extend(_line(name, text, ": " if whole else " ") for name, text in items)
        else:
            text = described(given, inner)
            if "\n" in text and not _has_parts(given):
                parts.append(f"{inner.words}:{_indented(text.splitlines())}")
            else:
                said.append(inner.words if given is True else _line(inner.words, text, " "))
    return "\n".join([*([", ".join(said)] if said else []), *parts])


def is_collection(value: Any, label: Label) -> bool:
    """Whether a value is told item by item."""
    match value:
        case dict():
            return bool(label.item)
        case tuple():
            return bool(label.item) or any(map(_has_parts, value))
        case _:
            return False


def _has_parts(value: Any) -> bool:
    return isinstance(value, Model) and not isinstance(value, VALUES)


def _values(collection: Any) -> tuple[Any, ...]:
    return tuple(collection.values() if isinstance(collection, dict) else collection)


def _line(name: str, text: str, between: str) -> str:
    if not (name and text):
        return name or text
    first, *rest = text.splitlines()
    return f"{name}{between}{first}{_indented(rest)}"


def _indented(lines: list[str]) -> str:
    """Lines behind another, without blanks at the end of any."""
    return "".join(f"\n  {line}".rstrip(" ") for line in lines)
