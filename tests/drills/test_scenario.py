"""Scenario files are checked whole before anything is played: each mistake has its place and its mend."""

from datetime import timedelta
from pathlib import Path

import pytest

from amends.connectors.shop import FaultKind
from amends.errors import DefinitionError
from amends.models import Money
from drills.acts import AnswerAct
from drills.moments import read_since, since
from drills.scenario import Fault, choose, load_scenarios, parse_scenarios
from runbooks.language.problems import RunbookErrors
from runbooks.library import load
from tests.drills.builders import CALLED_OFF, called_off, scenarios

FILE = "scenarios/lost_parcel.yaml"

BROKEN = [
    ("about: Called", "abuot: Called", f"{FILE}:3:5: unknown key 'abuot'; did you mean 'about'?"),
    (
        "script:",
        "night: {from: 12h, to: 27h}\n    script:",
        f"{FILE}:5:12: a night takes some hours, and 14 at the most",
    ),
    ("    order: SO-1001\n", "", f"{FILE}:3:5: `order` is missing; add it"),
    ("SO-1001", "SO-1001x", f"{FILE}:4:12: the shop has no order 'SO-1001x'; did you mean 'SO-1001'?"),
    ("script:", "parcel: PC-1001-2\n    script:", f"{FILE}:5:13: SO-1001 has no parcel 'PC-1001-2'"),
    ("script:", "report: {last_seen: x}\n    script:", f"{FILE}:5:14: a report has no field 'last_seen'"),
    ("{cancel: found behind the shelf, at: 30m}", "{cansel: x, at: 30m}", f"{FILE}:6:9: an act has one of the keys"),
    ("at: 30m}\n    expect", "at: soon}\n    expect", f"{FILE}:6:46: `at`: 'soon' is not a duration"),
    ("status: cancelled", "status: canceled", f"{FILE}:8:15: 'canceled' is not one of"),
    ("shipping.close_trace", "shipping.closetrace", f"{FILE}:12:11: there is no effect 'shipping.closetrace'"),
    (
        "open_trace: applied",
        "open_trace: OutOfStock",
        f"{FILE}:11:32: shipping.open_trace never ends with 'OutOfStock'",
    ),
    ("[lost_parcel.looking]", "[lost_parcel.loking]", f"{FILE}:14:18: the runbook has no message"),
    ("moments:", "facts: {choise: refund}\n      moments:", f"{FILE}:15:15: the runbook has no fact 'choise'"),
    ("entry: incident_closed", "entry: incident_close", f"{FILE}:16:19: 'incident_close' is not one of"),
    ("CNY 0.00", "0 yuan", f"{FILE}:17:24: `refunded`: '0 yuan' is not an amount"),
    ("CNY 0.00", "459", f"{FILE}:17:24: `refunded`: 459 has no currency; write it with one, such as CNY 459.00"),
    ("CNY 0.00", "[459]", f"{FILE}:17:24: `refunded`: '[459]' is not an amount; write the currency and a number"),
    (
        "moments:",
        "outcome: reshp\n      moments:",
        f"{FILE}:15:16: no incident comes to 'reshp'; did you mean 'reship'?",
    ),
    (
        "moments:",
        "outcome: 'cancelled: lost'\n      moments:",
        f"{FILE}:15:16: no incident comes to 'cancelled: lost'",
    ),
    (
        "moments:",
        "moments:\n        - {entry: plan_failed, of: reshp, at: 1h}",
        f"{FILE}:16:36: no plan_failed is about 'reshp'; did you mean 'reship'?",
    ),
    (
        "moments:",
        "moments:\n        - {entry: severity_set, of: very, at: 1h}",
        f"{FILE}:16:37: no severity_set is about 'very'; there are critical, high, low, medium",
    ),
    (
        "moments:",
        "moments:\n        - {entry: news_received, of: order.paid, at: 1h}",
        f"{FILE}:16:38: news_received is about nothing here that has a name; leave out `of`",
    ),
    ("LAMP-OAK", "LAMP-ELM", f"{FILE}:17:45: SO-1001 has no 'LAMP-ELM' in it"),
    ("script:", "faults: [{call: x.y, refuse: No}]\n    script:", f"{FILE}:5:21: the shop has no call 'x.y'"),
    (
        "script:",
        "faults: [{call: payments.refund}]\n    script:",
        f"{FILE}:5:14: say what the shop does: either `refuse: <reason>` or `trouble: before | after | error | late | "
        "none`",
    ),
    (
        "script:",
        "faults: [{call: payments.refund, trouble: later}]\n    script:",
        f"{FILE}:5:47: there is no trouble 'later'",
    ),
    (
        "script:",
        "faults: [{call: payments.refund, refuse: NoCapacity}]\n    script:",
        f"{FILE}:5:46: payments.refund never refuses with 'NoCapacity'",
    ),
    (
        "script:",
        "script:\n      - {answer: satisfacton, choice: 5, after: 1h}",
        f"{FILE}:6:18: the runbook has no question 'satisfacton'; did you mean 'satisfaction'?",
    ),
    (
        "script:",
        "script:\n      - {answer: satisfaction, choice: 6, after: 1h}",
        f"{FILE}:6:40: satisfaction has no choice '6'",
    ),
    (
        "script:",
        "script:\n      - {news: shipment.scanned, data: {facts: {trace.staus: found}}, at: 1h}",
        f"{FILE}:6:40: the runbook knows no fact 'trace.staus'; did you mean 'trace.status'?",
    ),
    (
        "script:",
        "script:\n      - {news: shipment.scanned, data: {facts: found}, at: 1h}",
        f"{FILE}:6:40: facts are given by their paths",
    ),
    ("script:", "script:\n      - {answer: satisfaction, choice: 5}", f"{FILE}:6:9: say when: either `at`"),
    (
        "script:",
        "script:\n      - {approve: financ, by: fang, at: 1h}",
        f"{FILE}:6:19: the runbook has no approval of 'financ'",
    ),
    (
        "script:",
        "script:\n      - {choose: refnd, by: an, after: 1h}",
        f"{FILE}:6:18: the runbook has no plan 'refnd'; did you mean 'refund'?",
    ),
    (
        "script:",
        "script:\n      - {choose: refund, by: an}",
        f"{FILE}:6:9: say when: either `at`, from the opening, or `after`",
    ),
    (
        "script:",
        "script:\n      - {retry: no_plan, by: an, at: 1h}",
        f"{FILE}:6:17: 'no_plan' is no task; tasks are unknown:<step>/<try>, ",
    ),
    (
        "script:",
        'script:\n      - {retry: "refused:report.orders.reed/1", by: an, at: 1h}',
        f"{FILE}:6:17: the runbook has no step 'report.orders.reed'; did you mean 'report.orders.read'?",
    ),
    (
        "script:",
        'script:\n      - {retry: "refused:report.orders.read", by: an, at: 1h}',
        f"{FILE}:6:17: 'refused:report.orders.read' lacks the try behind the step",
    ),
    (
        "script:",
        'script:\n      - {settle: "unknown:action.refund.payments.refund/1", by: an, how: x, evidence: y, at: 1h}',
        f"{FILE}:6:9: nobody knows whether it happened; say what was found out: `happened: true` or `false`",
    ),
    (
        "script:",
        "script:\n      - {settle: no_plan_left, by: an, how: x, evidence: [], at: 1h}",
        f"{FILE}:6:58: `evidence` needs",
    ),
    (
        "script:",
        "script:\n      - {waive: no_plan_left, by: dai, reason: x, at: 1h}",
        f"{FILE}:6:17: only what could not be undone, or books that differ, can be let be, not 'no_plan_left'",
    ),
    (
        "script:",
        "script:\n      - {acknowledge: ann, after: 1h}",
        f"{FILE}:6:23: of the roles that act here nobody is 'ann'; did you mean 'an'?",
    ),
    (
        "script:",
        "script:\n      - {escalate: he is in hospital, by: an}",
        f"{FILE}:6:9: say when: either `at`, from the opening, or `after`, from when people were paged",
    ),
    (
        "script:",
        "script:\n      - {snooze: soon, by: an, reason: x, after: 1h}",
        f"{FILE}:6:18: `snooze`: 'soon' is not a duration",
    ),
    (
        "script:",
        "script:\n      - {assign: ann, by: mei, after: 1h}",
        f"{FILE}:6:18: of the roles that act here nobody is 'ann'; did you mean 'an'?",
    ),
    (
        "script:",
        "script:\n      - {assign: an, by: mei, task: no_plan, after: 1h}",
        f"{FILE}:6:37: 'no_plan' is no task; tasks are",
    ),
    (
        "script:",
        "script:\n      - {suspend: us, within: 1d, by: mei, reason: x, at: 1h}",
        f"{FILE}:6:19: nobody stops the clocks for ourselves; name who is waited for",
    ),
    (
        "script:",
        "script:\n      - {resume: mei}",
        f"{FILE}:6:9: say when: either `at`, from the opening, or `after`, from when it was suspended",
    ),
    (
        "script:",
        "script:\n      - {skip: analysis.wait.trac, by: mei, reason: x, after: 1h}",
        f"{FILE}:6:16: the runbook has nothing to skip named 'analysis.wait.trac'; did you mean 'analysis.wait.trace'?",
    ),
    (
        "script:",
        "script:\n      - {severity: hihg, by: mei, reason: x, at: 1h}",
        f"{FILE}:6:20: ",
    ),
    (
        "moments:",
        "pages: [{at: 1h, to: ann, level: 1}]\n      moments:",
        f"{FILE}:15:28: there is neither a role nor a person 'ann'; did you mean 'an'?",
    ),
    (
        "moments:",
        "pages: [{at: 1h, to: an, level: 7}]\n      moments:",
        f"{FILE}:15:39: the ladder has 3 levels, not 7",
    ),
    (
        "moments:",
        "breaches: [resolved]\n      moments:",
        f"{FILE}:15:18: the runbook does not promise 'resolved'; did you mean 'resolve'?",
    ),
    ("moments:", "ends: soon\n      moments:", f"{FILE}:15:13: "),
    (
        "moments:",
        "moments:\n        - {entry: clock_warned, of: resolve at 81%, at: 1h}",
        f"{FILE}:16:37: no clock_warned is about 'resolve at 81%'; did you mean 'resolve at 80%'?",
    ),
    (
        "script:",
        'script:\n      - {retry: "unprotected:claim", by: an, at: 1h}',
        f"{FILE}:6:17: the runbook watches no deadline 'claim'",
    ),
    ("[lost_parcel.looking]", "[]\n      tasks: [no_plan]", f"{FILE}:15:15: 'no_plan' is no task"),
    (
        "moments:",
        "approvals: [{cook: approved}]\n      moments:",
        f"{FILE}:15:20: the runbook has no approval of 'cook'",
    ),
    ("moments:", "approvals: [{cook: perhaps}]\n      moments:", f"{FILE}:15:26: 'perhaps' is not one of"),
    (
        "scenarios:\n",
        "unreachable:\n  - {branch: action.reship/undon, why: x}\nscenarios:\n",
        f"{FILE}:2:14: the runbook has no branch 'action.reship/undon'; did you mean 'action.reship/undone'?",
    ),
    (
        "scenarios:\n",
        "unreachable:\n  - {branch: cellar, why: x}\nscenarios:\n",
        f"{FILE}:2:14: the runbook has no branch 'cellar'; `amends drill` names those that are not reached",
    ),
    (
        "scenarios:\n",
        "unreachable:\n" + "  - {branch: action.reship/undone, why: x}\n" * 2 + "scenarios:\n",
        f"{FILE}:3:14: the branch 'action.reship/undone' is here twice; keep one",
    ),
    (
        "scenarios:\n",
        "unreachable:\n  - {branch: action.reship/undone}\nscenarios:\n",
        f"{FILE}:2:5: `why` is missing; add it",
    ),
    (
        "scenarios:\n",
        "unreachable:\n  - {branch: action.reship/undone, wy: x}\nscenarios:\n",
        f"{FILE}:2:36: unknown key 'wy'; did you mean 'why'?",
    ),
]


