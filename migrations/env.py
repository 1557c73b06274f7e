"""Alembic's environment: ``amends.journal.upgrade`` gives it a connection, the command line uses the settings."""

from alembic import context
from sqlalchemy import Connection

from amends.journal.engine import connect, writing
from amends.journal.schema import metadata
from amends.settings import Settings


def _run(connection: Connection) -> None:
    # SQLite's schema changes are transactional here, because the engine begins its transactions itself: a migration
    # that fails leaves nothing behind.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()


def _run_from_settings() -> None:
    engine = connect(Settings().database_url, threads=1)
    try:
        with writing(engine) as connection:
            _run(connection)
    finally:
        engine.dispose()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    _run_from_settings()
