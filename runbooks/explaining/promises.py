"""What stands around the steps of a runbook: what opens it, its severities, promises, ladder and roles."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from amends.models import Severity
from runbooks.bundle import MessageText
from runbooks.catalogue import TELLING
from runbooks.explaining.conditions import Fact
from runbooks.explaining.items import Times
from runbooks.explaining.model import (
    Cleared,
    Expected,
    ExternalDeadline,
    Goal,
    Interrupt,
    Ladder,
    Matched,
    Opening,
    Page,
    Promises,
    ReportField,
    RoleInfo,
    SetByOthers,
    Severities,
    SeverityRule,
    Sooner,
    Tasks,
)
from runbooks.explaining.steps import condition_of, message_of, times_of
from runbooks.explaining.understanding import read_condition, read_operand
from runbooks.language.facts import every_step
from runbooks.language.promise_shapes import UpdateTimes, WrittenExpect, WrittenSla
from runbooks.language.reference import Reference
from runbooks.language.step_shapes import Approve, Ask
from runbooks.language.surface import Runbook
from runbooks.policy import YES, GoalName, Table


def opening_of(
    runbook: Runbook, texts: Callable[[str], Mapping[str, MessageText]], severities: tuple[Severity, ...]
) -> Opening:
    """What opens an incident, what becomes of further reports, and what news changes."""
    fields = dict.fromkeys([*runbook.subject, *sorted(runbook.report)])  # what it is about comes first
    return Opening(
        report=tuple(
            ReportField(name=name, type=runbook.report[name].type, optional=runbook.report[name].optional)
            for name in fields
        ),
        events=tuple(
            _expected(rule) if isinstance(rule, WrittenExpect) else Matched(condition=read_condition(rule.match))
            for rule in runbook.opens
        ),
        subject=runbook.subject,
        supersedes=runbook.supersedes,
        reopen_for=runbook.reopen_for,
        interrupts=tuple(
            Interrupt(on=each.on, only_if=condition_of(each.when), plan=each.plan) for each in runbook.interrupts
        ),
        clears=tuple(
            Cleared(
                on=each.on,
                only_if=condition_of(each.when),
                tells=message_of(each.tell, texts),
                confirm=message_of(each.confirm.question, texts) if each.confirm else None,
                within=times_of(each.confirm.answer_within, severities) if each.confirm else None,
                by_silence=each.confirm is not None and each.confirm.if_silent == YES,
            )
            for each in runbook.clears
        ),
    )


def _expected(rule: WrittenExpect) -> Expected:
    computed = isinstance(rule.late_after, str)
    return Expected(
        expect=rule.expect,
        after=rule.after,
        late_after=None if isinstance(rule.late_after, str) else rule.late_after,
        within=str(rule.late_after)[1:].strip() if computed else None,
        by=rule.by[1:].strip() if rule.by is not None else None,
        whole_day_in=rule.whole_day_in,
        grace=rule.grace or timedelta(0),
    )


def severities_of(runbook: Runbook) -> Severities:
    """The rules, from the worst down, and what holds otherwise."""
    rules = tuple(
        SeverityRule(severity=severity, condition=read_condition(rule.when), near=rule.or_near)
        for severity, rule in runbook.severity.written()
    )
    return Severities(rules=rules, otherwise=runbook.severity.otherwise)


def promises_of(
    runbook: Runbook,
    texts: Callable[[str], Mapping[str, MessageText]],
    reference: Reference,
    severities: tuple[Severity, ...],
) -> Promises:
    """The goals for the severities that there can be, and the deadlines of others with what their tables say."""
    goals = []
    for name in GoalName:
        written = getattr(runbook.sla, name.value, None)
        if written is not None:
            tell = written.tell if isinstance(written, UpdateTimes) else None
            goals.append(
                Goal(
                    name=name,
                    within=times_of(written, severities),
                    sooner=_sooner(runbook.sla, name, severities),
                    calendar=written.calendar,
                    tells=message_of(tell, texts) if tell is not None else None,
                )
            )
    external = (
        ExternalDeadline(
            name=name,
            starts=_starts(each.from_),
            table=each.table,
            rows=_rows(reference.tables[each.table]),
            protect_by=each.protect_by,
            safe_before=each.safe_before,
            approve=each.approve,
            decide_within=times_of(each.decide_within, severities) if each.decide_within is not None else None,
        )
        for name, each in runbook.external.items()
    )
    return Promises(
        goals=tuple(goals),
        warn_at=runbook.sla.warn_at if runbook.sla else (),
        pauses=runbook.sla.pause_while_waiting_for if runbook.sla else (),
        external=tuple(external),
        night=reference.night,
    )


def ladders_of(runbook: Runbook, severities: tuple[Severity, ...]) -> tuple[Ladder, ...]:
    """When each rung is reached, for each severity; none if the runbook pages nobody."""
    return tuple(_ladder(runbook, severity) for severity in severities) if runbook.escalation else ()


def roles_of(runbook: Runbook, reference: Reference) -> tuple[RoleInfo, ...]:
    """The roles that are paged, have tasks, are asked or approve, in the order in which they are named; and where
    something is approved, those whose authority may reach further."""
    tasks = runbook.tasks or reference.tasks
    named = [level.page for level in runbook.escalation]
    named += [tasks.owner] if tasks is not None else []
    approving = [step.approve for _, step in every_step(runbook) if isinstance(step, Approve)]
    named += [step.ask for _, step in every_step(runbook) if isinstance(step, Ask) and step.ask not in TELLING]
    named += approving
    named += sorted(name for name, role in reference.roles.items() if approving and role.approves_up_to is not None)
    named += [each.approve for each in runbook.external.values() if each.approve is not None]
    return tuple(
        RoleInfo(
            name=name,
            people=len(role.team),
            rostered=bool(role.duty),
            zone=role.zone,
            quiet=role.quiet,
            approves_up_to=role.approves_up_to,
            approves_per_day=role.approves_per_day or role.approves_up_to,
        )
        for name, role in ((name, reference.roles[name]) for name in dict.fromkeys(named))
    )


def tasks_of(runbook: Runbook, reference: Reference, severities: tuple[Severity, ...]) -> Tasks | None:
    """Whose it is to do what is left to a person: as the runbook says, or else the company."""
    policy = runbook.tasks.policy() if runbook.tasks is not None else reference.tasks
    if policy is None:
        return None
    within = Times(by={severity: policy.within.of(severity) for severity in severities})
    return Tasks(owner=policy.owner, within=within)


def _sooner(sla: WrittenSla | None, name: GoalName, severities: tuple[Severity, ...]) -> tuple[Sooner, ...]:
    return tuple(
        Sooner(only_if=read_condition(each.when), within=times_of(within, severities))
        for each in (sla.sooner if sla is not None else ())
        if (within := each.within().get(name)) is not None
    )


def _ladder(runbook: Runbook, severity: Severity) -> Ladder:
    pages, after = [], timedelta(0)
    for level in runbook.escalation:
        within = level.ack_within.by_severity().of(severity)
        again = level.again_after.by_severity().of(severity) if level.again_after is not None else None
        pages.append(Page(role=level.page, after=after, times=level.repeat, every=within, again_after=again))
        after += within * level.repeat
    return Ladder(severity=severity, pages=tuple(pages), ends_after=after)


def _starts(text: str) -> str:
    operand = read_operand(text)
    return operand.path if isinstance(operand, Fact) else text


def _rows(table: Table) -> tuple[SetByOthers, ...]:
    return tuple(
        SetByOthers(
            since=row.since,
            jurisdiction=row.jurisdiction,
            marketplace=row.marketplace,
            value=table.span(row),
            source=row.source,
        )
        for row in table.rows
    )
