"""What the engine and the activities say to each other: one request and one report for each kind of call."""

from datetime import timedelta
from typing import Final

from amends.models import Data, Model, Money, Outcome, Refusal, Severity, Utc
from amends.models import PageResult as PageResult
from amends.timeline import Entry
from runbooks.policy import RemedyPolicy

APPEND: Final = "journal.append"
"""The name in Temporal of the activity that writes entries."""

RECONCILE: Final = "effects.reconcile"
"""The name in Temporal of the activity that asks what became of a call; that of a call is its name in the catalogue."""


SETTLE: Final = "effects.settle"
"""The name in Temporal of the activity that writes down what a person found out about a call."""

COUNT: Final = "approvals.count"
"""The name in Temporal of the activity that counts an approval against what a person may approve."""

PAGE: Final = "people.page"
"""The name in Temporal of the activity that pages people; its result is ``{"pages": [<Paged>, …]}``. ``applied``: at
least one person has it or joined; ``not_applied``, with the refusal ``NobodyReached``: nobody was reached."""

BALANCE: Final = "remedies.balance"
"""The name in Temporal of the activity that compares what the journal says was given with the shop's books."""


INHERIT: Final = "incidents.inherit"
"""The name in Temporal of the activity that has another incident hand over what it was at; its result is that entry's
``handed``."""

HAND_OVER: Final = "hand_over"
"""The name of the update by which an incident is told to hand over. It is ours alone: no door for people has it."""


NOT_RECORDED: Final = "not_recorded"
"""The type of the failure of an activity that did nothing: the entries that came along are not in the journal."""

CONVERSATION_FREED: Final = "conversation_freed"
"""The name of the signal by which an incident is told that it may ask now. It is ours alone."""


class AppendRequest(Model):
    """Entries of one run for one incident's timeline, in order, without gaps.

    ``claims`` are the idempotency keys of reports that these entries bring; each is claimed for
    ``(exception_type, key)`` in the same transaction.
    """

    incident_id: str
    exception_type: str
    workflow_id: str
    run_id: str
    entries: tuple[Entry, ...]
    claims: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    """Workflow ids: which of them have an open incident is to be told to one that these entries open."""


class Errand(Model):
    """What an incident asks of the world. ``record``: entries that it has not heard to be in the journal yet; they are
    committed there before anything else is done (``activities.recording``)."""

    record: AppendRequest | None = None


class FreedNotice(Model):
    """The incident ``by`` awaits no answer any more for which others had to wait."""

    by: str


class HandOverRequest(Model):
    """Has ``incident_id`` hand over what it is at to the incident ``to``, of another type."""

    incident_id: str
    to: str
    exception_type: str


class InheritRequest(Errand):
    """Has the incident that runs as ``workflow_id`` hand over. Reports ``applied`` with what it handed over, once what
    it had done is undone or some time has passed; ``not_applied`` with the refusal ``NotHandedOver`` if it ended by
    itself, or goes to another. The same request again gets the same answer."""

    workflow_id: str
    hand_over: HandOverRequest


class QuestionPut(Model):
    """A question to a customer. ``parcel_id``: the parcel that it is about; not set: the order as a whole.

    ``answer_within``: how long it is open at most. ``yields``: it keeps no other question waiting. ``safety``: it waits
    for none.
    """

    order_id: str
    parcel_id: str | None = None
    question: str
    choices: tuple[str, ...]
    values: dict[str, str] = {}
    answer_within: timedelta
    yields: bool = False
    safety: bool = False


class CallRequest(Errand):
    """A call of a read or an effect.

    ``key`` is ``<incident>/<command id>``: the idempotency key of an effect, the label of a read. ``step`` is the
    runbook's step id, ``attempt`` the ``try`` of the effect protocol (not Temporal's attempt), ``undoes`` the key of
    the effect that this one takes back. ``inputs`` are validated by the activity against its own input model.
    ``remedies``: how much may be given. ``question``: what a customer is asked by it.
    """

    key: str
    incident_id: str
    step: str
    attempt: int = 1
    inputs: Data
    undoes: str | None = None
    remedies: RemedyPolicy | None = None
    question: QuestionPut | None = None


