"""Small random runbooks from building blocks, most of them nearly right, and random answers of the world to them."""

import json
from random import Random
from typing import Any

from amends.models import Money
from runbooks.catalogue import CATALOGUE
from runbooks.language.facts import fact_type, words_of
from runbooks.program import FactType

CONDITIONS = (
    'order.status == "paid"',
    'order.total > money("CNY 5.00")',
    'trace.status != "open"',
    'has(trace.trace_id) && trace.trace_id == "open"',
    'trace.trace_id == "open" && has(trace.trace_id)',
    '!has(choice) || choice == "a"',
    'has(choice) ? choice == "a" : stock.reservable',
    'choice == "a"',
    "stock.reservable",
    'has(report.note) && report.note == "open"',
    'report.note == "open"',
    'has(parcel.last_scan_at) && parcel.last_scan_at > timestamp("2026-01-01T00:00:00Z")',
    'parcel.last_scan_at > timestamp("2026-01-01T00:00:00Z")',
    "incident.contacts > 1",
    'incident.severity == "high" || stock.reservable',
)
MESSAGES = {
    "plain": "{report.order_id}",
    "order": "{order.status}",
    "trace": "{trace.trace_id}",
    "note": "{report.note}",
}
STATUSES = ("open", "paid", "found")


def random_runbook(chance: Random) -> dict[str, Any]:
    """A runbook as YAML data; it may be wrong in what it reads and when."""
    start: list[Any] = [
        {"do": "orders.read", "save_as": "order"},
        {"do": "shipping.read_parcel", "save_as": "parcel"},
        {"do": "inventory.check", "save_as": "stock"},
        {"do": "shipping.open_trace", "undo": "shipping.close_trace", "save_as": "trace"},
        {
            "ask": "customer",
            "question": "plain",
            "choices": ["a", "b"],
            "answer_within": "1d",
            "if_silent": "a",
            "save_as": "choice",
        },
    ]
    plans = [_plan(chance, number, last=False) for number in range(chance.randint(0, 2))]
    stages = {
        "report": start[: chance.choice([2, 4, 5, 5, 5])],
        "analysis": _steps(chance, 3, final=False),
        "action": [*plans, _plan(chance, 9, last=True)],
        "follow_up": _steps(chance, 2, final=True),
    }
    return {
        "runbook": "random",
        "title": {"en": "Random", "zh": "随机"},
        "subject": ["order_id"],
        "report": {
            "order_id": "string",
            "parcel_id": "string",
            "note": {"type": "string", "optional": True},
        },
        "severity": {"high": chance.choice(CONDITIONS), "otherwise": "low"},
        "stages": stages,
    }


def random_result(chance: Random, activity: str) -> dict[str, Any]:
    """A result such as the activity may give: nothing in it is missing but what may be."""
    gives = CATALOGUE[activity].gives if activity in CATALOGUE else None
    if gives is None:
        return {}
    fields = {name: field.annotation for name, field in gives.model_fields.items()}
    found = {name: _value(chance, annotation) for name, annotation in fields.items()}
    found |= {name: chance.choice(sorted(words)) for name, words in words_of(gives).items()}
    result: dict[str, Any] = gives.model_validate(found).model_dump(mode="json", exclude_none=True)
    return result | ({"currency": "CNY"} if "currency" in result else {})


def as_yaml(runbook: dict[str, Any]) -> str:
    """JSON is YAML."""
    return json.dumps(runbook, ensure_ascii=False, indent=1)


def _value(chance: Random, annotation: Any) -> Any:
    if "None" in str(annotation) and chance.random() < 0.5:
        return None
    match fact_type(annotation):
        case FactType.MONEY:
            return Money(amount=chance.choice([0, 499, 501]), currency="CNY")
        case FactType.BOOL:
            return chance.random() < 0.5
        case FactType.TIMESTAMP:
            return chance.choice(["2025-12-31T00:00:00Z", "2026-06-01T08:00:00+08:00"])
        case FactType.STRING:
            return chance.choice(STATUSES)
        case FactType.INT:
            return chance.choice([0, 1, 12])
        case kind:
            raise TypeError(f"no random {kind}")


def _plan(chance: Random, number: int, *, last: bool) -> Any:
    plan: dict[str, Any] = {"plan": f"plan_{number}", "steps": _steps(chance, 3, final=True) or [_tell(chance)]}
    return plan if last else {**plan, "when": chance.choice(CONDITIONS)}


def _steps(chance: Random, most: int, *, final: bool) -> list[Any]:
    return [_step(chance, final=final) for _ in range(chance.randint(0, most))]


