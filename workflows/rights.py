"""Whether somebody may do an act at all, by what the bundle says of it and who fills which role."""

from amends.models import Actor, ActorKind
from runbooks.rights import RIGHTS, ActName, Who
from workflows import authority
from workflows.state import State


def refusal(state: State, act: ActName, actor: Actor) -> str | None:
    """Why somebody may not do an act; ``None`` for one who may. Where the bundle has no roles, a person of the team is
    any person."""
    may, roles = state.bundle.may.get(act, RIGHTS[act]), state.bundle.roles
    if may is Who.ANYONE:
        return None
    named = roles if isinstance(may, Who) else {name: roles[name] for name in may if name in roles}
    team = sorted({person for role in named.values() for person in role.team})
    if actor.kind is not ActorKind.HUMAN:
        able = f"; {authority.named(team)} could" if team and may is not Who.PERSON else ""
        return f"only a person can do that, and {actor.id!r} is none{able}"
    if may is Who.PERSON or not roles or actor.id in team:
        return None
    whose = "has no role here" if may is Who.TEAM else f"is not of {' or '.join(map(repr, named))}"
    return f"{actor.id!r} {whose}, and cannot {act.value.replace('_', ' ')}; {authority.named(team)} could"
