"""How much may be given back beyond goods and refunds: for one order, and on one day."""

from collections.abc import Collection

from pydantic import TypeAdapter

from amends.models import Head, Money, Written
from runbooks.language.limits import Limits
from runbooks.language.problems import Problem, RunbookErrors
from runbooks.language.reading import read_as
from runbooks.language.source import Path, Source
from runbooks.policy import RemedyPolicy


class WrittenHeads(Written):
    """An amount for each head; goods and refunds have their limits in what was paid."""

    compensation: str | None = None
    freight: str | None = None
    goodwill: str | None = None


class WrittenRemedies(Written):
    caps: WrittenHeads = WrittenHeads()
    per_day: WrittenHeads = WrittenHeads()


def read_remedies(file: str, text: str, *, currencies: Collection[str] | None = None) -> RemedyPolicy:
    """The policy in a file. ``currencies``: those that have a rate. Raises ``RunbookErrors``."""
    source = Source(file, text)
    problems: list[Problem] = _limited_by_what_was_paid(source)
    if problems:
        raise RunbookErrors(problems)
    written = read_as(_REMEDIES, source, shapes=SHAPES)
    limits = Limits(source, problems, currencies)
    caps, per_day = _read(written.caps, "caps", limits), _read(written.per_day, "per_day", limits)
    if problems:
        raise RunbookErrors(problems)
    return RemedyPolicy(caps=caps, per_day=per_day)


SHAPES: dict[str, type[Written]] = {"": WrittenRemedies, "caps": WrittenHeads, "per_day": WrittenHeads}
_REMEDIES = TypeAdapter(WrittenRemedies)


def _read(written: WrittenHeads, key: str, limits: Limits) -> dict[Head, Money]:
    found = {Head(head): limits.read(text, (key, head)) for head, text in written}
    return {head: limit for head, limit in found.items() if limit is not None}


def _limited_by_what_was_paid(source: Source) -> list[Problem]:
    """The heads that need no limit of ours, where somebody gives them one."""
    paths: list[Path] = [
        (key, head.value) for key in WrittenRemedies.model_fields for head in (Head.GOODS, Head.REFUND)
    ]
    message = "goods and refunds are limited by what was paid; leave it out"
    return [source.key_problem(path, message) for path in paths if _stands(source, path)]


def _stands(source: Source, path: Path) -> bool:
    around = source.data.get(str(path[0]))
    return isinstance(around, dict) and path[1] in around