def _step(chance: Random, *, final: bool) -> Any:
    kind = chance.randint(0, 11)
    if kind <= 3:
        return _do(chance, final=final)
    if kind == 4:
        return _tell(chance)
    if kind <= 6:
        return _wait(chance)
    if kind <= 8:
        return _ask(chance)
    if kind == 9:
        return _approve(chance)
    if kind == 10:
        return _measure(chance)
    return _maybe_when(chance, {"together": [_step(chance, final=final) for _ in range(2)]})


def _do(chance: Random, *, final: bool) -> dict[str, Any]:
    choices: list[tuple[str, str, dict[str, Any]]] = (
        [
            ("orders.read", "order", {}),
            ("shipping.read_parcel", "parcel", {}),
            ("inventory.check", "stock", {}),
            ("shipping.open_trace", "trace", {"undo": "shipping.close_trace"}),
            ("inventory.reserve", "held", {"undo": "inventory.release"}),
            ("payments.refund", "refund", {"final": True, "with": {"amount": "=parcel.value"}}),
        ]
        if final
        else [("inventory.check", "stock", {}), ("shipping.open_trace", "trace", {"undo": "shipping.close_trace"})]
    )
    name, save_as, more = chance.choice(choices)
    otherwise = {
        "order": {"status": "open"},
        "stock": {"reservable": False},
        "trace": {"status": chance.choice(STATUSES)},
    }.get(save_as, {})
    step = _maybe_when(chance, {"do": name, **more, "on_refusal": chance.choice(["task", "continue"])})
    if chance.random() < 0.8:
        step["save_as"] = save_as
        if "when" in step or step["on_refusal"] == "continue":
            step["otherwise"] = otherwise
    return step


def _tell(chance: Random) -> dict[str, Any]:
    return _maybe_when(chance, {"tell": "customer", "message": chance.choice(["plain", "plain", *MESSAGES])})


def _ask(chance: Random) -> dict[str, Any]:
    return _ask_for_an_amount(chance) if chance.random() < 0.2 else _ask_to_choose(chance)


def _ask_for_an_amount(chance: Random) -> dict[str, Any]:
    step: dict[str, Any] = {
        "ask": chance.choice(["merchant", "customer"]),
        "question": "plain",
        "answer": "amount",
        "at_least": chance.choice(["CNY 1.00", "=parcel.value"]),
        "at_most": chance.choice(["CNY 5.00", "CNY 2.00", "=parcel.value"]),
        "answer_within": "2d",
        "if_silent": chance.choice(["skip", "CNY 2.00", "=order.total"]),
        "save_as": "wanted",
    }
    step = _maybe_when(chance, step)
    return {**step, "otherwise": "CNY 0.00"} if "when" in step or chance.random() < 0.5 else step


def _ask_to_choose(chance: Random) -> dict[str, Any]:
    step: dict[str, Any] = {
        "ask": "customer",
        "question": chance.choice(["plain", "plain", *MESSAGES]),
        "choices": {"a": True, "b": chance.choice(CONDITIONS)},
        "answer_within": "2d",
        "if_silent": chance.choice(["a", "skip"]),
        "save_as": "choice",
    }
    step = _maybe_when(chance, step)
    return {**step, "otherwise": "b"} if "when" in step else step


def _wait(chance: Random) -> dict[str, Any]:
    fact = chance.choice(["trace.status", "order.status"])
    until = f'{fact} != "open"'
    check = {"do": "shipping.read_trace", "with": {"trace_id": "=trace.trace_id"}, "every": "6h", "save_as": "trace"}
    step: dict[str, Any] = {
        "wait": until,
        "at_most": "2d",
        "then_assume": {fact: chance.choice(STATUSES)},
        "waiting_for": "carrier",
    }
    return _maybe_when(chance, {**step, "check": check} if chance.random() < 0.6 else step)


def _approve(chance: Random) -> dict[str, Any]:
    step: dict[str, Any] = {
        "approve": chance.choice(["boss", "lead"]),
        "approvers": chance.randint(1, 2),
        "decide_within": "4h",
        "if_silent": chance.choice(["escalate", "reject"]),
        "on_refusal": chance.choice(["task", "continue"]),
    }
    return _maybe_when(chance, step | ({"amount": "=parcel.value"} if chance.random() < 0.7 else {}))


def _measure(chance: Random) -> dict[str, Any]:
    step = {
        "measure": "orders.hold",
        "lift": "orders.release",
        "until": chance.choice(["incident.resolved", "incident.closed", *CONDITIONS]),
        "on_refusal": chance.choice(["task", "continue"]),
    }
    return _maybe_when(chance, step)


def _maybe_when(chance: Random, step: dict[str, Any]) -> dict[str, Any]:
    return {**step, "when": chance.choice(CONDITIONS)} if chance.random() < 0.25 else step
