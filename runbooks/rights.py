"""Who may do what to a running incident. This table holds; a company's `people.yaml` may say otherwise under `may`.

What an approval asks for is not here: the role that is asked decides, up to its limit, and never who brought it here.
"""

from enum import StrEnum
from typing import Final


class ActName(StrEnum):
    """What is done to a running incident, under the name of its update and of its command's words."""

    ANSWER = "answer"
    DECIDE = "decide"
    NOTE = "note"
    EVIDENCE = "evidence"
    ACKNOWLEDGE = "acknowledge"
    ESCALATE = "escalate"
    SNOOZE = "snooze"
    ASSIGN = "assign"
    SUSPEND = "suspend"
    RESUME = "resume"
    SEVERITY = "severity"
    RETRY = "retry"
    CHOOSE = "choose"
    SETTLE = "settle"
    WAIVE = "waive"
    SKIP = "skip"
    TAKE_OVER = "take_over"
    REPIN = "repin"
    MERGE = "merge"
    SPLIT = "split"
    CANCEL = "cancel"


class Who(StrEnum):
    """``anyone``: people and systems. ``person``: whoever is a person. ``team``: whoever fills a role."""

    ANYONE = "anyone"
    PERSON = "person"
    TEAM = "team"


May = Who | tuple[str, ...]
"""Somebody of these, or whoever fills one of the roles that are named."""

RIGHTS: Final[dict[ActName, May]] = {
    ActName.ANSWER: Who.ANYONE,
    ActName.DECIDE: Who.ANYONE,
    ActName.NOTE: Who.ANYONE,
    ActName.EVIDENCE: Who.ANYONE,
    ActName.CANCEL: Who.PERSON,
    ActName.ESCALATE: Who.TEAM,
    ActName.ACKNOWLEDGE: Who.TEAM,
    ActName.SNOOZE: Who.TEAM,
    ActName.ASSIGN: Who.TEAM,
    ActName.SUSPEND: Who.TEAM,
    ActName.RESUME: Who.TEAM,
    ActName.SEVERITY: Who.TEAM,
    ActName.RETRY: Who.TEAM,
    ActName.CHOOSE: Who.TEAM,
    ActName.SETTLE: Who.TEAM,
    ActName.WAIVE: Who.TEAM,
    ActName.SKIP: Who.TEAM,
    ActName.TAKE_OVER: Who.TEAM,
    ActName.REPIN: Who.TEAM,
    ActName.MERGE: Who.TEAM,
    ActName.SPLIT: Who.TEAM,
}
"""An answer is the customer's, by whoever hands it over; a decision's rule is its approval's. Where a bundle has no
roles, a person of the team is any person."""
