"""Channel URLs, as people write them: ``mail:an@shop.example``, ``dingtalk:https://…?access_token=…#secret=SEC…``."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

from amends.paging.server import is_here


class Kind(StrEnum):
    """What a channel is. The names stand in files and in the journal: add, never rename."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WECOM = "wecom"
    SLACK = "slack"


_NEEDS: Final = {Kind.DINGTALK: "access_token", Kind.WECOM: "key"}
"""What the address of a robot names in its query."""

_SIGNING_SECRET: Final = re.compile(r"whsec_[A-Za-z0-9+/]{2,}={0,2}")

_SIGNED: Final = {Kind.DINGTALK, Kind.FEISHU, Kind.WEBHOOK}


class NoAddress(ValueError):
    """A channel URL that cannot be used. The text says how to mend it and shows nothing of what is secret."""


@dataclass(frozen=True)
class Address:
    """Where a channel leads. ``to``: a mail address or a URL, without the ``secret``. Its repr shows its kind only."""

    kind: Kind
    to: str = field(repr=False)
    secret: str = field(default="", repr=False)

    @property
    def hidden(self) -> tuple[str, ...]:
        """What no text may show, the longest first."""
        parts = {self.to, self.secret}
        if self.kind is not Kind.MAIL:
            url = urlsplit(self.to)
            parts |= {value for values in parse_qs(url.query).values() for value in values}
            parts |= {part for part in url.path.split("/") if len(part) > _TELLING}
        return tuple(sorted(filter(None, parts), key=len, reverse=True))


_TELLING: Final = 15
"""Characters from which on a part of a path may be a token; shorter ones are words such as ``send``."""


def parse(text: str) -> Address:
    """Reads a channel URL. Raises ``NoAddress``."""
    named, colon, to = text.strip().partition(":")
    if not colon or named not in set(Kind):
        shown = f"there is no kind of channel {named!r}" if colon and named.isalpha() else "this is no channel"
        raise NoAddress(f"{shown}; write one of {', '.join(Kind)}, a colon, and the address")
    kind = Kind(named)
    return _mail(to) if kind is Kind.MAIL else _web(kind, to)


def _mail(to: str) -> Address:
    name, at, host = to.rpartition("@")
    if not (name and at and host) or any(each.isspace() or each in "<>,;" for each in to):
        raise NoAddress("this is no mail address; write mail:name@shop.example")
    return Address(Kind.MAIL, to)


def _web(kind: Kind, to: str) -> Address:
    try:
        url = urlsplit(to)
        host, _ = url.hostname, url.port
        said = dict(parse_qsl(url.fragment.replace("+", "%2B"), keep_blank_values=True, strict_parsing=True))
    except ValueError as error:
        raise NoAddress(f"the address of {kind} cannot be read; write {kind}:https://…") from error
    if url.scheme not in ("https", "http") or not host:
        raise NoAddress(f"the address of {kind} is no web address; write {kind}:https://…")
    if url.scheme == "http" and kind is not Kind.WEBHOOK and not is_here(host):
        raise NoAddress(f"the address of {kind} can be read on its way; write https:// instead of http://")
    needed = _NEEDS.get(kind)
    if needed and not parse_qs(url.query).get(needed):
        raise NoAddress(f"the address of {kind} has no {needed}; copy it whole, as the robot's settings show it")
    return Address(kind, urlunsplit(url._replace(fragment="")), _secret(kind, said))


def _secret(kind: Kind, said: dict[str, str]) -> str:
    strangers = set(said) - {"secret"}
    if strangers or (said and kind not in _SIGNED):
        allowed = "only #secret=…" if kind in _SIGNED else "nothing"
        raise NoAddress(f"behind the # of {kind} {allowed} may stand")
    secret = said.get("secret", "")
    if said and not secret:
        raise NoAddress(f"the secret of {kind} is empty; copy it whole, or leave #secret= out")
    if secret and kind is Kind.WEBHOOK and not _SIGNING_SECRET.fullmatch(secret):
        raise NoAddress("the secret of webhook is whsec_ and base64; copy it whole from whoever receives the pages")
    return secret
