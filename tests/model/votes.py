"""Approvals as the timeline tells them, and who may decide about one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from amends.models import Data
from runbooks.policy import Role
from tests.model.entries import text


@dataclass
class Approval:
    """``state``: ``open``, ``given``, or ``gone`` (rejected or withdrawn). ``number``: which asking it is."""

    id: str
    role: str | None
    amount: Data | None
    plan: str | None
    approvers: int
    number: int
    state: str = "open"
    overdue: bool = False
    votes: list[str] = field(default_factory=list)

    @classmethod
    def asked(cls, data: Data, *, number: int) -> "Approval":
        amount, role, plan = data["amount"], data["role"], data["plan"]
        assert amount is None or isinstance(amount, dict)
        return cls(
            id=text(data, "approval"),
            role=None if role is None else str(role),
            amount=amount,
            plan=None if plan is None else str(plan),
            approvers=int(str(data["approvers"])),
            number=number,
        )

    @property
    def open(self) -> bool:
        return self.state == "open"


def may_decide(roles: Mapping[str, Role], approval: Approval, who: str, *, rejecting: bool = False) -> bool:
    """Whether a person's role and its limit reach; whoever is asked may reject any amount. All limits of the walks'
    runbooks are in one currency."""
    if rejecting and approval.role is not None and who in roles[approval.role].team:
        return True
    amount = int(str(approval.amount["amount"])) if approval.amount is not None else 0
    for name, role in roles.items():
        if who not in role.team or (approval.role is not None and not _reaches(role, amount)):
            continue
        if approval.role is None or name == approval.role:
            return True
        asked = roles[approval.role]
        if _is_higher(role, asked) and (approval.overdue or not _reaches(asked, amount)):
            return True
    return False


def _reaches(role: Role, amount: int) -> bool:
    return role.approves_up_to is None or amount <= role.approves_up_to.amount


def _is_higher(role: Role, than: Role) -> bool:
    limit, lower = role.approves_up_to, than.approves_up_to
    return limit is not None and lower is not None and limit.amount > lower.amount
