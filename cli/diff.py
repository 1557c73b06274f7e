"""``amends diff``: what differs between two versions of a runbook, in words."""

from collections.abc import Iterable
from difflib import ndiff
from typing import Annotated, assert_never

from cyclopts import Parameter

from cli import completing, problems
from cli.options import OutputFormat
from cli.output import Format, print_json, say
from cli.versions import NEWEST, Version, is_file, version
from runbooks.comparing.differences import Change, Difference, differences
from runbooks.language.problems import RunbookErrors

_RUNBOOK = "Runbook"
"""The heading of the runbook's own keys."""


def diff(
    a: Annotated[
        str,
        Parameter(
            name="A",
            completer=completing.runbooks,
            help="A runbook's name, the path of a .yaml file, or lost_parcel@3.",
        ),
    ],
    b: Annotated[
        str | None,
        Parameter(
            name="B", completer=completing.runbooks, help="The same. Without it, A as published against its file."
        ),
    ] = None,
    /,
    *,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Tell what differs between two versions of a runbook: its steps, times, texts, people, tables and calendars.

    For example:

      amends diff lost_parcel
      amends diff lost_parcel@2 lost_parcel@newest
      amends diff lost_parcel ./own/lost_parcel.yaml

    A name is the runbook's file as it is now, lost_parcel@3 its published
    revision 3, and lost_parcel@newest the one that was published last. With A
    alone, what was published last is held against the file A.

    The exit code is 1 if a file has errors, which are then told as
    `amends check` tells them.
    """
    try:
        before, after = _both(a, b)
    except RunbookErrors:
        files = [each for each in (a, b or a.rpartition("@")[0]) if each and (is_file(each) or "@" not in each)]
        say("\n".join(problems.lines(problems.examined(files))))
        return 1
    found = differences(before.bundle, after.bundle)
    if format is Format.JSON:
        print_json(
            {
                "before": _as_data(before),
                "after": _as_data(after),
                "same": not found,
                "differences": [difference.model_dump(mode="json") for difference in found],
            }
        )
        return 0
    print(f"{before.says} → {after.says}\n")
    print("\n".join(lines(found)))
    return 0


def lines(found: Iterable[Difference]) -> list[str]:
    """The differences under their places; one line where a place has only one difference of one line."""
    places: dict[str, list[list[str]]] = {}
    for difference in found:
        places.setdefault(difference.place or _RUNBOOK, []).append(_told(difference))
    told: list[str] = []
    for place, within in places.items():
        if len(within) == 1 and len(within[0]) == 1:
            told.append(f"{place}: {within[0][0]}")
        else:
            told += [place, *(f"  {line}" for each in within for line in each)]
    return [line.rstrip() for line in told] or ["no difference"]


def _both(a: str, b: str | None) -> tuple[Version, Version]:
    if b is not None:
        return version(a), version(b)
    name, at, _ = a.rpartition("@")
    if at and not is_file(a):
        return version(a), version(name)
    file = version(a)
    return version(f"{file.bundle.exception_type}@{NEWEST}"), file


def _told(difference: Difference) -> list[str]:
    what, before, after = difference.what, difference.before or "", difference.after or ""
    match difference.change:
        case Change.CHANGED if "\n" in before + after:
            return [f"{what or 'it'} changed", *(f"  {line}" for line in _both_texts(before, after))]
        case Change.CHANGED:
            return [f"{what} {before} → {after}".strip()]
        case Change.MOVED:
            return [f"{what} moved: {before} → {after}"]
        case Change.NEW:
            return _whole(f"new {what}", after)
        case Change.REMOVED:
            return _whole(f"removed {what}", before)
        case _:
            assert_never(difference.change)


def _whole(head: str, text: str) -> list[str]:
    if "\n" in text:
        return [f"{head}:", *(f"  {line}" for line in text.splitlines())]
    return [f"{head}: {text}" if text else head]


def _both_texts(before: str, after: str) -> list[str]:
    """Both texts in one: lines that went have a minus, lines that came a plus."""
    return [line.rstrip() for line in ndiff(before.splitlines(), after.splitlines()) if not line.startswith("?")]


def _as_data(named: Version) -> dict[str, object]:
    bundle = named.bundle
    return {"runbook": bundle.exception_type, "revision": named.revision, "digest": bundle.digest, "says": named.says}
