"""Facts that are set on every way to where they are read are no problem, however many ways there are."""

import pytest

from runbooks.language.problems import RunbookErrors
from tests.runbooks.builders import compiled, small, texts

TELL = "        - {tell: customer, message: sorry}\n"
PLANS = """\
    - plan: again
      when: order.status == "paid"
      steps:
        - {do: shipping.create_shipment, save_as: shipment, undo: shipping.cancel_shipment}
    - plan: say_sorry
"""
FOLLOW_UP = '  follow_up:\n    - {tell: customer, message: sorry, when: shipment.carrier == "SF"}\n'
TRACE = "{do: shipping.open_trace, save_as: trace, undo: shipping.close_trace, on_refusal: continue, otherwise: "
WAIT = """\
    - wait: trace.status != "open"
      check: {do: shipping.read_trace, with: {trace_id: =trace.trace_id}, every: 6h, save_as: trace}
      at_most: 2d
      then_assume: {trace.status: lost}
      waiting_for: carrier
"""


def told(text: str) -> list[str]:
    try:
        compiled(text)
    except RunbookErrors as errors:
        return [problem.message for problem in errors.problems]
    return []


def analysis(*steps: str) -> str:
    return small(("  action:\n", "  analysis:\n" + "".join(steps) + "  action:\n"))


def test_what_every_plan_saves_may_be_unset_afterwards_because_a_person_may_settle_it_when_all_have_failed() -> None:
    saving = "        - {do: shipping.create_shipment, save_as: shipment, undo: shipping.cancel_shipment}\n"
    both = small(("    - plan: say_sorry\n", PLANS), (TELL, saving)) + FOLLOW_UP
    one = small(("    - plan: say_sorry\n", PLANS)) + FOLLOW_UP

    asked = both.replace("when: shipment.carrier", "when: has(shipment.carrier) && shipment.carrier")

    hint = "use it there alone, or ask `has(shipment.carrier)` first"
    assert told(both) == [f"'shipment.carrier' may be unset here: it is set only in plan `again`, `say_sorry`; {hint}"]
    assert told(asked) == []
    assert told(one) == [f"'shipment.carrier' may be unset here: it is set only in plan `again`; {hint}"]


def test_a_skipped_step_that_says_what_the_fact_is_otherwise_is_no_gap() -> None:
    step = "    - {do: inventory.check, save_as: stock, when: incident.contacts > 1, otherwise: {reservable: false}}\n"

    assert told(analysis(step, "    - {tell: customer, message: sorry, when: stock.reservable}\n")) == []


UPDATE = "sla:\n  update: {critical: 12h, high: 24h, medium: 48h, low: 72h, tell: sorry}\nseverity:\n"
READ_LATER = "  analysis:\n    - {do: shipping.read_parcel, save_as: parcel}\n  action:\n"


@pytest.mark.parametrize(
    ("fact", "problems"),
    [
        ("report.order_id", 0),
        ("incident.severity", 0),
        ("order.total", 0),
        ("parcel.status", 1),
        ("report.seen_at", 1),
    ],
)
def test_a_message_that_goes_out_by_itself_names_what_is_known_behind_the_report_stage(
    fact: str, problems: int
) -> None:
    sorry = "sorry: {subject: s, body: '{" + fact + "}'}\n"
    optional = "  parcel_id: string\n  seen_at: {type: timestamp, optional: true}\n"
    text = small(
        ("severity:\n", UPDATE),
        ("  action:\n", READ_LATER),
        ("  parcel_id: string\n", optional),
        (TELL, "        - {do: orders.read, save_as: again}\n"),
    )
    try:
        compiled(text, messages=texts(en=sorry, zh=sorry))
        found = []
    except RunbookErrors as errors:
        found = [str(problem) for problem in errors.problems]

    said = f"{fact!r} may be unset when this goes out by itself, at any time behind the report stage; "
    said += "name what every report carries, or what that stage sets on every way"
    assert found == [f"late_parcel.yaml:9:67: {said}"] * problems


@pytest.mark.parametrize(("status", "problems"), [("refused", 0), ("open", 1)])
def test_a_check_is_not_made_where_the_wait_is_over_before_it_begins(status: str, problems: int) -> None:
    found = told(analysis(f"    - {TRACE}{{status: {status}}}}}\n", WAIT))

    assert len(found) == problems
    assert all("'trace.trace_id' may be unset here" in problem for problem in found)


def test_what_a_wait_assumes_is_known_behind_it() -> None:
    step = (
        '    - {wait: order.status == "paid", at_most: 1d, then_assume: {trace.status: lost}, waiting_for: customer}\n'
    )
    trace = f"    - {TRACE}{{status: refused}}}}\n"
    read = "    - {tell: customer, message: sorry, when: trace.status == 'lost'}\n"

    assert told(analysis(trace, step, read)) == []


def test_steps_that_run_at_once_see_what_was_known_before_them() -> None:
    trace = f"    - {TRACE}{{status: refused}}}}\n"
    wait = "".join(f"    {line}\n" for line in WAIT.splitlines())
    both = f"    - together:\n{wait}        - {{tell: customer, message: sorry, when: trace.status == 'found'}}\n"

    assert told(analysis(trace, both)) == []


def test_what_a_condition_proves_is_known_behind_it() -> None:
    ask = (
        "    - {ask: customer, question: sorry, choices: [yes, no], answer_within: 1d, if_silent: skip, "
        "save_as: choice}\n"
    )
    refund = '        - {tell: customer, message: sorry, when: choice == "yes"}\n'
    guarded = f"    - plan: answered\n      when: has(choice)\n      steps:\n{refund}    - plan: say_sorry\n"

    assert told(analysis(ask).replace("    - plan: say_sorry\n", guarded)) == []
    assert told(analysis(ask).replace(TELL, refund)) == [
        "'choice' may be unset here: not every way here saves it (line 14); "
        "say `otherwise` there, or ask `has(choice)` first"
    ]


def test_a_plan_may_find_what_a_failed_one_has_forgotten() -> None:
    forgets = (
        f"    - plan: again\n      when: trace.trace_id != ''\n      steps:\n        - {TRACE}{{status: refused}}}}\n"
    )
    forgets += "        - {do: inventory.reserve, undo: inventory.release}\n    - plan: say_sorry\n"
    trace = "    - {do: shipping.open_trace, save_as: trace, undo: shipping.close_trace}\n"

    (problem,) = told(analysis(trace).replace("    - plan: say_sorry\n", forgets))

    assert problem.startswith("'trace.trace_id' may be unset here")


def test_what_may_cut_in_knows_what_its_condition_needs_however_many_ways_lead_there() -> None:
    ways = "".join(f"    - {{decide: way_{n}, choices: {{a: order.slips > {n}}}, otherwise: b}}\n" for n in range(7))
    text = analysis("    - {do: shipping.read_parcel, save_as: parcel}\n", ways).replace(
        TELL, "        - {tell: customer, message: sorry, when: order.slips > 1}\n"
    )
    cuts = "interrupts:\n  - {on: order.cancel_requested, when: parcel.status == 'lost', plan: say_sorry}\nstages:\n"

    assert told(text.replace("stages:\n", cuts)) == []
    assert len(told(text.replace("stages:\n", cuts.replace("when: parcel.status == 'lost', ", "")))) == 1
