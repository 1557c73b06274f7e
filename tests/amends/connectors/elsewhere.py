"""Systems at the other end of an HTTP connection, within this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from amends.addresses import Address
from amends.connectors.http import Line, connected
from amends.connectors.ports import Connectors
from amends.connectors.serving import application, served
from amends.connectors.signing import Secrets

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYq="  # noqa: S105 - it opens nothing
SECRETS = Secrets.parse(SECRET, named="the tests' secret")
HERE = Address("127.0.0.1", 0)


class Behind:
    """Whichever systems stand behind a server at the moment."""

    systems: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.systems, name)


@dataclass(frozen=True)
class Elsewhere:
    """A server, and a line to it."""

    line: Line
    behind: Behind

    def reached(self, systems: Any) -> Connectors:
        """Puts systems behind the server, and gives those at this end of the line."""
        self.behind.systems = systems
        return connected(self.line)


@contextmanager
def serving_elsewhere() -> Iterator[Elsewhere]:
    """The server and the line, as long as the block runs. A call that gets no answer has its connection closed."""
    behind = Behind()
    with line_to(behind, silent_for=timedelta(0)) as line:
        yield Elsewhere(line, behind)


@contextmanager
def line_to(systems: Any, *, silent_for: timedelta, patience: timedelta = timedelta(seconds=20)) -> Iterator[Line]:
    """A server of its own for some systems, and a line to it."""
    app = application(cast("Connectors", systems), SECRETS, silent_for=silent_for)
    with served(app, HERE, named="the tests' server") as url:
        line = Line(url, SECRETS, patience=patience)
        yield line
        line.dispose()
