"""What is said over HTTP instead of a result: problems by RFC 9457, with the code of our own error."""

from typing import Final

from amends.models import Model

PROBLEM_TYPE: Final = "application/problem+json"


class Problem(Model):
    """``code`` is that of the error: ``refused`` (with its ``reason``), ``key_reused``, ``input_error``, ``trouble``,
    ``unsigned``, ``unknown_call``. ``detail`` is for people. ``type`` names the kind of problem, and is no address."""

    type: str = "about:blank"
    title: str = ""
    status: int = 0
    detail: str = ""
    code: str = ""
    reason: str | None = None


UNKNOWN_CALL: Final = "unknown_call"
