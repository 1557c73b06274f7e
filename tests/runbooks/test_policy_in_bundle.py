"""Promises, ladders and data travel in the bundle; what the runbook does not use stays behind."""

from datetime import timedelta

from amends.models import Party, Severity
from runbooks.bundle import Bundle
from runbooks.language.compiler import compile_runbook
from runbooks.policy import Expectation, GoalName, Match, TaskPolicy
from runbooks.program import FactType
from tests.runbooks.builders import RATES, REFERENCE, compiled, examined, small, texts
from tests.workflows.builders import always

PROMISES = """\
supersedes: [stockout]
reopen_for: 30d
opens:
  - {expect: shipment.scanned, after: order.paid, late_after: 3d, grace: 1h}
  - {match: order.refunded > order.total}
  - {expect: order.paid, after: order.created, late_after: '=order.method == "slip" ? duration("3h") : duration("1h")'}
  - {expect: order.sent, after: order.paid, by: =event.promised_by + duration("1h"), whole_day_in: Asia/Shanghai}
events:
  method: string
  promised_by: timestamp
sla:
  acknowledge: {critical: 15m, high: 1h, medium: 4h, low: 8h}
  action: {critical: 12h, high: 24h, medium: 36h, low: 48h, calendar: cn_office}
  update: {critical: 12h, high: 24h, medium: 48h, low: 72h, tell: sorry}
  warn_at: [50%, 80%]
  pause_while_waiting_for: [customer]
external:
  claim:
    from: parcel.last_scan_at
    table: claim_window
    protect_by: shipping.file_claim
    with: {reason: damaged}
    safe_before: 12h
    approve: boss
    decide_within: 4h
escalation:
  - {page: clerk, ack_within: 5m}
  - {page: finance, ack_within: {critical: 10m, high: 40m, medium: 2h, low: 4h}, repeat: 3, again_after: 8h}
severity:
"""


def bundle() -> Bundle:
    return compiled(
        small(
            ("severity:\n", PROMISES),
            ("save_as: order}\n", "save_as: order}\n    - {do: shipping.read_parcel, save_as: parcel}\n"),
        )
    )


def test_the_goals_of_every_severity_are_in_the_bundle() -> None:
    sla = bundle().sla

    assert sla is not None
    assert set(sla.goals) == {GoalName.ACKNOWLEDGE, GoalName.UPDATE, GoalName.ACTION}
    assert sla.goals[GoalName.ACTION].within.of(Severity.HIGH) == timedelta(hours=24)
    assert sla.goals[GoalName.ACTION].calendar == "cn_office"
    assert sla.warn_at == (50, 80)
    assert sla.pause_while_waiting_for == (Party.CUSTOMER,)


def test_the_ladder_and_the_openings_are_in_the_bundle() -> None:
    made = bundle()

    assert [(level.page, level.repeat) for level in made.escalation] == [("clerk", 1), ("finance", 3)]
    assert made.opens == (
        Expectation(
            expect="shipment.scanned", after="order.paid", late_after=timedelta(days=3), grace=timedelta(hours=1)
        ),
        Match(match="order.refunded > order.total"),
        Expectation(
            expect="order.paid",
            after="order.created",
            within='order.method == "slip" ? duration("3h") : duration("1h")',
        ),
        Expectation(
            expect="order.sent",
            after="order.paid",
            by='event.promised_by + duration("1h")',
            whole_day_in="Asia/Shanghai",
        ),
    )
    assert made.events == {"method": FactType.STRING, "promised_by": FactType.TIMESTAMP}
    assert made.supersedes == ("stockout",)
    assert made.reopen_for == timedelta(days=30)


def test_what_is_told_by_itself_is_in_the_bundle_with_its_text_and_its_values() -> None:
    made = bundle()

    assert made.sla is not None
    update = made.sla.goals[GoalName.UPDATE]
    assert (update.tell, update.values) == ("sorry", ("report.order_id",))
    assert {goal.tell for name, goal in made.sla.goals.items() if name is not GoalName.UPDATE} == {None}
    assert set(made.messages["sorry"]) == {"en", "zh"}


