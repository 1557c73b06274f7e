"""Pages: one for a person and a cause, however many incidents have it, and none twice for one key."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from amends.journal import Begun, Journal, schema
from amends.journal.engine import writing
from amends.journal.pages import UNDER_WAY
from amends.models import PageResult, Severity
from tests.amends.journal.builders import NOON

CHANNELS = ("dingtalk", "mail")
MINUTE = timedelta(minutes=1)
SENT, JOINED, REFUSED, FAILED = PageResult.SENT, PageResult.JOINED, PageResult.REFUSED, PageResult.FAILED

Begin = Callable[..., Begun]
Settle = Callable[..., Begun]


@pytest.fixture
def begin(journal: Journal) -> Begin:
    def begin(incident: str = "one", *, page: int = 1, minutes: float = 0, **other: Any) -> Begun:
        given: dict[str, Any] = {
            "key": f"{incident}/page/{page}",
            "person": "an",
            "incident_id": incident,
            "cause": "task:payments.refund",
            "severity": Severity.HIGH,
            "level": 1,
            "channels": CHANNELS,
            "join_within": 15 * MINUTE,
            "at": NOON + minutes * MINUTE,
        }
        return journal.pages.begin(**{**given, **other})

    return begin


@pytest.fixture
def settle(journal: Journal) -> Settle:
    def settle(
        result: PageResult, channel: str = "dingtalk", incident: str = "one", *, minutes: float = 0, **other: Any
    ) -> Begun:
        given: dict[str, Any] = {
            "key": f"{incident}/page/1",
            "person": "an",
            "channel": channel,
            "result": result,
            "detail": f"{channel} says {result}",
            "channels": CHANNELS,
            "at": NOON + minutes * MINUTE,
        }
        return journal.pages.settle(**{**given, **other})

    return settle


def told(begun: Begun) -> list[tuple[str, PageResult | None]]:
    return [(record.channel, record.result) for record in begun.records]


def test_the_first_channel_is_asked_and_what_it_says_ends_it(journal: Journal, begin: Begin, settle: Settle) -> None:
    begun = begin()
    done = settle(SENT)

    assert (begun.channel, told(begun)) == ("dingtalk", [("dingtalk", None)])
    assert (done.channel, told(done)) == (None, [("dingtalk", SENT)])
    (record,) = journal.pages.of_incident("one")
    assert (record.detail, record.settled_at, record.level) == ("dingtalk says sent", NOON, 1)


def test_a_channel_that_took_nothing_begins_the_next_in_the_same_moment(begin: Begin, settle: Settle) -> None:
    begin()

    second = settle(REFUSED)
    end = settle(FAILED, "mail")

    assert (second.channel, told(second)) == ("mail", [("dingtalk", REFUSED), ("mail", None)])
    assert (end.channel, told(end)) == (None, [("dingtalk", REFUSED), ("mail", FAILED)])


def test_a_retry_asks_again_what_failed_and_neither_what_refused_nor_what_was_sent(
    begin: Begin, settle: Settle
) -> None:
    begin()
    settle(REFUSED)
    settle(FAILED, "mail")

    again = begin(minutes=1)
    settle(SENT, "mail", minutes=1)
    once_more = begin(minutes=2)

    assert again.channel == "mail"
    assert once_more.channel is None
    assert told(once_more) == [("dingtalk", REFUSED), ("mail", SENT)]


def test_what_refused_over_every_channel_stays_refused(begin: Begin, settle: Settle) -> None:
    begin()
    settle(REFUSED)
    settle(REFUSED, "mail")

    assert begin(minutes=1).channel is None


def test_a_person_without_a_channel_is_kept_as_such(journal: Journal, begin: Begin) -> None:
    begun = begin(channels=())

    assert (begun.channel, told(begun)) == (None, [("", PageResult.NO_CHANNEL)])
    assert len(journal.pages.of_incident("one")) == 1


def test_a_page_of_another_incident_about_the_same_is_joined(journal: Journal, begin: Begin, settle: Settle) -> None:
    begin()
    settle(SENT)

    joined = begin("two", minutes=14)
    repeated = begin("two", minutes=14)

    assert told(joined) == told(repeated) == [("", JOINED)]
    assert joined.records[0].joined_to == joined.records[0].detail == "one/page/1"
    assert [record.incident_id for record in journal.pages.joined_to("one/page/1")] == ["two"]
    assert journal.pages.joined_to("two/page/1") == []


def test_what_joined_is_not_joined_but_the_page_itself(begin: Begin, settle: Settle) -> None:
    begin()
    settle(SENT)
    begin("two", minutes=14)

    third = begin("three", minutes=14)
    late = begin("four", minutes=16)

    assert third.records[0].joined_to == "one/page/1"
    assert late.channel == "dingtalk"


@pytest.mark.parametrize(
    "other",
    [
        {"minutes": 15},
        {"cause": "task:shipping.create_shipment"},
        {"person": "bo"},
        {"severity": Severity.CRITICAL},
        {"incident": "one", "page": 2},
    ],
    ids=["too late", "another cause", "another person", "something worse", "the incident's own next page"],
)
def test_what_is_not_the_same_is_a_page_of_its_own(begin: Begin, settle: Settle, other: dict[str, Any]) -> None:
    begin()
    settle(SENT)

    assert begin(**{"incident": "two", **other}).channel == "dingtalk"


def test_a_milder_page_joins_a_worse_one(begin: Begin, settle: Settle) -> None:
    begin()
    settle(SENT)

    assert told(begin("two", severity=Severity.LOW)) == [("", JOINED)]


def test_what_a_page_under_way_comes_to_decides_about_another_about_the_same(begin: Begin, settle: Settle) -> None:
    begin()

    waits = begin("two")
    settle(FAILED)
    still = begin("two")
    settle(FAILED, "mail")
    now = begin("two")

    assert (waits.waits_for, waits.channel) == ("one/page/1", None)
    assert still.waits_for == "one/page/1"
    assert (now.waits_for, now.channel) == (None, "dingtalk")


def test_a_page_whose_worker_died_holds_nobody_up_for_long(begin: Begin) -> None:
    begin()
    long = UNDER_WAY / MINUTE

    assert begin("two", minutes=long - 0.1).waits_for == "one/page/1"
    assert begin("two", minutes=long).channel == "dingtalk"


def test_a_try_that_was_cut_off_is_made_again_and_its_late_word_holds(begin: Begin, settle: Settle) -> None:
    begin()

    again = begin(minutes=1)
    settle(SENT, minutes=2)
    late = settle(FAILED, minutes=3)

    assert again.channel == "dingtalk"
    assert told(late) == [("dingtalk", SENT)]


def test_a_try_that_was_cut_off_may_join_what_was_sent_meanwhile(begin: Begin, settle: Settle) -> None:
    begin()
    begin("two", minutes=3)
    settle(SENT, incident="two", minutes=3)

    again = begin(minutes=4)

    assert told(again) == [("", JOINED), ("dingtalk", FAILED)]
    assert again.records[1].detail == "cut off before it answered"


@pytest.mark.parametrize("round_", range(3))
def test_ten_incidents_with_one_cause_page_one_person_once(
    journal: Journal, begin: Begin, settle: Settle, round_: int
) -> None:
    barrier, sent = Barrier(10), []

    def page(number: int) -> PageResult | None:
        incident = f"inc-{round_}-{number}"
        barrier.wait(timeout=30)
        while True:
            begun = begin(incident)
            if begun.channel is not None:
                sent.append(incident)
                begun = settle(SENT, incident=incident)
            if begun.waits_for is None:
                return begun.records[0].result

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(page, range(10)))

    assert len(sent) == 1
    assert sorted(str(result) for result in results) == ["joined"] * 9 + ["sent"]
    assert len(journal.pages.joined_to(f"{sent[0]}/page/1")) == 9


def test_people_are_paged_at_once_each_for_themselves(begin: Begin) -> None:
    people = [f"person-{number}" for number in range(10)]

    with ThreadPoolExecutor(10) as pool:
        begun = list(pool.map(lambda person: begin(person=person), people))

    assert [each.channel for each in begun] == ["dingtalk"] * 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": "lost", "settled_at": NOON},
        {"result": "sent"},
        {"settled_at": NOON},
        {"joined_to": "x"},
        {"result": "sent", "settled_at": NOON, "joined_to": "x"},
        {"channel": ""},
        {"channel": "", "result": "sent", "settled_at": NOON},
        {"severity": "dire"},
        {"level": 0},
    ],
)
def test_the_table_keeps_no_page_that_cannot_be(engine: Engine, wrong: dict[str, Any]) -> None:
    right = {
        "key": "one/page/1",
        "person": "an",
        "channel": "mail",
        "incident_id": "one",
        "cause": "task:x",
        "severity": "high",
        "level": 1,
        "requested_at": NOON,
        "detail": "",
    }

    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(schema.pages).values(**{**right, **wrong}))
