"""Verifying one incident: that its timeline, its projection and its effects tell the same, unaltered story.

What this cannot see: entries cut off the end together with a projection that was altered to match. Temporal's history
and an exported dossier tell of those.
"""

from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from amends.errors import JournalError, UnknownIncident
from amends.evidence import EvidenceFiles
from amends.journal import incidents, schema
from amends.journal.append import RESET_MARK
from amends.journal.chain import GENESIS, hash_of
from amends.journal.engine import reading
from amends.journal.journal import Journal
from amends.journal.projection import fold
from amends.journal.rows import EvidenceRow, IncidentRow, TimelineRow
from amends.journal.verify_approvals import approval_problems
from amends.journal.verify_clocks import clock_problems
from amends.journal.verify_effects import effect_problems
from amends.journal.verify_evidence import evidence_problems, file_problems, files_shown
from amends.journal.verify_remedies import remedy_problems
from amends.models import Model

_timeline = schema.timeline

_Columns = dict[str, Any]
"""An entry's columns, as they are stored."""


class Verification(Model):
    """What was proved of an incident, and what is wrong with it, in plain words that name seq and key. ``unproved``:
    what could not be looked at, which is neither."""

    incident_id: str
    proved: tuple[str, ...]
    problems: tuple[str, ...]
    unproved: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(journal: Journal, incident_id: str, *, files: EvidenceFiles | None = None) -> Verification:
    """Recomputes an incident's chain, projection and effects from its entries, and the digests of the ``files`` that
    they show; reads only.

    Raises ``UnknownIncident`` if there is neither an entry nor an incident of this id.
    """
    with reading(journal.engine) as connection:
        raw, unreadable = _raw_entries(connection, incident_id)
        rows, misshapen = _shaped(raw)
        broken = [*unreadable, *misshapen]
        checks = {
            f"{len(raw)} entries are numbered without gaps and each hash holds": [*broken, *_chain_problems(raw)],
            "every run numbered its entries without gaps": _run_problems(raw),
        }
        # Half a story says nothing about what follows from the whole.
        if not broken:
            row, checks["the incident is what its entries make of it"] = _projection(connection, incident_id, rows)
            checks["what is due is what the entries make of it"] = clock_problems(
                connection, incident_id=incident_id, entries=rows
            )
            checks["what was shown is what the entries make of it"] = evidence_problems(
                connection, incident_id=incident_id, entries=rows
            )
            checks["every effect is told by the entries, and every outcome is an effect's"] = effect_problems(
                connection, incident_id=incident_id, entries=rows, ended=row is not None and row.status.final
            )
            checks["every approval that was counted is a decision that the entries tell"] = approval_problems(
                connection, incident_id=incident_id, entries=rows
            )
        checks["what was given agrees with the outcomes of the effects that gave it"] = remedy_problems(
            connection, incident_id=incident_id
        )
    unproved = _check_files(checks, [] if broken else files_shown(rows), files)
    return Verification(
        incident_id=incident_id,
        proved=tuple(claim for claim, problems in checks.items() if not problems and claim not in unproved),
        problems=tuple(problem for problems in checks.values() for problem in problems),
        unproved=tuple(f"{claim}: {why}" for claim, whys in unproved.items() for why in whys),
    )


def _check_files(
    checks: dict[str, list[str]], shown: list[EvidenceRow], files: EvidenceFiles | None
) -> dict[str, list[str]]:
    """Adds what is wrong with the files that were shown; what of that could not be looked at, by its claim."""
    if not shown:
        return {}
    claim = "every file that was shown is kept as it was"
    if files is None:
        return {claim: ["no folder of files was named"]}
    checks[claim], unreachable = file_problems(shown, files)
    return {claim: unreachable} if unreachable else {}


def _raw_entries(connection: Connection, incident_id: str) -> tuple[list[_Columns], list[str]]:
    mine = _timeline.c.incident_id == incident_id
    try:
        found = connection.execute(select(_timeline).where(mine).order_by(_timeline.c.seq)).mappings().all()
    except ValueError:
        return _readable_entries(connection, incident_id)
    if not found and not _has_projection(connection, incident_id):
        raise UnknownIncident(incident_id)
    return [dict(row) for row in found], []


