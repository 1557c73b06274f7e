"""One incident of the reference shop on the real server, driven through its real deadlines."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

import starter
import worker
from amends.connectors.shop import Shop
from amends.connectors.shop.sample import sample
from amends.doors.keys import DoorKey
from amends.doors.trusted import Trusted
from amends.journal import Journal
from amends.journal.rows import TimelineRow
from amends.models import Actor, ActorKind, Model
from amends.timeline import EntryKind
from drills.pace import skip_to
from runbooks.bundle import Bundle
from runbooks.library import load
from workflows.contract import ANSWER, RETRY, VIEW, AnswerRequest, Receipt, RetryRequest, View

OPS = Actor(kind=ActorKind.HUMAN, id="an")
CUSTOMER = Actor(kind=ActorKind.HUMAN, id="customer")

CHOICE = "analysis.ask.lost_parcel.reship_or_refund"
SURVEY = "follow_up.ask.satisfaction"


class Gate(Interceptor):
    """Holds an activity back, after its work is done, until ``opened``; ``reached`` says that it stands there."""

    def __init__(self, holds: Callable[[ExecuteActivityInput], bool]) -> None:
        self._holds = holds
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        gate = self

        class Inbound(ActivityInboundInterceptor):
            async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
                result = await super().execute_activity(input)
                if gate._holds(input):
                    gate.reached.set()
                    await gate.opened.wait()
                return result

        return Inbound(next)


@dataclass
class Rig:
    """A journal, a shop and a queue of their own on a shared server."""

    skipper: TimeSkipper
    journal: Journal
    shop: Shop
    queue: str
    order_id: str
    incident_id: str = ""
    """Of the first incident that was opened."""
    bundle: Bundle = field(default_factory=lambda: load("lost_parcel"))
    says: dict[str, Any] = field(default_factory=dict)
    """What a report says beside the subject."""
    door: DoorKey = field(default_factory=lambda: DoorKey.new("rig"))
    """Vouches for those who act here."""

    @cached_property
    def parcel_id(self) -> str:
        return self.shop.parcel_ids(self.order_id)[0]

    @property
    def report(self) -> dict[str, Any]:
        return {"order_id": self.order_id, "parcel_id": self.parcel_id, **self.says}

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.skipper.client.get_workflow_handle(self.bundle.workflow_id(self.report))

    def key(self, name: str) -> str:
        """A key of this rig's own: the server remembers the keys of a subject's last incident, whoever opened it."""
        return f"{self.queue}:{name}"

    async def open(self, key: str = "k-1", *, history_limit: int | None = None) -> Receipt:
        receipt = await starter.open_incident(
            self.skipper.client,
            self.bundle.exception_type,
            self.report,
            key=self.key(key),
            actor=OPS,
            queue=self.queue,
            bundle=self.bundle,
            history_limit=history_limit,
        )
        self.incident_id = self.incident_id or receipt.incident_id
        return receipt

    async def view(self) -> View:
        view: View = await self.handle.query(VIEW, result_type=View)
        return view

    async def answer(self, choice: str, *, ask: str = CHOICE, key: str = "a-1") -> Receipt:
        request = AnswerRequest(key=self.key(key), ask=ask, choice=choice, actor=CUSTOMER)
        receipt: Receipt = await self.handle.execute_update(ANSWER, request, result_type=Receipt, id=request.key)
        return receipt

    async def act(self, name: str, request: Model, *, id: str | None = None) -> Receipt:  # noqa: A002 - the SDK's
        """Somebody does something to the first incident, and the door vouches for who it is."""
        signed = self.door.signed(request, act=name, workflow_id=self.handle.id, incident_id=self.incident_id)
        receipt: Receipt = await self.handle.execute_update(name, signed, result_type=Receipt, id=id)
        return receipt

    async def retry(self, task: str, *, key: str = "r-1") -> Receipt:
        request = RetryRequest(key=key, task=task, actor=OPS)
        receipt: Receipt = await self.handle.execute_update(RETRY, request, result_type=Receipt, id=request.key)
        return receipt

    @contextlib.asynccontextmanager
    async def serving(self, *interceptors: Interceptor) -> AsyncIterator[None]:
        async with worker.serving(
            self.skipper.client,
            journal=self.journal,
            connectors=self.shop,
            doors=Trusted.of(self.door),
            queue=self.queue,
            interceptors=interceptors,
        ):
            yield

    async def quiet(self) -> View:
        """The view once nothing is under way."""
        return await self._seen(lambda view: not view.busy or view.status.final)

    async def to_what_is_due(self, view: View) -> None:
        """Let time pass until what is due next has happened: a server with much to do is late to notice the moment."""
        assert view.due_at is not None, f"nothing is due, and still: {view}"
        await skip_to(self.skipper, self.handle, view.due_at)
        await self._seen(lambda now: now.due_at != view.due_at or now.busy or now.status.final)

    async def _seen(self, wanted: Callable[[View], bool]) -> View:
        while True:
            try:
                view = await self.view()
            except RPCError as error:
                if error.status is not RPCStatusCode.FAILED_PRECONDITION:
                    raise
                await asyncio.sleep(0.02)  # a run that is continued as new has not begun yet
                continue
            if wanted(view):
                return view
            await asyncio.sleep(0.02)

    async def until(self, reached: Callable[[View], bool]) -> View:
        """Let time pass, from due moment to due moment, until the view is as wanted."""
        while True:
            view = await self.quiet()
            if reached(view):
                return view
            assert not view.status.final, f"the incident ended as {view.status}"
            await self.to_what_is_due(view)

    async def to_the_end(self) -> View:
        view = await self.until(lambda view: view.status.final)
        await self.handle.result()
        return view

    def story(self) -> list[tuple[str, ...]]:
        """The timeline without what differs between two incidents of one course: ids and times."""
        return [told(row) for row in self.rows() if row.kind not in (EntryKind.RUN_STARTED, EntryKind.NEWS_RECEIVED)]

    def strands(self) -> dict[str, list[tuple[str, ...]]]:
        """The story of each step, and under no name that of the incident: calls that run at once end in any order."""
        strands: dict[str, list[tuple[str, ...]]] = {}
        for each in self.story():
            step = next((said for said in each if said.startswith("step=")), "")
            strands.setdefault(step, []).append(each)
        return strands

    def rows(self) -> list[TimelineRow]:
        return self.journal.timeline(self.incident_id)


_TELLING = (
    "stage", "status", "waiting_for", "severity", "step", "activity", "command_id", "outcome", "ask", "choice",
    "choices", "wait", "assumed", "plan", "due", "why", "refusal", "message",
)  # fmt: skip


def told(row: TimelineRow) -> tuple[str, ...]:
    return (str(row.kind), *(f"{name}={row.data[name]}" for name in _TELLING if name in row.data))


def asked(view: View) -> bool:
    """The customer has been asked what to do, and the question has arrived."""
    return any(ask.ask == CHOICE and ask.answer_by is not None for ask in view.asks)


def counted(rows: Iterable[TimelineRow], kind: EntryKind) -> int:
    return sum(row.kind is kind for row in rows)


def new_rig(skipper: TimeSkipper, journal: Journal, shop: Shop, order_id: str) -> Rig:
    shop.seed(at=datetime.now(UTC), around=order_id)
    return Rig(skipper=skipper, journal=journal, shop=shop, queue=f"q-{uuid4()}", order_id=order_id)


def set_aside(shop: Shop) -> int:
    """How many units stand aside, for whichever order."""
    return sum(shop.stock(sku).reserved for sku in sample().stock)


async def gone(rig: Rig) -> bool:
    """Whether the server has no running incident on the rig's subject."""
    try:
        description = await rig.handle.describe()
    except RPCError:
        return True
    return description.status is not None and description.status.name != "RUNNING"
