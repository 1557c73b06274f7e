"""Who of a role is on. Pure functions over a bundle's roles."""

from datetime import datetime
from zoneinfo import ZoneInfo

from runbooks.policy import Role


def on_duty(role: Role, at: datetime) -> tuple[str, ...]:
    """The people of a role who are on at an aware moment, in the roster's order; the whole team if it has no roster."""
    if not role.duty:
        return role.team
    local = at.astimezone(ZoneInfo(role.zone))
    minute = local.weekday() * 24 * 60 + local.hour * 60 + local.minute
    return tuple(dict.fromkeys(shift.who for shift in role.duty if shift.begins <= minute < shift.ends))
