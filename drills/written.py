"""What people write in a scenario file: its keys and their shapes, and nothing of their meaning."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue, StrictInt

from amends.models import Data, Severity, Status, Written
from amends.timeline import EntryKind
from drills.written_acts import ACTS, WrittenAct
from drills.written_moments import Amount, Moment
from runbooks.language.surface import Name


class WrittenFault(Written):
    """One of ``refuse`` and ``trouble``; ``trouble: none`` lets the call go well, for faults that come later."""

    call: str
    refuse: str | None = None
    trouble: str | None = None
    times: Annotated[StrictInt, Field(ge=1)] = 1


class WrittenMoment(Written):
    """``entry``: a kind of timeline entry. ``of``: what it is about: a step, a plan, an activity, a stage, …"""

    entry: EntryKind
    of: str | None = None
    at: Moment


class WrittenPage(Written):
    """``to``: the person who was paged, or their role, where it depends on the day who is on. ``level`` counts from
    1."""

    at: Moment
    to: str
    level: Annotated[StrictInt, Field(ge=1)]


class WrittenShop(Written):
    """``shipments``, ``replacements`` and ``holds``: how many stand at the end, without those that were called off."""

    refunded: Amount | None = None
    reserved: dict[str, StrictInt] = {}
    shipments: StrictInt | None = None
    replacements: StrictInt | None = None
    holds: StrictInt | None = None


class Verdict(StrEnum):
    """What became of an approval. ``expired``: silence rejected it; ``open``: nobody has decided."""

    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    OPEN = "open"


class WrittenExpect(Written):
    """``ends``: when its last entry is written, from the opening of the scenario on."""

    status: Status
    ends: Moment | None = None
    outcome: str | None = None
    severity: Severity | None = None
    effects: tuple[Annotated[dict[str, str], Field(min_length=1)], ...]
    messages: tuple[str, ...]
    facts: dict[str, JsonValue] = {}
    moments: tuple[WrittenMoment, ...] = ()
    tasks: tuple[str, ...] = ()
    approvals: tuple[Annotated[dict[str, Verdict], Field(min_length=1)], ...] | None = None
    pages: tuple[WrittenPage, ...] | None = None
    breaches: tuple[str, ...] | None = None
    shop: WrittenShop = WrittenShop()


class WrittenNight(Written):
    """The first night, as times since the opening; another follows every day."""

    from_: Moment = Field(alias="from")
    to: Moment


class WrittenPart(Written):
    """What is said of one incident."""

    parcel: str | None = None
    report: Data = {}
    script: tuple[WrittenAct, ...] = ()
    expect: WrittenExpect


class WrittenFurther(WrittenPart):
    """An incident that opens on the same order, ``at`` so long after the first. ``open``: its runbook."""

    open: Name
    at: Moment


class WrittenScenario(WrittenPart):
    """``conversation``: what the customer is told and asked by all of its incidents, where there are several.
    ``demo``: it is what the demo shows of its runbook."""

    about: str = Field(min_length=1)
    demo: bool = False
    order: str
    night: WrittenNight | None = None
    faults: tuple[WrittenFault, ...] = ()
    further: dict[Name, WrittenFurther] = {}
    conversation: tuple[str, ...] | None = None


class WrittenUnreachable(Written):
    """``branch``: the id of a branch that no scenario can reach. ``why``: the reason, for people."""

    branch: str
    why: str = Field(min_length=1)


class WrittenScenarios(Written):
    scenarios: dict[Name, WrittenScenario] = Field(min_length=1)
    unreachable: tuple[WrittenUnreachable, ...] = ()


SHAPES: dict[str, type[Written]] = {
    "": WrittenScenarios,
    "scenarios": WrittenScenario,
    "further": WrittenFurther,
    "night": WrittenNight,
    "faults": WrittenFault,
    **{f"{word} act": shape for word, shape in ACTS.items()},
    "expect": WrittenExpect,
    "moments": WrittenMoment,
    "pages": WrittenPage,
    "shop": WrittenShop,
    "unreachable": WrittenUnreachable,
}
"""The shape behind each part of a validator's location, for suggestions."""
