"""Comparing rows that are kept with what the timeline makes of them, whatever they are rows of."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, Select

from amends.models import Model

K = TypeVar("K")
R = TypeVar("R", bound=Model)


def kept_rows(
    connection: Connection, wanted: Select[Any], model: type[R], *, key: Callable[[Any], K], named: Callable[[K], str]
) -> tuple[dict[K, R], list[str]]:
    """The rows by their keys, and which of them cannot be read. ``key`` takes a row's columns."""
    kept: dict[K, R] = {}
    problems: list[str] = []
    for columns in connection.execute(wanted).mappings():
        try:
            kept[key(columns)] = model.model_validate(dict(columns))
        except ValueError as error:
            problems.append(f"{named(key(columns))} cannot be read: {error}")
    return kept, problems


def row_differences(
    keys: Iterable[K],
    kept: Mapping[K, R],
    told: Mapping[K, R],
    *,
    named: Callable[[K], str],
    kept_as: str,
    says: str,
) -> Iterator[str]:
    """In what the rows are not what is told. ``kept_as``: as what they are kept; ``says``: who says otherwise."""
    for key in keys:
        is_kept, is_told, what = kept.get(key), told.get(key), named(key)
        if is_told is None:
            yield f"{what} is kept as {kept_as}, and no entry tells of it"
        elif is_kept is None:
            yield f"{what} is told by the entries, and is not kept as {kept_as}; rebuild the projection"
        else:
            for name in type(is_told).model_fields:
                found, said = getattr(is_kept, name), getattr(is_told, name)
                if found != said:
                    yield f"{what}: its {name} is {found!r}, {says} {said!r}"
