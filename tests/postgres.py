"""A real PostgreSQL server for the tests, from Debian's binaries: started once, thrown away at the end."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

_OWNER = "postgres"
_COPYING_FILES = sql.SQL(" STRATEGY FILE_COPY")
"""As servers before 15 do. What they do since writes every page to the log, and takes four times as long."""


class PostgresServer:
    """A server that listens on a socket in its own folder only, so that no port can be taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def create_database(self, name: str = "", *, template: str = "template0") -> str:
        """Makes a database like ``template`` and returns its name, a new one if none is given."""
        if not name:
            self._made += 1
            name = f"amends_{self._made}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'")
        with self._connected() as connection:
            how = _COPYING_FILES if connection.info.server_version >= 150_000 else sql.SQL("")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)) + how)
        return name

    def drop_database(self, name: str) -> None:
        with self._connected() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, name: str) -> str:
        """The URL of a database, for the journal."""
        return f"postgresql+psycopg://{_OWNER}@/{name}?host={self._folder}"

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self._folder), user=_OWNER, dbname="postgres", autocommit=True)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Starts a server and stops it at the end. Skips, or fails where all tests are required, if none is installed."""
    pg_ctl = _pg_ctl()
    if pg_ctl is None:
        missing = "PostgreSQL is not installed, and the journal must be tested on it: apt-get install postgresql"
        if os.environ.get("AMENDS_TESTS_REQUIRE_ALL") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    # a short path of its own: a socket's name may have 107 characters, and the server's user must reach it
    folder = Path(tempfile.mkdtemp(prefix="amends-pg-"))
    data, log = folder / "data", folder / "log"
    if os.geteuid() == 0:
        shutil.chown(folder, _OWNER)
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    try:
        _as_owner(pg_ctl, "initdb", "-D", data, "-o", f"--auth=trust --no-sync -E UTF8 --locale=C -U {_OWNER}")
        _as_owner(pg_ctl, "start", "-w", "-D", data, "-l", log, "-o", options)
        try:
            yield PostgresServer(folder)
        finally:
            _as_owner(pg_ctl, "stop", "-w", "-m", "immediate", "-D", data)
    finally:
        shutil.rmtree(folder)


def _pg_ctl() -> Path | None:
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)
    on_path = shutil.which("pg_ctl")
    return next(iter([*newest_first, *([Path(on_path)] if on_path else [])]), None)


def _as_owner(*command: str | Path) -> None:
    # PostgreSQL refuses to run as root
    become = ["runuser", "-u", _OWNER, "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryFile() as output:
        # a file, not a pipe: the server inherits it and would keep a pipe open for as long as it runs
        done = subprocess.run([*become, *map(str, command)], stdout=output, stderr=output, cwd="/")  # noqa: S603
        if done.returncode != 0:
            output.seek(0)
            pytest.fail(f"{' '.join(map(str, command))} failed:\n{output.read().decode()}")
