"""``amends backup``: a copy of the journal, also while incidents run."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from amends.journal import back_up
from amends.settings import Settings
from cli.output import say
from cli.records import journal, shown


def backup(file: Annotated[Path, Parameter(name="FILE", help="The copy; it must not be there yet.")], /) -> None:
    """Copy the journal into a file, as it is at one moment. Whatever runs goes on meanwhile.

    For example:

      amends backup journal-2026-11-22.db

    The copy is a journal of its own: AMENDS_DATABASE_URL=sqlite:///FILE reads
    and verifies it anywhere. It is for a journal on SQLite; PostgreSQL has
    pg_dump. To move or restore a whole stack, copy its folder while it is down.
    """
    with journal() as found:
        back_up(found.engine, file)
        incidents = found.count()
    print(f"copied {shown(Settings().database_url)} to {file}: {incidents} incidents, {file.stat().st_size:,} bytes")
    say(f"read it with AMENDS_DATABASE_URL=sqlite:///{file} amends list")
