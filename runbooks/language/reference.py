"""What a runbook may name that stands in other files: roles, calendars, tables and other runbooks."""

from typing import NamedTuple

from runbooks.policy import Calendar, Role, Table


class Reference(NamedTuple):
    """All that there is; a bundle carries only what its runbook uses. ``runbooks`` are the known exception types."""

    roles: dict[str, Role] = {}
    calendars: dict[str, Calendar] = {}
    tables: dict[str, Table] = {}
    runbooks: frozenset[str] = frozenset()
