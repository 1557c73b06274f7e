"""The activity that writes an incident's entries into the journal."""

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import clock, counting
from activities.wire import APPEND, AppendReport, AppendRequest, LostClaim, OpenElsewhere
from amends.errors import JournalError
from amends.journal import Journal

_log = structlog.get_logger("amends.journal")


class JournalActivities:
    """Activities on the journal; they run in the journal's own thread pool."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @activity.defn(name=APPEND)
    def append(self, request: AppendRequest) -> AppendReport:
        """Commits the entries and claims; a repeat gets an equal report.

        What the journal cannot take (``journal_forked``, ``journal_error``) is not retried; a database that is away or
        locked is.
        """
        try:
            appended = self._journal.append(
                incident_id=request.incident_id,
                exception_type=request.exception_type,
                workflow_id=request.workflow_id,
                run_id=request.run_id,
                entries=request.entries,
                claims=request.claims,
                supersedes=request.supersedes,
                at=clock.now(),
            )
        except JournalError as error:
            raise ApplicationError(str(error), type=error.code, non_retryable=True) from error
        new = request.entries[len(request.entries) - appended.new :]
        counting.recorded(request.exception_type, new)
        _log.info("recorded", incident=request.incident_id, entries=[entry.kind.value for entry in new])
        earlier = appended.earlier
        return AppendReport(
            lost=tuple(LostClaim(key=claim.key, incident_id=claim.incident_id) for claim in appended.lost),
            previous=earlier.incident_id if earlier else None,
            previous_ended_at=earlier.ended_at if earlier else None,
            previous_contacts=earlier.contacts if earlier else None,
            superseded=tuple(OpenElsewhere(**each.model_dump()) for each in appended.superseded),
            waiting=appended.waiting,
        )
