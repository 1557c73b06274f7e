"""A runbook as commands name it: a name, a file, or a published revision such as ``lost_parcel@3``."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from pydantic import ValidationError

from amends.errors import DefinitionError, InputError
from amends.journal import IncidentRow, Journal, RunbookRevision
from cli.output import local
from cli.records import journal
from runbooks import library
from runbooks.bundle import Bundle, short_digest
from runbooks.program import Program
from runbooks.suggestions import meant
from workflows.contract import repin_approval

NEWEST: Final = "newest"


class Version(NamedTuple):
    """What was named: ``says`` tells people which it is; ``revision`` is its number, if it was published."""

    bundle: Bundle
    says: str
    revision: int | None = None


def version(named: str) -> Version:
    """The runbook, file or revision that was named. Raises ``InputError`` for what there is not, with what there is,
    and ``RunbookErrors`` for a file with mistakes in it."""
    name, at, number = named.rpartition("@")
    if not at or is_file(named):
        return Version(library.load(named), f"the file {library.shown_name(library.path_of(named))}")
    with journal() as found:
        return published(found, name, number)


def published(found: Journal, name: str, number: str) -> Version:
    """A revision of a runbook, by its number or ``newest``. Raises ``InputError`` for one that there is not."""
    revision = _find(found, name, number)
    return Version(bundle_of(revision), in_words(revision), revision.number)


def is_file(named: str) -> bool:
    """Whether a path was named, and no runbook by its name."""
    return named.endswith((".yaml", ".yml"))


def bundle_of(revision: RunbookRevision) -> Bundle:
    """What was published. Raises ``DefinitionError`` if this release cannot read it."""
    try:
        return Bundle.model_validate_json(revision.bundle)
    except ValidationError as error:
        message = f"this release cannot read what was published ({error.error_count()} mistakes); publish it anew"
        raise DefinitionError(message, place=revision.name) from error


def followed(found: Journal, row: IncidentRow) -> RunbookRevision | None:
    """The published revision whose text an incident follows; ``None`` if nobody published that text."""
    revision = found.revisions.get(row.bundle_digest)
    return revision if revision and revision.exception_type == row.exception_type else None


def texts(found: Journal) -> dict[str, str]:
    """What was published, as commands name it (``lost_parcel@2``), by the id of the approval that lets an incident
    follow it."""
    return {repin_approval(digest): name for digest, name in found.revisions.names().items()}


def program_of(row: IncidentRow, revision: RunbookRevision | None) -> Program | None:
    """The program of the text that an incident follows; ``None`` if that text was neither published nor is the runbook
    as it is now."""
    bundle = bundle_followed(row, revision)
    return bundle.program if bundle is not None else None


def bundle_followed(row: IncidentRow, revision: RunbookRevision | None) -> Bundle | None:
    """The text that an incident follows; ``None`` if it was neither published nor is the runbook as it is now."""
    try:
        bundle = bundle_of(revision) if revision is not None else library.load(row.exception_type)
    except DefinitionError:
        return None
    return bundle if bundle.digest == row.bundle_digest else None


def followed_in_words(row: IncidentRow, revision: RunbookRevision | None) -> str:
    """``lost_parcel, revision 3``, or for a text that was not published ``as of its opening, sha256:1f…``."""
    if revision is None:
        return f"{row.exception_type} as of its opening, {short_digest(row.bundle_digest)}"
    return f"{row.exception_type}, revision {revision.number}"


def in_words(revision: RunbookRevision) -> str:
    """``lost_parcel revision 3 (published by mei on 2026-11-25 18:32 CET)``"""
    return f"{revision.exception_type} revision {revision.number} ({by_whom(revision)})"


def by_whom(revision: RunbookRevision) -> str:
    return f"published by {revision.by} on {local(revision.published_at)}"


def _find(found: Journal, name: str, number: str) -> RunbookRevision:
    revisions = found.revisions.history(name)
    if not revisions:
        known = {*library.runbook_names(), *found.revisions.newest_digests()}
        if name not in known:
            raise InputError(f"there is no runbook {name!r}{meant(name, known) or '; `amends runbooks` lists them'}")
        raise InputError(f'nothing was published of {name!r} yet; `amends publish {name} --why "…"` does it')
    chosen = revisions[:1] if number == NEWEST else [each for each in revisions if str(each.number) == number]
    if not chosen:
        raise InputError(f"{name!r} has no revision {number!r}; there are {_numbers(revisions)}, and {NEWEST!r}")
    return chosen[0]


def _numbers(revisions: Sequence[RunbookRevision]) -> str:
    newest = revisions[0].number
    return f"1 to {newest}" if newest > 1 else "1"
