"""A server for an application, in a thread of its own."""

import contextlib
import socket
from collections.abc import Iterator
from threading import Thread
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from amends.addresses import Address
from amends.errors import ConfigurationError

_GRACE: Final = 5
"""Seconds for calls under way when it stops."""

_WAITING: Final = 128
"""Connections that may wait to be taken."""


@contextlib.contextmanager
def served(app: ASGIApp, address: Address, *, named: str) -> Iterator[str]:
    """Serves ``app`` on ``address`` (port 0: a free one) as long as the block runs; gives its URL. On leaving, calls
    under way finish first.

    Raises ``ConfigurationError``, beginning with ``named``, when nothing can listen there.
    """
    with _listening(address, named) as listening:
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_GRACE,
            server_header=False,
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([listening],), name="systems", daemon=True)
        thread.start()
        try:
            yield f"http://{Address(address.host, listening.getsockname()[1])}"
        finally:
            server.should_exit = True
            thread.join()


@contextlib.contextmanager
def _listening(address: Address, named: str) -> Iterator[socket.socket]:
    """From now on connections wait here to be taken."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _not_free(address, named, error) from error
    with listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(place)
            listening.listen(_WAITING)
        except OSError as error:
            raise _not_free(address, named, error) from error
        yield listening


def _not_free(address: Address, named: str, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{named}: nothing can listen on {str(address)!r} ({error.strerror}); stop what holds it, or name another"
    )
