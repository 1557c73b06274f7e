"""``amends retry`` and ``amends choose``: have what was left to a person tried, as it was or in another way."""

from typing import Annotated, Final

from cyclopts import Parameter

from amends.timeline import EntryKind
from cli import acting
from cli.acting import OpenIncident, TaskId
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format
from workflows.contract import ChooseRequest, RetryRequest

_TRIED_AGAIN: Final = (
    "no_plan_left",
    "refused",
    "rejected",
    "outcome_unknown",
    "undo_failed",
    "books_differ",
    "unprotected",
    "not_reckoned",
    "taken_over",
)


async def retry(
    incident: OpenIncident,
    task: TaskId = None,
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

    What was refused is tried anew, and so are an undo that failed, what could
    not be reckoned and, when none was left, the plans; what was rejected is asked for again, and books
    that differ are compared again; what was taken over is handed back. Of what nobody knows whether it happened,
    its system is asked again: that is never done a second time. If it comes to
    nothing again, the task is open again.
    """
    who, note = actor_of(actor), note.strip()
    row, timeline = acting.found(incident)
    before = acting.done_before(timeline, EntryKind.RETRY_REQUESTED, who, key=key, task=task, note=note)
    before = acting.still_meant(timeline, before, key=key, task=task, why=_TRIED_AGAIN)
    if before is None:
        acting.require_running(row)
    meant = acting.the_task(timeline, task) if before is None else before
    named = str(meant.data["task"]) if meant else str(task)
    key = key or key_of("retry", row.incident_id, named, acting.opened(meant))
    request = RetryRequest(key=key, task=named, note=note, actor=who)
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    again = "is handed back" if named == "taken_over" else "is tried again"
    said = f"{named} of incident {row.incident_id} {again}"
    acting.tell(acting.Done(row, receipt, said, {"task": named, "key": key}), address=address, form=format)


async def choose(
    incident: OpenIncident,
    plan: Annotated[str, Parameter(help="The plan; `amends show` lists them.")],
    /,
    *,
    note: acting.Why = "",
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Have a plan tried when none is left, whether its condition holds or not.

    For example:

      amends choose 09e8ed54 refund --note "she wants her money back"

    It is followed like any other: its approvals are asked for, and what it has
    done is undone if it fails. Then the task is open again.
    """
    who, note = actor_of(actor), note.strip()
    row, timeline = acting.found(incident)
    before = acting.done_before(timeline, EntryKind.PLAN_CHOSEN, who, key=key, plan=plan)
    if before is None:
        acting.require_running(row)
    meant = acting.the_task(timeline, acting.NO_PLAN_LEFT)
    key = key or key_of("choose", row.incident_id, plan, acting.opened(meant))
    request = ChooseRequest(key=key, plan=plan, note=note, actor=who)
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    said = f"the plan {plan} of incident {row.incident_id} is tried"
    acting.tell(acting.Done(row, receipt, said, {"plan": plan, "key": key}), address=address, form=format)
