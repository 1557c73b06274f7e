"""The mail server, as one URL: ``smtp://user:password@host:587?from=…&tls=starttls|implicit|none``."""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Final, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from amends.errors import ConfigurationError

_FORM: Final = "write smtp://<user>:<password>@<host>:587?from=<address>&tls=starttls"


class Tls(StrEnum):
    """``starttls``: the connection is secured before anything is said; ``implicit``: from its first byte."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


_PORTS: Final = {Tls.STARTTLS: 587, Tls.IMPLICIT: 465, Tls.NONE: 25}


@dataclass(frozen=True)
class MailServer:
    """``sender``: the address that mail comes from. Without a ``user`` nobody logs in."""

    host: str
    port: int
    sender: str
    tls: Tls
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str, *, named: str) -> Self:
        """Reads the URL. Raises ``ConfigurationError`` that begins with ``named`` and never shows the URL."""
        try:
            url = urlsplit(text)
            port = url.port
        except ValueError as error:
            raise ConfigurationError(f"{named}: it cannot be read; {_FORM}") from error
        if url.scheme != "smtp" or not url.hostname or url.path.strip("/"):
            raise ConfigurationError(f"{named}: it is no address of a mail server; {_FORM}")
        said = dict(parse_qsl(url.query.replace("+", "%2B"), keep_blank_values=True))  # a plus is part of an address
        strangers = sorted(set(said) - {"from", "tls"})
        if strangers:
            raise ConfigurationError(f"{named}: there is no option {strangers[0]!r}, only from and tls")
        if "@" not in said.get("from", ""):
            raise ConfigurationError(f"{named}: it does not say from which address mail comes; add ?from=<address>")
        tls = said.get("tls", Tls.STARTTLS.value)
        if tls not in set(Tls):
            raise ConfigurationError(f"{named}: tls={tls} is none of {', '.join(Tls)}")
        if tls == Tls.NONE and url.password and not is_here(url.hostname):
            raise ConfigurationError(f"{named}: with tls=none the password could be read on its way; use tls=starttls")
        return cls(
            host=url.hostname,
            port=port or _PORTS[Tls(tls)],
            sender=said["from"],
            tls=Tls(tls),
            user=unquote(url.username or ""),
            password=unquote(url.password or ""),
        )


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
