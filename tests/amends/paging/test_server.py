"""The mail server's URL."""

import pytest

from amends.errors import ConfigurationError
from amends.paging.server import MailServer, Tls


def parsed(text: str) -> MailServer:
    return MailServer.parse(text, named="AMENDS_SMTP_URL")


@pytest.mark.parametrize(
    ("text", "port", "tls"),
    [
        ("smtp://mail.example?from=a@b", 587, Tls.STARTTLS),
        ("smtp://mail.example?from=a@b&tls=implicit", 465, Tls.IMPLICIT),
        ("smtp://mail.example?from=a@b&tls=none", 25, Tls.NONE),
        ("smtp://mail.example:2525/?from=a@b", 2525, Tls.STARTTLS),
    ],
)
def test_a_port_follows_from_how_the_connection_is_secured(text: str, port: int, tls: Tls) -> None:
    server = parsed(text)

    assert (server.host, server.port, server.tls, server.sender) == ("mail.example", port, tls, "a@b")


def test_signs_in_a_user_and_a_password_may_be_escaped_and_neither_is_shown() -> None:
    server = parsed("smtp://an%40shop.example:p%3A%2Fw%25d@mail.example?from=an+pages@shop.example")

    assert (server.user, server.password) == ("an@shop.example", "p:/w%d")
    assert server.sender == "an+pages@shop.example"
    assert "p:/w" not in repr(server)
    assert "an@shop.example" not in repr(server)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mail.example", "it is no address of a mail server; write smtp://"),
        ("smtp://?from=a@b", "it is no address of a mail server"),
        ("smtp://mail.example/inbox?from=a@b", "it is no address of a mail server"),
        ("smtp://mail.example:port?from=a@b", "it cannot be read"),
        ("smtp://mail.example", "it does not say from which address mail comes"),
        ("smtp://mail.example?from=a@b&tls=ssl", "tls=ssl is none of starttls, implicit, none"),
        ("smtp://mail.example?from=a@b&to=c@d", "there is no option 'to', only from and tls"),
        ("smtp://u:hunter2@mail.example?from=a@b&tls=none", "with tls=none the password could be read on its way"),
    ],
)
def test_a_url_of_no_use_is_told_without_itself(text: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        parsed(text)

    assert str(error.value).startswith(f"AMENDS_SMTP_URL: {says}")
    assert "hunter2" not in str(error.value)


def test_a_password_may_go_unsecured_to_this_machine() -> None:
    assert parsed("smtp://u:p@127.0.0.1:25?from=a@b&tls=none").port == 25
