"""Scenarios of a few moments, for tests of how they are read and played, and timelines of incidents driven by hand."""

from datetime import UTC, datetime

from amends.journal import TimelineRow
from amends.models import Money, Status
from drills.observed import Books, Observed
from drills.report import Played, Report
from drills.scenario import Scenario, Unreachable, parse_scenarios
from runbooks.library import load
from runbooks.program import ApproveStep, IfUndecided, MeasureStep, Undo, Value
from tests.workflows.builders import Incident, always

HOLD = MeasureStep(
    id="report.inventory.reserve",
    activity="inventory.reserve",
    inputs={"parcel_id": Value(expr="report.parcel_id")},
    lift=Undo(activity="inventory.release", takes=("reservation_id",)),
    until="incident.resolved",
)
APPROVE = ApproveStep(
    id="action.reship.approve.finance", role="finance", decide_within=always(4), if_silent=IfUndecided.ESCALATE
)

CALLED_OFF = """\
scenarios:
  called_off:
    about: Called off after half an hour.
    order: SO-1001
    script:
      - {cancel: found behind the shelf, at: 30m}
    expect:
      status: cancelled
      effects:
        - orders.hold: applied
        - shipping.open_trace: applied
        - shipping.close_trace: applied
        - orders.release: applied
      messages: [lost_parcel.looking]
      moments:
        - {entry: incident_closed, at: 30m}
      shop: {refunded: CNY 0.00, reserved: {LAMP-OAK: 0}, shipments: 0, replacements: 0}
"""


def scenarios(text: str = CALLED_OFF) -> tuple[Scenario, ...]:
    return parse_scenarios(file="scenarios/lost_parcel.yaml", text=text, bundle=load("lost_parcel"))


def called_off(*changes: tuple[str, str], order: str = "SO-1001") -> Scenario:
    """A short scenario, with some of its text replaced. An order of its own lets it play beside others."""
    text = CALLED_OFF
    for old, new in (("SO-1001", order), *changes):
        assert old in text
        text = text.replace(old, new)
    (scenario,) = scenarios(text)
    return scenario


def timeline_of(incident: Incident) -> list[TimelineRow]:
    """The timeline of an incident that was driven by hand, as a journal would hold it."""
    return [
        TimelineRow(
            incident_id=incident.state.incident_id,
            seq=seq,
            run_id=incident.state.run_id,
            n=entry.n,
            kind=entry.kind,
            occurred_at=entry.occurred_at,
            recorded_at=entry.occurred_at,
            actor=entry.actor,
            data=entry.data,
            prev_hash="",
            hash="",
        )
        for seq, entry in enumerate(incident.entries, start=1)
    ]


def played(scenario: str, *reached: str, runbook: str = "lost_parcel", unreachable: tuple[str, ...] = ()) -> Played:
    """A scenario that reached these branches; its file says of some that no scenario can."""
    nothing = Money(amount=0, currency="CNY")
    report = Report(
        runbook=runbook,
        scenario=scenario,
        passed=True,
        incident="inc-1",
        outcome="refund",
        status=Status.CLOSED,
        effects=(),
        virtual_duration=1.0,
        wall_time=1.0,
        differences=(),
        journal_verified=True,
        reached=reached,
    )
    observed = Observed(
        status=Status.CLOSED,
        outcome="refund",
        severity=None,
        effects=(),
        messages=(),
        tasks=(),
        facts={},
        books=Books(captured=nothing, refunded=nothing, reserved={}, shipments=0, replacements=0),
    )
    return Played(
        report=report,
        observed=observed,
        timeline=(),
        proved=(),
        opened_at=datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
        namespace="room-1",
        workflow_id="lost_parcel:SO-1:PC-1",
        run_id="run-1",
        unreachable=tuple(
            Unreachable(branch=branch, why="The carrier is too fast.", place="scenarios/lost_parcel.yaml:7:15")
            for branch in unreachable
        ),
    )
