"""``amends retry``: have what was left to a person tried again."""

from typing import Annotated

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal import TimelineRow
from amends.temporal import connect
from cli import live, pending
from cli.acts import found, require_running
from cli.options import ActorName, Address, IncidentId, Key, OutputFormat, actor_of, key_of
from cli.output import Format, print_json, say, short
from workflows.contract import RetryRequest


async def retry(
    incident: IncidentId,
    task: Annotated[str | None, Parameter(help="Which task, if several are open, as `amends show` names it.")] = None,
    /,
    *,
    note: Annotated[str, Parameter(help="Why now; it stands in the timeline.")] = "",
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Have tried again what was left to a person.

    For example:

      amends retry 09e8ed54 --note "stock came in"

    What was refused is tried anew, and so are an undo that failed and, when
    none was left, the plans. Of what nobody knows whether it happened, its
    system is asked again: that is never done a second time. If it comes to
    nothing again, the task is open again.
    """
    who = actor_of(actor)
    row, timeline = found(incident)
    require_running(row)
    meant = _meant(pending.tasks(timeline), task)
    named = str(meant.data["task"]) if meant else str(task)
    opened = meant.seq if meant else 0  # a task that is opened once more may be tried once more
    request = RetryRequest(
        key=key or key_of("retry", row.incident_id, named, opened), task=named, note=note.strip(), actor=who
    )
    receipt = await live.retry(await connect(address), row, request)
    if format is Format.JSON:
        print_json({"task": named, "key": request.key, **receipt.model_dump(mode="json")})
        return
    print(f"{receipt.result}: {named} of incident {row.incident_id} is tried again")
    say(f"next: amends show {short(row.incident_id)}{f' --address {address}' if address else ''}")


def _meant(tasks: list[TimelineRow], named: str | None) -> TimelineRow | None:
    """The task that is meant. One that is not open goes through: the incident says why not."""
    if named is not None:
        return next((task for task in tasks if task.data["task"] == named), None)
    match tasks:
        case []:
            raise InputError("nothing is left to a person in this incident; `amends show` tells what it waits for")
        case [only]:
            return only
        case several:
            names = ", ".join(str(task.data["task"]) for task in several)
            raise InputError(f"several tasks are open; name one: {names}")
