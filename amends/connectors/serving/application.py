"""The application: one route for each call of the ports, and how its errors are said."""

import json
from collections.abc import Callable
from datetime import timedelta
from types import NoneType
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from amends import __version__
from amends.connectors.calls import PORT_CALLS, Hello, PortCall
from amends.connectors.feed import Telling
from amends.connectors.ports import Call, Connectors
from amends.connectors.problems import UNKNOWN_CALL, Problem
from amends.connectors.serving import feeding, switching
from amends.connectors.serving.answers import Silence, problem
from amends.connectors.serving.described import ABOUT, SIGNATURE, answers, told
from amends.connectors.serving.guard import Guard
from amends.connectors.signing import Secrets
from amends.errors import ConfigurationError, InputError, KeyReused, NoAnswer, Refused, Trouble

SILENT_FOR: Final = timedelta(minutes=1)
"""How long a call that gets no answer keeps its connection: longer than anybody waits."""


def application(connectors: Connectors, secrets: Secrets, *, silent_for: timedelta = SILENT_FOR) -> FastAPI:
    """Serves ``connectors`` to whoever signs with one of the secrets.

    A call that meets ``NoAnswer`` gets none: its connection is held for ``silent_for``, unless whoever asked goes
    before, and is closed. Systems that keep their changes serve them as a feed; those whose faults can be switched take
    the switches too.
    """
    app = _app(connectors)
    if isinstance(connectors, Telling):
        app.include_router(feeding.router(connectors))
    if isinstance(connectors, switching.Misbehaving):
        app.include_router(switching.router(connectors))
    app.add_middleware(Guard, secrets=secrets)
    _say_errors(app, silent_for)
    return app


def description() -> dict[str, Any]:
    """The OpenAPI document: what a company's own systems are to answer."""
    app = _app(None)
    app.include_router(feeding.router(None))
    document: dict[str, Any] = app.openapi()
    schemas = document["components"]["schemas"]
    for never in ("HTTPValidationError", "ValidationError"):  # of FastAPI's own, and nothing here answers so
        del schemas[never]
    del document["paths"]["/events"]["get"]["responses"]["422"]
    schemas["Problem"] = Problem.model_json_schema()
    in_markdown: dict[str, Any] = json.loads(json.dumps(document).replace("``", "`"))  # docstrings have them doubled
    return in_markdown


def _app(connectors: Connectors | None) -> FastAPI:
    app = FastAPI(
        title="The systems that Amends calls",
        summary="What a company's own systems answer, so that Amends can look, act, take back and ask what was done.",
        description=ABOUT,
        version=__version__,
        docs_url=None,  # its pages would be fetched from elsewhere
        redoc_url=None,
        dependencies=[Depends(SIGNATURE)],
    )
    app.get("/hello", operation_id="hello", tags=["hello"], summary="hello", responses=answers(401))(_hello)
    for call in PORT_CALLS.values():
        silent = call.returns is NoneType
        app.post(
            f"/{call.path}",
            operation_id=f"{call.port}_{call.method}",
            tags=[call.port],
            summary=call.name,
            description=call.about or None,
            response_model=None if silent else call.returns,
            response_model_exclude_none=True,
            status_code=204 if silent else 200,
            response_description="It is done." if silent else "The result.",
            responses=answers(),
        )(_endpoint(call, connectors))
    return app


def _hello() -> Hello:
    """Does nothing, and says which calls are served: whether the address and the secret are right."""
    return Hello(calls=tuple(PORT_CALLS))


def _endpoint(call: PortCall, connectors: Connectors | None) -> Callable[..., Any]:
    def serve(said: Annotated[Call, Depends(told)], arguments: Any) -> Any:
        method = getattr(getattr(connectors, call.port), call.method)
        return method(said, **{name: getattr(arguments, name) for name in arguments.model_fields_set})

    serve.__annotations__["arguments"] = call.takes
    return serve


def _say_errors(app: FastAPI, silent_for: timedelta) -> None:
    def says(kind: type[Exception]) -> Callable[[Any], Any]:
        return app.exception_handler(kind)

    @says(Refused)
    async def _refused(_: Request, error: Refused) -> Response:
        return problem(409, error.code, str(error), reason=error.reason)

    @says(KeyReused)
    async def _reused(_: Request, error: KeyReused) -> Response:
        return problem(422, error.code, str(error))

    @says(InputError)
    async def _wrong(_: Request, error: InputError) -> Response:
        return problem(400, error.code, str(error))

    @says(RequestValidationError)
    async def _unread(_: Request, error: RequestValidationError) -> Response:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        return problem(400, InputError.code, wrong)

    @says(Trouble)
    async def _trouble(_: Request, error: Trouble) -> Response:
        return problem(503, error.code, str(error))

    @says(ConfigurationError)
    async def _misconfigured(_: Request, error: ConfigurationError) -> Response:
        return problem(503, error.code, str(error))  # ours to mend, not of whoever asked

    @says(NoAnswer)
    async def _none(_: Request, __: NoAnswer) -> Response:
        return Silence(silent_for)

    @says(HTTPException)
    async def _elsewhere(request: Request, error: HTTPException) -> Response:
        what = f"there is no {request.method} {request.url.path} here; /openapi.json has what there is"
        return problem(error.status_code, UNKNOWN_CALL, what)
