"""An alert in words, for people."""

from typing import Final, assert_never

from amends.journal import Alert, AlertKind

NEEDED: Final = "a person is needed"
"""What every alert means; it stands behind what is wrong."""


def tell(alert: Alert) -> str:
    """What is wrong, who did it and why, as far as Temporal knows, in one line without its end."""
    match alert.kind:
        case AlertKind.WORKFLOW_TERMINATED:
            by = f" by {alert.details['by']}" if "by" in alert.details else ""
            return f"its workflow was terminated in Temporal{by}{_when(alert)}{_why(alert)}"
        case AlertKind.WORKFLOW_FAILED:
            return f"its workflow failed in Temporal{_when(alert)}{_why(alert)}"
        case AlertKind.WORKFLOW_TIMED_OUT:
            return f"its workflow timed out in Temporal{_when(alert)}"
        case AlertKind.WORKFLOW_ENDED:
            return (
                f"its workflow ended in Temporal{_when(alert)}, and the journal does not know how (is it older than "
                "Temporal, perhaps a backup?)"
            )
        case AlertKind.WORKFLOW_MISSING:
            return (
                f"the Temporal server at {alert.details.get('server', 'the address of the worker')} does not know its "
                "workflow (does the journal belong to another server, or is that one older than the journal?)"
            )
        case AlertKind.LADDER_EXHAUSTED:
            pages = alert.details.get("pages")
            so_often = f" {pages} times" if isinstance(pages, int) and pages > 1 else ""
            return f"everybody up to the top of the ladder was paged{so_often}, and nobody has acknowledged"
        case _:
            assert_never(alert.kind)


def _when(alert: Alert) -> str:
    return f" at {alert.details['at']}" if "at" in alert.details else ""


def _why(alert: Alert) -> str:
    return f" ({alert.details['reason']})" if "reason" in alert.details else ""
