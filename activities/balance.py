"""The activity that compares what the journal says was given with the shop's books."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import structlog
from temporalio import activity

from activities import clock
from activities.wire import BALANCE, BalanceRequest, CallReport
from amends.connectors.ports import Call, Connectors, Given, GivenLine, Ledger
from amends.errors import Refused
from amends.journal import EffectLog, EffectRecord, RemedyRecord
from amends.journal.schema.remedies import Release, RemedyStatus
from amends.models import Head, Outcome, Refusal

_log = structlog.get_logger("amends.activities")


class Balance:
    """Compares; it changes nothing."""

    def __init__(self, connectors: Connectors, log: EffectLog) -> None:
        self._ledger = connectors.ledger
        self._log = log

    @activity.defn(name=BALANCE)
    def balance(self, request: BalanceRequest) -> CallReport:
        """Reports ``applied`` when journal and books agree about the incident, ``not_applied`` with ``BooksDiffer``
        when they do not. Trouble is raised, to be retried."""
        problems = compare(self._ledger, self._log, request, at=clock.now())
        if not problems:
            return CallReport(outcome=Outcome.APPLIED)
        _log.warning("books_differ", incident=request.incident_id, problems=problems)
        return CallReport(
            outcome=Outcome.NOT_APPLIED, refusal=Refusal(reason="BooksDiffer", message="; ".join(problems))
        )


def compare(ledger: Ledger, log: EffectLog, request: BalanceRequest, *, at: datetime) -> list[str]:
    """What journal and books disagree about an incident, in plain words. Raises ``Trouble`` when a system is away."""
    incident_id = request.incident_id
    remedies, effects = log.remedies_of(incident_id=incident_id), log.effects_of(incident_id=incident_id)
    try:
        books = ledger.given(Call(key=f"{incident_id}/books", at=at), order_id=request.order_id)
    except Refused as refused:
        if refused.reason != "OrderNotFound":
            raise
        return [f"effect {row.key!r} gave something on an order that the shop does not know" for row in remedies]
    return differences(incident_id, remedies, effects, books)


def differences(
    incident_id: str, remedies: Iterable[RemedyRecord], effects: Iterable[EffectRecord], books: Given
) -> list[str]:
    """What journal and books disagree about, in plain words that name the effects by their keys."""
    rows: dict[str, list[RemedyRecord]] = {}
    for row in remedies:
        rows.setdefault(row.key, []).append(row)
    lines = {line.key: line for line in books.lines if line.key.startswith(f"{incident_id}/")}
    problems = [problem for key, given in rows.items() for problem in _given_problems(key, given, lines.get(key))]
    # what was given before remedies were counted has an effect, and no remedy
    before = {effect.key for effect in effects if effect.outcome is not Outcome.NOT_APPLIED} - set(rows)
    problems += [
        f"{line.head} stands in the books under {key!r}, of which the journal knows nothing"
        for key, line in lines.items()
        if line.stands and key not in rows and key not in before
    ]
    return [*problems, *_money_problems(books)]


def _given_problems(key: str, rows: list[RemedyRecord], line: GivenLine | None) -> Iterator[str]:
    first, amount = rows[0], sum(row.amount for row in rows)
    stands = line is not None and line.stands
    if any(row.status is RemedyStatus.PENDING for row in rows):
        yield f"nobody knows yet what became of {key!r}"
    elif any(row.status is RemedyStatus.APPLIED for row in rows):
        if line is None or not stands:
            yield f"{first.head} was given by {key!r}, and the books do not have it"
        else:
            yield from _line_problems(key, first, amount, line)
    elif stands and any(row.why is not Release.ASKED_AGAIN for row in rows):
        yield f"{first.head} stands in the books under {key!r}, which was {first.why} by the journal"


def _line_problems(key: str, row: RemedyRecord, amount: int, line: GivenLine) -> Iterator[str]:
    if line.head is not row.head:
        yield f"{key!r} gave {row.head} by the journal and {line.head} by the books"
    elif row.head is not Head.GOODS:
        told = None if line.amount is None else (line.amount.amount, line.amount.currency)
        if told != (amount, row.currency):
            booked = "no amount" if line.amount is None else f"{line.amount.amount} {line.amount.currency}"
            yield f"{key!r} gave {amount} {row.currency} by the journal and {booked} by the books (minor units)"
    elif row.gave_parcel is not None and line.parcel_id != row.gave_parcel:
        yield f"{key!r} sent {row.gave_parcel!r} by the journal and {line.parcel_id!r} by the books"


def _money_problems(books: Given) -> Iterator[str]:
    booked = sum(
        line.amount.amount
        for line in books.lines
        if line.head is Head.REFUND and line.stands and line.amount is not None
    )
    if booked != books.refunded.amount:
        yield f"the books have refunds of {booked} and say that {books.refunded.amount} was refunded (minor units)"
    if books.refunded.amount > books.captured.amount:
        yield f"{books.refunded.amount} was refunded of {books.captured.amount} captured (minor units)"
