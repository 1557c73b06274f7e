"""Names that stand in histories and in servers' schemas. A name that changes here orphans what is running:

these lists may grow, and nothing in them may be renamed or removed."""

from temporalio.common import SearchAttributeIndexedValueType as Kind

from amends import temporal
from amends.models import Severity, Stage, Status


def test_the_search_attributes_keep_their_names_and_types() -> None:
    assert {key.name: key.indexed_value_type for key in temporal.SEARCH_ATTRIBUTES} == {
        "ExceptionType": Kind.KEYWORD,
        "Stage": Kind.KEYWORD,
        "Status": Kind.KEYWORD,
        "Severity": Kind.KEYWORD,
        "OrderId": Kind.KEYWORD,
        "WaitingFor": Kind.KEYWORD_LIST,
        "DueAt": Kind.DATETIME,
        "Breached": Kind.BOOL,
    }


def test_the_task_queues_keep_their_names() -> None:
    queue = temporal.WORKFLOW_QUEUE

    assert [queue, temporal.journal_queue(queue), temporal.effects_queue(queue)] == [
        "amends",
        "amends-journal",
        "amends-effects",
    ]


def test_the_words_of_the_vocabulary_keep_their_spelling() -> None:
    assert [stage.value for stage in Stage] == ["report", "analysis", "action", "follow_up"]
    assert [severity.value for severity in Severity] == ["critical", "high", "medium", "low"]
    assert [status.value for status in Status] == [
        "open",
        "acknowledged",
        "waiting",
        "in_progress",
        "taken_over",
        "resolved",
        "closed",
        "cancelled",
        "duplicate",
    ]
