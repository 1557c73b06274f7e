"""``expect``: an event that has to follow another one in time, for each subject of an order."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from amends.errors import DefinitionError
from amends.models import Data
from amends.timeline import canonical
from intake.events import OrderEvent
from intake.findings import Finding, Unreckoned
from intake.orders import Order, place
from intake.rules import Rule
from intake.subjects import concerns, subject_of
from runbooks.local_time import DAY, moment
from runbooks.policy import Expectation


def missed(rule: Rule, expectation: Expectation, order: Order) -> tuple[Sequence[Finding], Sequence[Unreckoned]]:
    """What has not come in time, or came late, by the time at which it happened: grace gives news the time to arrive,
    and nobody more time.

    An event that is awaited anew in time takes the place of the one before. What happened before the first of them
    counts as having come, because the clocks of two systems differ.
    """
    findings: list[Finding] = []
    failures: list[Unreckoned] = []
    for subject, causes in _by_subject(rule, expectation, order):
        answers = _Answers(rule, expectation, order, subject)
        for cause, again in [*pairwise(causes), (causes[-1], None)]:
            try:
                due = _due(rule, expectation, cause, order)
                opens = due + expectation.grace
            except DefinitionError as error:
                failures.append(_failure(rule, cause, str(error)))
            except OverflowError:
                failures.append(_failure(rule, cause, "it is due beyond all calendars"))
            else:
                answer = answers.to(cause, first=cause is causes[0])
                if not any(each is not None and each.at <= due for each in (answer, again)):
                    findings.append(Finding(cause=cause, subject=subject, due_at=due, opens_at=opens, cleared=answer))
    return findings, failures


class _Answers:
    """The events that end the waiting for a subject."""

    def __init__(self, rule: Rule, expectation: Expectation, order: Order, subject: Data) -> None:
        came = order.of_type(expectation.expect)
        self._events = [each for each in came if concerns(rule, each, subject)]
        self._alike = expectation.expect == expectation.after

    def to(self, cause: OrderEvent, *, first: bool) -> OrderEvent | None:
        """The earliest from the moment of the cause on; behind it, if causes are answered by more of their kind."""
        if self._alike:
            at = bisect_right(self._events, place(cause), key=place)
        else:
            at = 0 if first else bisect_left(self._events, cause.at, key=lambda each: each.at)
        return self._events[at] if at < len(self._events) else None


def _by_subject(rule: Rule, expectation: Expectation, order: Order) -> Sequence[tuple[Data, list[OrderEvent]]]:
    subjects: dict[bytes, tuple[Data, list[OrderEvent]]] = {}
    for event in order.of_type(expectation.after):
        subject = subject_of(rule, event)
        subjects.setdefault(canonical(subject), (subject, []))[1].append(event)
    return tuple(subjects.values())


def _due(rule: Rule, expectation: Expectation, cause: OrderEvent, order: Order) -> datetime:
    if expectation.due is not None:
        due = order.moment(expectation.due, cause, rule)
    else:
        due = cause.at + (expectation.late_after or timedelta(0))
    if expectation.whole_day_in is None:
        return due
    zone = ZoneInfo(expectation.whole_day_in)
    return moment(zone, due.astimezone(zone).date(), DAY)


def _failure(rule: Rule, cause: OrderEvent, why: str) -> Unreckoned:
    return Unreckoned(exception_type=rule.exception_type, rule=rule.name, event=cause.key, why=why)
