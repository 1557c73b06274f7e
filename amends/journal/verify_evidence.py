"""Comparing what was shown with what the timeline makes of it, and with the files that are kept."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from amends.errors import JournalError
from amends.evidence import EvidenceFiles, Kept
from amends.journal import schema
from amends.journal.evidence import fold_evidence
from amends.journal.rows import EvidenceRow, TimelineRow

_evidence = schema.evidence

_Key = tuple[int, int]
"""The seq of the entry, and the place there."""


def evidence_problems(connection: Connection, *, incident_id: str, entries: list[TimelineRow]) -> list[str]:
    """In what the rows of an incident are not what its entries make of them, in plain words that name each."""
    try:
        told = {(row.seq, row.place): row for row in fold_evidence(entries)}
    except JournalError as error:
        return [f"the entries do not say what was shown: {error}"]
    kept, problems = _kept(connection, incident_id)
    for key in sorted({*told, *kept}):
        problems += _differences(key, kept.get(key), told.get(key))
    return problems


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


def _kept(connection: Connection, incident_id: str) -> tuple[dict[_Key, EvidenceRow], list[str]]:
    kept: dict[_Key, EvidenceRow] = {}
    problems: list[str] = []
    mine = select(_evidence).where(_evidence.c.incident_id == incident_id)
    for columns in connection.execute(mine).mappings():
        try:
            row = EvidenceRow.model_validate(dict(columns))
        except ValueError as error:
            problems.append(f"{_named((columns['seq'], columns['place']))} cannot be read: {error}")
        else:
            kept[row.seq, row.place] = row
    return kept, problems


def _differences(key: _Key, kept: EvidenceRow | None, told: EvidenceRow | None) -> Iterator[str]:
    if told is None:
        yield f"{_named(key)} is kept as evidence, and no entry tells of it"
    elif kept is None:
        yield f"{_named(key)} is told by the entries, and is not kept as evidence; rebuild the projection"
    else:
        for name in EvidenceRow.model_fields:
            if getattr(kept, name) != getattr(told, name):
                yield f"{_named(key)}: its {name} is {getattr(kept, name)!r}, its entry says {getattr(told, name)!r}"


def _named(key: _Key) -> str:
    return f"what entry {key[0]} shows as number {key[1] + 1}"
