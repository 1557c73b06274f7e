"""Who may decide about an approval: the role that is asked, up to its limit, and never who brought it here."""

from collections.abc import Iterable

from amends.models import Actor, ActorKind, Data, Money
from runbooks.amounts import amount_in_words, convert
from runbooks.policy import Role
from workflows import effects
from workflows.state import ApprovalRun, State


def hand(state: State, actor: Actor) -> None:
    """Remember a person who has brought the incident to where it is now."""
    if actor.kind is ActorKind.HUMAN and actor.id not in state.hands:
        state.hands.append(actor.id)


def cannot(state: State, approval: ApprovalRun) -> list[str]:
    """The people who cannot approve, because they have asked for it: all who brought the incident here by reporting,
    answering or acting, or for a waiver who wants it."""
    return list(approval.requested_by) if approval.role is None else list(state.hands)


def able(state: State, approval: ApprovalRun) -> list[str]:
    """The people who could approve now, sorted."""
    people = {person for role in _entitled(state, approval).values() for person in role.team}
    return sorted(people - set(cannot(state, approval)) - set(approval.approved_by))


def refusal(state: State, approval: ApprovalRun, who: str, *, rejecting: bool = False) -> str | None:
    """Why a person may not decide about an approval; ``None`` if the person may. Limits are for saying yes: whoever is
    asked may reject any amount."""
    entitled = _entitled(state, approval)
    if approval.role is None and not state.bundle.roles:  # a bundle without people: any second person
        return None
    if any(who in role.team for role in entitled.values()):
        return None
    asked = state.bundle.roles.get(approval.role or "")
    if rejecting and asked is not None and who in asked.team:
        return None
    if asked is not None and who in asked.team and approval.amount is not None and asked.approves_up_to is not None:
        limit = amount_in_words(asked.approves_up_to.amount, asked.approves_up_to.currency)
        wanted = amount_in_words(approval.amount.amount, approval.amount.currency)
        return f"{approval.role!r} approves up to {limit}, and this is {wanted}; {named(able(state, approval))} could"
    role = f"is not of {approval.role!r}" if approval.role else "has no role here"
    return f"{who!r} {role}, and cannot decide this; {named(able(state, approval))} could"


def stranger(state: State, who: str) -> str | None:
    """Why somebody has no say here; ``None`` for one who fills a role of the bundle, or where there are none."""
    people = sorted({person for role in state.bundle.roles.values() for person in role.team})
    return None if who in people or not people else f"{who!r} has no role here; {named(people)} could"


def limits(state: State, approval: ApprovalRun, who: str) -> Data | None:
    """What an approval by a person is to be counted against (the fields of ``CountRequest``); ``None`` if nothing. Of
    several roles that may decide, the one with the furthest authority is the person's."""
    amount = approval.amount
    if amount is None:
        return None
    mine = {name: role for name, role in _entitled(state, approval).items() if who in role.team}
    name = max(mine, key=lambda each: _authority_of(state, mine[each], amount), default=None)
    if name is None or (mine[name].approves_up_to is None and mine[name].approves_per_day is None):
        return None
    role, report = mine[name], state.facts["report"]
    assert isinstance(report, dict)
    return {
        "incident_id": state.incident_id,
        "approval": approval.id,
        "person": who,
        "role": name,
        "order_id": str(report.get("order_id", state.workflow_id)),
        "amount": amount.model_dump(),
        "up_to": _in(state, role.approves_up_to, amount.currency),
        "per_day": _in(state, role.approves_per_day, amount.currency),
        "zone": role.zone,
        "undone": [each.id for each in state.approvals.values() if _came_to_nothing(state, each)],
    }


def asked_for(approval: ApprovalRun) -> str:
    """What an approval is about, in words."""
    amount = amount_in_words(approval.amount.amount, approval.amount.currency) if approval.amount else "no amount"
    return f"{amount} in the plan {approval.plan!r}" if approval.plan else amount


def named(people: Iterable[str]) -> str:
    """People in words; ``nobody`` if there are none."""
    return ", ".join(repr(person) for person in people) or "nobody"


def _entitled(state: State, approval: ApprovalRun) -> dict[str, Role]:
    """The roles that may decide: the one that is asked, and where its limit does not reach or it was silent for too
    long, those of a higher authority."""
    roles = state.bundle.roles
    if approval.role is None:
        return roles
    asked = roles.get(approval.role)
    entitled = {approval.role: asked} if asked is not None and _reaches(state, asked, approval.amount) else {}
    if not entitled or approval.overdue:
        higher = {name: role for name, role in roles.items() if asked and _is_higher(state, role, asked)}
        entitled |= {name: role for name, role in higher.items() if _reaches(state, role, approval.amount)}
    return entitled


def _came_to_nothing(state: State, approval: ApprovalRun) -> bool:
    """Whether the plan that an approval was given for has failed, and nothing that it gave stands."""
    given = [effect for effect in state.effects if effect.plan == approval.plan and effects.may_have_given(effect)]
    return approval.plan in state.plans_failed and not given


def _reaches(state: State, role: Role, amount: Money | None) -> bool:
    if amount is None or role.approves_up_to is None:
        return True
    return amount.amount <= convert(role.approves_up_to, amount.currency, state.bundle.rates)


def _authority_of(state: State, role: Role, amount: Money) -> tuple[bool, int]:
    """How far a role's authority reaches for an order, to compare: without a limit is furthest."""
    limit = role.approves_up_to
    return (True, 0) if limit is None else (False, convert(limit, amount.currency, state.bundle.rates))


def _is_higher(state: State, role: Role, than: Role) -> bool:
    if role.approves_up_to is None or than.approves_up_to is None:
        return False
    return convert(role.approves_up_to, than.approves_up_to.currency, state.bundle.rates) > than.approves_up_to.amount


def _in(state: State, limit: Money | None, currency: str) -> Data | None:
    if limit is None:
        return None
    return Money(amount=convert(limit, currency, state.bundle.rates), currency=currency).model_dump()
