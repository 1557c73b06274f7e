"""Where something listens: ``host:port``, as people write it; and the address of what answers over HTTP."""

import re
import socket
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

from amends.errors import ConfigurationError


class Address(NamedTuple):
    """A host (a name, an IPv4 address, or an IPv6 address without its brackets) and a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str, *, named: str) -> Self:
        """Reads ``127.0.0.1:9000`` or ``[::1]:9000``. Raises ``ConfigurationError`` that begins with ``named``."""
        host, colon, port = text.rpartition(":")
        bracketed = host.startswith("[") and host.endswith("]")
        if not (colon and host and port.isascii() and port.isdigit()) or ((":" in host or "/" in host) != bracketed):
            raise ConfigurationError(f"{named}: {text!r} is no address; write host:port, 127.0.0.1:9000 say")
        if not 0 < int(port) < 2**16:
            raise ConfigurationError(f"{named}: ports go from 1 to 65535, and {text!r} has {port}")
        return cls(host[1:-1] if bracketed else host, int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def require_free(self, *, named: str) -> Self:
        """The address with its host as a number. Raises ``ConfigurationError``, beginning with ``named``, when nothing
        can listen here."""
        try:
            family, kind, protocol, _, place = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
            return type(self)(str(place[0]), self.port)
        except OSError as error:
            raise ConfigurationError(
                f"{named}: nothing can listen on {str(self)!r} ({error.strerror}); stop what holds it, or name another"
            ) from error


_BASE_URL: Final = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?", re.IGNORECASE)


def require_base_url(text: str, *, named: str) -> None:
    """Raises ``ConfigurationError``, beginning with ``named``, unless it is an address below which paths can stand. It
    is not shown, for it may hold a password."""
    try:
        good = _BASE_URL.fullmatch(text) is not None and urlsplit(text).port != 0
    except ValueError:
        good = False
    if not good:
        raise ConfigurationError(
            f"{named}: it is no address of systems; write https://<host>/<path>, without a name, a query or a fragment"
        )
