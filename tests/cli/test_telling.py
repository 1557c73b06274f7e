"""The story in sentences: every kind of entry has one, and it says what the entry says."""

from datetime import UTC, datetime

import pytest

from amends.models import ENGINE, TIMER, Actor, ActorKind, Data
from amends.timeline import Entry, EntryKind
from cli.telling import tell

MEI = Actor(kind=ActorKind.HUMAN, id="mei", verified=True)
SHOP = Actor(kind=ActorKind.SYSTEM, id="shop", verified=True)

RESERVE: Data = {"step": "action.reship.inventory.reserve", "activity": "inventory.reserve", "key": "i/r/1"}
RELEASE: Data = {"step": "action.reship.inventory.reserve", "activity": "inventory.release", "key": "i/r/1/undo/1"}
ASK = "analysis.ask.lost_parcel.reship_or_refund"
APPROVAL = "action.reship.approve.logistics_lead"
HOLD = "report.measure.inventory.reserve"
REPORT: Data = {"order_id": "SO-1001", "parcel_id": "PC-1001-1"}
DUE = "2026-11-25T18:35:00+00:00"
PAGE: Data = {"page": 1, "level": 1, "levels": 3, "role": "logistics", "why": "no_plan_left", "cause": "x"}
JOINED: Data = {"person": "bo", "channel": "", "result": "joined", "detail": "i/page/1"}
TOO_LATE: Data = {"reason": "AlreadyHandedOver", "message": "the van has left"}

