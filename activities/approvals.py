"""The activity that counts an approval against what a person may approve."""

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import clock
from activities.wire import COUNT, CallReport, CountRequest
from amends.errors import DefinitionError
from amends.journal import ApprovalLog, Authority
from amends.models import Outcome

_log = structlog.get_logger("amends.activities")


class ApprovalActivities:
    """Activities on approvals; they run in the journal's own thread pool."""

    def __init__(self, approvals: ApprovalLog) -> None:
        self._approvals = approvals

    @activity.defn(name=COUNT)
    def count(self, request: CountRequest) -> CallReport:
        """Counts the approval, or reports ``not_applied`` with the refusal ``BeyondAuthority``.

        Counting the same again is harmless. An amount below zero, and a time zone that there is not, are never
        retried (``definition_error``).
        """
        if request.amount.amount < 0:
            raise _never(f"approval {request.approval!r}: {request.amount.amount} is no amount that can be approved")
        at = clock.now()
        refusal = self._approvals.count(
            incident_id=request.incident_id,
            approval=request.approval,
            person=request.person,
            role=request.role,
            order_id=request.order_id,
            amount=request.amount,
            # who may approve so much for an order may not approve more on a day, unless it is said
            authority=Authority(for_order=request.up_to, per_day=request.per_day or request.up_to),
            at=at,
            began=at.astimezone(_zone(request)).replace(hour=0, minute=0, second=0, microsecond=0),
            undone=request.undone,
        )
        if refusal is None:
            return CallReport(outcome=Outcome.APPLIED)
        _log.info("beyond_authority", incident=request.incident_id, step=request.approval)
        return CallReport(outcome=Outcome.NOT_APPLIED, refusal=refusal)


def _zone(request: CountRequest) -> tzinfo:
    try:
        return ZoneInfo(request.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _never(f"role {request.role!r}: there is no time zone {request.zone!r}") from error


def _never(what: str) -> ApplicationError:
    return ApplicationError(what, type=DefinitionError.code, non_retryable=True)
