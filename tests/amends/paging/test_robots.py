"""Robots and webhooks: what they take, what they refuse inside a 200, and what may pass."""

import logging
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from amends.errors import Refused, Trouble
from amends.paging import channels as channels_module
from amends.paging.addresses import parse
from amends.paging.robots import posted
from amends.paging.wording import worded
from tests.amends.paging.rig import KEY, PAGE, page_over, reached
from tests.amends.paging.vendors import FEISHU_SECRET, TOKEN, Vendors

KINDS = ("dingtalk", "feishu", "wecom", "slack", "webhook")

each_kind = pytest.mark.parametrize("kind", KINDS)


@each_kind
def test_a_page_is_taken_and_reads_the_same_over_every_channel(chat: Vendors, kind: str) -> None:
    with reached(chat.address(kind), language="zh") as channels:
        said = page_over(channels, kind)

    assert said in {"ok", "success", "noted"}
    assert chat.texts() == [
        "[紧急] 物流丢失 SO-1001\n"
        "原因：某项操作未能撤销\n"
        "截止：2026-11-23T12:00Z\n"
        "第 2 级，共 3 级，logistics_lead\n"
        "amends show 09e8ed54\n"
        "amends ack 09e8ed54"
    ]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("dingtalk", "300001: token is not exist"),
        ("feishu", "19001: param invalid: incoming webhook access token invalid"),
        ("wecom", "93000: invalid webhook url, hint: [1732284000], more info at …"),
        ("slack", "it answered 403: invalid_token"),
    ],
)
def test_a_wrong_token_is_a_refusal_in_the_channel_s_own_words(chat: Vendors, kind: str, says: str) -> None:
    wrong = chat.address(kind).replace(TOKEN, "wrong-token-of-ours")

    with reached(wrong) as channels, pytest.raises(Refused) as refused:
        page_over(channels, kind)

    assert (refused.value.reason, str(refused.value)) == ("PageRefused", says)
    assert chat.got == []


@pytest.mark.parametrize(
    ("kind", "secret", "says"),
    [
        ("dingtalk", "SECwrong", "310000: sign not match"),
        ("dingtalk", "", "310000: invalid timestamp"),
        ("feishu", "wrong", "19021: sign match fail or timestamp is not within one hour from current time"),
        ("feishu", "", "19021: sign match fail or timestamp is not within one hour from current time"),
        ("webhook", "whsec_d3Jvbmc=", "it answered 401: No matching signature found"),
        ("webhook", "", "it answered 401: Missing required headers"),
    ],
)
def test_a_wrong_secret_or_none_is_a_refusal(chat: Vendors, kind: str, secret: str, says: str) -> None:
    with reached(chat.address(kind, secret=secret)) as channels, pytest.raises(Refused) as refused:
        page_over(channels, kind)

    assert str(refused.value) == says


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("dingtalk", (200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})),
        ("dingtalk", (200, {"errcode": -1, "errmsg": "系统繁忙"})),
        ("feishu", (200, {"code": 11232, "msg": "frequency limited psm", "data": {}})),
        ("feishu", (400, {"code": 99991400, "msg": "request trigger frequency limit"})),
        ("wecom", (200, {"errcode": 45009, "errmsg": "api freq out of limit"})),
        ("slack", (429, "rate_limited")),
        ("slack", (500, "rollup_error")),
        ("webhook", (503, "back soon")),
        ("webhook", (425, "too early")),
        ("dingtalk", (200, "<html>please log in to this network</html>")),
        ("feishu", (200, [])),
        ("wecom", (502, "<html>bad gateway</html>")),
        *((kind, "hang up") for kind in KINDS),
    ],
)
def test_what_may_pass_is_trouble(chat: Vendors, kind: str, answer: object) -> None:
    chat.next.append(answer)  # type: ignore[arg-type] # an answer, or what the server does instead
    with reached(chat.address(kind)) as channels:
        with pytest.raises(Trouble):
            page_over(channels, kind)
        page_over(channels, kind)

    assert len(chat.got) == 1


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("slack", (200, "no_service")),
        ("slack", (410, "channel_is_archived")),
        ("slack", (302, "")),
        ("webhook", (301, "")),
        ("feishu", (400, {"code": 9499, "msg": "Bad Request", "data": {}})),
        ("feishu", (200, {"StatusCode": 19024, "StatusMessage": "Key Words Not Found"})),
        ("dingtalk", (200, {"errcode": 310000, "errmsg": "keywords not in content"})),
        ("dingtalk", (404, "not here")),
    ],
)
def test_what_will_never_be_taken_is_a_refusal(chat: Vendors, kind: str, answer: tuple[int, object]) -> None:
    chat.next.append(answer)
    with reached(chat.address(kind)) as channels, pytest.raises(Refused):
        page_over(channels, kind)


