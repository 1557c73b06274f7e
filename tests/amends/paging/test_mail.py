"""Pages by mail: over TLS or without it, with and without a login, and what the server says."""

from urllib.parse import quote

import pytest
import trustme

from amends.errors import Refused, Trouble
from amends.paging import mail
from tests.amends.paging.mailing import PASSWORD, USER, Mailbox, mail_server
from tests.amends.paging.rig import KEY, page_over, reached

SENDER = "pager@shop.example"


def url(mailbox: Mailbox, *, tls: str = "none", user: str = "", password: str = PASSWORD) -> str:
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    return f"smtp://{login}localhost:{mailbox.port}?from={SENDER}&tls={tls}"


def test_a_mail_has_what_mailboxes_and_people_need() -> None:
    with mail_server() as mailbox, reached("mail:an@shop.example", language="zh", smtp=url(mailbox)) as channels:
        said = page_over(channels, "mail")

    (message,) = mailbox.got
    assert said == "250 2.0.0 OK: queued as 1"
    assert (message["From"], message["To"]) == (SENDER, "an@shop.example")
    assert message["Subject"] == "[紧急] 物流丢失 SO-1001"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Importance"] == "high"
    assert message["Content-Language"] == "zh"
    assert message["Date"].datetime.tzinfo is not None
    assert message.get_content().replace("\r\n", "\n").splitlines()[0] == "原因：某项操作未能撤销"


def test_a_repeat_is_known_by_its_message_id_and_mails_about_one_incident_stand_together() -> None:
    with mail_server() as mailbox, reached("mail:an@shop.example", smtp=url(mailbox)) as channels:
        for key in (KEY, KEY, f"{KEY}-2"):
            page_over(channels, "mail", key=key)

    first, again, other = mailbox.got
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert first["Message-ID"].endswith("@shop.example>")
    assert first["References"] == other["References"]


def test_a_line_break_in_a_title_adds_no_header() -> None:
    title = {"en": "Lost\r\nBcc: all@shop.example"}
    with mail_server() as mailbox, reached("mail:an@shop.example", smtp=url(mailbox)) as channels:
        page_over(channels, "mail", title=title)

    (message,) = mailbox.got
    assert message["Bcc"] is None
    assert message["Subject"] == "[critical] Lost Bcc: all@shop.example SO-1001"


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_login_goes_over_a_connection_that_is_secured_first(authority: trustme.CA, tls: str) -> None:
    with (
        mail_server(tls=tls, authority=authority, login=tls == "starttls") as mailbox,
        reached("mail:an@shop.example", smtp=url(mailbox, tls=tls, user=USER if tls == "starttls" else "")) as channels,
    ):
        page_over(channels, "mail")

    assert len(mailbox.got) == 1


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_that_nobody_trusts_is_trouble_and_nothing_is_said(authority: trustme.CA, tls: str) -> None:
    with (
        mail_server(tls=tls, authority=authority) as mailbox,
        reached("mail:an@shop.example", smtp=url(mailbox, tls=tls)) as channels,
        pytest.raises(Trouble, match="certificate verify failed"),
    ):
        page_over(channels, "mail")

    assert mailbox.got == []


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_a_refusal_that_does_not_show_it(authority: trustme.CA) -> None:
    with mail_server(tls="starttls", authority=authority, login=True) as mailbox:
        smtp = url(mailbox, tls="starttls", user=USER).replace(quote(PASSWORD, safe=""), "hunter2hunter2")
        with reached("mail:an@shop.example", smtp=smtp) as channels, pytest.raises(Refused) as refused:
            page_over(channels, "mail")

    assert str(refused.value).startswith("the mail server answered 535: ")
    assert "hunter2" not in str(refused.value) + repr(channels)


def test_a_server_that_offers_no_tls_is_a_refusal() -> None:
    with (
        mail_server() as mailbox,
        reached("mail:an@shop.example", smtp=url(mailbox, tls="starttls")) as channels,
        pytest.raises(Refused, match="cannot do what is asked of it: STARTTLS"),
    ):
        page_over(channels, "mail")


def test_a_recipient_that_is_not_taken_is_a_refusal_without_the_address() -> None:
    with mail_server() as mailbox, reached("mail:an@shop.example", smtp=url(mailbox)) as channels:
        mailbox.refused["an@shop.example"] = "550 5.1.1 <an@shop.example>: no such mailbox"
        with pytest.raises(Refused) as refused:
            page_over(channels, "mail")

    assert str(refused.value) == "the mail server answered 550: 5.1.1 <…>: no such mailbox"


@pytest.mark.parametrize("answer", ["451 4.3.0 try again later", "452 4.2.2 mailbox full"])
def test_what_a_server_may_take_later_is_trouble(answer: str) -> None:
    with mail_server() as mailbox, reached("mail:an@shop.example", smtp=url(mailbox)) as channels:
        mailbox.answers.append(answer)
        with pytest.raises(Trouble, match=answer[4:]):
            page_over(channels, "mail")
        page_over(channels, "mail")

    assert len(mailbox.got) == 1


def test_a_recipient_that_is_asked_to_wait_is_trouble() -> None:
    with mail_server() as mailbox, reached("mail:an@shop.example", smtp=url(mailbox)) as channels:
        mailbox.refused["an@shop.example"] = "450 4.7.1 greylisted"
        with pytest.raises(Trouble, match=r"450: 4\.7\.1 greylisted"):
            page_over(channels, "mail")


def test_a_server_that_is_away_or_silent_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_PATIENCE", 0.2)
    with mail_server() as mailbox:
        away = url(mailbox)

    with reached("mail:an@shop.example", smtp=away) as channels, pytest.raises(Trouble):
        page_over(channels, "mail")


def test_without_a_server_mail_is_refused() -> None:
    with reached("mail:an@shop.example") as channels, pytest.raises(Refused, match="AMENDS_SMTP_URL"):
        page_over(channels, "mail")
