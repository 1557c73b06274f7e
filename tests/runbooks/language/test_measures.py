"""What a measure compiles to, and how what may end it is checked."""

from runbooks.program import MeasureStep, OnRefusal, Undo, Value
from tests.runbooks.builders import compiled, examined, small

READ = "    - {do: orders.read, save_as: order}\n"


def with_measure(rest: str) -> str:
    return small((READ, READ + f"    - {{measure: orders.hold, lift: orders.release, {rest}}}\n"))


def test_a_measure_says_how_it_is_lifted_and_when() -> None:
    measure = compiled(with_measure('until: incident.resolved || order.status == "cancelled"')).program.report[1]

    assert isinstance(measure, MeasureStep)
    assert measure.id == "report.measure.orders.hold"
    assert measure.inputs == {"order_id": Value(expr="report.order_id")}
    assert measure.lift == Undo(activity="orders.release", takes=("hold_id",))
    assert measure.until == 'incident.resolved || order.status == "cancelled"'
    assert measure.on_refusal is OnRefusal.TASK


def test_a_measure_takes_inputs_and_a_condition_of_its_own() -> None:
    rest = (
        'with: {order_id: =order.order_id}, when: order.status == "paid", until: incident.closed, on_refusal: continue'
    )

    measure = compiled(with_measure(rest)).program.report[1]

    assert isinstance(measure, MeasureStep)
    assert measure.inputs == {"order_id": Value(expr="order.order_id")}
    assert measure.when == 'order.status == "paid"'
    assert measure.on_refusal is OnRefusal.CONTINUE


def test_a_fact_that_only_the_end_of_a_measure_reads_is_read() -> None:
    stock = "    - {do: inventory.check, save_as: stock}\n"
    measure = "    - {measure: orders.hold, lift: orders.release, until: stock.reservable}\n"

    assert examined(small((READ, READ + stock + measure))).problems == ()
