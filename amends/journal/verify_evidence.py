"""Comparing what was shown with what the timeline makes of it, and with the files that are kept."""

from sqlalchemy import Connection, select

from amends.errors import JournalError
from amends.evidence import EvidenceFiles, Kept
from amends.journal import schema
from amends.journal.evidence import fold_evidence
from amends.journal.rows import EvidenceRow, TimelineRow
from amends.journal.verify_rows import kept_rows, row_differences

_evidence = schema.evidence

_Key = tuple[int, int]
"""The seq of the entry, and the place there."""


def evidence_problems(connection: Connection, *, incident_id: str, entries: list[TimelineRow]) -> list[str]:
    """In what the rows of an incident are not what its entries make of them, in plain words that name each."""
    try:
        told = {(row.seq, row.place): row for row in fold_evidence(entries)}
    except JournalError as error:
        return [f"the entries do not say what was shown: {error}"]
    mine = select(_evidence).where(_evidence.c.incident_id == incident_id)
    kept, problems = kept_rows(
        connection, mine, EvidenceRow, key=lambda columns: (columns["seq"], columns["place"]), named=_named
    )
    keys = sorted({*told, *kept})
    return [*problems, *row_differences(keys, kept, told, named=_named, kept_as="evidence", says="its entry says")]


def files_shown(entries: list[TimelineRow]) -> list[EvidenceRow]:
    """The files that entries show; none where they do not say it as they should."""
    try:
        return [row for row in fold_evidence(entries) if row.sha256 is not None]
    except JournalError:
        return []


def file_problems(shown: list[EvidenceRow], files: EvidenceFiles) -> tuple[list[str], list[str]]:
    """What is wrong with the files that were shown, and which of them nobody can tell of from here."""
    problems: list[str] = []
    unreachable: list[str] = []
    for row in shown:
        assert row.sha256 is not None
        named = f"the file {row.what!r} with the digest {row.sha256}, which entry {row.seq} shows,"
        match files.how(row.sha256):
            case Kept.MISSING:
                problems.append(f"{named} is missing in {str(files.folder)!r}")
            case Kept.ALTERED:
                problems.append(f"{named} was altered in {str(files.folder)!r}")
            case Kept.UNREACHABLE:
                unreachable.append(f"{named} cannot be looked at in {str(files.folder)!r}")
            case Kept.KEPT:
                pass
    return problems, unreachable


def _named(key: _Key) -> str:
    return f"what entry {key[0]} shows as number {key[1] + 1}"
