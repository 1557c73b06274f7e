"""What people do to a running incident, as it is sent: one request for each act, and the update that brings it."""

from typing import Final

from workflows.contract import (
    ACKNOWLEDGE,
    ANSWER,
    ASSIGN,
    CANCEL,
    CHOOSE,
    DECIDE,
    ESCALATE,
    EVIDENCE,
    MERGE,
    NOTE,
    REPIN,
    RESUME,
    RETRY,
    SETTLE,
    SEVERITY,
    SKIP,
    SNOOZE,
    SPLIT,
    SUSPEND,
    TAKE_OVER,
    WAIVE,
    AcknowledgeRequest,
    AnswerRequest,
    AssignRequest,
    CancelRequest,
    ChooseRequest,
    DecideRequest,
    EscalateRequest,
    EvidenceRequest,
    MergeRequest,
    NoteRequest,
    RepinRequest,
    ResumeRequest,
    RetryRequest,
    SettleRequest,
    SeverityRequest,
    SkipRequest,
    SnoozeRequest,
    SplitRequest,
    SuspendRequest,
    TakeOverRequest,
    WaiveRequest,
)

ActRequest = (
    AnswerRequest
    | DecideRequest
    | RetryRequest
    | ChooseRequest
    | SettleRequest
    | WaiveRequest
    | AcknowledgeRequest
    | EscalateRequest
    | SnoozeRequest
    | NoteRequest
    | EvidenceRequest
    | AssignRequest
    | SuspendRequest
    | ResumeRequest
    | SeverityRequest
    | SkipRequest
    | TakeOverRequest
    | RepinRequest
    | MergeRequest
    | SplitRequest
    | CancelRequest
)


def update_of(request: ActRequest) -> str:
    """The name of the update that brings an act."""
    return _UPDATES[type(request)]


_UPDATES: Final[dict[type[ActRequest], str]] = {
    AnswerRequest: ANSWER,
    DecideRequest: DECIDE,
    RetryRequest: RETRY,
    ChooseRequest: CHOOSE,
    SettleRequest: SETTLE,
    WaiveRequest: WAIVE,
    AcknowledgeRequest: ACKNOWLEDGE,
    EscalateRequest: ESCALATE,
    SnoozeRequest: SNOOZE,
    NoteRequest: NOTE,
    EvidenceRequest: EVIDENCE,
    AssignRequest: ASSIGN,
    SuspendRequest: SUSPEND,
    ResumeRequest: RESUME,
    SeverityRequest: SEVERITY,
    SkipRequest: SKIP,
    TakeOverRequest: TAKE_OVER,
    RepinRequest: REPIN,
    MergeRequest: MERGE,
    SplitRequest: SPLIT,
    CancelRequest: CANCEL,
}
