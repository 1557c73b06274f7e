"""The ways out, and what stands against closing."""

from amends.models import Outcome, Status
from amends.timeline import EntryKind
from tests.workflows.bench import World, chosen, count, decide, person
from tests.workflows.builders import Incident
from workflows.events import CancelRequested, WaiverRequested
from workflows.state import Why


def made_right(world: World) -> Incident:
    incident = chosen(world=world)
    decide(incident, "chen")
    return incident.wait(hours=200)


def test_what_was_given_is_compared_with_the_books_before_the_incident_closes() -> None:
    incident = made_right(World())

    assert incident.kinds()[-2:] == [EntryKind.BOOKS_AGREED, EntryKind.INCIDENT_CLOSED]


def test_an_incident_whose_sums_do_not_meet_does_not_close() -> None:
    """Closing is refused while an outcome is unknown, a measure is on, or the sums don't meet."""
    world = World()
    world.books_agree = False

    incident = made_right(world)

    (task,) = incident.state.tasks
    assert (task.id, task.why) == ("books_differ", Why.BOOKS_DIFFER)
    assert not incident.status().final
    world.books_agree = True
    assert incident.retry("books_differ").status() is Status.CLOSED


def test_books_that_differ_are_let_be_by_two_people_only() -> None:
    world = World()
    world.books_agree = False
    incident = made_right(world)

    incident.take(WaiverRequested(key="w", task="books_differ", reason="1 fen of rounding", actor=person("an")))
    decide(incident, "dai", approval_id="waive:books_differ", amount=None)

    assert incident.status() is Status.CLOSED


def test_an_incident_that_gave_nothing_has_no_books_to_compare() -> None:
    incident = chosen()

    incident.take(CancelRequested(key="c", reason="found", actor=person("an")))
    incident.settle()

    assert incident.status() is Status.CANCELLED
    assert count(incident, EntryKind.BOOKS_AGREED) == 0


def test_a_person_or_temporal_calls_it_off() -> None:
    """A person calls an incident off with a reason, or Temporal does."""
    by_person, by_temporal = chosen(), chosen()

    by_person.take(CancelRequested(key="c", reason="found", actor=person("an")))
    by_temporal.take(CancelRequested(reason="cancelled in Temporal", actor=person("temporal")))

    assert by_person.state.handled["cancel:c"].result == "recorded"
    assert by_person.settle().status() is by_temporal.settle().status() is Status.CANCELLED


def test_calling_it_off_twice_is_harmless() -> None:
    incident = chosen(world=World(refuses=("orders.release",)))

    for key in ("c-1", "c-2"):
        incident.take(CancelRequested(key=key, reason="found", actor=person("an")))
        incident.settle()

    assert incident.state.handled["cancel:c-2"].result == "repeated"
    assert count(incident, EntryKind.CANCEL_REQUESTED) == 1


def test_calling_off_over_the_unknown_waits_until_somebody_knows() -> None:
    incident = chosen(world=World(loses=("inventory.reserve",)))
    decide(incident, "chen")

    incident.take(CancelRequested(key="c", reason="found", actor=person("an")))
    incident.settle()

    assert [task.why for task in incident.state.tasks] == [Why.OUTCOME_UNKNOWN]
    assert any(effect.outcome is Outcome.UNKNOWN for effect in incident.state.effects)
    assert not incident.status().final