@pytest.mark.parametrize(("old", "new", "told"), BROKEN, ids=[told.split(": ", 1)[1][:40] for _, _, told in BROKEN])
def test_a_mistake_is_told_with_its_place(old: str, new: str, told: str) -> None:
    assert old in CALLED_OFF

    with pytest.raises(RunbookErrors) as caught:
        scenarios(CALLED_OFF.replace(old, new, 1))

    assert told in [str(problem)[: len(told)] for problem in caught.value.problems]


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    text = CALLED_OFF.replace("SO-1001", "SO-4711").replace("lost_parcel.looking", "lost").replace("LAMP-OAK: 0", "")

    with pytest.raises(RunbookErrors) as caught:
        scenarios(text)

    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(4, 12), (14, 18)]


@pytest.mark.parametrize("written", ["26h 12d", "13d 2h", "+13d 02:00"])
def test_a_moment_may_be_written_as_a_drill_shows_it(written: str) -> None:
    scenario = called_off(("at: 30m}\n      shop", f"at: {written}}}\n      shop"))

    assert scenario.expect.moments[0].at == timedelta(days=13, hours=2)
    assert read_since(since(timedelta(days=13, hours=2))) == timedelta(days=13, hours=2)


def test_moments_add_up_and_amounts_are_minor_units() -> None:
    scenario = called_off(("at: 30m}\n      shop", "at: 26h 12d}\n      shop"), ("CNY 0.00", "CNY 384.00"))

    assert scenario.expect.moments[0].at == timedelta(days=13, hours=2)
    assert scenario.expect.shop.refunded == Money(amount=38400, currency="CNY")


