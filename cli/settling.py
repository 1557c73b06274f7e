"""``amends settle`` and ``amends waive``: say what was done by hand, or ask that something be let be."""

from collections.abc import Sequence
from typing import Annotated, Final

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal import TimelineRow
from amends.models import Actor, Outcome, plain
from amends.timeline import EntryKind
from cli import acting
from cli.acting import OpenIncident, TaskId
from cli.evidence import evidence_of
from cli.fields import parse_result
from cli.findings import activity_of
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format, say, short
from workflows.contract import SettleRequest, WaiveRequest

_BY_HAND: Final = ("no_plan_left", "refused", "outcome_unknown", "undo_failed", "unprotected", "taken_over")
_LET_BE: Final = ("undo_failed", "books_differ")


async def settle(
    incident: OpenIncident,
    task: TaskId = None,
    /,
    *,
    how: Annotated[str, Parameter(help="What you have done or found out; it stands in the timeline.")],
    evidence: Annotated[
        tuple[str, ...],
        Parameter(help="What shows it, once or more: a file, whose name and SHA-256 are kept, or a reference."),
    ],
    happened: Annotated[bool, Parameter(help="Of what nobody knew: it did happen.")] = False,
    did_not_happen: Annotated[bool, Parameter(help="Of what nobody knew: it did not happen.")] = False,
    result: Annotated[
        tuple[str, ...],
        Parameter(help="What the call would have given, where later steps or its undo need it: FIELD=VALUE."),
    ] = (),
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Say, with evidence, what you have done by hand or found out about a task; the incident goes on from there.

    For example:

      amends settle 09e8ed54 --how "paid by hand" --evidence ./transfer.pdf
      amends settle 09e8ed54 --how "asked the bank" --evidence "mail 4711" \\
        --did-not-happen

    When no plan was left, the customer counts as made whole. What was refused
    counts as done, a failed undo as undone. Of a call of which nobody knew
    whether it happened, say which it is. An approval cannot be settled. The
    file itself is kept under its digest: `amends evidence` brings it back.
    """
    who = actor_of(actor)
    how = acting.require("--how", how, "say what you have done or found out, for those who read the timeline later")
    shown = evidence_of(evidence)
    outcome = _outcome(happened=happened, did_not_happen=did_not_happen)
    row, timeline = acting.found(incident)
    before = acting.done_before(
        timeline,
        EntryKind.TASK_SETTLED,
        who,
        key=key,
        task=task,
        how=how,
        evidence=[plain(each) for each in shown],
        outcome=outcome,
    )
    if before is not None and acting.still_meant(timeline, before, key=key, task=task, why=_BY_HAND) is None:
        raise InputError(_said_of_another(timeline, before, who))
    if before is None:
        acting.require_running(row)
    meant = acting.the_task(timeline, task, why=_BY_HAND) if before is None else before
    named = str(meant.data["task"]) if meant else str(task)
    if before is None and outcome is None and meant is not None and meant.data.get("why") == "outcome_unknown":
        raise InputError(f"nobody knows whether it happened: {named}; say --happened or --did-not-happen")
    key = key or key_of("settle", row.incident_id, named, acting.opened(meant), how, outcome, list(result), who.id)
    request = SettleRequest(
        key=key,
        task=named,
        how=how,
        evidence=shown,
        outcome=outcome,
        result=parse_result(activity_of(timeline, meant), result) if result and before is None else {},
        actor=who,
    )
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    said = f"{named} of incident {row.incident_id} is settled by hand"
    acting.tell(acting.Done(row, receipt, said, plain(request)), address=address, form=format)


async def waive(
    incident: OpenIncident,
    task: TaskId = None,
    /,
    *,
    reason: Annotated[str, Parameter(help="Why it may be let be; it stands in the timeline.")],
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Ask that an undo that failed, or books that differ, be let be. A second person has to approve that.

    For example:

      amends waive 09e8ed54 --reason "the parcel has left" --actor mei
      amends approve 09e8ed54 --actor dai
    """
    who = actor_of(actor)
    reason = acting.require("--reason", reason, "say why it may be let be, for the one who has to approve it")
    row, timeline = acting.found(incident)
    before = acting.done_before(timeline, EntryKind.WAIVER_REQUESTED, who, key=key, task=task, reason=reason)
    if before is not None and not _stands(timeline, before):
        before = None
    before = acting.still_meant(timeline, before, key=key, task=task, why=_LET_BE)
    if before is None:
        acting.require_running(row)
    meant = acting.the_task(timeline, task, why=_LET_BE) if before is None else before
    named = str(meant.data["task"]) if meant else str(task)
    asked = sum(each.kind is EntryKind.WAIVER_REQUESTED for each in timeline)
    key = key or key_of("waive", row.incident_id, named, acting.opened(meant), asked, reason, who.id)
    request = WaiveRequest(key=key, task=named, reason=reason, actor=who)
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    said = f"a second person is asked to let {named} of incident {row.incident_id} be"
    acting.tell(acting.Done(row, receipt, said, plain(request)), address=address, form=format)
    if format is Format.TEXT:
        say(f"another person than {who.id} approves it: amends approve {short(row.incident_id)} waive:{named}")


def _outcome(*, happened: bool, did_not_happen: bool) -> Outcome | None:
    match happened, did_not_happen:
        case True, True:
            raise InputError("--happened and --did-not-happen cannot both be so; give one of them")
        case True, False:
            return Outcome.APPLIED
        case False, True:
            return Outcome.NOT_APPLIED
        case _:
            return None


def _said_of_another(timeline: Sequence[TimelineRow], before: TimelineRow, who: Actor) -> str:
    """The same evidence may be meant for what is open now, or be typed twice: then it must not settle two things."""
    open_now = [str(task.data["task"]) for task in acting.others(timeline, before, why=_BY_HAND)]
    return (
        f"{who.id} has settled {before.data['task']} with the same words already; to settle {', '.join(open_now)} too, "
        f"name it: amends settle {short(before.incident_id)} {open_now[0]}"
    )


def _stands(timeline: Sequence[TimelineRow], wanted: TimelineRow) -> bool:
    """Whether what was asked for has not been rejected or withdrawn since: then it may be asked for anew."""
    waiver = f"waive:{wanted.data['task']}"
    ends = (EntryKind.APPROVAL_REJECTED, EntryKind.APPROVAL_WITHDRAWN)
    of = (each for each in timeline if each.seq > wanted.seq and each.data.get("approval") == waiver)
    return not any(each.kind in ends for each in of)
