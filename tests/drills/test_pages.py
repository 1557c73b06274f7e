"""Scenarios in which people are paged: what those do who are, and the exact pages and breaches that are expected."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from amends.journal import TimelineRow
from amends.models import Data, Money, Severity, Stage, Status
from amends.timeline import EntryKind
from drills.acts import AcknowledgeAct, Act, EscalateAct, SnoozeAct, act_of, in_words, why_not
from drills.comparing import differences
from drills.observed import Books, Observed, pages_of
from drills.performing import moment_of, request_of
from drills.written import WrittenExpect
from drills.written_acts import WrittenAct
from tests.drills.builders import timeline_of
from tests.workflows.bench import person
from tests.workflows.builders import HOUR, START, Answerer, Incident, refusing
from tests.workflows.promises import LADDER, promising, sla
from workflows.contract import ACKNOWLEDGE, ESCALATE, SNOOZE, View
from workflows.events import Acknowledgement, Command, CommandReturned
from workflows.requests import ActRequest, update_of

BUNDLE = promising(escalation=LADDER, sla=sla(analysis=3))
BOOKS = Books(
    captured=Money(amount=0, currency="CNY"),
    refunded=Money(amount=0, currency="CNY"),
    reserved={},
    shipments=0,
    replacements=0,
)
ACKNOWLEDGED: Data = {"acknowledge": "an", "after": "10m"}


def paging(world: Answerer, *, joined: str = "") -> Answerer:
    """The world, in which pages reach whoever is paged, and one of them has a page already."""

    def answer(command: Command, at: datetime) -> CommandReturned:
        returned = world(command, at)
        if command.activity != "people.page":
            return returned
        people = command.inputs["people"]
        assert isinstance(people, list)
        pages: list[Any] = [
            {"person": each, "channel": "mail", "result": "joined" if each == joined else "sent"} for each in people
        ]
        return returned.model_copy(update={"result": {"pages": pages}})

    return answer


def stuck(*, joined: str = "") -> Incident:
    """A refused trace is a person's task; what was promised by three hours is broken meanwhile."""
    return Incident(bundle=BUNDLE, world=paging(refusing("shipping.open_trace"), joined=joined)).open()


def act(**written: Any) -> Act:
    adapter: TypeAdapter[WrittenAct] = TypeAdapter(WrittenAct)
    return act_of(adapter.validate_python(written), BUNDLE, 0)


def view(incident: Incident) -> View:
    return View(
        incident_id="inc-1",
        now=incident.now,
        stage=Stage.ANALYSIS,
        status=Status.WAITING,
        severity=Severity.LOW,
        waiting_for=(),
        asks=(),
        due_at=None,
        due=None,
        busy=False,
    )


def expect(**expected: Any) -> WrittenExpect:
    return WrittenExpect.model_validate({"status": "waiting", "effects": [], "messages": [], **expected})


def told(expected: WrittenExpect, rows: list[TimelineRow]) -> list[str]:
    observed = Observed(
        status=Status.WAITING,
        outcome=None,
        severity=None,
        effects=(),
        messages=(),
        tasks=(),
        pages=tuple(pages_of(rows)),
        breaches=tuple(str(row.data["goal"]) for row in rows if row.kind is EntryKind.CLOCK_BREACHED),
        facts={},
        books=BOOKS,
    )
    return differences(expected, observed, rows, slack=timedelta(seconds=5))


def test_an_act_counts_from_when_people_were_first_paged_and_nobody_had_taken_it_on() -> None:
    incident, taken_on = stuck().wait(hours=4), act(**ACKNOWLEDGED)
    first = moment_of(taken_on, timeline_of(incident), view(incident), begun_at=START)
    incident.take(Acknowledgement(key="ack", actor=person("an")))
    after_that = moment_of(taken_on, timeline_of(incident), view(incident), begun_at=START)
    incident.settle().wait(hours=25)
    again = moment_of(taken_on, timeline_of(incident), view(incident), begun_at=START)

    assert first == START + timedelta(minutes=10)
    assert after_that is None
    assert again == START + 28 * HOUR + timedelta(minutes=10)


