"""What is known of an activity before it runs, and how one is written down."""

from datetime import timedelta
from typing import Any

from amends.models import Head, Model


class Retry(Model):
    """How trouble is met: ``attempts`` tries in all (0: no limit), ``first`` wait, doubled up to ``longest``."""

    attempts: int
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=5)


READ_RETRY = Retry(attempts=0)
"""A read harms nothing: it is tried until it answers."""

EFFECT_RETRY = Retry(attempts=12)
"""Waits of 19 minutes in all; past them the outcome is unknown."""

RECONCILE_RETRY = Retry(attempts=24, first=timedelta(seconds=10), longest=timedelta(minutes=15))
"""How long a system is asked what became of a call: about four hours; past them a person must find out."""


BALANCE_RETRY = Retry(attempts=24, first=timedelta(seconds=10), longest=timedelta(minutes=15))
"""How long the shop's books are asked for; past it a person is told that they could not be read."""


INHERIT_RETRY = Retry(attempts=8, longest=timedelta(seconds=20))
"""How long an incident that is to hand over is tried: minutes; past them the new one goes on by itself."""

PAGE_RETRY = Retry(attempts=5, first=timedelta(seconds=1), longest=timedelta(seconds=20))
"""How long a page is tried when no channel can be reached: within a minute the next level is paged instead."""


class RemedyOf(Model):
    """What an activity gives the customer. ``parcel``: the input that names the parcel whose goods it is about, if it
    is about any. ``amount``: the input that says how much; the full worth of the parcel's units if none does.
    ``gives``: the field of the result that names the parcel in which the goods are on their way; if none does, they are
    in the same parcel as before. ``line``: the input that names the line, where it is about one. ``whole``: it is about
    all goods of the order. What is about no goods is counted for the order as a whole."""

    head: Head
    parcel: str | None = None
    line: str | None = None
    whole: bool = False
    amount: str | None = None
    gives: str | None = None


class ActivitySpec(Model):
    """One activity. ``takes``/``gives``: the models of its inputs and result. ``says``: one plain sentence in each
    language. ``undone_by``: the activity that takes it back; its inputs must all be among this one's inputs and
    result. ``remedy``: what the customer is given by it, if anything. ``within``: the longest one attempt may take.
    ``final``: cannot be called back."""

    name: str
    says: dict[str, str]
    takes: type[Model]
    gives: type[Model] | None = None
    effect: bool
    refusals: tuple[str, ...] = ()
    undone_by: str | None = None
    undo_only: bool = False
    """Only ever called as an undo: a runbook does not ``do`` it."""
    remedy: RemedyOf | None = None
    final: bool = False
    within: timedelta = timedelta(seconds=30)
    retry: Retry

    @property
    def system(self) -> str:
        """The system that it calls, by the name that this has among the connectors."""
        return self.name.partition(".")[0]

    @property
    def gives_value(self) -> bool:
        """Whether the customer is given goods or money by it."""
        return self.remedy is not None

    @property
    def undo_takes(self) -> tuple[str, ...]:
        """The names of the fields that this activity needs when it undoes another."""
        return tuple(self.takes.model_fields)


def read(name: str, takes: type[Model], gives: type[Model], says: dict[str, str], **rest: Any) -> ActivitySpec:
    return ActivitySpec(name=name, takes=takes, gives=gives, says=says, effect=False, retry=READ_RETRY, **rest)


def effect(name: str, takes: type[Model], gives: type[Model] | None, says: dict[str, str], **rest: Any) -> ActivitySpec:
    return ActivitySpec(name=name, takes=takes, gives=gives, says=says, effect=True, retry=EFFECT_RETRY, **rest)
