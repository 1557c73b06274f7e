"""Dated tables, calendars and rosters: what they say, and how a mistake in them is told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from amends.errors import DefinitionError
from amends.models import Head, Money, Severity
from runbooks import library
from runbooks.dated import row_for
from runbooks.language.calendars import read_calendar
from runbooks.language.people import read_people
from runbooks.language.problems import RunbookErrors
from runbooks.language.remedies import read_remedies
from runbooks.language.tables import read_table
from runbooks.policy import Night, Quiet
from runbooks.rights import ActName, Who
from runbooks.roster import on_duty
from runbooks.working_time import spans, worked, works_on

TABLE = """\
about: Days.
kind: duration
rows:
  - {since: "2026-01-01", value: 10d, source: a}
  - {since: "2026-07-01", value: 12d, source: b}
  - {since: "2026-01-01", jurisdiction: US, value: 20d, source: c}
  - {since: "2026-01-01", marketplace: tmall, value: 30d, source: d}
  - {since: "2026-01-01", jurisdiction: CN, marketplace: tmall, value: 40d, source: e}
"""
CALENDAR = """\
calendar: office
version: "1"
source: test
zone: Asia/Shanghai
working_hours: {from: "09:00", to: "18:00"}
lunch: {from: "12:00", to: "13:00"}
week: [mon, tue, wed, thu, fri]
holidays: ["2026-05-01"]
workdays: ["2026-05-09"]
confirmed_until: "2026-12-31"
"""
PEOPLE = """\
people: [an, bo]
roles:
  clerk:
    team: [an, bo]
    zone: Asia/Shanghai
    duty:
      - {who: an, days: [mon, tue, wed, thu, fri], from: "00:00", to: "24:00"}
      - {who: bo, days: [sat, sun], from: "00:00", to: "24:00"}
    quiet: {from: "22:00", to: "07:00", above: high}
    approves_up_to: CNY 500.00
    approves_per_day: CNY 900.00
tasks:
  owner: clerk
  within: 1d