def test_what_those_do_who_are_paged_is_said_as_if_they_had_typed_it() -> None:
    incident = stuck()
    known = view(incident)
    acts = [
        act(**ACKNOWLEDGED, note="on it"),
        act(escalate="he is in hospital", by="an", at="1h"),
        act(snooze="4h", by="an", reason="the depot opens at six", at="1h"),
    ]

    said: list[ActRequest | None] = [request_of(each, known, key="k") for each in acts]

    assert [update_of(each) for each in said if each is not None] == [ACKNOWLEDGE, ESCALATE, SNOOZE]
    assert [type(each) for each in acts] == [AcknowledgeAct, EscalateAct, SnoozeAct]
    assert said[2] is not None
    assert said[2].model_dump()["until"] == incident.now + 4 * HOUR
    assert [in_words(each) for each in acts] == [
        "the acknowledgement of 'an'",
        "the escalation of 'an' (he is in hospital)",
        "the wish of 'an' to be left in peace (the depot opens at six)",
    ]
    assert why_not(acts[0]) == "nobody was paged, or the incident ended"


PAGES: list[Data] = [
    {"at": "0m", "to": "an", "level": 1},
    {"at": "0m", "to": "bo", "level": 1},
    {"at": "2h", "to": "chen", "level": 2},
    {"at": "3h", "to": "dai", "level": 3},
]


def test_the_pages_are_those_that_were_sent_each_at_its_moment() -> None:
    rows = timeline_of(stuck().wait(hours=3.5))

    assert told(expect(pages=PAGES, breaches=["analysis"]), rows) == []


def test_a_page_may_be_to_a_role_for_who_is_on_depends_on_the_day() -> None:
    rows = timeline_of(stuck().wait(hours=2.5))
    pages = [{"at": "0m", "to": "logistics", "level": 1}, {"at": "2h", "to": "chen", "level": 2}]

    assert told(expect(pages=pages), rows) == []


def test_who_has_one_about_the_same_cause_was_sent_none() -> None:
    rows = timeline_of(stuck(joined="bo").wait(hours=1))

    assert told(expect(pages=PAGES[:1]), rows) == []


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        ({"pages": PAGES[:2]}, "page 3: expected none, got chen at level 2, +0d 02:00 (2h)"),
        (
            {"pages": [*PAGES[:2], {"at": "1h", "to": "chen", "level": 2}]},
            "page 3: expected chen at level 2, +0d 01:00 (1h), got chen at level 2, +0d 02:00 (2h)",
        ),
        (
            {"pages": [*PAGES[:2], {"at": "2h", "to": "chen", "level": 3}]},
            "page 3: expected chen at level 3, +0d 02:00 (2h), got chen at level 2, +0d 02:00 (2h)",
        ),
        ({"pages": PAGES}, "page 4: expected dai at level 3, +0d 03:00 (3h), got none"),
        ({"breaches": ["analysis"]}, "breach 1: expected analysis, got nothing"),
    ],
)
def test_other_pages_and_breaches_are_told(expected: dict[str, Any], says: str) -> None:
    assert told(expect(**expected), timeline_of(stuck().wait(hours=2.5))) == [says]


def test_the_end_is_when_the_last_entry_was_written() -> None:
    rows = timeline_of(stuck().wait(hours=2.5))

    assert told(expect(ends="2h 24m"), rows) == []
    assert told(expect(ends="2h 20m"), rows) == [
        "the last entry, clock_warned: expected at +0d 02:20 (2h 20m), got +0d 02:24 (2h 24m)"
    ]
    assert told(expect(ends="1d"), rows) == [
        "the last entry, clock_warned: expected at +1d 00:00 (24h), got +0d 02:24 (2h 24m)"
    ]


def test_where_neither_is_said_neither_is_looked_at() -> None:
    assert told(expect(), timeline_of(stuck().wait(hours=4))) == []


@pytest.mark.parametrize(
    ("entry", "of", "at"),
    [
        ("clock_warned", "analysis at 80%", "2h 24m"),
        ("clock_breached", "analysis", "3h"),
        ("page_requested", "level 2", "2h"),
        ("page_requested", "dai", "3h"),
        ("page_sent", "chen", "2h"),
        ("ladder_raised", "breach", "3h"),
        ("acknowledged", "an", "4h"),
    ],
)
def test_moments_name_what_is_about_promises_and_pages(entry: str, of: str, at: str) -> None:
    incident = stuck().wait(hours=4)
    incident.take(Acknowledgement(key="ack", actor=person("an")))

    assert told(expect(moments=[{"entry": entry, "of": of, "at": at}]), timeline_of(incident)) == []