@pytest.mark.parametrize("question", ["satisfaction", "follow_up.ask.satisfaction"])
def test_a_question_is_named_by_its_message_or_by_its_step(question: str) -> None:
    scenario = called_off(("script:", f"script:\n      - {{answer: {question}, choice: 5, after: 0m}}"))

    assert scenario.script[0] == AnswerAct(ask="follow_up.ask.satisfaction", choice="5", at=None, after=timedelta())


def test_a_fault_that_does_no_harm_lets_later_ones_wait() -> None:
    faults = "faults: [{call: customers.tell, trouble: none, times: 2}]\n    script:"

    scenario = called_off(("script:", faults))

    assert scenario.faults == (Fault(call="customers.tell", kind=FaultKind.GOES_WELL, times=2),)


def test_what_no_scenario_can_reach_is_kept_with_its_place() -> None:
    text = "unreachable:\n  - {branch: action.reship/undone, why: It is too fast.}\n" + CALLED_OFF

    (scenario,) = scenarios(text)

    (stated,) = scenario.unreachable
    assert (stated.branch, stated.why) == ("action.reship/undone", "It is too fast.")
    assert stated.place == f"{FILE}:2:14"


def test_the_report_names_the_first_parcel_unless_another_is_asked_for() -> None:
    first = called_off()
    second = called_off(("script:", "parcel: PC-1010-2\n    script:"), ("LAMP-OAK", "KETTLE-09"), order="SO-1010")

    assert first.report == {"order_id": "SO-1001", "parcel_id": "PC-1001-1"}
    assert second.report == {"order_id": "SO-1010", "parcel_id": "PC-1010-2"}