"""
REMEDIES = """\
caps: {compensation: CNY 500.00, freight: USD 10.00}
per_day: {goodwill: CNY 2000.00}
"""


@pytest.mark.parametrize(
    ("on", "jurisdiction", "marketplace", "source"),
    [
        (date(2026, 6, 30), None, None, "a"),
        (date(2026, 7, 1), "DE", None, "b"),
        (date(2026, 7, 1), "US", None, "c"),
        (date(2026, 7, 1), "US", "tmall", "d"),
        (date(2026, 7, 1), "CN", "tmall", "e"),
    ],
)
def test_the_row_that_says_most_of_the_place_holds_and_then_the_newest(
    on: date, jurisdiction: str | None, marketplace: str | None, source: str
) -> None:
    table = read_table("t.yaml", TABLE)

    assert row_for(table, on=on, jurisdiction=jurisdiction, marketplace=marketplace).source == source


def test_a_day_before_all_rows_has_no_value() -> None:
    with pytest.raises(DefinitionError, match="no row for US on 2025-12-31; add one"):
        row_for(read_table("t.yaml", TABLE), on=date(2025, 12, 31), jurisdiction="US")


@pytest.mark.parametrize(
    ("value", "complaint"),
    [("CNX 5.00", "t.yaml:4:13: 'CNX' is not a currency"), ("5", "t.yaml:4:13: 5 is not of this table's kind, money")],
)
def test_an_amount_in_a_table_is_written_with_its_currency(value: str, complaint: str) -> None:
    text = 'about: a\nkind: money\nrows:\n  - {value: CNY 5.00, since: "2026-01-01", source: a}\n'

    assert read_table("t.yaml", text).rows[0].value == "CNY 5.00"
    with pytest.raises(RunbookErrors) as caught:
        read_table("t.yaml", text.replace("CNY 5.00", value))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("KRW 5", "t.yaml:4:13: the table of rates has no KRW; add it there"),
        ("CNH 5.00", "t.yaml:4:13: 'CNH' is not a currency"),
    ],
)
def test_an_amount_in_a_table_is_in_a_currency_that_has_a_rate(value: str, complaint: str) -> None:
    text = 'about: a\nkind: money\nrows:\n  - {value: USD 5.00, since: "2026-01-01", source: a}\n'

    assert read_table("t.yaml", text, currencies={"CNY", "USD"}).rows[0].value == "USD 5.00"
    with pytest.raises(RunbookErrors) as caught:
        read_table("t.yaml", text.replace("USD 5.00", value), currencies={"CNY", "USD"})
    assert complaint in str(caught.value)


def test_durations_are_kept_in_seconds() -> None:
    assert read_table("t.yaml", TABLE).rows[0].value == timedelta(days=10).total_seconds()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("value: 12d", "value: 12", "t.yaml:5:34: 12 is not a duration"),
        ('"2026-07-01"', '"2026-01-01"', "t.yaml:5:5: there is a row for the same day, jurisdiction and marketplace"),
        ("jurisdiction: US", "jurisdiction: usa", "t.yaml:6:41: 'usa' is no jurisdiction; write it with two capital"),
        ("source: c", "sorce: c", "did you mean 'source'?"),
        ("kind: duration", "kind: days", "t.yaml:4:34: '10d' is not of this table's kind, days"),
        ('"2026-07-01"', "July", "t.yaml:5:13: `since`: 'July' is not a day; write it like 2026-01-31"),
    ],
)
def test_a_mistake_in_a_table_is_told_with_its_place(old: str, new: str, complaint: str) -> None:
    with pytest.raises(RunbookErrors) as caught:
        read_table("t.yaml", TABLE.replace(old, new))

    assert complaint in str(caught.value)


def test_working_time_leaves_out_lunch_nights_weekends_and_holidays() -> None:
    _, office = read_calendar("c.yaml", CALENDAR)
    thursday, sunday = datetime(2026, 4, 30, 2, 0, tzinfo=UTC), datetime(2026, 5, 3, tzinfo=UTC)

    assert worked(office, thursday, thursday + timedelta(hours=4)) == timedelta(hours=3)
    assert worked(office, thursday, sunday) == timedelta(hours=7)
    assert not works_on(office, date(2026, 5, 1))
    assert works_on(office, date(2026, 5, 9))
    assert [begin.hour for begin, _ in spans(office, date(2026, 5, 9))] == [1, 5]


def test_working_time_is_true_across_a_change_of_the_clocks() -> None:
    office = library.shelf_here().reference.calendars["us_office"]
    before, after = spans(office, date(2026, 3, 6))[0][0], spans(office, date(2026, 3, 9))[0][0]

    assert (before.hour, after.hour) == (14, 13)
    assert worked(office, before, after) == timedelta(hours=8)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"09:00"', '"25:00"', "c.yaml:5:23: `from`: '25:00' is not a time of day"),
        ('"18:00"', '"08:00"', "c.yaml:5:16: the working hours must begin before they end"),
        ('"13:00"', '"19:00"', "c.yaml:6:8: lunch must lie within the working hours"),
        ('["2026-05-09"]', '["2026-05-01"]', "c.yaml:9:12: 2026-05-01 is a holiday and a workday; keep one"),
        ('["2026-05-09"]', '["2026-05-08"]', "2026-05-08 is a working day of the week already; leave it out"),
        ('["2026-05-01"]', '["2027-05-01"]', "2027-05-01 is behind `confirmed_until`"),
        ("Asia/Shanghai", "Asia/Shangai", "is not a time zone; did you mean 'Asia/Shanghai'?"),
        ("[mon,", "[moon,", "'moon' is not one of mon, tue"),
    ],
)
def test_a_mistake_in_a_calendar_is_told_with_its_place(old: str, new: str, complaint: str) -> None:
    with pytest.raises(RunbookErrors) as caught:
        read_calendar("c.yaml", CALENDAR.replace(old, new))

    assert complaint in str(caught.value)


def test_the_chinese_office_of_2026_works_on_make_up_days_and_rests_on_the_holidays() -> None:
    office = library.shelf_here().reference.calendars["cn_office"]
    year = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]

    assert sum(works_on(office, day) for day in year) == 248
    assert works_on(office, date(2026, 2, 14))
    assert not any(works_on(office, date(2026, 10, day)) for day in range(1, 8))


def test_who_is_on_follows_the_roles_own_zone() -> None:
    clerk = read_people("p.yaml", PEOPLE).roles["clerk"]

    assert on_duty(clerk, datetime(2026, 11, 20, 15, 59, tzinfo=UTC)) == ("an",)
    assert on_duty(clerk, datetime(2026, 11, 20, 16, 0, tzinfo=UTC)) == ("bo",)


def test_a_role_without_a_roster_is_its_whole_team() -> None:
    lead = library.shelf_here().reference.roles["finance"]

    assert on_duty(lead, datetime(2026, 11, 20, tzinfo=UTC)) == lead.team


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("team: [an, bo]", "team: [an, bob]", "p.yaml:4:16: there is no person 'bob'; did you mean 'bo'?"),
        ("who: bo", "who: cy", "p.yaml:8:15: 'cy' is not in the role's team"),
        ("[sat, sun]", "[sat]", "p.yaml:7:7: nobody is on from sun 00:00 to mon 00:00; add a shift"),
        ('[sat, sun], from: "00:00"', '[sat, sun], from: "08:00"', "nobody is on from sat 00:00 to sat 08:00"),
        ('[sat, sun], from: "00:00", to: "24:00"', '[sat, sun], from: "20:00", to: "08:00"', "write one that passes"),
        ("CNY 500.00", "500", "p.yaml:10:21: 500 must be text"),
        ("CNY 500.00", "CNX 500.00", "p.yaml:10:21: 'CNX' is not a currency"),
        ("duty:", "dutty:", "unknown key 'dutty'; did you mean 'duty'?"),
        ("CNY 500.00", "CNY 0.00", "p.yaml:10:21: 'CNY 0.00' is nothing at all; write more, or leave it out"),
        ("CNY 500.00", "EUR 5.00", "p.yaml:10:21: the table of rates has no EUR; add it there"),
        ("CNY 900.00", "CNY", "p.yaml:11:23: 'CNY' is not an amount"),
        (
            "  clerk:\n    team",
            "  merchant: {team: [an]}\n  clerk:\n    team",
            "p.yaml:3:3: `ask: merchant` asks the merchant of the order, never a role of that name",
        ),
        ("owner: clerk", "owner: clrk", "p.yaml:13:10: there is no role 'clrk'; did you mean 'clerk'?"),
        (
            '"22:00", to: "07:00"',
            '"07:00", to: "07:00"',
            "p.yaml:9:12: quiet hours must end some time of the day; give",
        ),
        (
            '"22:00", to: "07:00"',
            '"00:00", to: "24:00"',
            "p.yaml:9:12: quiet hours must end some time of the day; give",
        ),
        ('"22:00"', '"22.00"', "p.yaml:9:19: `from`: '22.00' is not a time of day; write it like 09:00"),
        ("above: high", "above: low", "p.yaml:9:48: nothing is milder than low, so that nothing would be held back"),
        ("above: high", "above: hihg", "p.yaml:9:48: 'hihg' is not one of critical, high, medium, low; did you mean"),
        ("above: high", "abov: high", "unknown key 'abov'; did you mean 'above'?"),
        (", above: high", "", "`above` is missing; say which is the mildest severity that is paged at any hour"),
        ("within: 1d", "within: soon", "'soon' is not a duration"),
        ("within: 1d", "within: {high: 1d}", "`critical`, `medium` and `low` are missing"),
        ("within: 1d", "withn: 1d", "unknown key 'withn'; did you mean 'within'?"),
        ("within: 1d", "within: 1d\nmay: {cancle: team}", ": there is no act 'cancle'; did you mean 'cancel'?"),
        (
            "within: 1d",
            "within: 1d\nmay: {cancel: clrk}",
            "there is no role 'clrk'; did you mean 'clerk'? Write",
        ),
        (
            "within: 1d",
            "within: 1d\nmay: {cancel: []}",
            "nobody could cancel; name a role, or one of anyone,",
        ),
        (
            "within: 1d",
            'within: 1d\nnight: {from: "22:00", to: "22:00", zone: UTC}',
            "p.yaml:15:8: a night takes some hours, and 14 at the most",
        ),
        ("within: 1d", 'within: 1d\nnight: {from: "17:59", to: "08:00", zone: UTC}', "p.yaml:15:8: a night takes some"),
        ("within: 1d", 'within: 1d\nnight: {from: "22:00", to: "08:00", zone: Asia/Shangai}', "did you mean 'Asia/Sh"),
        ("within: 1d", 'within: 1d\nnight: {from: "22:00", to: "08:00"}', "`zone` is missing"),
        ("within: 1d", "within: 1d\nmay: {decide: team}", ": who decides stands with each approval"),
        ("  owner: clerk\n", "", "`owner` is missing; say which role does what is left to a person"),
    ],
)
def test_a_mistake_among_the_people_is_told_with_its_place(old: str, new: str, complaint: str) -> None:
    with pytest.raises(RunbookErrors) as caught:
        read_people("p.yaml", PEOPLE.replace(old, new), currencies={"CNY", "USD"})

    assert complaint in str(caught.value)


def test_who_may_do_what_is_read_with_the_people() -> None:
    may = "may: {cancel: team, skip: clerk, take_over: [clerk], note: person}\n"

    people = read_people("p.yaml", PEOPLE + may)

    assert people.may == {
        ActName.CANCEL: Who.TEAM,
        ActName.SKIP: ("clerk",),
        ActName.TAKE_OVER: ("clerk",),
        ActName.NOTE: Who.PERSON,
    }


def test_limits_and_tasks_are_read_with_the_people() -> None:
    people = read_people("p.yaml", PEOPLE)

    assert people.roles["clerk"].approves_up_to == Money(amount=50_000, currency="CNY")
    assert people.roles["clerk"].approves_per_day == Money(amount=90_000, currency="CNY")
    assert people.tasks is not None
    assert people.tasks.owner == "clerk"
    assert people.tasks.within.of(Severity.LOW) == timedelta(days=1)


def test_quiet_hours_are_read_as_minutes_of_the_day() -> None:
    role = read_people("p.yaml", PEOPLE).roles["clerk"]
    from_midnight = read_people("p.yaml", PEOPLE.replace('"22:00"', '"24:00"')).roles["clerk"]

    assert role.quiet == Quiet(begins=1320, ends=420, above=Severity.HIGH)
    assert from_midnight.quiet == Quiet(begins=0, ends=420, above=Severity.HIGH)


def test_a_night_is_read_with_the_people() -> None:
    people = read_people("p.yaml", PEOPLE + 'night: {from: "18:00", to: "08:00", zone: Asia/Shanghai}\n')
    from_midnight = read_people("p.yaml", PEOPLE + 'night: {from: "24:00", to: "08:00", zone: UTC}\n')

    assert people.night == Night(begins=timedelta(hours=18), ends=timedelta(hours=8), zone="Asia/Shanghai")
    assert from_midnight.night == Night(begins=timedelta(0), ends=timedelta(hours=8))
    assert read_people("p.yaml", PEOPLE).night is None


def test_tasks_need_not_be_anybody_s() -> None:
    assert read_people("p.yaml", PEOPLE[: PEOPLE.index("tasks:")]).tasks is None


def test_remedies_have_a_cap_for_an_order_and_a_budget_for_a_day() -> None:
    remedies = read_remedies("r.yaml", REMEDIES, currencies={"CNY", "USD"})

    assert remedies.caps == {
        Head.COMPENSATION: Money(amount=50_000, currency="CNY"),
        Head.FREIGHT: Money(amount=1_000, currency="USD"),
    }
    assert remedies.per_day == {Head.GOODWILL: Money(amount=200_000, currency="CNY")}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("freight:", "frieght:", "r.yaml:1:34: unknown key 'frieght'; did you mean 'freight'?"),
        ("freight:", "refund:", "r.yaml:1:34: goods and refunds are limited by what was paid; leave it out"),
        ("goodwill:", "goods:", "r.yaml:2:11: goods and refunds are limited by what was paid; leave it out"),
        ("per_day:", "per_dy:", "r.yaml:2:1: unknown key 'per_dy'; did you mean 'per_day'?"),
        ("CNY 2000.00", "CNY 0", "r.yaml:2:21: 'CNY 0' is nothing at all; write more, or leave it out"),
        ("CNY 2000.00", "CNY -5", "r.yaml:2:21: 'CNY -5' is not an amount"),
        ("CNY 2000.00", "2000", "r.yaml:2:21: 2000 must be text; put it in quotation marks"),
        ("USD 10.00", "USDD 10.00", "r.yaml:1:43: 'USDD 10.00' is not an amount"),
        ("USD 10.00", "EUR 10.00", "r.yaml:1:43: the table of rates has no EUR; add it there"),
        ("{goodwill: CNY 2000.00}", "[CNY 2000.00]", "r.yaml:2:10: `per_day` must be keys and values"),
    ],
)
def test_a_mistake_among_the_remedies_is_told_with_its_place(old: str, new: str, complaint: str) -> None:
    with pytest.raises(RunbookErrors) as caught:
        read_remedies("r.yaml", REMEDIES.replace(old, new), currencies={"CNY", "USD"})

    assert complaint in str(caught.value)


def test_what_comes_with_amends_says_whose_tasks_are_and_what_may_be_given() -> None:
    reference = library.shelf_here().reference

    assert reference.tasks is not None
    assert reference.tasks.owner in reference.roles
    assert reference.remedies is not None
    assert set(reference.remedies.caps) == {Head.COMPENSATION, Head.FREIGHT, Head.GOODWILL}
