"""The vocabulary as types: what design, code, journal and wire formats call things."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, JsonValue


class Model(BaseModel):
    """A value that crosses a boundary: frozen, and unknown fields are ignored when read back.

    Fields are only ever added, and what is added has a default, so that an older worker survives a newer one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, which works out anew what was kept beside the fields: with others it may be something else."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(copied).model_fields.keys():
            del copied.__dict__[name]
        return copied


class Written(BaseModel):
    """A value that people write (YAML, API bodies): frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _to_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("it lies beyond all calendars") from error


Utc = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""An aware time, always kept and written in UTC."""

Data = dict[str, JsonValue]
"""A JSON object."""


class Stage(StrEnum):
    """How far an incident has come. Stages only go forward."""

    REPORT = "report"
    ANALYSIS = "analysis"
    ACTION = "action"
    FOLLOW_UP = "follow_up"

    @classmethod
    def behind(cls, stage: "Stage | None") -> "tuple[Stage, ...]":
        """The stages that come after one, in their order; all of them before the first has begun."""
        stages = tuple(cls)
        return stages if stage is None else stages[stages.index(stage) + 1 :]


class Status(StrEnum):
    """What an incident is doing: another axis than its stage."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    WAITING = "waiting"
    IN_PROGRESS = "in_progress"
    TAKEN_OVER = "taken_over"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"

    @property
    def final(self) -> bool:
        """Whether an incident with this status has ended."""
        return self in (Status.CLOSED, Status.CANCELLED, Status.DUPLICATE)


class Severity(StrEnum):
    """From the worst to the mildest."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Party(StrEnum):
    """Who holds the ball."""

    US = "us"
    CUSTOMER = "customer"
    CARRIER = "carrier"
    WAREHOUSE = "warehouse"
    SUPPLIER = "supplier"
    MERCHANT = "merchant"
    PAYMENT_PROVIDER = "payment_provider"
    PLATFORM = "platform"


class Outcome(StrEnum):
    """What is known of an effect."""

    APPLIED = "applied"
    NOT_APPLIED = "not_applied"
    UNKNOWN = "unknown"


class ActorKind(StrEnum):
    HUMAN = "human"
    SYSTEM = "system"
    TIMER = "timer"


class Actor(Model):
    """Who did something. ``verified``: the engine has it from a claim that a trusted door signed (or is it itself);
    what a request says of that counts for nothing. ``claim``: the claim, as the door signed it."""

    kind: ActorKind
    id: str = Field(min_length=1, max_length=200)
    verified: bool = False
    claim: str | None = Field(default=None, exclude_if=lambda claim: claim is None)


ENGINE = Actor(kind=ActorKind.SYSTEM, id="amends", verified=True)
"""The engine itself."""

TIMER = Actor(kind=ActorKind.TIMER, id="clock", verified=True)
"""Time that came."""


class Money(Model):
    """An amount in minor units (cents, fen) beside its ISO 4217 currency."""

    amount: int
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class Head(StrEnum):
    """Under what something is given back. ``goods``: the goods are on their way (again). ``refund``: what was paid for
    them goes back. The others come on top."""

    GOODS = "goods"
    REFUND = "refund"
    COMPENSATION = "compensation"
    FREIGHT = "freight"
    GOODWILL = "goodwill"


class PageResult(StrEnum):
    """``sent``: a channel has taken it. ``joined``: the person has one about the same cause. ``refused``: a channel has
    said no. ``failed``: a channel could not be reached. ``no_channel``: nobody has said how to reach the person."""

    SENT = "sent"
    JOINED = "joined"
    REFUSED = "refused"
    FAILED = "failed"
    NO_CHANNEL = "no_channel"


class Evidence(Model):
    """What shows that something is so: ``what`` it is, in words or as a reference. Of a file, which itself stays where
    it is: its digest ``sha256``, its media ``type`` as far as its name tells, and its ``size`` in bytes."""

    what: str = Field(min_length=1, max_length=500)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    type: str | None = None
    size: int | None = Field(default=None, ge=0, lt=2**63)


class Refusal(Model):
    """A business refusal: ``reason`` as the activity catalogue names it, ``message`` for people."""

    reason: str
    message: str


class NotAsked(StrEnum):
    """The reasons for which the journal refuses a question to a customer: another is open about the same goods; the
    very same is; the very same was, and has been answered."""

    BEING_ASKED = "BeingAsked"
    ASKED_ALREADY = "AskedAlready"
    ANSWERED_ALREADY = "AnsweredAlready"


def plain(model: BaseModel) -> dict[str, Any]:
    """The JSON object of a model, with times as ISO 8601 UTC and without what is not set."""
    return model.model_dump(mode="json", exclude_none=True)
