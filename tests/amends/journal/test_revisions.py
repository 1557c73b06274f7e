"""Published runbooks: numbered, immutable, found by digest."""

import hashlib
import json
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
    return journal.revisions.publish(
        bundle_json=json.dumps(bundle, indent=1),
        exception_type=exception_type,
        digest=digest_of(bundle),
        by="mei",
        why="Give carriers a day more",
        at=NOON,
    )


def test_revisions_are_numbered_per_exception_type(journal: Journal) -> None:
    numbers = [publish(journal, {"a": 1}), publish(journal, {"a": 2})]
    elsewhere = publish(journal, {"s": 1}, exception_type="stockout")

    assert numbers == [1, 2]
    assert elsewhere == 1


def test_publishing_the_newest_again_gives_its_number(journal: Journal) -> None:
    publish(journal, {"a": 1})
    publish(journal, {"a": 2})

    assert publish(journal, {"a": 2}) == 2


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
