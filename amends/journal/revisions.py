"""The published runbooks: immutable revisions, numbered from 1 for each exception type."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, select, tuple_

from amends.errors import JournalError
from amends.journal import schema
from amends.journal.engine import reading, writing
from amends.journal.rows import Publication, RunbookRevision, revision_name
from amends.journal.statements import insert_once
from amends.timeline import canonical

_revisions = schema.runbook_revisions


class RevisionLog:
    """The revisions of all runbooks. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def publish(
        self, *, bundle_json: str, exception_type: str, digest: str, by: str, why: str, at: datetime
    ) -> Publication:
        """Adds a revision; if the newest one has the same digest, it is that one and nothing is added.

        Raises ``JournalError`` if ``digest`` is not that of the bundle's canonical JSON.
        """
        _check_digest(bundle_json, digest)
        with writing(self._engine) as connection:
            while True:
                newest = _newest(connection, _revisions.c.exception_type == exception_type)
                if newest is not None and newest.digest == digest:
                    return Publication(revision=newest, new=False)
                number = 1 if newest is None else newest.number + 1
                values = {
                    "exception_type": exception_type,
                    "number": number,
                    "digest": digest,
                    "bundle": bundle_json,
                    "published_at": at,
                    "by": by,
                    "why": why,
                }
                # Somebody else may take the number first; then theirs is the newest, and we come after it.
                if insert_once(connection, _revisions, values):
                    return Publication(revision=RunbookRevision.model_validate(values), new=True)

    def newest(self, exception_type: str) -> RunbookRevision | None:
        """What was published last; ``None`` if nothing was."""
        with reading(self._engine) as connection:
            return _newest(connection, _revisions.c.exception_type == exception_type)

    def newest_of_each(self) -> list[RunbookRevision]:
        """What was published last of each runbook, in the order of their names."""
        with reading(self._engine) as connection:
            return _all(connection, select(_revisions).where(_of_each()).order_by(_revisions.c.exception_type))

    def newest_digests(self) -> dict[str, str]:
        """The digest of what was published last of each runbook."""
        wanted = select(_revisions.c.exception_type, _revisions.c.digest).where(_of_each())
        with reading(self._engine) as connection:
            return {row.exception_type: row.digest for row in connection.execute(wanted)}

    def names(self) -> dict[str, str]:
        """What was published, by its digest, as people name it: ``lost_parcel@3``; a text that was published more than
        once is its newest revision."""
        wanted = select(_revisions.c.exception_type, _revisions.c.number, _revisions.c.digest)
        with reading(self._engine) as connection:
            found = connection.execute(wanted.order_by(_revisions.c.number))
            return {row.digest: revision_name(row.exception_type, row.number) for row in found}

    def history(self, exception_type: str) -> list[RunbookRevision]:
        """Every revision of a runbook, the newest first."""
        statement = select(_revisions).where(_revisions.c.exception_type == exception_type)
        with reading(self._engine) as connection:
            return _all(connection, statement.order_by(_revisions.c.number.desc()))

    def get(self, digest: str) -> RunbookRevision | None:
        """The newest revision with this digest."""
        with reading(self._engine) as connection:
            return _newest(connection, _revisions.c.digest == digest)


def _newest(connection: Connection, which: ColumnElement[bool]) -> RunbookRevision | None:
    found = _all(connection, select(_revisions).where(which).order_by(_revisions.c.number.desc()).limit(1))
    return found[0] if found else None


def _of_each() -> ColumnElement[bool]:
    newest = select(_revisions.c.exception_type, func.max(_revisions.c.number)).group_by(_revisions.c.exception_type)
    return tuple_(_revisions.c.exception_type, _revisions.c.number).in_(newest)


def _all(connection: Connection, statement: Select[Any]) -> list[RunbookRevision]:
    return [RunbookRevision.model_validate(dict(row)) for row in connection.execute(statement).mappings()]


def _check_digest(bundle_json: str, digest: str) -> None:
    try:
        actual = "sha256:" + hashlib.sha256(canonical(json.loads(bundle_json))).hexdigest()
    except ValueError as error:
        raise JournalError(f"a bundle to publish is no JSON: {error}") from error
    if actual != digest:
        raise JournalError(f"a bundle to publish has the digest {actual}, and was said to have {digest!r}")
