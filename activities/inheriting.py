"""The activity by which an incident takes over from another on the same subject: exactly once, whoever dies on the way.

What is handed over stands in the journal before the other incident answers, so it is read from there: a try that comes
after an answer that was lost, or after the other incident's end, finds it all the same.
"""

import asyncio
from datetime import timedelta
from typing import Final

import structlog
from temporalio import activity
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.wire import HAND_OVER, INHERIT, CallReport, InheritRequest
from amends.journal import Journal
from amends.models import Data, Outcome, Refusal
from amends.timeline import EntryKind

NOT_HANDED_OVER: Final = "NotHandedOver"
"""Why nothing is inherited: the other incident has ended by itself, or goes on as another."""

SAYS_NO: Final = frozenset({"refused", "incident_closed", "AcceptedUpdateCompletedWorkflow"})
"""The types of failures that say that the other incident does not hand over, or has ended; the last one is the
server's. Any other may pass."""

_UNDONE_WITHIN: Final = timedelta(seconds=15)
"""How long the new incident waits until what the other has done is undone: a healthy shop takes less than a second; an
undo that meets trouble must not hold up the customer."""

_PAUSE: Final = 0.1

_log = structlog.get_logger("amends.activities")


class Inheriting:
    """Has incidents hand over."""

    def __init__(self, client: Client, journal: Journal) -> None:
        self._client = client
        self._journal = journal

    @activity.defn(name=INHERIT)
    async def inherit(self, request: InheritRequest) -> CallReport:
        """Reports what was handed over; a server or an incident that does not answer is tried again."""
        handed, why_not = await asyncio.to_thread(self._handed, request), ""
        if handed is None:
            why_not = await self._ask(request)
            handed = await asyncio.to_thread(self._handed, request)
        if handed is None:
            refusal = Refusal(reason=NOT_HANDED_OVER, message=why_not)
            return CallReport(outcome=Outcome.NOT_APPLIED, refusal=refusal)
        await self._wait_until_undone(request.hand_over.incident_id)
        _log.info("inherited", of=request.hand_over.incident_id)
        return CallReport(outcome=Outcome.APPLIED, result=handed)

    async def _ask(self, request: InheritRequest) -> str:
        """Tell the incident to hand over; if it says that it does not, why."""
        asked, update_id = request.hand_over, f"{HAND_OVER}:{request.hand_over.to}"
        try:
            await self._client.get_workflow_handle(request.workflow_id).execute_update(HAND_OVER, asked, id=update_id)
        except WorkflowUpdateFailedError as error:
            if not isinstance(error.cause, ApplicationError) or error.cause.type not in SAYS_NO:
                raise
            return error.cause.message
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        return f"incident {asked.incident_id} has ended"

    def _handed(self, request: InheritRequest) -> Data | None:
        """What the journal says was handed over to this very incident."""
        for entry in self._journal.timeline(request.hand_over.incident_id):
            if entry.kind is EntryKind.SUPERSEDED and entry.data["to"] == request.hand_over.to:
                handed = entry.data["handed"]
                assert isinstance(handed, dict)
                return handed
        return None

    async def _wait_until_undone(self, incident_id: str) -> None:
        waited = 0.0
        while waited < _UNDONE_WITHIN.total_seconds():
            row = await asyncio.to_thread(self._journal.incident, incident_id)
            if row.status.final:
                return
            await asyncio.sleep(_PAUSE)
            waited += _PAUSE