SENTENCES: list[tuple[EntryKind, Actor, Data, str]] = [
    (
        EntryKind.INCIDENT_OPENED,
        MEI,
        {"exception_type": "lost_parcel", "report": REPORT},
        "mei reported a lost parcel: order id SO-1001, parcel id PC-1001-1.",
    ),
    (
        EntryKind.REPORT_ADDED,
        MEI,
        {"report": REPORT},
        "mei reported it again: order id SO-1001, parcel id PC-1001-1.",
    ),
    (
        EntryKind.INCIDENT_REGISTERED,
        ENGINE,
        {"previous": "41aa", "reopens": False},
        "The journal has it; an earlier incident on the same subject is 41aa.",
    ),
    (
        EntryKind.DUPLICATE_FOUND,
        ENGINE,
        {"key": "k", "of": "41aa"},
        "This report was handled before, by incident 41aa: nothing is done here.",
    ),
    (
        EntryKind.REPORT_REPEATED,
        ENGINE,
        {"key": "k", "of": "41aa"},
        "That report was handled before, by incident 41aa.",
    ),
    (EntryKind.RUN_STARTED, ENGINE, {"reason": "continued"}, "Temporal goes on with it in a new run (continued)."),
    (
        EntryKind.FACTS_READ,
        ENGINE,
        {"activity": "orders.read", "result": {"status": "shipped", "total": {"amount": 39800, "currency": "CNY"}}},
        "Checked: read the order (status shipped, total CNY 398.00).",
    ),
    (
        EntryKind.READ_REFUSED,
        ENGINE,
        {"activity": "orders.read", "refusal": {"reason": "OrderNotFound", "message": "no order SO-9"}},
        "Checked in vain: read the order (OrderNotFound: no order SO-9).",
    ),
    (
        EntryKind.READ_FAILED,
        ENGINE,
        {"activity": "orders.read", "trouble": "timed out"},
        "Could not check: read the order (timed out).",
    ),
    (
        EntryKind.EFFECT_REQUESTED,
        ENGINE,
        {**RESERVE, "inputs": {"parcel_id": "PC-1001-1"}},
        "Doing: reserve the goods, with parcel id PC-1001-1.",
    ),
    (
        EntryKind.EFFECT_APPLIED,
        ENGINE,
        {"step": "report.tell.lost_parcel.looking#2", "activity": "customers.tell", "result": {"channel": "email"}},
        "Done: write to the customer, lost_parcel.looking (channel email).",
    ),
    (
        EntryKind.EFFECT_REFUSED,
        ENGINE,
        {**RESERVE, "refusal": {"reason": "OutOfStock", "message": "none left"}},
        "Refused: reserve the goods (OutOfStock: none left).",
    ),
    (
        EntryKind.EFFECT_UNKNOWN,
        ENGINE,
        {**RESERVE, "trouble": "timed out"},
        "Not known whether it happened: reserve the goods (timed out).",
    ),
    (
        EntryKind.UNDO_REQUESTED,
        ENGINE,
        {**RELEASE, "inputs": {"reservation_id": "RS-1"}},
        "Undoing: give the reserved goods back to stock, with reservation id RS-1.",
    ),
    (
        EntryKind.RETRY_REQUESTED,
        MEI,
        {"task": "no_plan_left", "note": "stock is back"},
        "mei had it tried again: no_plan_left (stock is back).",
    ),
    (EntryKind.RECONCILE_REQUESTED, ENGINE, RESERVE, "Asking whether it happened: reserve the goods."),
    (EntryKind.UNDO_APPLIED, ENGINE, {**RELEASE, "result": {}}, "Undone: give the reserved goods back to stock."),
    (
        EntryKind.UNDO_REFUSED,
        ENGINE,
        {**RELEASE, "activity": "shipping.cancel_shipment", "refusal": TOO_LATE},
        "Could not be undone, refused: stop the shipment before it leaves (AlreadyHandedOver: the van has left).",
    ),
    (
        EntryKind.UNDO_UNKNOWN,
        ENGINE,
        {**RELEASE, "trouble": "timed out"},
        "Not known whether it was undone: give the reserved goods back to stock (timed out).",
    ),
    (
        EntryKind.QUESTION_ASKED,
        ENGINE,
        {
            "ask": ASK,
            "question": "lost_parcel.reship_or_refund",
            "to": "customer",
            "choices": ["reship", "refund"],
            "answer_by": "2026-11-25T18:35:00+00:00",
            "if_silent": "refund",
        },
        "Asked the customer: lost_parcel.reship_or_refund (reship, refund); answer by 2026-11-25 18:35 UTC; "
        "silence means refund.",
    ),
    (
        EntryKind.ANSWER_RECEIVED,
        MEI,
        {"ask": ASK, "choice": "reship"},
        "mei answered the question lost_parcel.reship_or_refund: reship.",
    ),
    (
        EntryKind.SILENCE_ASSUMED,
        ENGINE,
        {"ask": "follow_up.ask.satisfaction", "choice": None},
        "No answer to the question satisfaction: silence means that we go on without one.",
    ),
    (
        EntryKind.QUESTION_WITHDRAWN,
        ENGINE,
        {"ask": "follow_up.ask.satisfaction"},
        "No answer is needed any more to the question satisfaction.",
    ),
    (
        EntryKind.NEWS_RECEIVED,
        SHOP,
        {"event_type": "shipment.scanned", "data": {"parcel_id": "PC-1001-1"}},
        "News from shop: shipment.scanned (parcel id PC-1001-1).",
    ),
    (
        EntryKind.CANCEL_REQUESTED,
        MEI,
        {"reason": "opened by mistake"},
        "mei called it off: opened by mistake. What was done is undone.",
    ),
    (
        EntryKind.TIME_CAME,
        TIMER,
        {"due": ["check analysis.wait.trace", ASK]},
        "Time came for another look, during the wait for trace and the question lost_parcel.reship_or_refund.",
    ),
    (EntryKind.STAGE_ENTERED, ENGINE, {"stage": "follow_up"}, "Stage: follow-up."),
    (EntryKind.SEVERITY_SET, ENGINE, {"severity": "high", "was": "low"}, "Severity: high (was low)."),
    (
        EntryKind.SEVERITY_SET,
        TIMER,
        {"severity": "critical", "was": "low", "deadline": "refund_after_return", "due_at": DUE},
        "Severity: critical (was low), as it is near: refund after return, due 2026-11-25 18:35 UTC.",
    ),
    (
        EntryKind.STATUS_CHANGED,
        ENGINE,
        {"status": "in_progress", "waiting_for": ["carrier", "us"]},
        "Status: in progress, waiting for the carrier and us.",
    ),
    (
        EntryKind.STEP_SKIPPED,
        ENGINE,
        {"step": "follow_up.shipping.file_claim", "when": 'trace.status != "found"'},
        'Skipped: claim the parcel\'s value from the carrier, because it is not so that trace.status != "found".',
    ),
    (
        EntryKind.WAIT_STARTED,
        ENGINE,
        {
            "wait": "analysis.wait.trace",
            "until": 'trace.status != "open"',
            "waiting_for": "carrier",
            "at_most_until": "2026-11-25T18:35:00+00:00",
            "then_assume": {"trace.status": "presumed_lost"},
        },
        'Waiting for the carrier until trace.status != "open", at most until 2026-11-25 18:35 UTC; '
        "then we take it that trace.status is presumed_lost.",
    ),
    (EntryKind.WAIT_ENDED, ENGINE, {"wait": "analysis.wait.trace"}, "It has come: the wait for trace is over."),
    (
        EntryKind.WAIT_TIMED_OUT,
        ENGINE,
        {"wait": "analysis.wait.trace", "assumed": {"trace.status": "presumed_lost"}},
        "It has not come: the wait for trace is over, and we take it that trace.status is presumed_lost.",
    ),
    (EntryKind.WAIT_WITHDRAWN, ENGINE, {"wait": "analysis.wait.trace"}, "Not needed any more: the wait for trace."),
    (
        EntryKind.DECISION_MADE,
        ENGINE,
        {"step": "analysis.decide.parcel_worth", "fact": "parcel_worth", "choice": "dear"},
        "Decided: parcel worth is dear.",
    ),
    (
        EntryKind.ROUND_ENDED,
        ENGINE,
        {"step": "analysis.rounds", "round": 2, "of": 3, "until": True},
        "Round 2 of 3 is over: it has come to what it was for.",
    ),
    (
        EntryKind.INTERRUPTED,
        ENGINE,
        {"on": "order.cancel_requested", "plan": "refund"},
        "Cut in: order.cancel_requested has come, and the plan refund is next.",
    ),
    (
        EntryKind.INTERRUPT_IGNORED,
        ENGINE,
        {"on": "order.cancel_requested", "plan": "refund", "why": "the customer is whole already"},
        "No cutting in for the plan refund, though order.cancel_requested has come: the customer is whole already.",
    ),
    (
        EntryKind.SUPERSEDED,
        ENGINE,
        {"to": "41aa", "exception_type": "lost_parcel", "handed": {}},
        "Incident 41aa (lost parcel) takes it over.",
    ),
    (
        EntryKind.MERGED,
        MEI,
        {"key": "m", "to": "41aa", "order_id": "SO-1001", "reason": "one and the same"},
        "mei merged it into incident 41aa: one and the same.",
    ),
    (
        EntryKind.REPORT_SPLIT,
        MEI,
        {"key": "s", "report": "k-2", "workflow_id": "lost_parcel:SO-1:PC-2", "reason": "another parcel"},
        "mei had the report k-2 opened as lost_parcel:SO-1:PC-2: another parcel.",
    ),
    (
        EntryKind.INHERITED,
        ENGINE,
        {"incident": "41aa", "result": {"clocks": {}, "answers": {}}},
        "Took over from incident 41aa.",
    ),
    (
        EntryKind.NOT_INHERITED,
        ENGINE,
        {"incident": "41aa", "refusal": {"reason": "NotHandedOver", "message": "incident 41aa has ended"}},
        "Nothing was taken over from incident 41aa (NotHandedOver: incident 41aa has ended).",
    ),
    (
        EntryKind.ANSWER_INHERITED,
        ENGINE,
        {"ask": ASK, "choice": "refund"},
        "Answered before, to the incident that was taken over: the question lost_parcel.reship_or_refund (refund).",
    ),
    (
        EntryKind.QUESTION_HELD,
        ENGINE,
        {
            "ask": ASK,
            "question": "lost_parcel.reship_or_refund",
            "to": "customer",
            "incident": "41aa",
            "asks": "analysis.ask.delayed.still_wanted",
            "until": "2026-11-25T18:32:00+00:00",
        },
        "Not asked yet: the question lost_parcel.reship_or_refund, as incident 41aa awaits an answer to the question "
        "delayed.still_wanted; tried again by 2026-11-25 18:32 UTC.",
    ),
    (
        EntryKind.QUESTION_JOINED,
        ENGINE,
        {"ask": ASK, "incident": "41aa", "asks": ASK, "until": "2026-11-25T18:32:00+00:00"},
        "Not asked once more: the question lost_parcel.reship_or_refund, as incident 41aa has asked the same; what is "
        "answered there counts here too.",
    ),
    (EntryKind.CONVERSATION_FREED, ENGINE, {"by": "41aa"}, "Incident 41aa awaits no answer any more."),
    (
        EntryKind.ANSWER_SHARED,
        ENGINE,
        {"ask": ASK, "choice": "refund", "incident": "41aa"},
        "Answered to incident 41aa, which asked the same: the question lost_parcel.reship_or_refund (refund).",
    ),
    (
        EntryKind.CLEARED,
        ENGINE,
        {"on": "shipment.delivered", "confirmed_by": "clears.ask.1"},
        "The cause is gone: shipment.delivered has come, and the customer says so too. What was done is undone.",
    ),
    (
        EntryKind.CLEARING_ASKED,
        ENGINE,
        {"on": "shipment.delivered", "ask": "clears.ask.1", "why": "a person has reported it"},
        "The cause may be gone, as shipment.delivered has come; the customer is asked first, as a person has reported "
        "it.",
    ),
    (
        EntryKind.CLEARING_IGNORED,
        ENGINE,
        {"on": "shipment.delivered", "why": "the customer is whole already"},
        "Not closed, though shipment.delivered has come: the customer is whole already.",
    ),
    (
        EntryKind.NEWS_IGNORED,
        ENGINE,
        {"event_id": "e-1", "fields": {"trace.colour": "the runbook knows no such fact"}},
        "Left out of that news: trace.colour (the runbook knows no such fact).",
    ),
    (EntryKind.PLAN_STARTED, ENGINE, {"plan": "reship"}, "Plan: reship."),
    (
        EntryKind.PLAN_STARTED,
        ENGINE,
        {"plan": "refund", "interrupt": "order.cancel_requested"},
        "Plan: refund, because of order.cancel_requested.",
    ),
    (EntryKind.PLAN_SUCCEEDED, ENGINE, {"plan": "reship"}, "The plan worked: reship."),
    (EntryKind.PLAN_FAILED, ENGINE, {"plan": "reship"}, "The plan failed: reship. What it has done is undone."),
    (EntryKind.PLAN_UNDONE, ENGINE, {"plan": "reship"}, "The plan is undone: reship."),
    (
        EntryKind.TASK_OPENED,
        ENGINE,
        {"task": "refused:x", "step": "report.tell.lost_parcel.looking", "why": "refused"},
        "A person is needed: the message lost_parcel.looking: it was refused.",
    ),
    (
        EntryKind.APPROVAL_ASKED,
        ENGINE,
        {
            "approval": APPROVAL,
            "role": "logistics_lead",
            "amount": {"amount": 120000, "currency": "CNY"},
            "plan": "reship",
            "reason": "",
            "approvers": 2,
            "decide_by": "2026-11-25T18:35:00+00:00",
            "if_silent": "escalate",
            "cannot": ["mei", "bo"],
        },
        "Asked for the approval of logistics lead (CNY 1,200.00, the plan reship); decide by 2026-11-25 18:35 UTC; "
        "silence makes it a person's task; 2 different people must approve; not by mei or bo, who brought it here.",
    ),
    (
        EntryKind.DECISION_RECEIVED,
        MEI,
        {"approval": APPROVAL, "verdict": "approve", "amount": {"amount": 120000, "currency": "CNY"}, "note": "fine"},
        "mei says yes to the approval of logistics lead (CNY 1,200.00): fine.",
    ),
    (
        EntryKind.DECISION_COUNTED,
        ENGINE,
        {"approval": APPROVAL, "by": "chen"},
        "The authority reaches: the approval of logistics lead, by chen.",
    ),
    (
        EntryKind.DECISION_REFUSED,
        ENGINE,
        {"approval": APPROVAL, "by": "chen", "refusal": {"reason": "BeyondAuthority", "message": "too much today"}},
        "The decision does not count: the approval of logistics lead, by chen (BeyondAuthority: too much today).",
    ),
    (
        EntryKind.APPROVAL_GIVEN,
        ENGINE,
        {"approval": APPROVAL, "by": ["chen", "dai"]},
        "Approved: the approval of logistics lead, by chen and dai.",
    ),
    (
        EntryKind.APPROVAL_REJECTED,
        ENGINE,
        {"approval": APPROVAL, "by": "chen", "note": "too dear"},
        "Rejected: the approval of logistics lead, by chen (too dear).",
    ),
    (
        EntryKind.APPROVAL_EXPIRED,
        ENGINE,
        {"approval": APPROVAL, "then": "reject"},
        "Nobody has decided in time: the approval of logistics lead; it counts as rejected.",
    ),
    (
        EntryKind.APPROVAL_WITHDRAWN,
        ENGINE,
        {"approval": "waive:books_differ", "why": "the incident ends"},
        "Nothing is to be decided any more: a second person's word to let books_differ be (the incident ends).",
    ),
    (
        EntryKind.PLAN_CHOSEN,
        MEI,
        {"plan": "refund", "note": "she wants her money"},
        "mei chose the plan refund (she wants her money).",
    ),
    (
        EntryKind.TASK_SETTLED,
        MEI,
        {
            "task": "unknown:x/1",
            "how": "asked the bank",
            "evidence": [{"what": "mail 4711"}, {"what": "slip.pdf", "sha256": "0" * 64}],
            "outcome": "applied",
        },
        "mei settled it by hand: unknown:x/1: asked the bank; it happened; evidence: mail 4711, slip.pdf.",
    ),
    (
        EntryKind.REPIN_REQUESTED,
        MEI,
        {"digest": "sha256:0dde475ebebd640e", "revision": 4, "bundle": {}, "reason": "it offers too much"},
        "mei wants the next stages to follow revision 4 of its runbook: it offers too much.",
    ),
    (
        EntryKind.REPINNED,
        ENGINE,
        {"from": "sha256:1", "to": "sha256:0dde475ebebd640e", "revision": None, "by": "mei", "approved_by": ["dai"]},
        "From here on it follows the text sha256:0dde475ebebd of its runbook; mei wanted that, and dai approved.",
    ),
    (
        EntryKind.REPIN_PUT_OFF,
        ENGINE,
        {"to": "sha256:0dde475ebebd640e", "why": "'orders.release' is under way", "again": True},
        "It does not follow the other text of its runbook yet, the stage after this one may: 'orders.release' is under "
        "way.",
    ),
    (
        EntryKind.WAIVER_REQUESTED,
        MEI,
        {"task": "undo:x/1", "reason": "worth less than the fee"},
        "mei asked that it be let be: undo:x/1: worth less than the fee.",
    ),
    (
        EntryKind.UNDO_WAIVED,
        ENGINE,
        {"task": "undo:x/1", "activity": "inventory.release", "by": ["mei", "dai"], "reason": "sold anyway"},
        "Let be, by mei and dai: give the reserved goods back to stock is not done (sold anyway).",
    ),
    (
        EntryKind.TASK_OVERDUE,
        ENGINE,
        {"task": "no_plan_left", "owner": "operations_manager", "due_at": "2026-11-25T18:35:00+00:00"},
        "Overdue: no_plan_left, which operations manager had to see to, until 2026-11-25 18:35 UTC.",
    ),
    (
        EntryKind.TASK_CLOSED,
        ENGINE,
        {"task": "no_plan_left", "how": "chosen"},
        "Nobody is needed any more for no_plan_left: a plan was chosen.",
    ),
    (EntryKind.BOOKS_AGREED, ENGINE, {}, "The shop's books say what the journal says."),
    (
        EntryKind.BOOKS_DIFFER,
        ENGINE,
        {"refusal": {"reason": "BooksDiffer", "message": "one refund more"}},
        "The shop's books do not say what the journal says (BooksDiffer: one refund more).",
    ),
    (EntryKind.BOOKS_UNREAD, ENGINE, {"trouble": "timed out"}, "The shop's books could not be read (timed out)."),
    (
        EntryKind.CLOCK_STARTED,
        ENGINE,
        {"goal": "first_response", "within": 43200, "due_at": DUE, "calendar": "cn_office", "unconfirmed": True},
        "Promise: first response by 2026-11-25 18:35 UTC, by the calendar cn_office; nobody has announced the holidays "
        "up to then.",
    ),
    (
        EntryKind.CLOCK_PAUSED,
        ENGINE,
        {"goals": ["update", "resolve"], "charged_to": "customer"},
        "The clock stands still for the customer: update, resolve.",
    ),
    (
        EntryKind.CLOCK_RESUMED,
        ENGINE,
        {"goals": {"resolve": DUE}, "charged_to": "customer", "since": DUE, "suspended": 15000},
        "The clock goes on: resolve by 2026-11-25 18:35 UTC; 4 h 10 min went to the customer.",
    ),
    (
        EntryKind.CLOCK_RESET,
        ENGINE,
        {"goal": "resolve", "within": 259200, "due_at": DUE},
        "The promise changes: resolve within 3 d in all, which is by 2026-11-25 18:35 UTC.",
    ),
    (
        EntryKind.CLOCK_RESET,
        ENGINE,
        {"goal": "first_response", "within": 7200, "due_at": DUE, "sooner": 'order.tier == "gold"'},
        "The promise changes: first response within 2 h in all, which is by 2026-11-25 18:35 UTC, sooner than for "
        'others, as order.tier == "gold".',
    ),
    (
        EntryKind.CLOCK_WARNED,
        TIMER,
        {"goal": "first_response", "percent": 80, "due_at": DUE},
        "80 % of the time is gone: first response, due 2026-11-25 18:35 UTC.",
    ),
    (
        EntryKind.CLOCK_BREACHED,
        TIMER,
        {"goal": "first_response", "due_at": DUE},
        "Breached: first response, due 2026-11-25 18:35 UTC.",
    ),
    (
        EntryKind.BREACH_REASSESSED,
        ENGINE,
        {"goal": "resolve", "due_at": None, "severity": "low"},
        "In time again: resolve, at severity low. The breach stays written.",
    ),
    (
        EntryKind.CLOCK_STOPPED,
        ENGINE,
        {"goal": "first_response", "consumed": 50400, "within": 43200, "kept": False},
        "Not kept: first response, in 14 h of 12 h.",
    ),
    (
        EntryKind.DEADLINE_SET,
        ENGINE,
        {
            "deadline": "carrier_claim",
            "due_at": DUE,
            "protect_at": "2026-11-22T18:35:00+00:00",
            "table": "t",
            "source": "the contract",
        },
        "A deadline of others: carrier claim by 2026-11-25 18:35 UTC; we act by 2026-11-22 18:35 UTC.",
    ),
    (
        EntryKind.DEADLINE_SET,
        ENGINE,
        {"deadline": "longest_delay", "due_at": DUE, "protect_at": DUE, "table": "t", "source": "the law"},
        "A deadline of others: longest delay by 2026-11-25 18:35 UTC.",
    ),
    (
        EntryKind.DEADLINE_PROTECTED,
        ENGINE,
        {"deadline": "carrier_claim", "by": "external.carrier_claim"},
        "In time, for a deadline of others: carrier claim (what protects carrier claim).",
    ),
    (
        EntryKind.DEADLINE_MISSED,
        TIMER,
        {"deadline": "carrier_claim", "due_at": DUE},
        "Missed, a deadline of others: carrier claim, due 2026-11-25 18:35 UTC.",
    ),
    (
        EntryKind.DEADLINE_LET_GO,
        ENGINE,
        {"deadline": "carrier_claim"},
        "Not needed any more, a deadline of others: carrier claim.",
    ),
    (
        EntryKind.PAGE_REQUESTED,
        ENGINE,
        {**PAGE, "people": ["an"], "owed": ["task:no_plan_left", "breach:resolve", f"approval:{APPROVAL}"]},
        "Paged an (logistics, level 1 of 3): the task no_plan_left; not kept is resolve; the approval of logistics "
        "lead.",
    ),
    (
        EntryKind.PAGE_SENT,
        ENGINE,
        {"result": {"pages": [{"person": "an", "channel": "mail", "result": "sent"}, JOINED]}},
        "The page is out: an over mail, bo (has a page about the same cause).",
    ),
    (
        EntryKind.PAGE_FAILED,
        ENGINE,
        {"result": {"pages": [{"person": "an", "channel": "mail", "result": "refused", "detail": "no such box"}]}},
        "The page has reached nobody: an over mail (refused, no such box).",
    ),
    (
        EntryKind.MESSAGE_HELD,
        ENGINE,
        {"step": "report.tell.lost_parcel.looking", "to": "customer", "until": DUE, "why": "night"},
        "Not sent before 2026-11-25 18:35 UTC, as it is night for the customer: the message lost_parcel.looking.",
    ),
    (
        EntryKind.MESSAGE_WITHDRAWN,
        ENGINE,
        {"step": "report.tell.lost_parcel.looking", "message": "lost_parcel.looking"},
        "Not sent any more: the message lost_parcel.looking.",
    ),
    (
        EntryKind.PAGE_HELD,
        ENGINE,
        {"role": "logistics_lead", "until": DUE, "why": "quiet"},
        "Not paged before 2026-11-25 18:35 UTC, in its quiet hours: logistics lead.",
    ),
    (
        EntryKind.LADDER_RAISED,
        ENGINE,
        {"level": 2, "why": "breach", "what": "first_response"},
        "Those of level 2 are paged: not kept is first response.",
    ),
    (
        EntryKind.LADDER_EXHAUSTED,
        ENGINE,
        {"level": 3, "pages": 3},
        "Nobody acknowledges: the top, level 3, was paged 3 times. Paging goes on.",
    ),
    (
        EntryKind.LADDER_STOPPED,
        ENGINE,
        {"why": "nothing_owed"},
        "Nobody is paged any more: no person owes a move.",
    ),
    (EntryKind.ACKNOWLEDGED, MEI, {"key": "k", "note": "on it"}, "mei acknowledged it: on it."),
    (
        EntryKind.ESCALATION_REQUESTED,
        MEI,
        {"key": "k", "reason": "the customer is in hospital"},
        "mei wants those a level higher: the customer is in hospital.",
    ),
    (
        EntryKind.SNOOZE_REQUESTED,
        MEI,
        {"key": "k", "until": DUE, "reason": "the depot opens at six"},
        "mei put the paging off until 2026-11-25 18:35 UTC: the depot opens at six.",
    ),
    (EntryKind.NOTE_ADDED, MEI, {"key": "k", "text": "she called\ntwice"}, "mei noted: she called twice."),
    (
        EntryKind.EVIDENCE_ADDED,
        MEI,
        {
            "key": "k",
            "evidence": [{"what": "slip.pdf", "sha256": "00"}, {"what": "mail 4711"}],
            "note": "from the bank",
        },
        "mei showed: slip.pdf, mail 4711 (from the bank).",
    ),
    (
        EntryKind.ASSIGNED,
        MEI,
        {"key": "k", "to": "bo", "task": "no_plan_left", "note": "you know her"},
        "mei gave the task no_plan_left to bo: you know her.",
    ),
    (
        EntryKind.SUSPENSION_REQUESTED,
        MEI,
        {"key": "k", "party": "carrier", "until": DUE, "reason": "the depot is on strike"},
        "mei suspended it for the carrier, until 2026-11-25 18:35 UTC at most: the depot is on strike.",
    ),
    (
        EntryKind.RESUMPTION_REQUESTED,
        MEI,
        {"key": "k", "at": DUE, "note": "they wrote"},
        "mei resumed it as of 2026-11-25 18:35 UTC: they wrote.",
    ),
    (
        EntryKind.SUSPENSION_ENDED,
        ENGINE,
        {"party": "carrier", "until": DUE},
        "It is not suspended for the carrier any more: its time is over (2026-11-25 18:35 UTC).",
    ),
    (
        EntryKind.SEVERITY_CHOSEN,
        MEI,
        {"key": "k", "severity": "high", "reason": "it is a gift"},
        "mei set the severity to high: it is a gift.",
    ),
    (
        EntryKind.SKIP_REQUESTED,
        MEI,
        {"key": "k", "step": ASK, "reason": "she has moved"},
        "mei had it skipped: the question lost_parcel.reship_or_refund: she has moved.",
    ),
    (
        EntryKind.TAKEN_OVER,
        MEI,
        {"key": "k", "reason": "the press has called"},
        "mei took it over: the press has called. Nothing new is begun until it is handed back.",
    ),
    (EntryKind.INCIDENT_RESOLVED, ENGINE, {"outcome": "refund"}, "Put right for the customer: refund."),
    (EntryKind.INCIDENT_CLOSED, ENGINE, {"status": "closed", "outcome": "refund"}, "Ended: closed (refund)."),
]


