"""``amends answer`` and ``amends cancel``: what people do to a running incident."""

from collections.abc import Callable
from typing import Annotated

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal import IncidentRow, TimelineRow
from amends.temporal import connect
from amends.timeline import EntryKind
from cli import completing, live, wording
from cli.options import ActorName, Address, IncidentId, Key, OutputFormat, actor_of, key_of
from cli.output import Format, print_json, say, short
from cli.records import journal
from workflows.contract import AnswerRequest, OpenAsk, Receipt, View

OpenIncident = Annotated[IncidentId, Parameter(completer=completing.open_incidents)]


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
    row, timeline = found(incident)

    def key_for(asked: str) -> str:
        return key or key_of("answer", row.incident_id, asked, choice, who.id)

    given = next((entry for entry in timeline if _is_given(entry, key_for)), None)
    if given is not None:
        asked = str(given.data["ask"])
        receipt = Receipt(incident_id=row.incident_id, run_id=given.run_id, n=given.n, result="repeated")
    else:
        require_running(row)
        client = await connect(address)
        asked = _asked(await live.view(client, row), ask)
        request = AnswerRequest(key=key_for(asked), ask=asked, choice=choice, actor=who)
        receipt = await live.answer(client, row, request)
    if format is Format.JSON:
        print_json({"ask": asked, "choice": choice, "key": key_for(asked), **receipt.model_dump(mode="json")})
        return
    print(f"{receipt.result}: {choice} is the answer to {wording.step(asked)} of incident {row.incident_id}")
    say(f"next: amends show {short(row.incident_id)}{f' --address {address}' if address else ''}")


async def cancel(
    incident: OpenIncident,
    /,
    *,
    reason: Annotated[str, Parameter(help="Why; it stands in the timeline.")],
    actor: ActorName = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Call an incident off: what was done is undone, newest first, then it closes as cancelled.

    For example:

      amends cancel 09e8ed54 --reason "the parcel was in the mail room"

    Returns when Temporal has noted it; `amends show` tells how far the undoing
    is. What a plan that succeeded has done for the customer stands.
    """
    who = actor_of(actor)
    if not reason.strip():
        raise InputError("--reason: say why, for those who read the timeline later")
    row, _ = found(incident)
    require_running(row)
    # Temporal tells the workflow no more than the reason: who asked must stand in it
    await live.cancel(await connect(address), row, reason=f"{reason} ({who.id})")
    if format is Format.JSON:
        print_json({"incident_id": row.incident_id, "reason": reason, "actor": who.id, "result": "cancelling"})
        return
    print(f"cancelling incident {row.incident_id}")
    say(f"next: amends show {short(row.incident_id)}{f' --address {address}' if address else ''}")


def found(incident: str) -> tuple[IncidentRow, list[TimelineRow]]:
    with journal() as found:
        row = found.incident(incident)
        return row, found.timeline(row.incident_id)


def require_running(row: IncidentRow) -> None:
    if row.status.final:
        raise InputError(f"incident {row.incident_id} is {row.status}; nothing can be done to it any more")


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
