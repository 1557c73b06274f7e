"""Bundles to compare: the shipped runbook with all that a bundle can carry, and the same with a text changed."""

from datetime import timedelta
from functools import cache
from pathlib import Path

from amends.models import Money, Severity
from runbooks import library
from runbooks.bundle import Bundle
from runbooks.language.compiler import compile_runbook
from runbooks.policy import Calendar, ExternalDeadline, Level, Night, Quiet, Role, Shift
from runbooks.program import BySeverity, Value
from runbooks.rights import ActName, Who

_MEASURE = """\
    - measure: inventory.reserve
      with: {parcel_id: =parcel.parcel_id}
      lift: inventory.release
      until: incident.resolved
"""
_APPROVAL = """\
        - {approve: finance, amount: =parcel.value, approvers: 2, decide_within: 4h, if_silent: reject}
        - {do: inventory.reserve, undo: inventory.release, save_as: reservation}
"""
_REPEATED = """\
    - {decide: worth, choices: {dear: parcel.value > money("CNY 500.00")}, otherwise: cheap}
    - rounds:
        max: 3
        until: worth == "dear"
        steps:
          - {do: inventory.check, save_as: stock}
"""
LOST_PARCEL = Path(__file__).with_name("lost_parcel.yaml")
PROMISES = (Path(__file__).parents[1] / "good" / "everything.yaml").read_text(encoding="utf-8")


def text(*changes: tuple[str, str]) -> str:
    """The text of a runbook, with each old part, which is there once, replaced by a new one."""
    written = LOST_PARCEL.read_text(encoding="utf-8")
    for old, new in changes:
        assert written.count(old) == 1, f"{old!r} must be there once"
        written = written.replace(old, new)
    return written


@cache
def bundle(*changes: tuple[str, str]) -> Bundle:
    """The bundle of a runbook, with changes in its text."""
    shelf = library.shelf_here()
    return compile_runbook(
        file="lost_parcel.yaml", text=text(*changes), texts=shelf.texts, rates=shelf.rates, reference=shelf.reference
    )


@cache
def rich() -> Bundle:
    """A bundle with something in every field of every model."""
    promises = PROMISES[PROMISES.index("sla:") : PROMISES.index("stages:")]
    promises = promises.replace('parcel.status == "not_dispatched"', 'trace.status == "open"')
    opened = PROMISES[PROMISES.index("supersedes:") : PROMISES.index("report:")].replace("[lost_parcel]", "[]")
    whole = bundle(
        ("\nreport:\n", f"\n{opened}\nreport:\n"),
        (_promised(), f"\n{promises}"),
        (
            "    - {do: inventory.check, save_as: stock}\n",
            f"    - {{do: inventory.check, save_as: stock}}\n{_MEASURE}{_REPEATED}",
        ),
        ("        - {do: inventory.reserve, undo: inventory.release, save_as: reservation}\n", _APPROVAL),
    )
    (deadline,) = whole.external
    worst, *milder = whole.program.severity
    near = worst.model_copy(update={"near": {deadline.name: timedelta(hours=12)}})
    return whole.model_copy(
        update={
            "program": whole.program.model_copy(update={"severity": (near, *milder)}),
            "supersedes": ("delayed_shipment",),
            "external": (deadline.model_copy(update={"inputs": {"parcel_id": Value(expr="report.parcel_id")}}),),
            "roles": {**whole.roles, "finance": _role()},
            "may": {ActName.CANCEL: Who.TEAM, ActName.SKIP: ("finance",)},
            "night": Night(begins=timedelta(hours=22), ends=timedelta(hours=8), zone="Asia/Shanghai"),
            "calendars": {name: _with_lunch(each) for name, each in whole.calendars.items()},
            "escalation": (*whole.escalation, Level(page="logistics", ack_within=hours(9), repeat=2)),
        }
    )


def unpromising() -> Bundle:
    """The shipped runbook without its promises."""
    return bundle((_promised(), ""))


def hours(number: int) -> BySeverity:
    """So many hours, whatever the severity."""
    return BySeverity(**{severity.value: timedelta(hours=number) for severity in Severity})


def deadline(name: str) -> ExternalDeadline:
    return ExternalDeadline(name=name, starts="a", table="t", protect_by="x")


def _promised() -> str:
    """What the shipped runbook promises, as it is written."""
    written = text()
    return written[written.index("\nsla:") : written.index("\nstages:")]


def _role() -> Role:
    return Role(
        team=("dai", "fang"),
        duty=(Shift(who="dai", begins=0, ends=5 * 1440), Shift(who="fang", begins=5 * 1440, ends=7 * 1440)),
        zone="Asia/Shanghai",
        quiet=Quiet(begins=22 * 60, ends=7 * 60, above=Severity.HIGH),
        approves_up_to=Money(amount=2_000_000, currency="CNY"),
    )


def _with_lunch(calendar: Calendar) -> Calendar:
    return calendar.model_copy(update={"hours": ((540, 720), (780, 1080))})