def entry(kind: EntryKind, actor: Actor, data: Data) -> Entry:
    return Entry(n=0, kind=kind, occurred_at=datetime(2026, 11, 22, tzinfo=UTC), actor=actor, data=data)


@pytest.mark.parametrize(("kind", "actor", "data", "sentence"), SENTENCES, ids=[kind for kind, *_ in SENTENCES])
def test_an_entry_is_told_in_one_sentence(kind: EntryKind, actor: Actor, data: Data, sentence: str) -> None:
    assert tell(entry(kind, actor, data)) == sentence


def test_whoever_acted_unsigned_is_marked() -> None:
    unsigned = MEI.model_copy(update={"verified": False})

    told = tell(entry(EntryKind.ANSWER_RECEIVED, unsigned, {"ask": "analysis.ask.choice", "choice": "refund"}))

    assert told.startswith("mei (unverified) answered ")


def test_every_kind_has_its_sentence() -> None:
    assert {kind for kind, *_ in SENTENCES} == set(EntryKind)


@pytest.mark.parametrize("kind", EntryKind)
def test_an_entry_of_another_release_that_says_less_is_told_all_the_same(kind: EntryKind) -> None:
    assert tell(entry(kind, ENGINE, {})).endswith(".")


def test_the_caller_says_how_a_moment_is_written() -> None:
    asked = entry(EntryKind.QUESTION_ASKED, ENGINE, {"answer_by": "2026-11-25T18:35:00+00:00"})

    told = tell(asked, moment=lambda at: f"<{at:%H:%M}>")

    assert "answer by <18:35>" in told


