"""A runbook is explained from its published bundle as from its file."""

import pytest

from amends.timeline import canonical
from runbooks import library
from runbooks.bundle import Bundle
from runbooks.explaining.bundled import written_of
from runbooks.explaining.reading import explain, explanation_of, explanation_of_bundle
from runbooks.language.compiler import compile_runbook
from runbooks.language.reading import read_runbook
from runbooks.language.shelf import Shelf
from runbooks.language.source import Source
from tests.runbooks.builders import RATES, REFERENCE, small, texts

TELL = "        - {tell: customer, message: sorry}\n"
KEYS = """\
sla:
  acknowledge: {critical: 15m, high: 1h, medium: 4h, low: 8h}
  resolve: {critical: 12h, high: 24h, medium: 2d, low: 2d, calendar: cn_office}
  update: {critical: 12h, high: 24h, medium: 48h, low: 72h, tell: sorry}
  warn_at: [50%, 80%]
  pause_while_waiting_for: [customer]
external:
  claim: {from: report.seen_at, table: claim_window, protect_by: shipping.file_claim}
  other:
    from: report.seen_at
    table: claim_window
    protect_by: shipping.file_claim
    safe_before: 4h
    approve: finance
    decide_within: 8h
opens:
  - {expect: shipment.scanned, after: shipment.handed_over, late_after: 72h, grace: 1h}
  - {match: event.type == "order.refunded"}
  - {expect: order.paid, after: order.created, late_after: '=order.method == "slip" ? duration("3h") : duration("1h")'}
  - {expect: order.sent, after: order.paid, by: =event.promised_by, whole_day_in: Asia/Shanghai}
events: {method: string, promised_by: timestamp}
escalation:
  - {page: clerk, ack_within: {critical: 5m, high: 10m, medium: 1h, low: 2h}, repeat: 2}
  - {page: boss, ack_within: 5m, again_after: {critical: 1h, high: 2h, medium: 4h, low: 8h}}
reopen_for: 30d
supersedes: [stockout]
stages:"""
TASKS = """\
tasks: {owner: clerk, within: {critical: 1h, high: 2h, medium: 1d, low: 3d}}
stages:"""
DECIDED = """\
        - {measure: orders.hold, lift: orders.release, until: incident.resolved, when: order.status == "paid"}
        - {approve: lead, approvers: 2, decide_within: 4h, if_silent: reject}
        - {approve: finance, amount: =order.total, decide_within: 4h, if_silent: escalate}
        - {do: payments.give_goodwill, with: {amount: =order.total}, final: true}
        - {approve: clerk, decide_within: 2h, if_silent: escalate, on_refusal: continue}
"""
INTERRUPTED = """\
interrupts:
  - {on: order.cancel_requested, when: order.status == "paid", plan: say_sorry}
  - {on: order.returned, plan: say_sorry}
clears:
  - {on: order.paid, when: order.status == "paid", tell: sorry}
  - {on: shipment.delivered, tell: sorry, confirm: {question: sorry, answer_within: 2d, if_silent: no}}
stages:"""
REPEATED = """\
        - {decide: worth, choices: {dear: incident.contacts > 2, fair: incident.contacts > 1}, otherwise: dear}
        - rounds:
            max: 3
            until: worth == "fair"
            steps:
              - {do: inventory.check, when: worth == "dear"}
              - together:
                  - {tell: customer, message: sorry}
                  - {do: shipping.read_parcel}
"""
ASKED = """\
        - {ask: merchant, question: sorry, answer: text, answer_within: 1d, if_silent: all is well, save_as: words}
        - {ask: customer, question: sorry, answer: amount, at_least: CNY 1.00, at_most: =order.total, answer_within: 1d,
           if_silent: skip, otherwise: CNY 0.00, save_as: wanted}
        - {ask: customer, question: sorry, answer: files, at_most: 3, answer_within: 1d, if_silent: skip}
        - {ask: clerk, question: sorry, choices: [good, bad], answer_within: 1d, if_silent: bad}
"""


def published(bundle: Bundle) -> Bundle:
    """The bundle as the journal gives it back."""
    return Bundle.model_validate_json(canonical(bundle.model_dump(mode="json")))


def test_the_shipped_runbook_is_explained_from_its_revision_as_from_its_file() -> None:
    assert explanation_of_bundle(published(library.load("lost_parcel"))) == explain("lost_parcel")


@pytest.mark.parametrize(
    "changes",
    [
        (),
        (("stages:", KEYS), ("  parcel_id: string", "  parcel_id: string\n  seen_at: timestamp")),
        (("  high: order.total", "  critical: order.total"),),
        (("stages:", TASKS), ("        - {tell: customer, message: sorry}\n", DECIDED)),
        (("stages:", INTERRUPTED), ("        - {tell: customer, message: sorry}\n", REPEATED)),
        (("stages:", KEYS), ("  parcel_id: string", "  parcel_id: string\n  seen_at: timestamp"), (TELL, ASKED + TELL)),
    ],
    ids=["small", "promises", "severities", "people", "repeated", "asked"],
)
def test_whatever_a_bundle_carries_is_explained_from_it(changes: tuple[tuple[str, str], ...]) -> None:
    text, shelf = small(*changes), Shelf(texts(), RATES, REFERENCE)
    bundle = compile_runbook(file="x.yaml", text=text, texts=shelf.texts, rates=RATES, reference=REFERENCE)
    written = read_runbook(Source("x.yaml", text)).runbook
    assert written is not None

    assert explanation_of_bundle(bundle) == explanation_of(written, shelf)


def test_what_is_written_back_means_the_same_once_it_was_published() -> None:
    bundle = library.load("lost_parcel")

    assert written_of(published(bundle)) == written_of(bundle)
