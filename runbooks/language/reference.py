"""What a runbook may name that stands in other files: roles, calendars, tables and other runbooks."""

from typing import NamedTuple

from runbooks.policy import Calendar, Night, RemedyPolicy, Role, Table, TaskPolicy
from runbooks.rights import ActName, May


class Reference(NamedTuple):
    """All that there is; a bundle carries only what its runbook uses. ``runbooks`` are the known exception types.
    ``tasks``: who does what is left to a person, where a runbook does not say. ``remedies``, and ``may`` (who may do
    what) and ``night`` (when customers are left in peace), hold for every runbook."""

    roles: dict[str, Role] = {}
    calendars: dict[str, Calendar] = {}
    tables: dict[str, Table] = {}
    runbooks: frozenset[str] = frozenset()
    tasks: TaskPolicy | None = None
    remedies: RemedyPolicy | None = None
    may: dict[ActName, May] = {}
    night: Night | None = None
