"""``amends answer`` and ``amends cancel``: what people do to a running incident."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from cyclopts import Parameter
from pydantic import JsonValue

from amends.errors import DefinitionError, InputError
from amends.journal import TimelineRow
from amends.models import Data, plain
from amends.temporal import connect
from amends.timeline import EntryKind
from cli import acting, bulk, live, wording
from cli.acting import Done, OpenIncident
from cli.bulk import Filter, OneOrMany, Yes
from cli.evidence import files_of
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format
from cli.to_do import ways_to_answer
from runbooks.amounts import parse_amount
from runbooks.program import AnswerKind
from workflows.contract import AnswerRequest, CancelRequest, OpenAsk, View


async def answer(
    incident: OpenIncident,
    choice: Annotated[
        str | None, Parameter(name="CHOICE", help="What is chosen; `amends show` lists the choices.")
    ] = None,
    /,
    *,
    text: Annotated[str | None, Parameter(help="The answer, where a text is asked for.")] = None,
    amount: Annotated[str | None, Parameter(help="The answer, where an amount is, such as 'CNY 12.00'.")] = None,
    file: Annotated[
        tuple[str, ...], Parameter(help="The answer, where files are; kept as evidence. May be given several times.")
    ] = (),
    ask: Annotated[str | None, Parameter(help="Which question, if several are open: its name or its step id.")] = None,
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Answer a question that an incident has asked, for the one who was asked.

    For example:

      amends answer 09e8ed54 reship
      amends answer 09e8ed54 --text "the box was open"
      amends answer 09e8ed54 --amount "CNY 12.00"
      amends answer 09e8ed54 --file ./damage.jpg --file ./slip.pdf

    It says whether the answer counted. One that is not offered, or comes too
    late, is refused with the reason; so is that of somebody who is not of the
    role that is asked.
    """
    who = actor_of(actor)
    said = _said(choice, text, amount, file)
    row, timeline = acting.found(incident)

    def key_for(asked: str) -> str:
        return key or key_of("answer", row.incident_id, asked, said.told, who.id)

    given = next((entry for entry in timeline if _is_given(entry, key_for)), None)
    if given is not None:
        asked = str(given.data["ask"])
        receipt = acting.repeated(given)
    else:
        acting.require_running(row)
        client = await connect(address)
        asked = _asked(await live.view(client, row), ask)
        request = AnswerRequest(key=key_for(asked), ask=asked, actor=who, **said.given)
        receipt = await live.act(client, row, request)
    words = f"{said.words} is the answer to {wording.step(asked)} of incident {row.incident_id}"
    document: Data = {"ask": asked, said.kind.value: said.told, "key": key_for(asked)}
    acting.tell(acting.Done(row, receipt, words, document), address=address, form=format)


async def cancel(
    incident: OneOrMany = None,
    /,
    *,
    filter: Filter = (),  # noqa: A002 - the option's name
    yes: Yes = False,
    reason: acting.Why,
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
    reason = acting.require_why(reason)

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


class _Said(NamedTuple):
    """An answer as it was typed: ``given`` is the field of its request, ``told`` the same for programs."""

    kind: AnswerKind
    given: dict[str, Any]
    told: JsonValue
    words: str


def _said(choice: str | None, text: str | None, amount: str | None, files: tuple[str, ...]) -> _Said:
    """What was typed, which is to be one answer. Raises ``InputError``."""
    typed = [each for each in (choice, text, amount, files) if each not in (None, ())]
    if len(typed) != 1:
        ways = "a choice, --text, --amount or --file"
        raise InputError(f"answer by one of {ways}; {'nothing was typed' if not typed else 'several were typed'}")
    if amount is not None:
        try:
            money = parse_amount(amount)
        except DefinitionError as error:
            raise InputError(f"--amount: {error}") from error
        told = wording.money(money.amount, money.currency)
        return _Said(AnswerKind.AMOUNT, {"amount": money}, plain(money), told)
    if files:
        kept = files_of(files, option="--file")
        told = ", ".join(each.what for each in kept)
        return _Said(AnswerKind.FILES, {"files": kept}, [plain(each) for each in kept], told)
    if text is not None:
        words = acting.require("--text", text, "an answer says something; write it")
        return _Said(AnswerKind.TEXT, {"text": words}, words, f"“{words}”")
    return _Said(AnswerKind.CHOICE, {"choice": choice}, choice, str(choice))


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
    return f"{ask.ask} ({' | '.join(ways_to_answer(ask))})"
