"""From an approval that people write to the one that the engine asks for: of whom, about how much, by how many."""

from typing import NamedTuple

from pydantic import JsonValue

from amends.models import Money
from runbooks.catalogue import CATALOGUE
from runbooks.language.calls import given
from runbooks.language.context import Context
from runbooks.language.facts import every_step, fact_type
from runbooks.language.source import Path
from runbooks.language.step_shapes import AnyStep, Approve, Do
from runbooks.language.surface import Runbook
from runbooks.policy import Role
from runbooks.program import ApproveStep, FactType, Value

_REPORTED = "=report.amount"


def compile_approval(step: Approve, path: Path, step_id: str, runbook: Runbook, context: Context) -> ApproveStep | None:
    """The approval; ``None`` if its role is not known. Every role whose authority is limited comes into the bundle
    beside it: where one's authority does not reach, that of another may."""
    role = context.role((*path, "approve"), step.approve)
    amount = _amount(step, path, runbook, context)
    if role is None:
        return None
    context.roles |= {name for name, each in context.reference.roles.items() if each.approves_up_to is not None}
    _enough_people(step, path, role, context)
    if amount is None and (role.approves_up_to or role.approves_per_day):
        message = f"{step.approve!r} may approve so much and no more, and nothing says how much this is about; give "
        context.wrong((*path, "approve"), message + "`amount`, such as `amount: =order.total`")
    return ApproveStep(
        id=step_id,
        when=step.when,
        role=step.approve,
        amount=amount,
        approvers=step.approvers,
        decide_within=step.decide_within.by_severity(),
        if_silent=step.if_silent,
        on_refusal=step.on_refusal,
    )


class Spending(NamedTuple):
    """A step that spends an amount: where it stands, what it calls, and the amount as it is written."""

    path: Path
    activity: str
    amount: JsonValue


def spending_behind(path: Path, runbook: Runbook) -> Spending | None:
    """The first step behind the one at ``path``, in its plan, whose activity takes an amount of money."""
    if path[1] != "action":
        return None
    for where, step in every_step(runbook):
        amount = amount_of(step) if where[:4] == path[:4] and _is_behind(where, path) else None
        if isinstance(step, Do) and amount is not None:
            return Spending(where, step.do, amount)
    return None


def _is_behind(where: Path, path: Path) -> bool:
    """Whether a step of a plan comes behind another: what runs beside it does not."""
    parts = next((at for at, (one, other) in enumerate(zip(where, path, strict=False)) if one != other), None)
    return parts is not None and where[parts - 1] != "together" and int(where[parts]) > int(path[parts])


def amount_of(step: AnyStep) -> JsonValue:
    """The amount of money that a step spends, as it is written; ``None`` if it spends none."""
    spec = CATALOGUE.get(step.do) if isinstance(step, Do) else None
    field = spec.takes.model_fields.get("amount") if spec is not None else None
    if not isinstance(step, Do) or field is None or fact_type(field.annotation) is not FactType.MONEY:
        return None
    return step.with_.get("amount", _REPORTED)


def _amount(step: Approve, path: Path, runbook: Runbook, context: Context) -> Value | None:
    """As it is given, or as what it stands before spends: an approval of another amount would approve nothing."""
    spending = spending_behind(path, runbook)
    if step.amount is None:
        return _plain(spending.amount) if spending is not None else None
    told = len(context.problems)
    amount = given(step.amount, Money, (*path, "amount"), context)
    if len(context.problems) == told and spending is not None and _plain(spending.amount) != amount:
        line = context.source.problem(spending.path, "").line
        message = f"this is not what {spending.activity!r} on line {line} takes as `amount`; leave it out"
        context.wrong((*path, "amount"), message)
    return amount


def _plain(written: JsonValue) -> Value:
    if isinstance(written, str) and written.startswith("="):
        return Value(expr=written[1:].strip(), money=True)
    return Value(literal=written)


def _enough_people(step: Approve, path: Path, role: Role, context: Context) -> None:
    people = len(set(role.team))
    if step.approvers > people:
        message = f"`approvers` asks for {step.approvers} people, but {step.approve!r} has {people}; ask for fewer, or "
        context.wrong((*path, "approvers"), message + "add people to the role")
    elif step.approvers == people > 1:
        message = f"all {people} people of {step.approve!r} must approve, and none of them may be who asks for it; "
        context.odd((*path, "approvers"), message + "add people to the role")
