"""``amends assign`` and ``amends take-over``: who has to do it, in person."""

from typing import Annotated, Final

from cyclopts import Parameter

from amends.models import plain
from amends.timeline import EntryKind
from cli import acting, bulk
from cli.acting import Done, OpenIncident
from cli.bulk import Filter, OneOrMany, Yes
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format, say, short
from workflows.contract import AssignRequest, TakeOverRequest

TAKEN_OVER: Final = "taken_over"
"""The task of whoever has taken an incident over."""


async def assign(
    incident: OneOrMany = None,
    /,
    *,
    filter: Filter = (),  # noqa: A002 - the option's name
    yes: Yes = False,
    to: Annotated[str, Parameter(help="The person who has to do it; of a role of the runbook.")],
    task: Annotated[
        str | None, Parameter(help="Which task, as `amends show` names it. Without it, all, and what comes later.")
    ] = None,
    note: acting.Why = "",
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Give a task, or whatever is to be done in an incident, to a person, who is paged first from then on.

    For example:

      amends assign 09e8ed54 --to bo
      amends assign 09e8ed54 --to bo --task no_plan_left --note "you know her"
      amends assign --filter waiting-for=us --to bo --yes

    To assign is not to acknowledge: that the person does, with `amends ack`.

    Exit code 1: with --filter, one of them was refused.
    """
    who, note = actor_of(actor), note.strip()
    to = acting.require("--to", to, "name the person who has to do it")

    async def one(named: str) -> Done:
        row, timeline = acting.found(named)
        of = [
            each
            for each in timeline
            if (each.kind is EntryKind.ASSIGNED and each.data.get("task") in (None, task))
            or (each.kind is EntryKind.TASK_OPENED and each.data.get("task") == task)
        ]
        ends = (EntryKind.ASSIGNED, EntryKind.TASK_OPENED)
        said = {"to": to, "task": task, "note": note}
        before = acting.since(of, EntryKind.ASSIGNED, who, key=key, ends=ends, **said)
        own = key_of("assign", row.incident_id, to, task, note, who.id, len(of))
        request = AssignRequest(key=key or own, to=to, task=task, note=note, actor=who)
        receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
        what = task or "whatever is to be done"
        return Done(row, receipt, f"{what} in incident {row.incident_id} is given to {to}", plain(request))

    would = f"give {task or 'whatever is to be done'} to {to}, as {who.id}"
    return await bulk.each(one, incident, filter, would=would, yes=yes, address=address, form=format)


async def take_over(
    incident: OpenIncident,
    /,
    *,
    reason: acting.Why,
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Take an incident into your own hands: nothing new is begun until you hand it back or have put it right.

    For example:

      amends take-over 09e8ed54 --reason "the press has called" --actor dai
      amends retry 09e8ed54 taken_over --actor dai

    What is under way ends as it does, and what keeps a deadline of others is
    done in time all the same. It is a task of yours then: `amends retry` hands
    it back, and it goes on from where it stands; `amends settle` says that the
    customer is whole, and how.
    """
    who = actor_of(actor)
    reason = acting.require_why(reason)
    row, timeline = acting.found(incident)
    over = (EntryKind.RETRY_REQUESTED, EntryKind.TASK_SETTLED, EntryKind.TASK_CLOSED, EntryKind.TAKEN_OVER)
    of = [
        each
        for each in timeline
        if each.kind is EntryKind.TAKEN_OVER or (each.kind in over and each.data.get("task") == TAKEN_OVER)
    ]
    before = acting.since(of, EntryKind.TAKEN_OVER, who, key=key, ends=over, reason=reason)
    key = key or key_of("take_over", row.incident_id, reason, who.id, len(of))
    request = TakeOverRequest(key=key, reason=reason, actor=who)
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    said = f"{who.id} has taken incident {row.incident_id} over"
    acting.tell(Done(row, receipt, said, plain(request)), address=address, form=format)
    if format is Format.TEXT:
        say(f"to hand it back: amends retry {short(row.incident_id)} {TAKEN_OVER}")