def _readable_entries(connection: Connection, incident_id: str) -> tuple[list[_Columns], list[str]]:
    """One by one, so that a line which was made unreadable does not hide the others."""
    mine = _timeline.c.incident_id == incident_id
    raw: list[_Columns] = []
    problems: list[str] = []
    for seq in connection.execute(select(_timeline.c.seq).where(mine).order_by(_timeline.c.seq)).scalars().all():
        try:
            row = connection.execute(select(_timeline).where(mine, _timeline.c.seq == seq)).mappings().one()
            raw.append(dict(row))
        except ValueError as error:
            problems.append(f"entry {seq} cannot be read: {error}")
    return raw, problems


def _has_projection(connection: Connection, incident_id: str) -> bool:
    column = schema.incidents.c.incident_id
    return connection.execute(select(column).where(column == incident_id)).first() is not None


def _shaped(raw: list[_Columns]) -> tuple[list[TimelineRow], list[str]]:
    rows: list[TimelineRow] = []
    problems: list[str] = []
    for columns in raw:
        try:
            rows.append(TimelineRow.model_validate(columns))
        except ValueError as error:
            problems.append(f"entry {columns['seq']} is no entry: {error}")
    return rows, problems


def _chain_problems(raw: list[_Columns]) -> list[str]:
    problems: list[str] = []
    expected_seq, expected_prev = 1, GENESIS
    for columns in raw:
        seq = columns["seq"]
        if seq != expected_seq:
            missing = f"entry {expected_seq}" if seq == expected_seq + 1 else f"entries {expected_seq} to {seq - 1}"
            problems.append(f"{missing} missing before entry {seq}")
        elif columns["prev_hash"] != expected_prev:
            before = f"entry {seq - 1}" if seq > 1 else "the beginning"
            problems.append(f"entry {seq} is not linked to {before}: its prev_hash is {columns['prev_hash']}")
        problems.extend(_hash_problems(columns))
        expected_seq, expected_prev = seq + 1, columns["hash"]
    return problems


def _hash_problems(columns: _Columns) -> list[str]:
    try:
        actual = hash_of(columns)
    except ValueError as error:
        return [f"entry {columns['seq']} cannot be hashed: {error}"]
    if actual != columns["hash"]:
        return [f"entry {columns['seq']} was altered: its content has the hash {actual}, it carries {columns['hash']}"]
    return []


def _run_problems(raw: list[_Columns]) -> list[str]:
    numbers: dict[str, list[tuple[int, int]]] = {}
    for columns in raw:
        numbers.setdefault(columns["run_id"], []).append((columns["n"], columns["seq"]))
    problems: list[str] = []
    for run_id, told in numbers.items():
        first, seq = told[0]
        # A reset run goes on counting behind its mark, from wherever it was cut.
        counted = told[1:] if first == RESET_MARK else told
        if first not in (0, RESET_MARK):
            problems.append(f"run {run_id!r} begins at number {first} (entry {seq}), not at 0")
        problems.extend(
            f"run {run_id!r} goes from number {before} to {after} at entry {seq}"
            for (before, _), (after, seq) in pairwise(counted)
            if after != before + 1
        )
    return problems


def _projection(
    connection: Connection, incident_id: str, rows: list[TimelineRow]
) -> tuple[IncidentRow | None, list[str]]:
    """The incident as its entries make it, and how the projection differs from that."""
    try:
        told = fold(rows)
    except JournalError as error:
        return None, [f"the entries do not add up to an incident: {error}"]
    if told is None:
        return None, [f"incident {incident_id!r} has no entries"]
    try:
        kept = incidents.get(connection, incident_id=incident_id)
    except ValueError as error:
        return told, [f"the incident's row cannot be read: {error}"]
    if kept is None:
        return told, ["the incident's row is missing; rebuild the projection"]
    return told, [
        f"the incident's {name} is {getattr(kept, name)!r}, its entries say {getattr(told, name)!r}"
        for name in IncidentRow.model_fields
        if getattr(kept, name) != getattr(told, name)
    ]
