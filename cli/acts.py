"""``amends answer`` and ``amends cancel``: what people do to a running incident."""

from collections.abc import Callable
from typing import Annotated

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal import TimelineRow
from amends.temporal import connect
from amends.timeline import EntryKind
from cli import acting, bulk, live, wording
from cli.acting import Done, OpenIncident
from cli.bulk import Filter, OneOrMany, Yes
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format
from workflows.contract import AnswerRequest, CancelRequest, OpenAsk, View


async def answer(
    incident: OpenIncident,
    choice: Annotated[str, Parameter(help="What is chosen; `amends show` lists the choices.")],
    /,
    *,
    ask: Annotated[str | None, Parameter(help="Which question, if several are open: its name or its step id.")] = None,
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Answer a question that an incident has asked, for the one who was asked.

    For example:

      amends answer 09e8ed54 reship

    It says whether the answer counted. One that is not offered, or comes too
    late, is refused with the reason.
    """
    who = actor_of(actor)
    row, timeline = acting.found(incident)

    def key_for(asked: str) -> str:
        return key or key_of("answer", row.incident_id, asked, choice, who.id)

    given = next((entry for entry in timeline if _is_given(entry, key_for)), None)
    if given is not None:
        asked = str(given.data["ask"])
        receipt = acting.repeated(given)
    else:
        acting.require_running(row)
        client = await connect(address)
        asked = _asked(await live.view(client, row), ask)
        request = AnswerRequest(key=key_for(asked), ask=asked, choice=choice, actor=who)
        receipt = await live.act(client, row, request)
    said = f"{choice} is the answer to {wording.step(asked)} of incident {row.incident_id}"
    document = {"ask": asked, "choice": choice, "key": key_for(asked)}
    acting.tell(acting.Done(row, receipt, said, {**document}), address=address, form=format)


async def cancel(
    incident: OneOrMany = None,
    /,
    *,
    filter: Filter = (),  # noqa: A002 - the option's name
    yes: Yes = False,
    reason: Annotated[str, Parameter(help="Why; it stands in the timeline.")],
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Call an incident off: what was done is undone, newest first, then it closes as cancelled.

    For example:

      amends cancel 09e8ed54 --reason "the parcel was in the mail room"
      amends cancel --filter order=SO-1001 --reason "it was a test"

    Returns when that stands in the journal; `amends show` tells how far the
    undoing is. What a plan that succeeded has done for the customer stands.

    Exit code 1: with --filter, one of them was refused.
    """
    who = actor_of(actor)
    reason = acting.require("--reason", reason, "say why, for those who read the timeline later")

    async def one(named: str) -> Done:
        row, timeline = acting.found(named)
        before = acting.done_before(timeline, EntryKind.CANCEL_REQUESTED, who, key=key, reason=reason)
        own = key or key_of("cancel", row.incident_id, reason, who.id)
        request = CancelRequest(key=own, reason=reason, actor=who)
        receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
        said = f"incident {row.incident_id} is called off"
        return Done(row, receipt, said, {"reason": reason, "actor": who.id, "key": own})

    would = f"call off, as {who.id}: {reason}"
    return await bulk.each(one, incident, filter, would=would, yes=yes, address=address, form=format)


def _is_given(entry: TimelineRow, key_for: Callable[[str], str]) -> bool:
    """Whether the entry is this very answer: whoever types again after a time-out learns that it counted."""
    return entry.kind is EntryKind.ANSWER_RECEIVED and entry.data.get("key") == key_for(str(entry.data.get("ask")))


def _asked(view: View, named: str | None) -> str:
    """The step id of the question that is meant. One that is not open goes through: the incident says why not."""
    if named is not None:
        fitting = [ask.ask for ask in view.asks if named in (ask.ask, ask.question)]
        return fitting[0] if len(fitting) == 1 else named
    match view.asks:
        case ():
            raise InputError(f"incident {view.incident_id} asks nothing now; `amends show` tells what it waits for")
        case (only,):
            return only.ask
        case several:
            raise InputError(f"several questions are open; name one with --ask: {', '.join(map(_shown, several))}")


def _shown(ask: OpenAsk) -> str:
    return f"{ask.ask} ({' | '.join(ask.choices)})"
