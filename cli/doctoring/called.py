"""Which calls of a company's systems a runbook comes to, so that one is connected without serving all of them."""

from collections.abc import Iterator

from amends.connectors.calls import PORT_CALLS
from amends.models import Party
from runbooks.bundle import Bundle
from runbooks.catalogue import CATALOGUE, TELL, TELLING
from runbooks.program import AskStep, DoStep, MeasureStep, Step, TellStep, WaitStep


def calls_of(bundle: Bundle) -> tuple[str, ...]:
    """The calls that its incidents may make, in the order of the ports: what its steps name and what takes that back,
    what its messages and pages go out by, and what stands behind an effect and behind what is given."""
    named = {name for activity in _activities(bundle) for name in _with_what_it_rests_on(activity)}
    if bundle.escalation:
        named |= {call.name for call in PORT_CALLS.values() if call.port == "people"}
    return tuple(name for name in PORT_CALLS if name in named)


def _activities(bundle: Bundle) -> Iterator[str]:
    for step in bundle.program.all_steps():
        yield from _of_step(step)
    for deadline in bundle.external:
        if deadline.protect_by is not None:
            yield deadline.protect_by
            yield from _undo_of(deadline.protect_by)
    if bundle.clears:
        yield TELL


def _of_step(step: Step) -> Iterator[str]:
    match step:
        case DoStep():
            yield step.activity
            if step.undo is not None:
                yield step.undo.activity
        case MeasureStep():
            yield from (step.activity, step.lift.activity)
        case WaitStep() if step.check is not None:
            yield step.check.activity
        case TellStep() | AskStep():
            yield from _told(step.to)
        case _:
            pass


def _told(party: Party) -> Iterator[str]:
    if party in TELLING:
        yield TELLING[party]


def _undo_of(activity: str) -> Iterator[str]:
    undone_by = CATALOGUE[activity].undone_by
    if undone_by is not None:
        yield undone_by


def _with_what_it_rests_on(activity: str) -> Iterator[str]:
    """Each head of a credit is an activity, and all are one call."""
    spec, name = CATALOGUE[activity], activity if activity in PORT_CALLS else "payments.credit"
    yield name
    if spec.effect:
        yield f"{PORT_CALLS[name].port}.recall"
    if spec.gives_value:
        yield from ("orders.worth", "ledger.given")
