"""What an answer means: a result, a refusal, trouble that may pass, or that the two sides do not understand each
other."""

from http import HTTPStatus
from types import NoneType
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from pydantic import ValidationError

from amends.connectors.calls import PortCall
from amends.connectors.ports import Call
from amends.connectors.problems import Problem
from amends.errors import ConfigurationError, KeyReused, Refused, Trouble

URL_SETTING: Final = "AMENDS_CONNECTORS_URL"
SECRET_SETTING: Final = "AMENDS_CONNECTORS_SECRET"  # noqa: S105 - the name of it

DOCUMENT: Final = "docs/openapi/connectors.json"

_LONGEST: Final = 300
"""Characters of the other side's words that are kept."""

_PASSES: Final = {408, 425, 429}
_DONE: Final = {200, 201, 204}


class Answer(NamedTuple):
    """What was heard, and to what. ``location``: where it points to instead."""

    method: str
    url: str
    status: int
    body: bytes
    location: str = "nowhere"


def judged(asked: PortCall, call: Call, answer: Answer) -> Any:
    """The result of a call. Raises ``Refused``, ``KeyReused`` and ``Trouble`` as the other side says, and
    ``ConfigurationError``, with the address, what was expected and the mend, for what is no answer to the call."""
    problem = _problem(answer)
    match answer.status:
        case 409 if problem.code == Refused.code and problem.reason:
            raise Refused(problem.reason, problem.detail or f"{asked.name} was refused: {problem.reason}")
        case 422 if problem.code == KeyReused.code:
            raise KeyReused(call.key)
        case status if status in _DONE:
            return _result(asked, answer)
    raise unanswered(asked.name, answer)


def unanswered(what: str, answer: Answer) -> Trouble | ConfigurationError:
    """The error for an answer that is no answer to ``what``: trouble if it may pass."""
    status, url, detail = answer.status, answer.url, _problem(answer).detail
    said = f"{what}: {url} answered {status}" + (f" ({_short(detail)})" if detail else "")
    if status >= 500 or status in _PASSES:
        return Trouble(said)
    return ConfigurationError(f"{said}; {_mend(answer)}")


def _result(asked: PortCall, answer: Answer) -> Any:
    if asked.returns is NoneType and answer.status == HTTPStatus.NO_CONTENT:
        return None
    try:
        return asked.gives.validate_json(answer.body)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in error.errors())
        if not answer.body and isinstance(asked.returns, type):
            wrong = f"its body is empty, and has to be a {asked.returns.__name__}"
        raise ConfigurationError(
            f"{asked.name}: {answer.url} answered {answer.status} with what is no result of it: {wrong}; "
            f"mend what answers there by {DOCUMENT}, or {URL_SETTING}"
        ) from None  # the values stay out of the text


def _mend(answer: Answer) -> str:
    match answer.status:
        case 401 | 403:
            return f"let {SECRET_SETTING} be the same on both sides, and their clocks agree"
        case 404 | 405:
            return f"serve {answer.method} {urlsplit(answer.url).path} there by {DOCUMENT}, or mend {URL_SETTING}"
        case status if 300 <= status < 400:
            return f"it points to {answer.location!r}; name the right address in {URL_SETTING}"
        case _:
            return f"mend what answers there by {DOCUMENT}, or {URL_SETTING}"


def _short(detail: str) -> str:
    return detail if len(detail) <= _LONGEST else f"{detail[: _LONGEST - 1]}…"


def _problem(answer: Answer) -> Problem:
    """What the other side says of an answer that is no result; nothing if it does not say it as agreed."""
    try:
        return Problem.model_validate_json(answer.body)
    except ValidationError:
        return Problem()
