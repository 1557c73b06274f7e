"""Published runbooks: numbered, immutable, found by digest."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from amends.errors import JournalError
from amends.journal import Journal
from amends.timeline import canonical
from tests.amends.journal.builders import NOON
from tests.amends.journal.test_concurrency import at_once


def digest_of(bundle: dict[str, Any]) -> str:
    return "sha256:" + hashlib.sha256(canonical(bundle)).hexdigest()


def publish(journal: Journal, bundle: dict[str, Any], *, exception_type: str = "lost_parcel") -> int:
    published = journal.revisions.publish(
        bundle_json=json.dumps(bundle, indent=1),
        exception_type=exception_type,
        digest=digest_of(bundle),
        by="mei",
        why="Give carriers a day more",
        at=NOON,
    )
    return published.revision.number


def test_revisions_are_numbered_per_exception_type(journal: Journal) -> None:
    numbers = [publish(journal, {"a": 1}), publish(journal, {"a": 2})]
    elsewhere = publish(journal, {"s": 1}, exception_type="stockout")

    assert numbers == [1, 2]
    assert elsewhere == 1


def test_each_text_is_named_after_its_newest_revision(journal: Journal) -> None:
    for bundle in ({"a": 1}, {"a": 2}, {"a": 1}):
        publish(journal, bundle)
    publish(journal, {"s": 1}, exception_type="stockout")

    assert journal.revisions.names() == {
        digest_of({"a": 1}): "lost_parcel@3",
        digest_of({"a": 2}): "lost_parcel@2",
        digest_of({"s": 1}): "stockout@1",
    }


def test_publishing_the_newest_again_adds_nothing_and_gives_what_is_there(journal: Journal) -> None:
    publish(journal, {"a": 1})
    publish(journal, {"a": 2})

    again = journal.revisions.publish(
        bundle_json='{"a": 2}',
        exception_type="lost_parcel",
        digest=digest_of({"a": 2}),
        by="bo",
        why="The same once more",
        at=NOON + timedelta(days=1),
    )

    assert not again.new
    assert again.revision == journal.revisions.newest("lost_parcel")
    assert (again.revision.number, again.revision.by, again.revision.published_at) == (2, "mei", NOON)


def test_what_was_published_is_told_as_it_stands_in_the_journal(journal: Journal) -> None:
    published = journal.revisions.publish(
        bundle_json='{"a": 1}',
        exception_type="lost_parcel",
        digest=digest_of({"a": 1}),
        by="mei",
        why="The first",
        at=NOON,
    )

    assert published.new
    assert published.revision == journal.revisions.newest("lost_parcel")


def test_the_history_of_a_runbook_is_told_newest_first(journal: Journal) -> None:
    for number in range(12):
        publish(journal, {"a": number})
    publish(journal, {"s": 1}, exception_type="stockout")

    assert [revision.number for revision in journal.revisions.history("lost_parcel")] == list(range(12, 0, -1))
    assert journal.revisions.history("late_parcel") == []


def test_the_newest_of_each_runbook_is_told_by_name(journal: Journal) -> None:
    publish(journal, {"s": 1}, exception_type="stockout")
    for number in range(11):
        publish(journal, {"a": number})

    found = journal.revisions.newest_of_each()

    assert [(revision.exception_type, revision.number) for revision in found] == [("lost_parcel", 11), ("stockout", 1)]
    assert found[0] == journal.revisions.newest("lost_parcel")


def test_going_back_to_an_earlier_text_is_a_revision_of_its_own(journal: Journal) -> None:
    for bundle in ({"a": 1}, {"a": 2}, {"a": 1}):
        publish(journal, bundle)

    newest = journal.revisions.newest("lost_parcel")

    assert newest is not None
    assert (newest.number, newest.digest) == (3, digest_of({"a": 1}))
    assert journal.revisions.get(digest_of({"a": 1})) == newest


def test_a_bundle_comes_back_exactly_as_it_was_published(journal: Journal) -> None:
    publish(journal, {"title": {"zh": "物流丢失"}})

    found = journal.revisions.get(digest_of({"title": {"zh": "物流丢失"}}))

    assert found is not None
    assert found.bundle == json.dumps({"title": {"zh": "物流丢失"}}, indent=1)
    assert (found.by, found.why, found.published_at) == ("mei", "Give carriers a day more", NOON)


def test_what_was_never_published_is_not_found(journal: Journal) -> None:
    assert journal.revisions.newest("lost_parcel") is None
    assert journal.revisions.get("sha256:0") is None


@pytest.mark.parametrize(
    ("bundle_json", "says"), [('{"a": 2}', "has the digest sha256:"), ("{", "is no JSON")], ids=["other", "broken"]
)
def test_a_bundle_that_is_not_what_its_digest_says_is_refused(journal: Journal, bundle_json: str, says: str) -> None:
    with pytest.raises(JournalError, match=says):
        journal.revisions.publish(
            bundle_json=bundle_json,
            exception_type="lost_parcel",
            digest=digest_of({"a": 1}),
            by="mei",
            why="A mistake",
            at=NOON,
        )

    assert journal.revisions.newest("lost_parcel") is None


def test_eight_threads_that_publish_get_eight_numbers(journal: Journal) -> None:
    numbers = at_once(lambda number: publish(journal, {"a": number}))

    assert sorted(numbers) == list(range(1, 9))