def test_a_channel_that_is_silent_for_too_long_is_trouble(chat: Vendors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels_module, "_PATIENCE", httpx2.Timeout(0.05))
    chat.next.append("silence")

    with reached(chat.address("slack")) as channels, pytest.raises(Trouble, match="slack did not answer in time"):
        page_over(channels, "slack")


def test_nobody_listening_is_trouble_and_names_no_address() -> None:
    with reached(f"slack:http://127.0.0.1:9/services/{TOKEN}") as channels, pytest.raises(Trouble) as trouble:
        page_over(channels, "slack")

    assert TOKEN not in str(trouble.value)


def test_a_webhook_carries_the_page_for_programs_under_a_key_that_a_repeat_has_too(chat: Vendors) -> None:
    with reached(chat.address("webhook")) as channels:
        page_over(channels, "webhook")
        page_over(channels, "webhook")
        page_over(channels, "webhook", key=f"{KEY}/小明")

    (_, body, headers), (_, _, again), (_, _, other) = chat.got
    assert headers["webhook-id"] == again["webhook-id"] == KEY
    assert other["webhook-id"].isascii()
    assert (body["type"], body["key"]) == ("page", KEY)
    assert body["page"]["incident_id"] == PAGE.incident_id
    assert body["page"]["due_at"] == "2026-11-23T12:00:00Z"


def test_a_webhook_without_a_secret_is_not_signed() -> None:
    address = parse("webhook:http://alerts.ops.svc:8080/pages")

    request = posted(address, key=KEY, page=PAGE, text=worded(PAGE, language="en"), now=datetime.now(UTC))

    assert "webhook-signature" not in request.headers
    assert request.headers["webhook-id"] == KEY


def test_dingtalk_s_signature_is_quoted_once() -> None:
    """A moment and a secret whose signature has all of ``+``, ``/`` and ``=`` in it."""
    address = parse("dingtalk:https://oapi.dingtalk.example/robot/send?access_token=t#secret=this is secret")

    for second in range(200):
        now = datetime.fromtimestamp(1764000000 + second, UTC)
        request = posted(address, key=KEY, page=PAGE, text=worded(PAGE, language="en"), now=now)
        (sign,) = parse_qs(urlsplit(request.url).query)["sign"]
        if "+" in sign and "/" in sign:
            break

    assert sign.endswith("=")
    assert f"&timestamp={1764000000 + second}000&sign={sign.replace('+', '%2B').replace('/', '%2F')[:-1]}%3D" in (
        request.url
    )


def test_slack_does_not_read_a_title_as_its_own_marks(chat: Vendors) -> None:
    with reached(chat.address("slack")) as channels:
        page_over(channels, "slack", title={"en": "<!channel> & more"})

    assert chat.texts()[0].startswith("[critical] &lt;!channel&gt; &amp; more SO-1001")


def test_no_log_shows_a_token_or_a_secret(chat: Vendors, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx2").setLevel(logging.DEBUG)

    with reached(*(chat.address(kind) for kind in KINDS)) as channels:
        for kind in KINDS:
            page_over(channels, kind)
        shown = repr(channels) + repr(channels.directory) + caplog.text

    assert [secret for secret in (TOKEN, FEISHU_SECRET, "127.0.0.1") if secret in shown] == []


def test_what_a_channel_says_is_shown_without_secrets_on_one_line_and_cut(chat: Vendors) -> None:
    words = f"token {TOKEN.upper()} of an@shop.example\nsee https://x.example/{TOKEN} \x1b[31m" + "x" * 500
    chat.next.append((400, words))

    with reached(chat.address("slack")) as channels, pytest.raises(Refused) as refused:
        page_over(channels, "slack")

    told = str(refused.value).removeprefix("it answered 400: ")
    assert told.startswith("token … of … see … [31mxxx")
    assert len(told) == 200


def test_a_channel_that_the_person_has_no_more_is_a_refusal(chat: Vendors) -> None:
    with reached(chat.address("slack")) as channels, pytest.raises(Refused, match="'an' has no channel 'mail'"):
        page_over(channels, "mail")
