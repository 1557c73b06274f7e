"""Who of a role is on duty now, by the roster of the text that an incident follows."""

from datetime import datetime

from amends.journal import IncidentRow, Journal
from cli.versions import bundle_followed, followed
from runbooks.policy import Role
from runbooks.roster import on_duty


class OnDuty:
    """Looks each text up once, however many incidents follow it."""

    def __init__(self, found: Journal, *, now: datetime) -> None:
        self._found = found
        self._now = now
        self._roles: dict[str, dict[str, Role]] = {}

    def of(self, row: IncidentRow, role: str | None) -> tuple[str, ...]:
        """The people of a role who are on; nobody where no role, or nothing of it, is known."""
        if role is None:
            return ()
        if row.bundle_digest not in self._roles:
            bundle = bundle_followed(row, followed(self._found, row))
            self._roles[row.bundle_digest] = dict(bundle.roles) if bundle is not None else {}
        known = self._roles[row.bundle_digest].get(role)
        return on_duty(known, self._now) if known is not None else ()
