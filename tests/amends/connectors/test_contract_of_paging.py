"""What holds for every way of reaching people: the reference shop's, and the channels of a real company."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from amends.connectors.ports import Call, Page, Pager
from amends.errors import Refused, Trouble
from amends.models import Severity
from tests.amends.connectors.worlds import World, at
from tests.amends.paging.rig import reached
from tests.amends.paging.vendors import vendors

PAGE = Page(
    incident_id="09e8ed54-2d5b-4a53-9a6c-7a6ac5b2f1f0",
    exception_type="lost_parcel",
    title={"en": "Lost parcel"},
    order_id="SO-1001",
    severity=Severity.HIGH,
    role="logistics",
    why="refused",
)


@dataclass(frozen=True)
class Paging:
    """``pager`` is under test. ``arrived``: what people have read, page by page. ``refuse``, ``trouble``: what the next
    page meets."""

    pager: Pager
    arrived: Callable[[], list[str]]
    refuse: Callable[[], None]
    trouble: Callable[[], None]

    def page(self, *, key: str = "inc/page/1/an", channel: str | None = None) -> str:
        call = at(1, key=key)
        over = channel or self.pager.channels(call, person="an")[0]
        return self.pager.page(call, person="an", channel=over, page=PAGE).words


@pytest.fixture(params=["shop", "channels"])
def paging(request: pytest.FixtureRequest, world: World) -> Iterator[Paging]:
    with _shop(world) if request.param == "shop" else _channels() as paging:
        yield paging


@contextmanager
def _shop(world: World) -> Iterator[Paging]:
    yield Paging(
        pager=world.connectors.people,
        arrived=lambda: [f"{each.subject}\n{each.body}" for each in world.shop.pages("an")],
        refuse=lambda: world.shop.fault(call="people.page", kind="refuse", reason="PageRefused"),
        trouble=lambda: world.shop.fault(call="people.page", kind="trouble"),
    )


@contextmanager
def _channels() -> Iterator[Paging]:
    with vendors() as chat, reached(chat.address("dingtalk"), chat.address("webhook")) as channels:
        yield Paging(
            pager=channels,
            arrived=chat.texts,
            refuse=lambda: chat.next.append((200, {"errcode": 310000, "errmsg": "keywords not in content"})),
            trouble=lambda: chat.next.append((503, "back soon")),
        )


def test_a_person_has_channels_and_a_page_over_one_of_them_arrives(paging: Paging) -> None:
    said = paging.page()

    (text,) = paging.arrived()
    assert said
    assert text.splitlines() == [
        "[high] Lost parcel SO-1001",
        "Why: something was refused",
        "Level 1 of 1, logistics",
        "amends show 09e8ed54",
        "amends ack 09e8ed54",
    ]


def test_a_channel_that_says_no_is_a_refusal_and_the_next_page_may_be_taken(paging: Paging) -> None:
    paging.refuse()

    with pytest.raises(Refused) as refused:
        paging.page()
    nothing = paging.arrived()
    paging.page()

    assert refused.value.reason == "PageRefused"
    assert (nothing, len(paging.arrived())) == ([], 1)


def test_a_channel_that_cannot_be_reached_is_trouble_and_the_same_page_may_be_sent_again(paging: Paging) -> None:
    paging.trouble()

    with pytest.raises(Trouble):
        paging.page()
    nothing = paging.arrived()
    paging.page()

    assert (nothing, len(paging.arrived())) == ([], 1)


def test_a_channel_that_the_person_does_not_have_is_a_refusal(paging: Paging) -> None:
    with pytest.raises(Refused) as refused:
        paging.page(channel="pigeon")

    assert refused.value.reason == "PageRefused"
    assert paging.arrived() == []


def test_a_test_page_says_that_it_is_one(paging: Paging) -> None:
    call = at(1, key="test/an")
    channel = paging.pager.channels(call, person="an")[0]

    paging.pager.page(call, person="an", channel=channel, page=PAGE.model_copy(update={"test": True}))

    assert paging.arrived()[0].startswith("[test] Amends\n")


def test_in_the_shop_a_page_is_kept_once_for_its_key(world: World) -> None:
    for _ in range(2):
        world.call("people.page", key="k", hours=1, person="an", channel="shop", page=PAGE)
    world.shop.fault(call="people.page", kind="trouble_after")
    for key in ("l", "l"):
        try:
            world.call("people.page", key=key, hours=2, person="bo", channel="shop", page=PAGE)
        except Trouble:
            continue

    assert [(page.key, page.person) for page in world.shop.pages()] == [("k", "an"), ("l", "bo")]
    assert world.shop.pages("bo")[0].sent_at == at(2).at


def test_of_somebody_whom_the_file_does_not_name_there_are_no_channels() -> None:
    with reached("mail:an@shop.example") as channels:
        found = channels.channels(Call(key="r", at=at(0).at), person="bo")

    assert found == ()
