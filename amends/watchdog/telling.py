"""An alert in words, for people."""

from typing import assert_never

from amends.journal import Alert, AlertKind

_NEEDED = "a person is needed"


def tell(alert: Alert) -> str:
    """One line: what is wrong, who did it and why, as far as Temporal knows, and that somebody has to see to it."""
    match alert.kind:
        case AlertKind.WORKFLOW_TERMINATED:
            by = f" by {alert.details['by']}" if "by" in alert.details else ""
            return f"its workflow was terminated in Temporal{by}{_when(alert)}{_why(alert)}; {_NEEDED}"
        case AlertKind.WORKFLOW_FAILED:
            return f"its workflow failed in Temporal{_when(alert)}{_why(alert)}; {_NEEDED}"
        case AlertKind.WORKFLOW_TIMED_OUT:
            return f"its workflow timed out in Temporal{_when(alert)}; {_NEEDED}"
        case AlertKind.WORKFLOW_ENDED:
            return (
                f"its workflow ended in Temporal{_when(alert)} and the journal does not know how: is the journal older "
                f"than Temporal? {_NEEDED.capitalize()}"
            )
        case AlertKind.WORKFLOW_MISSING:
            return (
                f"the Temporal server at {alert.details.get('server', 'the address of the worker')} does not know its "
                f"workflow: does the journal belong to another server, or is that older than the journal? "
                f"{_NEEDED.capitalize()}"
            )
        case _:
            assert_never(alert.kind)


def _when(alert: Alert) -> str:
    return f" at {alert.details['at']}" if "at" in alert.details else ""


def _why(alert: Alert) -> str:
    return f" ({alert.details['reason']})" if "reason" in alert.details else ""
