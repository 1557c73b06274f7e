"""The rules that are in force: those of the runbooks as they were published last."""

import hashlib
import threading
from collections.abc import Mapping
from typing import NamedTuple

from amends.journal import RevisionLog
from amends.timeline import canonical
from intake.rules import Rule, rules_of
from runbooks.bundle import Bundle


class Rules(NamedTuple):
    """All rules of one moment. ``digest`` is the same as long as they are; ``bundles`` are what incidents of each
    exception type follow, also of those without a rule."""

    digest: str
    rules: tuple[Rule, ...]
    bundles: Mapping[str, Bundle]


class Rulebook:
    """Knows the rules that are in force. Safe to ask from several threads."""

    def __init__(self, revisions: RevisionLog) -> None:
        self._revisions = revisions
        self._lock = threading.Lock()
        self._published: Mapping[str, str] | None = None
        self._rules = Rules("", (), {})

    def now(self) -> Rules:
        """The rules as they are now; what was published is read again only when it has changed."""
        with self._lock:
            published = self._revisions.newest_digests()
            if published != self._published:
                self._rules = self._read()
                self._published = published
            return self._rules

    def _read(self) -> Rules:
        newest = self._revisions.newest_of_each()
        bundles = {each.exception_type: Bundle.model_validate_json(each.bundle) for each in newest}
        rules = tuple(rule for bundle in bundles.values() for rule in rules_of(bundle))
        digest = hashlib.sha256(canonical([rule.model_dump(mode="json") for rule in rules])).hexdigest()
        return Rules(digest, rules, bundles)
