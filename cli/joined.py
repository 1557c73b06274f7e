"""Incidents whose pages joined another's: one person was paged once for all of them, and takes all of them on."""

from amends.journal import Journal


def joined_to(_found: Journal, _incident_id: str) -> tuple[str, ...]:
    """The open incidents whose newest page joined one of this incident's. None does yet."""
    return ()
