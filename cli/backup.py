"""``amends backup``: a copy of the journal and of the files that were shown, also while incidents run."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from amends.errors import AmendsError, ConfigurationError
from amends.evidence_copy import copy_files
from amends.journal import EvidenceRow, back_up
from amends.settings import Settings
from cli.codes import ExitCode
from cli.evidence import files
from cli.output import plural, say, short
from cli.records import journal, shown

_SHORT = 12


def backup(file: Annotated[Path, Parameter(name="FILE", help="The copy; it must not be there yet.")], /) -> int:
    """Copy the journal into a file, as it is at one moment, and the files that were shown into a folder beside it.
    Whatever runs goes on meanwhile.

    For example:

      amends backup journal-2026-11-22.db

    The copy is a journal of its own: AMENDS_DATABASE_URL=sqlite:///FILE reads
    and verifies it anywhere, with AMENDS_EVIDENCE_DIR=FILE.evidence for the
    files. It is for a journal on SQLite; PostgreSQL has pg_dump. To move or
    restore a whole stack, copy its folder while it is down.

    Exit code 1: a file that was shown is missing or was altered, and so is not
    in the copy.
    """
    kept, beside = files(), file.with_name(f"{file.name}.evidence")
    if beside.exists():
        raise ConfigurationError(f"{str(beside)!r} is there already; name another file, or move it away")
    with journal() as found:
        back_up(found.engine, file)
        # a file is kept before the journal tells of it: whatever the copy tells of is in the folder by now
        incidents, told = found.count(), found.evidence.files()
    try:
        copied = copy_files(kept, beside)
    except AmendsError:
        file.unlink()  # a backup is whole or none
        raise
    size = f"{plural(incidents, 'incident')}, {file.stat().st_size:,} bytes"
    print(f"copied {shown(Settings().database_url)} to {file}: {size}")
    if copied.digests:
        print(f"copied {kept.folder} to {beside}: {plural(len(copied.digests), 'file')}, {copied.size:,} bytes")
    lost = [row for digest, row in told.items() if digest not in copied.digests]
    _tell(lost)
    reading = f" AMENDS_EVIDENCE_DIR={beside}" if copied.digests else ""
    say(f"read it with AMENDS_DATABASE_URL=sqlite:///{file}{reading} amends list")
    return ExitCode.NOT_AS_WANTED if lost else ExitCode.DONE


def _tell(lost: Iterable[EvidenceRow]) -> None:
    for row in lost:
        say(
            f"not copied, for it is missing or was altered: {row.what} ({str(row.sha256)[:_SHORT]}), which {row.by} "
            f"has shown; see `amends evidence {short(row.incident_id)}`"
        )
