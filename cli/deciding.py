"""``amends approve`` and ``amends reject``: decide about what a role, or a second person, is asked for."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, NamedTuple

from cyclopts import Parameter

from amends.errors import DefinitionError, InputError
from amends.journal import IncidentRow, TimelineRow
from amends.models import Actor, Money, plain
from amends.temporal import connect
from amends.timeline import EntryKind
from cli import acting, live, pending, tasks, versions, wording
from cli.acting import OpenIncident
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format, say, short
from cli.records import journal
from cli.times import Times
from cli.to_do import approval_in_words, asked_for
from runbooks.amounts import parse_amount
from workflows.contract import DecideRequest, OpenApproval, Verdict

Which = Annotated[
    str | None,
    Parameter(
        name="APPROVAL",
        help="Which, if several are open: the role that is asked, the revision to follow, or its id in `amends show`.",
    ),
]
Amount = Annotated[
    str | None,
    Parameter(
        help="The amount that you have seen, such as 'CNY 1200.00': if another is asked for, nothing is decided."
    ),
]

_SAYS: Final = {Verdict.APPROVE: "yes", Verdict.REJECT: "no"}


async def approve(
    incident: OpenIncident,
    approval: Which = None,
    /,
    *,
    amount: Amount = None,
    note: acting.Why = "",
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Approve what an incident asks a role, or a second person, to approve.

    For example:

      amends approve 09e8ed54 --actor chen
      amends approve 09e8ed54 finance --amount "CNY 6200.00" --actor fang

    What is approved is told before; it holds for that amount and that plan, and
    no more. Whoever brought the incident there by reporting, answering or
    acting cannot approve it, nor can one whose authority does not reach:
    that is refused with the reason, and who could.
    """
    typed = _Typed(Verdict.APPROVE, approval, amount, note.strip(), key, address, format)
    await _decide(incident, actor_of(actor), typed)