def test_a_report_names_no_parcel_where_the_runbook_asks_for_none() -> None:
    lost = load("lost_parcel")
    bundle = lost.model_copy(update={"report": {"order_id": lost.report["order_id"]}, "subject": ("order_id",)})

    (scenario,) = parse_scenarios(file=FILE, text=CALLED_OFF, bundle=bundle)

    assert scenario.report == {"order_id": "SO-1001"}
    with pytest.raises(
        RunbookErrors, match=r"yaml:5:13: a report of a lost_parcel names no parcel; leave `parcel` out"
    ):
        parse_scenarios(
            file=FILE, text=CALLED_OFF.replace("    script:", "    parcel: PC-1001-1\n    script:"), bundle=bundle
        )


def test_an_unknown_scenario_is_told_with_the_known_ones() -> None:
    with pytest.raises(DefinitionError, match=r"no scenario 'caled_off'; did you mean 'called_off'\?"):
        choose(scenarios(), "caled_off")


def test_a_runbook_without_scenarios_says_where_they_belong(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "runbooks" / "lost_parcel.yaml"
    own = tmp_path / "our_parcels.yaml"
    own.write_text(shipped.read_text())

    with pytest.raises(DefinitionError, match=r"scenarios/our_parcels\.yaml: the runbook .* has no scenarios"):
        load_scenarios(own)


def test_a_company_s_runbook_brings_its_own_scenarios(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "runbooks" / "lost_parcel.yaml"
    (tmp_path / "our_parcels.yaml").write_text(shipped.read_text())
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "our_parcels.yaml").write_text(CALLED_OFF)

    (scenario,) = load_scenarios(tmp_path / "our_parcels.yaml")

    assert scenario.name == "called_off"