def test_amounts_keep_the_minor_digits_of_their_currency() -> None:
    yen = entry(EntryKind.EFFECT_APPLIED, ENGINE, {"result": {"amount": {"amount": 1200, "currency": "JPY"}}})

    assert "JPY 1,200)" in tell(yen)


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        (EntryKind.EFFECT_REQUESTED, {"measure": True, "until": "incident.resolved"}, "Switching on until incident.re"),
        (EntryKind.EFFECT_APPLIED, {}, "Switched on: reserve"),
        (EntryKind.UNDO_REQUESTED, {"lifts": True}, "Lifting: reserve"),
        (EntryKind.UNDO_APPLIED, {}, "Lifted: reserve"),
    ],
)
def test_a_measure_is_switched_on_and_lifted(kind: EntryKind, data: Data, told: str) -> None:
    assert tell(entry(kind, ENGINE, {**data, "step": HOLD, "activity": "inventory.reserve"})).startswith(told)


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        (EntryKind.EFFECT_APPLIED, {"by_hand": "mei"}, "It happened, says mei: reserve the goods."),
        (EntryKind.EFFECT_REFUSED, {"by_hand": "mei"}, "It did not happen, says mei: reserve the goods."),
        (EntryKind.UNDO_REQUESTED, {"by_hand": True}, "Noting that a person did it: reserve the goods."),
        (EntryKind.UNDO_APPLIED, {"by_hand": "mei"}, "Undone by hand, says mei: reserve the goods."),
        (EntryKind.UNDO_REFUSED, {"by_hand": "mei"}, "Not undone, says mei: reserve the goods."),
    ],
)
def test_what_rests_on_a_person_s_word_says_so(kind: EntryKind, data: Data, told: str) -> None:
    assert tell(entry(kind, ENGINE, {**RESERVE, **data})) == told