async def reject(
    incident: OpenIncident,
    approval: Which = None,
    /,
    *,
    note: acting.Why,
    amount: Amount = None,
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Reject what an incident asks a role, or a second person, to approve.

    For example:

      amends reject 09e8ed54 --note "the insurance pays" --actor chen

    One person who rejects is enough. Within a plan the plan fails, is undone,
    and the next one is tried; what else it means, the runbook says.
    """
    note = acting.require_why(note, "--note")
    typed = _Typed(Verdict.REJECT, approval, amount, note, key, address, format)
    await _decide(incident, actor_of(actor), typed)


class _Typed(NamedTuple):
    verdict: Verdict
    approval: str | None
    amount: str | None
    note: str
    key: str | None
    address: str | None
    form: Format


async def _decide(incident: str, who: Actor, typed: _Typed) -> None:
    with journal() as found:
        row, timeline = acting.read(found, incident)
        texts = versions.texts(found)
    typed = typed._replace(approval=_by_revision(typed.approval, texts))
    seen = _amount(typed.amount)
    before = _decided_before(timeline, who, typed)
    if before is not None:
        request, receipt = _again(before, who), acting.repeated(before)
        said = wording.approval(request.approval, texts)
    else:
        acting.require_running(row)
        client = await connect(typed.address)
        view = await live.view(client, row)
        asked = _meant(view.approvals, typed, row, texts)
        said = f"{wording.approval(asked.approval, texts)}: {asked_for(asked)}"
        if seen is not None and seen != asked.amount:
            raise InputError(f"--amount {typed.amount!r}: asked is {said}; nothing was decided")
        for line in approval_in_words(asked, now=datetime.now(UTC), times=Times(), texts=texts):
            say(line)
        key = typed.key or key_of(typed.verdict, row.incident_id, asked.approval, who.id, *_times(timeline, asked, who))
        request = DecideRequest(
            key=key,
            approval=asked.approval,
            verdict=typed.verdict,
            amount=asked.amount,
            plan=asked.plan,
            note=typed.note,
            actor=who,
        )
        receipt = await live.act(client, row, request)
    document = plain(request)
    said = f"{who.id} says {_SAYS[request.verdict]} to {said} (incident {row.incident_id})"
    acting.tell(acting.Done(row, receipt, said, document), address=typed.address, form=typed.form)


def _by_revision(named: str | None, texts: Mapping[str, str]) -> str | None:
    """The id of the approval of another text that was named by its revision; else what was named."""
    return next((approval for approval, revision in texts.items() if named in (revision, f"repin:{revision}")), named)


def _meant(
    approvals: Sequence[OpenApproval], typed: _Typed, row: IncidentRow, texts: Mapping[str, str]
) -> OpenApproval:
    named, incident = typed.approval, row.incident_id
    fitting = [each for each in approvals if _answers_to(named, each.approval, each.role, each.plan)]
    if len(fitting) == 1:
        return fitting[0]
    if not approvals:
        raise InputError(f"incident {incident} asks for no approval now; `amends show` tells what it waits for")
    if named is None:
        how = f"incident {incident} asks for several approvals"
    elif fitting:
        how = f"several approvals of incident {incident} answer to {texts.get(named, named)!r}"
    else:
        how = f"no open approval of incident {incident} answers to {texts.get(named, named)!r}"
    names = [texts.get(each.approval, each.approval) for each in fitting or approvals]
    ways = [tasks.deciding(short(incident), name)[typed.verdict is Verdict.REJECT] for name in names]
    raise InputError(f"{how}; name the one that you mean: {', or '.join(f'`{way}`' for way in ways)}")


def _answers_to(named: str | None, approval: str, role: object, plan: object) -> bool:
    """Whether an approval is meant by its id, its role, its plan, the end of its step, or the task to be let be; any is
    where none is named."""
    return (
        named is None
        or named in (approval, role, plan)
        or approval.endswith(f".{named}")
        or approval == f"waive:{named}"
    )


def _decided_before(timeline: Sequence[TimelineRow], who: Actor, typed: _Typed) -> TimelineRow | None:
    """The same decision by the same person, which counted or is being counted.

    Where what was typed could mean this as well as something that is asked now, it has to be named by its id, so that a
    command that is typed twice never decides about two things.
    """
    if typed.key is not None:
        return acting.done_before(timeline, EntryKind.DECISION_RECEIVED, who, key=typed.key)
    asked: dict[str, TimelineRow] = {}
    given: dict[str, TimelineRow] = {}
    for entry in timeline:
        approval = str(entry.data.get("approval"))
        if entry.kind is EntryKind.APPROVAL_ASKED:
            asked[approval] = entry
            given.pop(approval, None)
        elif entry.kind is EntryKind.DECISION_RECEIVED and entry.actor.id == who.id:
            given[approval] = entry
        elif entry.kind is EntryKind.DECISION_REFUSED and entry.data.get("by") == who.id:
            given.pop(approval, None)
    same = [
        entry
        for approval, entry in given.items()
        if entry.data.get("verdict") == typed.verdict and _is_named(typed.approval, asked.get(approval))
    ]
    others = [
        each.approval
        for each in pending.approvals(timeline)
        if each.approval not in given and _answers_to(typed.approval, each.approval, each.role, each.plan)
    ]
    if same and others:
        before = wording.approval(str(same[-1].data["approval"]))
        raise InputError(
            f"{who.id} has said {_SAYS[typed.verdict]} to {before} already; to decide about {', '.join(others)} too, "
            f"name it: amends {typed.verdict} {short(timeline[0].incident_id)} {others[0]}"
        )
    return same[-1] if same else None


def _is_named(named: str | None, asked: TimelineRow | None) -> bool:
    if asked is None:
        return False
    return _answers_to(named, str(asked.data["approval"]), asked.data.get("role"), asked.data.get("plan"))


def _again(before: TimelineRow, who: Actor) -> DecideRequest:
    return DecideRequest.model_validate({**before.data, "actor": who})


def _times(timeline: Sequence[TimelineRow], asked: OpenApproval, who: Actor) -> tuple[int, int]:
    """Which asking it is, and how often this person's decision did not count: each may be decided anew."""
    of = [entry for entry in timeline if entry.data.get("approval") == asked.approval]
    askings = [entry.seq for entry in of if entry.kind is EntryKind.APPROVAL_ASKED]
    refused = [each for each in of if each.kind is EntryKind.DECISION_REFUSED and each.data.get("by") == who.id]
    return (askings[-1] if askings else 0, len(refused))


def _amount(typed: str | None) -> Money | None:
    try:
        return parse_amount(typed) if typed is not None else None
    except DefinitionError as error:
        raise InputError(f"--amount: {error}") from error
