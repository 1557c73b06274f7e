"""Which systems a process calls: by the settings, the reference shop or a company's own over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url

from amends.connectors.http import Line, connected
from amends.connectors.http.answers import SECRET_SETTING, URL_SETTING
from amends.connectors.ports import Connectors
from amends.connectors.shop import Shop
from amends.connectors.signing import Secrets
from amends.errors import ConfigurationError
from amends.settings import Settings, Systems


@contextmanager
def connectors_of(settings: Settings) -> Iterator[Connectors]:
    """The systems of the settings, as long as the block runs. Raises ``ConfigurationError`` when they cannot be used;
    whether systems over HTTP answer, the first call tells."""
    if settings.connectors is Systems.HTTP:
        with line_of(settings) as line:
            yield connected(line)
        return
    shop = Shop(settings.shop_url)
    try:
        yield shop
    finally:
        shop.dispose()


@contextmanager
def line_of(settings: Settings) -> Iterator[Line]:
    """The line to the systems of the settings, as long as the block runs."""
    if settings.connectors_url is None:
        raise ConfigurationError(
            f"{URL_SETTING}: AMENDS_CONNECTORS is http, and nothing says where your systems answer; set it to "
            "https://<host>/<path>"
        )
    line = Line(settings.connectors_url, secrets_of(settings))
    try:
        yield line
    finally:
        line.dispose()


def secrets_of(settings: Settings) -> Secrets:
    """What signs calls, and is held against their signature. Raises ``ConfigurationError`` when there is none."""
    if settings.connectors_secret is None:
        raise ConfigurationError(
            f"{SECRET_SETTING}: it is not set, and calls of your systems are signed with it; `amends shop secret` "
            "makes one, which both sides need"
        )
    return Secrets.parse(settings.connectors_secret, named=SECRET_SETTING)


def place_of(settings: Settings) -> str:
    """Where the systems are, without a password."""
    if settings.connectors is Systems.HTTP:
        return settings.connectors_url or "nowhere"
    return make_url(settings.shop_url).render_as_string(hide_password=True)