class ReconcileRequest(Errand):
    """Asks the system of ``activity`` what became of a call that met trouble through all its tries."""

    activity: str
    call: CallRequest


class SettleRequest(Errand):
    """Writes down as the outcome of a call of ``activity`` what a person has found out. ``by``: the person's id."""

    activity: str
    call: CallRequest
    outcome: Outcome
    result: Data = {}
    by: str
    how: str


class CountRequest(Errand):
    """Counts an approval against what ``person`` may approve: ``up_to`` for the order in all, ``per_day`` for all that
    the person approves on this day in ``zone``. The same ``(incident_id, approval)`` by the same person counts once,
    with its newest amount; those in ``undone`` were approved for plans that have been undone, and count no more.
    Reports ``applied``, or ``not_applied`` with the refusal ``BeyondAuthority``."""

    incident_id: str
    approval: str
    person: str
    role: str
    order_id: str
    amount: Money
    up_to: Money | None = None
    per_day: Money | None = None
    zone: str = "UTC"
    undone: tuple[str, ...] = ()


class BalanceRequest(Errand):
    """Compares what an incident has given, by the journal, with the books of the shop. Reports ``applied`` when they
    agree, ``not_applied`` with the refusal ``BooksDiffer``, whose message says in what."""

    incident_id: str
    order_id: str


class PageRequest(Errand):
    """Pages people about an incident on which a person owes a move.

    ``key`` is ``<incident>/<command id>``; the same key pages nobody twice. ``people`` are who is on by the roster, as
    ids. ``level`` counts from 1. ``why``: what is owed, as ``workflows.ladder`` names it, with ``due_at``, by when.
    ``cause``: a person who was paged for the same cause less than ``join_within`` ago, at the same severity or a worse
    one, is not paged again: the page joins that one. ``at``: the moment of the page, in the incident's time.
    """

    key: str
    incident_id: str
    exception_type: str
    title: dict[str, str]
    order_id: str | None = None
    severity: Severity
    level: int
    levels: int
    role: str
    people: tuple[str, ...]
    why: str
    cause: str
    due_at: Utc | None = None
    join_within: timedelta


class Paged(Model):
    """What became of paging one person over one channel. ``detail``: the channel's own words, without addresses or
    secrets; for one that joined, the key of the page that it joined."""

    person: str
    channel: str = ""
    result: PageResult
    detail: str = ""


class CallReport(Model):
    """What became of a call: ``applied`` with its result, or ``not_applied`` with the refusal.

    Trouble is never reported: it is raised, retried by Temporal, and when the retries are used up the engine takes the
    outcome as ``unknown``.

    ``known_before``: a person's word for the outcome was not taken, because the journal knew it by then.
    """

    outcome: Outcome
    result: Data = {}
    refusal: Refusal | None = None
    known_before: bool = False


class LostClaim(Model):
    """A report's key that an earlier incident has claimed."""

    key: str
    incident_id: str


class OpenElsewhere(Model):
    """An incident of another type that is open on the same subject."""

    incident_id: str
    exception_type: str
    workflow_id: str


class AppendReport(Model):
    """The entries are committed. ``lost`` names claims that other incidents hold. For an incident that they open,
    ``previous`` is the newest earlier one on the same workflow id, if there is one: it ended at ``previous_ended_at``,
    and was reported ``previous_contacts`` times. ``waiting``: the workflow ids of incidents whose questions waited for
    one that may be over now."""

    lost: tuple[LostClaim, ...] = ()
    previous: str | None = None
    previous_ended_at: Utc | None = None
    previous_contacts: int | None = None
    superseded: tuple[OpenElsewhere, ...] = ()
    waiting: tuple[str, ...] = ()
