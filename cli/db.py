"""``amends db``: the journal's tables, brought up to this release or looked at."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, assert_never

from cyclopts import Parameter
from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import DatabaseError

from amends.errors import ConfigurationError
from amends.journal import Standing, connect, nothing, standing, upgrade
from amends.settings import Settings
from cli.options import OutputFormat
from cli.output import Format, print_json
from cli.records import answering, shown

DONE: Final = 0
BEHIND: Final = 1


class DbAction(StrEnum):
    UPGRADE = "upgrade"
    CHECK = "check"


def db(
    action: Annotated[DbAction, Parameter(help="upgrade: bring the tables up. check: only look.")],
    /,
    *,
    output: OutputFormat = Format.TEXT,
) -> int:
    """Bring the journal's tables up to this release, or say whether they are.

    For example, before the workers of a new release are started:

      export AMENDS_DATABASE_URL=postgresql+psycopg://amends@db.example/amends
      amends db check
      amends db upgrade

    An upgrade is one transaction: it is done whole or not at all, and of two at
    once one waits. A journal that a newer release made is left as it is.

    Exit codes: 0, the tables are this release's; 1, check found them missing or
    older; 2, the database does not answer, or a newer release made its tables.
    """
    url = make_url(Settings().database_url)
    with answering(shown(url)):
        match action:
            case DbAction.UPGRADE:
                before = _upgrade(url)
                _print(output, url, before, now=before.wanted, says=_upgraded(url, before))
                return DONE
            case DbAction.CHECK:
                found = _standing(url)
                _print(output, url, found, now=found.found, says=_checked(url, found))
                return BEHIND if found.missing else DONE
            case _:
                assert_never(action)


def _upgrade(url: URL) -> Standing:
    engine = connect(url, threads=1)
    try:
        engine.connect().close()  # one that is away is told as such
        return _made(engine)
    finally:
        engine.dispose()


def _made(engine: Engine) -> Standing:
    try:
        return upgrade(engine)
    except DatabaseError as error:
        why = str(error.orig).strip().partition("\n")[0]
        raise ConfigurationError(
            f"the tables cannot be made in {shown(engine.url)!r}: {why}; nothing was changed. See that its user may "
            "create tables, and that none of their names is there already"
        ) from error


def _standing(url: URL) -> Standing:
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        return nothing()  # to connect would make the file
    engine = connect(url, threads=1)
    try:
        return standing(engine)
    finally:
        engine.dispose()


def _upgraded(url: URL, before: Standing) -> list[str]:
    if not before.missing:
        return [f"the journal {shown(url)} is at {before.wanted} already; nothing was changed"]
    return [
        f"the journal {shown(url)} went from {before.found or 'nothing'} to {before.wanted}:",
        *_steps(before),
    ]


def _checked(url: URL, found: Standing) -> list[str]:
    if not found.missing:
        return [f"the journal {shown(url)} is at {found.wanted}, as this release needs it"]
    return [
        f"the journal {shown(url)} is at {found.found or 'nothing'}, and this release needs {found.wanted}:",
        *_steps(found),
        "run `amends db upgrade`",
    ]


def _steps(standing: Standing) -> list[str]:
    return [f"  {each.revision}  {each.says}" for each in standing.missing]


def _print(output: Format, url: URL, standing: Standing, *, now: str | None, says: list[str]) -> None:
    if output is Format.TEXT:
        print("\n".join(says))
        return
    print_json(
        {
            "database": shown(url),
            "before": standing.found,
            "revision": now,
            "wanted": standing.wanted,
            "steps": [{"revision": each.revision, "says": each.says} for each in standing.missing],
        }
    )
