"""The channels file: what may stand in it, and that a mistake is told with its place and without its secret."""

from pathlib import Path

import pytest

from amends.errors import ConfigurationError
from amends.paging.addresses import Kind, NoAddress, parse
from amends.paging.directory import load_directory, read_directory

FILE = """\
people:
  an:
    language: zh
    channels:
      - dingtalk:https://oapi.dingtalk.example/robot/send?access_token=0123abcd#secret=SECsecret
      - mail:an@shop.example
      - mail:an@home.example
  bo:
    channels: ["slack:https://hooks.slack.example/services/T0/B0/x"]
"""


def test_people_have_a_language_and_channels_in_order_named_after_their_kind() -> None:
    directory = read_directory("channels.yaml", FILE)

    an, bo = directory.people["an"], directory.people["bo"]
    assert (an.language, bo.language) == ("zh", "en")
    assert [*an.channels] == ["dingtalk", "mail", "mail-2"]
    assert an.channels["dingtalk"].to == "https://oapi.dingtalk.example/robot/send?access_token=0123abcd"
    assert an.channels["dingtalk"].secret == FILE.split("secret=")[1].splitlines()[0]
    assert directory.kinds() == {Kind.MAIL: 2, Kind.DINGTALK: 1, Kind.SLACK: 1}
    assert "0123abcd" not in repr(directory)
    assert "SECsecret" not in repr(directory)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("people: {an: {chanels: [x]}}", "f.yaml:1:15: there is no key 'chanels' here, only language and channels"),
        ("people: {an: {language: en}}", "f.yaml:1:10: 'channels' is missing here; write it"),
        ("persons: {}", "f.yaml:1:1: there is no key 'persons' here, only people"),
        ("people: {an: {language: fr, channels: [mail:a@b]}}", "f.yaml:1:15: this is no language that pages are"),
        ("people: {an: {channels: []}}", "f.yaml:1:15: there must be one channel at least"),
        ("people: {an: {channels: mail:a@b}}", "f.yaml:1:15: this must be a list of channels"),
        ("people: {an: {channels: [{mail: a@b}]}}", "f.yaml:1:26: this must be one channel, such as mail:"),
        ("people: [an]", "f.yaml:1:1: there must be keys and values here"),
        ("people: {an: [mail]}", "f.yaml:1:10: there must be keys and values here"),
        ("an: 1\nan: 2", "f.yaml:2:1: 'an' is here twice; keep one"),
        ("people: &all {an: {channels: [mail:a@b]}}", "f.yaml:1:1: anchors and aliases are not used here"),
        ("people: {an: {channels: [mail:a@b]}", "f.yaml:1:36: this is not YAML"),
        ("- an", "f.yaml:1:1: the file must begin with `people:`"),
        ("", "f.yaml:1:1: the file must begin with `people:`"),
        ("people: \x01", "f.yaml:1:1: this is not YAML; write it anew"),
        ("people: {an: {channels: [mail:nobody]}}", "f.yaml:1:26: this is no mail address; write mail:name@"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_its_mend(written: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_directory("f.yaml", written)

    assert says in str(error.value)


def test_all_mistakes_in_channels_are_told_at_once_and_none_with_its_secret() -> None:
    secrets = ["https://open.feishu.example/hook/tok-en", "wecom:https://q.example/send?key=#secret=SEC", "pager:x@y"]
    with pytest.raises(ConfigurationError) as error:
        read_directory("f.yaml", f"people:\n  an:\n    channels: {secrets!r}")

    told = str(error.value)
    assert [place for place in ("f.yaml:3:16", "f.yaml:3:59", "f.yaml:3:107") if place not in told] == []
    assert [secret for secret in ("tok-en", "SEC", "x@y") if secret in told] == []
    assert "__cause__" not in told
    assert error.value.__cause__ is None


@pytest.mark.parametrize(
    ("channel", "says"),
    [
        ("0123456789abcdef", "this is no channel; write one of mail, webhook, dingtalk, feishu, wecom, slack"),
        ("https://hooks.example/x", "there is no kind of channel 'https'"),
        ("mail:an", "this is no mail address"),
        ("mail:an@b,bo@b", "this is no mail address"),
        ("slack:hooks.slack.example/x", "the address of slack is no web address; write slack:https://…"),
        ("slack:http://hooks.slack.example/x", "write https:// instead of http://"),
        ("slack:https://[::1/x", "the address of slack cannot be read"),
        ("slack:https://h.example/x#secret=y", "behind the # of slack nothing may stand"),
        ("dingtalk:https://h.example/robot/send", "has no access_token; copy it whole"),
        ("dingtalk:https://h.example/send?access_token=t#sec=SEC1", "behind the # of dingtalk only #secret=…"),
        ("dingtalk:https://h.example/send?access_token=t#secret=", "the secret of dingtalk is empty"),
        ("feishu:https://h.example/hook/t#nothing", "the address of feishu cannot be read"),
        ("wecom:https://h.example/send?k=1", "the address of wecom has no key"),
        ("webhook:https://h.example/x#secret=abc", "the secret of webhook is whsec_ and base64"),
        ("webhook:https://h.example/x#secret=whsec_!", "the secret of webhook is whsec_ and base64"),
        ("webhook:https://h.example/x#secret=whsec_", "the secret of webhook is whsec_ and base64"),
    ],
)
def test_a_channel_that_cannot_be_used_says_how_to_mend_it(channel: str, says: str) -> None:
    with pytest.raises(NoAddress) as error:
        parse(channel)

    assert says in str(error.value)


@pytest.mark.parametrize(
    "channel",
    [
        "webhook:http://alerts.ops.svc:8080/pages",
        "webhook:https://alerts.example/pages?team=a#secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "slack:http://127.0.0.1:8080/x",
        "feishu:https://h.example/hook/t",
        "mail:an+pages@shop.example",
        " mail:an@shop.example ",
    ],
)
def test_a_channel_is_read(channel: str) -> None:
    address = parse(channel)

    assert channel.strip().startswith(address.kind)
    assert address.to in channel


def test_a_secret_may_have_a_plus_in_it() -> None:
    assert parse("feishu:https://h.example/hook/t#secret=a+b/c=").secret in {"a+b/c="}


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("people: {é: 1}".encode("latin-1"))

    with pytest.raises(ConfigurationError, match=r"latin\.yaml: the file is not UTF-8"):
        load_directory(latin)
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        load_directory(tmp_path / "missing.yaml")
