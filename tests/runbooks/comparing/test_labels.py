"""Every field of a bundle has its words, and none of the words is for a field that is gone."""

from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

from amends.models import Model
from runbooks.bundle import Bundle
from runbooks.comparing.labels import LABELS, VALUES


def models_in(annotation: Any) -> Iterator[type[Model]]:
    """The models that a field's type names, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def reachable() -> set[type[Model]]:
    """Every model in a bundle."""
    found: set[type[Model]] = set()
    left: list[type[Model]] = [Bundle]
    while left:
        model = left.pop()
        if model not in found:
            found.add(model)
            left += [inner for name in model.model_fields for inner in models_in(get_type_hints(model)[name])]
    return found


def test_every_model_of_a_bundle_has_words_or_is_told_as_one_value() -> None:
    assert set(LABELS) | set(VALUES) == reachable()
    assert not set(LABELS) & set(VALUES)


def test_every_field_has_its_words_and_no_words_are_left_over() -> None:
    assert {model.__name__: set(labels) for model, labels in LABELS.items()} == {
        model.__name__: set(model.model_fields) for model in reachable() - set(VALUES)
    }


def test_the_walk_over_the_models_reaches_the_deepest() -> None:
    assert {"TableRow", "Shift", "Money", "Undo", "Choice"} <= {model.__name__ for model in reachable()}
