"""The bundle: everything one incident follows, frozen at its opening, with one digest."""

import hashlib
from datetime import timedelta
from functools import cached_property
from typing import Final

from pydantic import Field

from amends.models import Data, Model
from amends.timeline import canonical
from runbooks.policy import (
    Calendar,
    Clearing,
    Expectation,
    ExternalDeadline,
    Interrupt,
    Level,
    Match,
    Night,
    RemedyPolicy,
    Role,
    SlaPolicy,
    Table,
    TaskPolicy,
)
from runbooks.program import FactType, Program
from runbooks.rights import ActName, May

_SHORT: Final = len("sha256:") + 12


class MessageText(Model):
    """A message in one language. Placeholders are fact paths in braces, or ``{customer.name}``, which the shop fills
    in, or in a question ``{answer_within}``, which the engine fills in when it asks."""

    subject: str
    body: str


class Bundle(Model):
    """What an incident follows: the compiled runbook, the texts it sends, and the data its rules read.

    ``facts`` gives the type of every fact path that the runbook can know, for the expressions; ``rates`` the worth of
    one unit of a currency in the reference currency CNY, at the bundle's date, as decimal text.
    """

    format: int = 1
    exception_type: str
    workflow_type: str
    title: dict[str, str]
    about: str = ""
    subject: tuple[str, ...]
    report: dict[str, FactType]
    report_optional: tuple[str, ...] = ()
    facts: dict[str, FactType]
    rates: dict[str, str]
    messages: dict[str, dict[str, MessageText]]
    """Message key → language → text."""
    program: Program
    supersedes: tuple[str, ...] = ()
    """The exception types whose clocks and asks this one takes over on the same subject."""
    reopen_for: timedelta | None = None
    events: dict[str, FactType] = Field(default={}, exclude_if=lambda events: not events)
    """The fields that order events carry, for the rules of ``opens``, beside those of an order as it is read."""
    opens: tuple[Expectation | Match, ...] = ()
    sla: SlaPolicy | None = None
    external: tuple[ExternalDeadline, ...] = ()
    escalation: tuple[Level, ...] = ()
    roles: dict[str, Role] = {}
    """Those that are paged or approve, as they were staffed at the bundle's date."""
    may: dict[ActName, May] = {}
    """Who may do what, where it is not as ``rights.RIGHTS`` says."""
    tasks: TaskPolicy | None = None
    night: Night | None = None
    """When customers are left in peace; not set where they never are."""
    interrupts: tuple[Interrupt, ...] = ()
    clears: tuple[Clearing, ...] = ()
    remedies: RemedyPolicy | None = None
    calendars: dict[str, Calendar] = {}
    tables: dict[str, Table] = {}

    @cached_property
    def digest(self) -> str:
        """``sha256:`` and the digest of the bundle's canonical JSON; the same on every machine."""
        data: Data = self.model_dump(mode="json")
        return "sha256:" + hashlib.sha256(canonical(data)).hexdigest()

    def workflow_id(self, report: Data) -> str:
        """``<exception type>:<subject>``, the business key under which at most one incident is open.

        ``report`` must carry every subject field as text.
        """
        return ":".join([self.exception_type, *(str(report[field]) for field in self.subject)])


def short_digest(digest: str) -> str:
    """Enough of a bundle's digest to tell it from others: ``sha256:1f09c3aa40be``."""
    return digest[:_SHORT]
