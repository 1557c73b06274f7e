"""Incidents whose pages joined another's: one person was paged once for all of them, and takes all of them on."""

from amends.journal import Journal


def joined_to(found: Journal, incident_id: str) -> tuple[str, ...]:
    """The open incidents whose page joined one of this incident's and waits to be acknowledged, in the order of
    asking."""
    keys = dict.fromkeys(page.key for page in found.pages.of_incident(incident_id))
    joined = dict.fromkeys(page.incident_id for key in keys for page in found.pages.joined_to(key))
    waiting = found.clocks.paged(joined)
    return tuple(each for each in joined if each != incident_id and each in waiting)
