"""Paging within an activity: over the shop's own channel and over real ones of this machine."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from activities.paging import Paging
from activities.wire import CallReport, PageRequest, PageResult
from amends.connectors.ports import Pager
from amends.connectors.shop import Shop
from amends.errors import Trouble
from amends.models import Outcome, Severity
from tests.activities.rig import INCIDENT, Rig
from tests.amends.paging.rig import reached
from tests.amends.paging.vendors import TOKEN, Vendors, vendors


@pytest.fixture
def chat() -> Iterator[Vendors]:
    with vendors() as state:
        yield state


def request(incident: str = INCIDENT, *, page: int = 1, **other: Any) -> PageRequest:
    given: dict[str, Any] = {
        "key": f"{incident}/page/{page}",
        "incident_id": incident,
        "exception_type": "lost_parcel",
        "title": {"en": "Lost parcel", "zh": "物流丢失"},
        "order_id": "SO-1001",
        "severity": Severity.HIGH,
        "level": 1,
        "levels": 3,
        "role": "logistics",
        "people": ("an",),
        "why": "refused",
        "cause": "task:payments.refund",
        "join_within": timedelta(minutes=15),
    }
    return PageRequest.model_validate({**given, **other})


def page(rig: Rig, people: Pager, asked: PageRequest, *, hours: float = 0) -> CallReport:
    return rig.within(lambda: Paging(people, rig.journal.pages).page(asked), hours=hours)


def pages(report: CallReport) -> list[Any]:
    found = report.result["pages"]
    assert isinstance(found, list)
    return found


def test_everybody_who_is_on_gets_the_page(rig: Rig, shop: Shop) -> None:
    """Each page is kept with its channel's own result."""
    report = page(rig, shop.people, request(people=("an", "bo")))

    assert report.outcome is Outcome.APPLIED
    assert pages(report) == [
        {"person": person, "channel": "shop", "result": "sent", "detail": "kept in the reference shop"}
        for person in ("an", "bo")
    ]
    assert [(each.person, each.subject) for each in shop.pages()] == [
        ("an", "[high] Lost parcel SO-1001"),
        ("bo", "[high] Lost parcel SO-1001"),
    ]


def test_a_retry_doubles_nothing(rig: Rig, shop: Shop) -> None:
    first = page(rig, shop.people, request())
    again = page(rig, shop.people, request(), hours=1)

    assert again == first
    assert len(shop.pages()) == 1


def test_the_next_channel_is_tried_when_one_refuses_or_is_in_trouble(rig: Rig, chat: Vendors) -> None:
    wrong = chat.address("wecom").replace(TOKEN, "wrong-token-of-ours")
    chat.next += [(503, "back soon")]

    with reached(chat.address("dingtalk"), wrong, chat.address("feishu"), chat.address("slack")) as people:
        report = page(rig, people, request())

    assert report.outcome is Outcome.APPLIED
    assert [(each["channel"], each["result"]) for each in pages(report)] == [
        ("dingtalk", "failed"),
        ("wecom", "refused"),
        ("feishu", "sent"),
    ]
    assert [kind for kind, _, _ in chat.got] == ["feishu"]
    assert TOKEN not in report.model_dump_json()


def test_nobody_reached_though_somebody_might_be_is_trouble_that_the_retry_goes_on_from(
    rig: Rig, chat: Vendors
) -> None:
    wrong = chat.address("dingtalk").replace(TOKEN, "wrong-token-of-ours")
    with reached(wrong, chat.address("slack")) as people:
        chat.next += ["hang up"]
        chat.next.insert(0, (200, {"errcode": 300001, "errmsg": "token is not exist"}))
        with pytest.raises(Trouble, match=r"an: dingtalk refused it \(300001: .*\); an: slack could not be reached"):
            page(rig, people, request())
        kept = [(each.channel, each.result) for each in rig.journal.pages.of_incident(INCIDENT)]
        report = page(rig, people, request(), hours=0.1)

    assert kept == [("dingtalk", PageResult.REFUSED), ("slack", PageResult.FAILED)]
    assert report.outcome is Outcome.APPLIED
    assert [kind for kind, _, _ in chat.got] == ["slack"]


def test_nobody_reached_and_nobody_who_might_be_is_a_refusal_that_says_why_for_each(rig: Rig, chat: Vendors) -> None:
    wrong = chat.address("dingtalk").replace(TOKEN, "wrong-token-of-ours")
    with reached(wrong) as people:
        report = page(rig, people, request(people=("an", "bo")))

    assert report.outcome is Outcome.NOT_APPLIED
    assert report.refusal is not None
    assert (report.refusal.reason, report.refusal.message) == (
        "NobodyReached",
        "nobody of 'logistics' was reached: an: dingtalk refused it (300001: token is not exist); "
        "bo: nobody has said how to reach them",
    )
    assert [each["result"] for each in pages(report)] == ["refused", "no_channel"]


def test_nobody_on_duty_is_nobody_reached(rig: Rig, shop: Shop) -> None:
    report = page(rig, shop.people, request(people=()))

    assert report.refusal is not None
    assert report.refusal.message == "nobody of 'logistics' was reached: nobody is on duty"


def test_one_who_was_reached_is_enough(rig: Rig, shop: Shop) -> None:
    shop.fault(call="people.page", kind="trouble")

    report = page(rig, shop.people, request(people=("an", "bo")))

    assert report.outcome is Outcome.APPLIED
    assert [(each["person"], each["result"]) for each in pages(report)] == [("an", "failed"), ("bo", "sent")]


def test_a_page_whose_answer_was_lost_comes_again_under_its_key(rig: Rig, shop: Shop) -> None:
    shop.fault(call="people.page", kind="trouble_after")
    with pytest.raises(Trouble):
        page(rig, shop.people, request())

    report = page(rig, shop.people, request(), hours=0.1)

    assert report.outcome is Outcome.APPLIED
    assert [each.key for each in shop.pages()] == [f"{INCIDENT}/page/1/an/shop"]


def test_another_incident_s_page_about_the_same_is_joined(rig: Rig, shop: Shop) -> None:
    page(rig, shop.people, request())

    report = page(rig, shop.people, request("inc-1002"), hours=0.2)

    assert report.outcome is Outcome.APPLIED
    assert pages(report) == [{"person": "an", "channel": "", "result": "joined", "detail": f"{INCIDENT}/page/1"}]
    assert len(shop.pages()) == 1


def test_ten_incidents_at_once_page_one_person_once(rig: Rig, shop: Shop) -> None:
    barrier = Barrier(10)

    def incident(number: int) -> CallReport:
        barrier.wait(timeout=30)
        while True:
            try:
                return page(rig, shop.people, request(f"inc-{number}"))
            except Trouble:  # another's is under way, and Temporal would try again
                time.sleep(0.01)

    with ThreadPoolExecutor(10) as pool:
        reports = list(pool.map(incident, range(10)))

    assert len(shop.pages()) == 1
    assert sorted(pages(report)[0]["result"] for report in reports) == ["joined"] * 9 + ["sent"]
    assert {report.outcome for report in reports} == {Outcome.APPLIED}
