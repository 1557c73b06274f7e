"""What a channel's answer means: taken, a refusal, or trouble that may pass; and what of it may be shown."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from amends.errors import Refused, Trouble
from amends.paging.addresses import Kind

PAGE_REFUSED: Final = "PageRefused"
"""Why a page is not sent: the channel has said no."""

_BUSY_STATUS: Final = {408, 425, 429}
_BUSY: Final[dict[Kind, frozenset[int]]] = {
    Kind.DINGTALK: frozenset({-1, 130101, 410100}),
    Kind.FEISHU: frozenset({11232, 99991400}),
    Kind.WECOM: frozenset({-1, 45009, 45033}),
}
"""Codes by which a robot says that it is too busy, or is asked too often, as the vendors document them."""

_TELLING: Final = 4
"""Characters from which on something can be a secret; shorter ones would only tear holes into words."""

_LONGEST: Final = 200
"""Characters of a channel's words that are kept."""


def judged(kind: Kind, *, status: int, body: str, shown: Callable[[str], str]) -> str:
    """The words of a channel that has taken the page. ``shown`` makes its words fit to be shown.

    Raises ``Refused`` (``PageRefused``) and ``Trouble``. An answer that does not say whether it was taken is trouble.
    """
    if status >= 500 or status in _BUSY_STATUS:
        raise Trouble(f"it answered {status}: {shown(body)}")
    match kind:
        case Kind.DINGTALK | Kind.FEISHU | Kind.WECOM:
            return _of_robot(kind, status, body, shown)
        case Kind.SLACK:
            taken = status == 200 and body.strip() == "ok"
        case Kind.WEBHOOK | Kind.MAIL:
            taken = 200 <= status < 300
    if not taken:
        raise Refused(PAGE_REFUSED, f"it answered {status}: {shown(body)}")
    return shown(body)


def _of_robot(kind: Kind, status: int, body: str, shown: Callable[[str], str]) -> str:
    code, words = _code(body)
    said = f"{code}: {shown(words)}"
    if code in _BUSY[kind]:
        raise Trouble(f"it is too busy, {said}")
    if status != 200:
        raise Refused(PAGE_REFUSED, f"it answered {status}: {shown(body) if code is None else said}")
    if code is None:
        raise Trouble(f"it did not say whether it took the page: {shown(body)}")
    if code != 0:
        raise Refused(PAGE_REFUSED, said)
    return shown(words)


def _code(body: str) -> tuple[int | None, str]:
    """The code in a robot's answer, and its words for it."""
    try:
        answer: Any = json.loads(body)
    except ValueError:
        return None, ""
    if not isinstance(answer, dict):
        return None, ""
    code = next((answer[name] for name in ("errcode", "code", "StatusCode") if name in answer), None)
    words = next((answer[name] for name in ("errmsg", "msg", "StatusMessage") if name in answer), "")
    return (code if isinstance(code, int) else None), str(words)


_ADDRESS: Final = re.compile(r"[a-z]+://\S+|[^\s<>\"']+@[^\s<>\"']+", re.IGNORECASE)


def showing(hidden: Iterable[str]) -> Callable[[str], str]:
    """What makes a channel's words fit to be shown: on one line, short, without addresses and what is ``hidden``."""
    secrets = [re.compile(re.escape(each), re.IGNORECASE) for each in hidden if len(each) >= _TELLING]

    def shown(words: str) -> str:
        for secret in secrets:
            words = secret.sub("…", words)
        words = " ".join("".join(each if each.isprintable() else " " for each in _ADDRESS.sub("…", words)).split())
        return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"

    return shown