def test_a_task_with_an_owner_says_whose_it_is_and_until_when() -> None:
    task = entry(
        EntryKind.TASK_OPENED,
        ENGINE,
        {"step": "close", "why": "books_differ", "owner": "finance", "due_at": "2026-11-25T18:35:00+00:00"},
    )

    assert tell(task) == (
        "A person is needed: the shop's books do not say what the journal says; finance has to see to it, until "
        "2026-11-25 18:35 UTC."
    )


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        (EntryKind.ASSIGNED, {"to": "bo"}, "mei gave whatever is to be done to bo."),
        (EntryKind.SEVERITY_CHOSEN, {"reason": "x"}, "mei set the severity back to what the rules say: x."),
        (EntryKind.NOTE_ADDED, {"text": "She called!"}, "mei noted: She called!"),
        (EntryKind.STEP_SKIPPED, {"step": ASK, "by": "mei"}, "Skipped: the question lost_parcel.reship_or_refund, by"),
        (EntryKind.RETRY_REQUESTED, {"task": "taken_over", "note": "done"}, "mei handed it back (done)."),
        (
            EntryKind.TASK_OPENED,
            {"step": "analysis.wait", "why": "not_reckoned", "because": "there is no rate for 'GBP'"},
            "A person is needed: analysis.wait: what it says cannot be reckoned (there is no rate for 'GBP').",
        ),
        (EntryKind.TASK_OPENED, {"why": "taken_over"}, "A person is needed: somebody has it in their own hands."),
        (
            EntryKind.TASK_CLOSED,
            {"task": "x", "how": "skipped"},
            "Nobody is needed any more for x: its step is skipped",
        ),
        (EntryKind.TIME_CAME, {"due": ["suspension"]}, "Time came for the end of the suspension."),
    ],
)
def test_what_a_person_has_done_is_told_as_far_as_it_goes(kind: EntryKind, data: Data, told: str) -> None:
    assert tell(entry(kind, MEI, data)).startswith(told)


