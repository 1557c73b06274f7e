"""The activity that pages people: each over their channels in turn, until one has taken the page.

What a channel says is kept as soon as it is known, so a retry goes on where the last try stopped, and nobody who has a
page gets it again. Where two incidents page a person for one cause at once, one of them does and the other waits for
what comes of it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import structlog
from temporalio import activity

from activities import clock, counting
from activities.wire import PAGE, CallReport, Paged, PageRequest, PageResult
from amends.connectors.ports import Call, Page, Pager
from amends.errors import Refused, Trouble
from amends.journal import PageLog
from amends.models import Outcome, Refusal, plain

NOBODY_REACHED: Final = "NobodyReached"
"""Why a page is not applied: every channel has refused it, or there is none."""

_REACHED: Final = (PageResult.SENT, PageResult.JOINED)

_log = structlog.get_logger("amends.activities")


class Paging:
    """Pages people, and keeps what came of it."""

    def __init__(self, people: Pager, pages: PageLog) -> None:
        self._people = people
        self._pages = pages

    @activity.defn(name=PAGE)
    def page(self, request: PageRequest) -> CallReport:
        """Reports ``applied`` when at least one person has the page, or one about the same cause that it joined;
        ``not_applied`` with ``NobodyReached`` when every channel has refused it, or there is none.

        Raises ``Trouble``, to be retried, when nobody was reached and somebody might be yet, and while another
        incident's page about the same is under way to somebody.
        """
        at = clock.now()
        told: list[Paged] = []
        waiting: list[str] = []
        for person in request.people:
            found = self._page(request, person, at)
            if found is None:
                waiting.append(person)
            else:
                told += found
        reached = any(each.result in _REACHED for each in told)
        if waiting:
            raise self._trouble(f"a page about the same is under way to {', '.join(waiting)}; what comes of it decides")
        if not reached and any(each.result is PageResult.FAILED for each in told):
            raise self._trouble(f"nobody of {request.role!r} was reached: {_why(told)}")
        pages = {"pages": [plain(each) for each in told]}
        if reached:
            return CallReport(outcome=Outcome.APPLIED, result=pages)
        why = f"nobody of {request.role!r} was reached: {_why(told) or 'nobody is on duty'}"
        _log.warning("nobody_reached", incident=request.incident_id, key=request.key, why=why)
        refusal = Refusal(reason=NOBODY_REACHED, message=why)
        return CallReport(outcome=Outcome.NOT_APPLIED, result=pages, refusal=refusal)

    def _page(self, request: PageRequest, person: str, at: datetime) -> list[Paged] | None:
        """What came of paging a person; ``None`` while another incident's page decides about it."""
        channels = self._people.channels(Call(key=f"{request.key}/{person}/channels", at=at), person=person)
        begun = self._pages.begin(
            key=request.key,
            person=person,
            incident_id=request.incident_id,
            cause=request.cause,
            severity=request.severity,
            level=request.level,
            channels=channels,
            join_within=request.join_within,
            at=at,
        )
        if begun.waits_for is not None:
            return None
        while begun.channel is not None:
            result, detail = self._send(request, person, begun.channel, at)
            counting.paged(begun.channel, result)
            begun = self._pages.settle(
                key=request.key,
                person=person,
                channel=begun.channel,
                result=result,
                detail=detail,
                channels=channels,
                at=clock.now(),
            )
        return [
            Paged(person=person, channel=record.channel, result=record.result, detail=record.detail)
            for record in begun.records
            if record.result is not None  # one that a later try, which overlaps this one, has under way
        ]

    def _send(self, request: PageRequest, person: str, channel: str, at: datetime) -> tuple[PageResult, str]:
        call = Call(key=f"{request.key}/{person}/{channel}", at=at)
        page = Page.model_validate(request.model_dump())
        try:
            said = self._people.page(call, person=person, channel=channel, page=page)
        except Refused as refused:
            result, detail = PageResult.REFUSED, str(refused)
        except Trouble as trouble:
            result, detail = PageResult.FAILED, str(trouble)
        else:
            result, detail = PageResult.SENT, said.words
        _log.info("paged", incident=request.incident_id, person=person, channel=channel, result=result.value)
        return result, detail

    def _trouble(self, why: str) -> Trouble:
        counting.met_trouble(PAGE)
        return Trouble(why)


def _why(told: Iterable[Paged]) -> str:
    said = {
        PageResult.REFUSED: "{person}: {channel} refused it ({detail})",
        PageResult.FAILED: "{person}: {channel} could not be reached ({detail})",
        PageResult.NO_CHANNEL: "{person}: nobody has said how to reach them",
    }
    return "; ".join(
        said[each.result].format(person=each.person, channel=each.channel, detail=each.detail)
        for each in told
        if each.result in said
    )
