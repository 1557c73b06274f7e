"""What a check says."""

from enum import StrEnum

from amends.models import Model


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """It works, and will not for long, or not as well as it could."""
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """It cannot be seen from here."""


class Finding(Model):
    """``name`` is stable. ``says``: what was found, and what it means; ``mend``: what to do, unless all is well."""

    name: str
    verdict: Verdict
    says: str
    mend: str | None = None


def ok(name: str, says: str) -> Finding:
    return Finding(name=name, verdict=Verdict.OK, says=says)


def warning(name: str, says: str, mend: str) -> Finding:
    return Finding(name=name, verdict=Verdict.WARNING, says=says, mend=mend)


def wrong(name: str, says: str, mend: str) -> Finding:
    return Finding(name=name, verdict=Verdict.WRONG, says=says, mend=mend)


def unknown(name: str, says: str, mend: str | None = None) -> Finding:
    return Finding(name=name, verdict=Verdict.UNKNOWN, says=says, mend=mend)