def test_a_task_without_a_step_of_its_own_says_what_is_missing() -> None:
    task = entry(EntryKind.TASK_OPENED, ENGINE, {"step": "action", "why": "no_plan_left"})

    assert tell(task) == "A person is needed: no plan is left that could put it right."


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("goal first_response", "the promise of first response"),
        ("80% of first_response", "80 % of the time for first response"),
        ("word for update", "the word that the customer was promised"),
        ("page of level 2", "a page, level 2"),
        ("protection of carrier_claim", "what protects carrier claim"),
        ("deadline carrier_claim", "the deadline of others, carrier claim"),
        ("external.carrier_claim.approve", "the approval of what protects carrier claim"),
        ("sla.update.2", "the word that the customer was promised"),
    ],
)
def test_what_falls_due_beside_the_steps_is_told_in_words(what: str, said: str) -> None:
    assert tell(entry(EntryKind.TIME_CAME, TIMER, {"due": [what]})) == f"Time came for {said}."


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ("unacknowledged", "nobody has acknowledged the incident"),
        ("escalated", "those a level higher are wanted"),
        ("approval:waive:undo:x/1", "a second person's word to let undo:x/1 be"),
    ],
)
def test_what_people_are_paged_for_is_told_in_words(move: str, said: str) -> None:
    paged = entry(EntryKind.PAGE_REQUESTED, ENGINE, {**PAGE, "people": [], "owed": [move]})

    assert tell(paged) == f"Paged nobody, for nobody is on duty (logistics, level 1 of 3): {said}."


