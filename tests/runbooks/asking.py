"""A runbook that asks the customer, the merchant and a role at once, each for another kind of answer."""

from runbooks import library
from runbooks.bundle import Bundle
from runbooks.language.compiler import compile_runbook
from runbooks.language.texts import LANGUAGES, Texts

RUNBOOK = """\
runbook: acted_parcel
title: {en: Asked, zh: 询问}
subject: [order_id, parcel_id]
report:
  order_id: string
  parcel_id: string
severity:
  otherwise: low
escalation:
  - {page: logistics_lead, ack_within: 1h}
stages:
  report:
    - {do: orders.read, save_as: order}
  analysis:
    - together:
        - {ask: customer, question: seen, answer: files, at_most: 2, answer_within: 2d, if_silent: skip, save_as: seen}
        - {ask: customer, question: worth, answer: amount, at_most: =order.total, answer_within: 2d, if_silent: skip,
           otherwise: CNY 0.00, save_as: worth}
        - {ask: merchant, question: sent, answer: text, answer_within: 2d, if_silent: nothing, save_as: sent}
        - {ask: logistics, question: found, choices: [here, gone], answer_within: 2d, if_silent: gone, save_as: found}
  action:
    - plan: paid
      when: seen.count == 1 && worth == money("CNY 12.00") && sent == "two boxes" && found == "here"
      steps:
        - {tell: merchant, message: sent}
    - plan: nothing
      steps:
        - {tell: customer, message: worth}
"""
TEXTS = """\
seen: {subject: "What did you see?", body: "{customer.name}"}
worth: {subject: "What is it worth?", body: "{customer.name}"}
sent: {subject: "What was sent?", body: "{merchant.name}"}
found: {subject: "Is it here?", body: "Look for {report.parcel_id}. We wait {answer_within}."}
"""


def asking() -> Bundle:
    """The runbook, beside the people and rates of this project, with messages of its own."""
    shelf = library.shelf_here()
    texts = Texts({language: [(f"{language}.yaml", TEXTS)] for language in LANGUAGES})
    return compile_runbook(
        file="acted_parcel.yaml", text=RUNBOOK, texts=texts, rates=shelf.rates, reference=shelf.reference
    )