def test_when_people_are_paged_again_and_who_approves_in_time_is_in_the_bundle() -> None:
    made = bundle()
    (claim,) = made.external

    assert [level.again_after for level in made.escalation] == [None, always(8)]
    assert (claim.safe_before, claim.approve) == (timedelta(hours=12), "boss")
    assert claim.decide_within == always(4)
    assert claim.inputs["reason"].literal == "damaged"


def test_without_a_word_a_deadline_is_safe_a_day_before_and_nobody_approves() -> None:
    keys = PROMISES.replace("    safe_before: 12h\n    approve: boss\n    decide_within: 4h\n", "")
    read = "save_as: order}\n    - {do: shipping.read_parcel, save_as: parcel}\n"
    (claim,) = compiled(small(("severity:\n", keys), ("save_as: order}\n", read))).external

    assert (claim.safe_before, claim.approve, claim.decide_within) == (timedelta(hours=24), None, None)


def test_only_what_the_runbook_uses_is_in_the_bundle() -> None:
    made = bundle()

    assert set(made.roles) == {"clerk", "finance", "boss"}
    assert set(made.calendars) == {"cn_office"}
    assert set(made.tables) == {"claim_window"}
    assert made.external[0].inputs["parcel_id"].expr == "report.parcel_id"
    assert compiled(small()).roles == {}


def test_tasks_and_remedies_are_in_the_bundle_and_a_runbook_may_say_otherwise_of_tasks() -> None:
    company = REFERENCE._replace(tasks=TaskPolicy(owner="boss", within=always(24)))
    own = "tasks: {owner: clerk, within: {critical: 1h, high: 2h, medium: 3h, low: 4h}}\nseverity:\n"

    def made(text: str) -> Bundle:
        return compile_runbook(file="x.yaml", text=text, texts=texts(), rates=RATES, reference=company)

    general, particular = made(small()), made(small(("severity:\n", own)))

    assert general.tasks == company.tasks
    assert set(general.roles) == {"boss"}
    assert particular.tasks is not None
    assert particular.tasks.owner == "clerk"
    assert particular.tasks.within.of(Severity.MEDIUM) == timedelta(hours=3)
    assert set(particular.roles) == {"clerk"}
    assert general.remedies == particular.remedies == REFERENCE.remedies


def test_the_bundle_reads_back_as_it_was_and_every_promise_is_in_its_digest() -> None:
    made = bundle()

    assert Bundle.model_validate_json(made.model_dump_json()) == made
    changes: dict[str, object] = {
        "sla": None,
        "escalation": (),
        "opens": (),
        "reopen_for": None,
        "roles": {},
        "tables": {},
    }
    for field, value in changes.items():
        other = Bundle.model_validate(made.model_dump() | {field: value})
        assert other.digest != made.digest


def test_a_bundle_of_an_older_release_still_reads() -> None:
    old = compiled(small()).model_dump(mode="json")
    for field in ("supersedes", "reopen_for", "opens", "sla", "external", "escalation", "roles", "calendars", "tables"):
        del old[field]

    assert Bundle.model_validate(old) == compiled(small())


def test_the_tables_that_conditions_read_are_in_the_bundle() -> None:
    steps = "steps:\n        - {tell: customer, message: sorry, when: order.slips < table('refund_days')}\n"
    text = small(("steps:\n        - {tell: customer, message: sorry}\n", steps))

    assert compiled(small()).tables == {}
    assert compiled(text).tables == {"refund_days": REFERENCE.tables["refund_days"]}


def test_a_table_is_read_only_behind_what_says_whose_law_holds() -> None:
    early = "stages:\n  report:\n    - {tell: customer, message: sorry, when: 1 < table('refund_days')}\n"
    (problem,) = examined(small(("stages:\n  report:\n", early))).problems

    assert "'order.market' may be unset here" in problem.message
