"""The watchdog: compares the open incidents of the journal with the workflows of Temporal, and raises what is wrong.

``watching(client, journal)`` does it every minute, ``look(client, journal)`` once. What it finds stands in the journal
as alerts until it is no longer so. Any number of watchdogs may run: an alert is raised once.
"""

from amends.watchdog.loop import EVERY, look, watching
from amends.watchdog.telling import NEEDED, tell

__all__ = ["EVERY", "NEEDED", "look", "tell", "watching"]