REPIN = "repin:0dde475ebebd"
TEXT: Data = {"digest": "sha256:0dde475ebebd640e", "reason": "it offers too much"}


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        (EntryKind.APPROVAL_GIVEN, {"approval": REPIN}, "Approved: a second person's word to follow {}."),
        (EntryKind.REPIN_REQUESTED, TEXT, "mei wants the next stages to follow {}: it offers too much."),
        (
            EntryKind.PAGE_REQUESTED,
            {**PAGE, "people": ["an"], "owed": [f"approval:{REPIN}"]},
            "Paged an (logistics, level 1 of 3): a second person's word to follow {}.",
        ),
    ],
)
def test_another_text_of_the_runbook_is_named_by_its_revision_where_that_is_known(
    kind: EntryKind, data: Data, said: str
) -> None:
    told = entry(kind, MEI, data)

    assert tell(told, texts={REPIN: "lost_parcel@3"}) == said.format("lost_parcel@3")
    assert tell(told) == said.format("the text sha256:0dde475ebebd of its runbook")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"why": "escalate", "what": "mei"}, "mei wants it"),
        ({"why": "undo_failed", "what": "undo:x/1"}, "it could not be undone"),
    ],
)
def test_why_paging_goes_up_is_told_in_words(data: Data, said: str) -> None:
    assert tell(entry(EntryKind.LADDER_RAISED, ENGINE, {"level": 2, **data})) == f"Those of level 2 are paged: {said}."


def test_a_step_of_a_later_round_says_which() -> None:
    silence = entry(EntryKind.SILENCE_ASSUMED, ENGINE, {"ask": f"{ASK}@2", "choice": "refund"})

    assert tell(silence).startswith("No answer to the question lost_parcel.reship_or_refund, round 2: ")
