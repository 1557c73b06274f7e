"""The feed of changes: a batch of CloudEvents, to be asked for by the number of the last one that was seen."""

from itertools import islice
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from amends.connectors.feed import Change, Telling
from amends.connectors.serving.described import answers
from amends.models import Data, Model, Utc

_LONGEST: Final = 1000
"""Events of one batch."""


class CloudEvent(Model):
    """CloudEvents 1.0, structured, with the extension ``sequence``: the number to ask behind. Numbers rise; there may
    be gaps."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    subject: str | None = None
    time: Utc
    datacontenttype: Literal["application/json"] = "application/json"
    data: Data
    sequence: str


class CloudEventBatch(JSONResponse):
    media_type = "application/cloudevents-batch+json"


def router(systems: Telling | None) -> APIRouter:
    """``GET /events``; without systems it can only be described."""
    routes = APIRouter(tags=["events"])

    @routes.get(
        "/events",
        operation_id="events",
        summary="events",
        response_model=list[CloudEvent],
        response_model_exclude_none=True,
        response_class=CloudEventBatch,
        response_description="At most as many as were asked for, the oldest first; none if there is nothing newer.",
        responses=answers(400, 401, 503),
    )
    def _events(
        after: Annotated[int, Query(ge=0, description="The `sequence` of the last event that was seen.")] = 0,
        limit: Annotated[int, Query(ge=1, le=_LONGEST)] = 100,
    ) -> Any:
        """What has changed since. Only for systems that would rather be asked for their changes than tell them."""
        assert systems is not None
        return [_told(each) for each in islice(systems.events(after=after), limit)]

    return routes


def _told(change: Change) -> CloudEvent:
    return CloudEvent(**change.model_dump(exclude={"seq"}), sequence=str(change.seq))
