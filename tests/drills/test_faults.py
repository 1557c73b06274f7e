"""In which ways the shop went wrong in a scenario: those that came, not those that were only planned."""

from amends.connectors.shop import FaultKind
from amends.timeline import EntryKind
from drills.faults import Wrong, met, to_be_met
from drills.report import coverage
from drills.scenario import Fault
from runbooks.library import load
from tests.drills.builders import played, timeline_of
from tests.workflows.builders import Incident

BUNDLE = load("lost_parcel")

FAULTS = (
    Fault(call="payments.refund", kind=FaultKind.TROUBLE, times=2),
    Fault(call="payments.refund", kind=FaultKind.TROUBLE_AFTER, times=1),
    Fault(call="customers.tell", kind=FaultKind.GOES_WELL, times=2),
    Fault(call="orders.hold", kind=FaultKind.DELAY, times=1),
    Fault(call="orders.hold", kind=FaultKind.ERROR, times=3),
)


def test_a_fault_counts_when_it_has_come_at_least_once() -> None:
    assert met(FAULTS, [1, 1, 0, 0, 2], []) == (Wrong.BEFORE, Wrong.ERROR, Wrong.LATE)
    assert met(FAULTS, [2, 0, 2, 1, 3], []) == (Wrong.AFTER,)


def test_a_refusal_counts_whoever_has_thought_of_it() -> None:
    row = timeline_of(Incident().open())[0]
    of_effect, of_read, of_undo = (
        [row.model_copy(update={"kind": kind})]
        for kind in (EntryKind.EFFECT_REFUSED, EntryKind.READ_REFUSED, EntryKind.UNDO_REFUSED)
    )

    assert met((), [], [of_effect]) == met((), [], [of_read]) == (Wrong.REFUSE,)
    assert met((), [], [of_undo, of_effect]) == (Wrong.REFUSE, Wrong.REFUSED_UNDO)


def test_an_undo_cannot_be_refused_where_there_is_nothing_to_undo() -> None:
    program = BUNDLE.program
    bare = program.model_copy(update={"report": (), "analysis": (), "action": (program.action[0],), "follow_up": ()})

    assert to_be_met(program) == tuple(Wrong)
    assert to_be_met(bare) == tuple(Wrong)[:-1]


def test_what_no_scenario_of_a_runbook_meets_is_counted() -> None:
    one, other, foreign = (
        each.model_copy(update={"report": each.report.model_copy(update={"faults": faults})})
        for each, faults in (
            (played("one"), (Wrong.LATE,)),
            (played("other"), (Wrong.REFUSE, Wrong.LATE)),
            (played("foreign", runbook="stockout"), (Wrong.ERROR,)),
        )
    )

    counted = coverage(BUNDLE, [one, other, foreign])

    assert counted.faults == (Wrong.REFUSE, Wrong.LATE)
    assert counted.unmet == (Wrong.BEFORE, Wrong.AFTER, Wrong.ERROR, Wrong.REFUSED_UNDO)
