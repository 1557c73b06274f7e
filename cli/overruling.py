"""``amends severity`` and ``amends skip``: a person's word over what the runbook says."""

from collections.abc import Sequence
from typing import Annotated, Final

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal import IncidentRow, TimelineRow
from amends.models import Actor, Severity, plain
from amends.temporal import connect
from amends.timeline import EntryKind
from cli import acting, live, wording
from cli.acting import Done, OpenIncident
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format, short
from workflows.contract import SeverityRequest, SkipRequest

_COMES_UP: Final = {
    EntryKind.QUESTION_ASKED: "ask",
    EntryKind.WAIT_STARTED: "wait",
    EntryKind.TASK_OPENED: "step",
}
"""Where an incident comes to a step that can be skipped, and which field names it."""


async def severity(
    incident: OpenIncident,
    level: Annotated[Severity | None, Parameter(name="LEVEL", help="How severe it is. Or --by-rules.")] = None,
    /,
    *,
    by_rules: Annotated[bool, Parameter(help="The runbook's rules have their say again.")] = False,
    reason: acting.Why,
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Say how severe an incident is; that stands over the runbook's rules until they are given their say again.

    For example:

      amends severity 09e8ed54 critical --reason "it is medicine"
      amends severity 09e8ed54 --by-rules --reason "she has got it elsewhere"

    What was promised is held against the new severity, with the time that is
    gone.
    """
    who = actor_of(actor)
    if (level is None) != by_rules:
        raise InputError(f"say how severe it is ({', '.join(Severity)}), or --by-rules, and not both")
    reason = acting.require_why(reason)
    row, timeline = acting.found(incident)
    kind, chosen = EntryKind.SEVERITY_CHOSEN, level.value if level else None
    before = acting.since(timeline, kind, who, key=key, ends=(kind,), severity=chosen, reason=reason)
    key = key or key_of("severity", row.incident_id, level, reason, who.id, acting.count(timeline, kind))
    request = SeverityRequest(key=key, severity=level, reason=reason, actor=who)
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    said = f"the severity of incident {row.incident_id} is {level or 'what the rules say'}"
    acting.tell(Done(row, receipt, said, plain(request)), address=address, form=format)


async def skip(
    incident: OpenIncident,
    /,
    *,
    step: Annotated[
        str | None, Parameter(help="Which step, if several can be skipped: its id in `amends show --entries`.")
    ] = None,
    reason: acting.Why,
    actor: ActorName = None,
    key: Key = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Skip a step that waits, asks, or is left to a person: the incident goes on as if nothing had come of it.

    For example:

      amends skip 09e8ed54 --reason "she has moved and answers nothing"
      amends skip 09e8ed54 --step analysis.wait.trace --reason "they never answer"

    A question counts as met with silence, and of a wait holds what it assumes
    in the end. An approval is never skipped, nor what later steps read, nor a
    call of which nobody knows whether it happened: that is refused with the
    reason.
    """
    who = actor_of(actor)
    reason = acting.require_why(reason)
    row, timeline = acting.found(incident)
    before = _before(timeline, who, step, reason, key)
    if before is not None:
        await _require_meant(row, before, step, key, address)
    meant = str(before.data["step"]) if before else await _meant(row, step, address)
    key = key or key_of("skip", row.incident_id, meant, reason, who.id, _times(timeline, meant))
    request = SkipRequest(key=key, step=meant, reason=reason, actor=who)
    receipt = acting.repeated(before) if before else await acting.act(row, request, address=address)
    said = f"{wording.step(meant)} of incident {row.incident_id} is skipped"
    acting.tell(Done(row, receipt, said, plain(request)), address=address, form=format)


def _before(
    timeline: Sequence[TimelineRow], who: Actor, step: str | None, reason: str, key: str | None
) -> TimelineRow | None:
    """The same wish of the same person, if the incident has not come to its step again since."""
    if key is not None:
        return acting.done_before(timeline, EntryKind.SKIP_REQUESTED, who, key=key)
    for entry in reversed(timeline):
        if entry.kind is EntryKind.SKIP_REQUESTED and entry.actor.id == who.id and entry.data.get("reason") == reason:
            of = str(entry.data.get("step"))
            if _answers_to(step, of):
                came_again = any(_is_come_up(later, of) for later in timeline if later.seq > entry.seq)
                return None if came_again else entry
    return None


async def _require_meant(
    row: IncidentRow, before: TimelineRow, step: str | None, key: str | None, address: str | None
) -> None:
    """Where no step is named and another one could be meant, it has to be named, so that a command that is typed twice
    never skips two. Raises ``InputError``."""
    if step is not None or key is not None or row.status.final:
        return
    others = (await live.view(await connect(address), row)).skippable
    if others:
        raise InputError(
            f"{before.actor.id} has had {before.data['step']} skipped with the same words already; to skip another, "
            f'name it: amends skip {short(row.incident_id)} --step {others[0]} --reason "…"'
        )


async def _meant(row: IncidentRow, named: str | None, address: str | None) -> str:
    """The step that is meant. One that cannot be skipped goes through: the incident says why not."""
    acting.require_running(row)
    steps = (await live.view(await connect(address), row)).skippable
    fitting = [each for each in steps if _answers_to(named, each)]
    if len(fitting) == 1:
        return fitting[0]
    if named is not None:
        return named
    if not steps:
        raise InputError(f"incident {row.incident_id} stands at nothing that can be skipped; `amends show` tells more")
    raise InputError(f"several steps can be skipped; name one with --step: {', '.join(steps)}")


def _answers_to(named: str | None, step: str) -> bool:
    return named is None or named == step or step.endswith(f".{named}")


def _is_come_up(entry: TimelineRow, step: str) -> bool:
    field = _COMES_UP.get(entry.kind)
    return field is not None and entry.data.get(field) == step


def _times(timeline: Sequence[TimelineRow], step: str) -> int:
    return sum(_is_come_up(entry, step) for entry in timeline)
