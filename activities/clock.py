"""The one clock of the activities."""

from datetime import UTC, datetime

from temporalio import activity


def now() -> datetime:
    """Now, in the incident's own time: aware, in UTC. Callable only within an activity.

    It is the moment for which the server scheduled this attempt. In a drill, where the server skips days in a second,
    the wall clock knows nothing of them; and a time that came with the request would be stale after a retry.
    """
    return activity.info().current_attempt_scheduled_time.astimezone(UTC)
