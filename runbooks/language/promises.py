"""From the promises that people write to those that the bundle carries, with every name in them checked."""

from collections.abc import Mapping
from datetime import timedelta

from runbooks.catalogue import CATALOGUE, MESSAGES, ActivitySpec
from runbooks.expressions import ExpressionError, check
from runbooks.language.calls import inputs_of
from runbooks.language.context import Context
from runbooks.language.order_events import events_of, kinds_of
from runbooks.language.promise_shapes import GoalTimes, UpdateTimes, WrittenExpect, WrittenExternal, WrittenSla
from runbooks.language.sent import addressee
from runbooks.language.source import Path
from runbooks.language.surface import Runbook
from runbooks.policy import (
    NO,
    YES,
    Clearing,
    Expectation,
    ExternalDeadline,
    Goal,
    GoalName,
    Interrupt,
    Level,
    Match,
    SlaPolicy,
    Sooner,
    TableKind,
    TaskPolicy,
)
from runbooks.program import FactType
from runbooks.suggestions import meant


def sla_of(runbook: Runbook, context: Context) -> SlaPolicy | None:
    """The goals, each in a calendar that there is."""
    if runbook.sla is None:
        return None
    goals = {}
    for name in GoalName:
        written: GoalTimes | None = getattr(runbook.sla, name.value)
        if written is not None:
            tell = written.tell if isinstance(written, UpdateTimes) else None
            goals[name] = Goal(
                within=written.by_severity(),
                calendar=_calendar(written, name, context),
                tell=tell,
                values=_told_by_itself(tell, context) if tell is not None else (),
            )
    return SlaPolicy(
        goals=goals,
        sooner=_sooner(runbook.sla, context),
        warn_at=runbook.sla.warn_at,
        pause_while_waiting_for=runbook.sla.pause_while_waiting_for,
    )


def ladder_of(runbook: Runbook, context: Context) -> tuple[Level, ...]:
    """The levels of the ladder; each pages a role that there is."""
    for index, level in enumerate(runbook.escalation):
        context.role(("escalation", index, "page"), level.page)
    return tuple(
        Level(
            page=level.page,
            ack_within=level.ack_within.by_severity(),
            repeat=level.repeat,
            again_after=level.again_after.by_severity() if level.again_after else None,
        )
        for level in runbook.escalation
    )


def tasks_of(runbook: Runbook, context: Context) -> TaskPolicy | None:
    """Who does what is left to a person, and by when: as the runbook says, or else the company."""
    if runbook.tasks is None:
        policy = context.reference.tasks
        context.roles |= {policy.owner} if policy is not None else set()
        return policy
    context.role(("tasks", "owner"), runbook.tasks.owner)
    return runbook.tasks.policy()


def external_of(runbook: Runbook, context: Context) -> tuple[ExternalDeadline, ...]:
    """The deadlines of others: from a time that is a fact, by a table of durations or days. An effect that goes out in
    time meets them, if one can, and somebody approves it first if the runbook says so."""
    deadlines = []
    for name, written in runbook.external.items():
        path = ("external", name)
        context.expression((*path, "from"), written.from_, FactType.TIMESTAMP)
        table = context.reference.tables.get(written.table)
        if table is None:
            known = context.reference.tables
            context.wrong((*path, "table"), f"there is no table {written.table!r}{meant(written.table, known)}")
        elif table.kind not in (TableKind.DURATION, TableKind.DAYS):
            message = f"the table {written.table!r} holds {table.kind.value}, where durations or days are needed"
            context.wrong((*path, "table"), message)
        else:
            context.tables.add(written.table)
        if written.protect_by is None:
            if needless := sorted({"with", "safe_before", "approve", "decide_within"} & _keys_of(written)):
                named = ", ".join(f"`{key}`" for key in needless)
                context.wrong(path, f"nothing is called, so {named} says nothing; add `protect_by`, or leave it out")
            deadlines.append(ExternalDeadline(name=name, starts=written.from_, table=written.table))
            continue
        spec = CATALOGUE.get(written.protect_by)
        if spec is None or not spec.effect or spec.undo_only or spec.name in MESSAGES:
            effects = sorted({each for each, one in CATALOGUE.items() if one.effect and not one.undo_only} - MESSAGES)
            message = f"there is no effect {written.protect_by!r}{meant(written.protect_by, effects)}"
            context.wrong((*path, "protect_by"), message)
            continue
        inputs = inputs_of(spec, written.with_, path, context)
        _approval(written, spec, path, context)
        deadlines.append(
            ExternalDeadline(
                name=name,
                starts=written.from_,
                table=written.table,
                protect_by=written.protect_by,
                inputs=inputs,
                safe_before=written.safe_before,
                approve=written.approve,
                decide_within=written.decide_within.by_severity() if written.decide_within else None,
            )
        )
    return tuple(deadlines)


def openings_of(runbook: Runbook, context: Context) -> tuple[Expectation | Match, ...]:
    """The rules by which order events alone open an incident."""
    kinds = kinds_of(events_of(runbook, context))
    rules: list[Expectation | Match] = []
    for index, rule in enumerate(runbook.opens):
        path: Path = ("opens", index)
        if isinstance(rule, WrittenExpect):
            rules.append(_expectation(rule, path, kinds, context))
        else:
            context.expression((*path, "match"), rule.match, FactType.BOOL, only=kinds)
            rules.append(Match(match=rule.match))
    return tuple(rules)


def interrupts_of(runbook: Runbook, context: Context) -> tuple[Interrupt, ...]:
    """What cuts in, each with a plan that there is."""
    plans = [plan.plan for plan in runbook.stages.action]
    for index, written in enumerate(runbook.interrupts):
        path = ("interrupts", index)
        context.condition((*path, "when"), written.when)
        if written.plan not in plans:
            context.wrong((*path, "plan"), f"there is no plan {written.plan!r}{meant(written.plan, plans)}")
    return tuple(Interrupt(on=each.on, when=each.when, plan=each.plan) for each in runbook.interrupts)


def clears_of(runbook: Runbook, context: Context) -> tuple[Clearing, ...]:
    """What clears an incident, each with what the customer is told, and asked where the news alone does not count."""
    rules = []
    for index, written in enumerate(runbook.clears):
        path: Path = ("clears", index)
        context.condition((*path, "when"), written.when)
        addressee("customer", (*path, "tell"), context)
        confirm = written.confirm
        if confirm is not None and confirm.if_silent == YES and runbook.reopen_for is None:
            message = (
                "silence takes nothing away from a customer, so it can only mean `yes` where a later report reopens it"
            )
            context.wrong((*path, "confirm", "if_silent"), f"{message}; add `reopen_for`, or write `no`")
        rules.append(
            Clearing(
                on=written.on,
                when=written.when,
                tell=written.tell,
                values=context.message((*path, "tell"), written.tell),
                confirm=confirm.question if confirm else None,
                confirm_values=context.message((*path, "confirm", "question"), confirm.question) if confirm else (),
                answer_within=confirm.answer_within.by_severity() if confirm else None,
                if_silent=confirm.if_silent if confirm else NO,
                save_as=confirm.save_as if confirm else None,
            )
        )
    return tuple(rules)


def check_relations(runbook: Runbook, context: Context) -> None:
    """Other runbooks that this one names exist."""
    known = context.reference.runbooks - {runbook.runbook}
    for index, name in enumerate(runbook.supersedes):
        if name == runbook.runbook:
            context.wrong(("supersedes", index), "a runbook cannot supersede itself; leave it out")
        elif name not in known:
            context.wrong(("supersedes", index), f"there is no runbook {name!r}{meant(name, known)}")


def _expectation(rule: WrittenExpect, path: Path, kinds: Mapping[str, FactType], context: Context) -> Expectation:
    """What is expected by a moment that one of two keys says, as a duration or as what an expression gives."""
    if (rule.late_after is None) == (rule.by is None):
        message = "say how long after it this is late with `late_after`, or by which moment it is due with `by`"
        context.wrong(path, message if rule.by is None else f"{message}; not both")
    made = Expectation(
        expect=rule.expect,
        after=rule.after,
        late_after=None if isinstance(rule.late_after, str) else rule.late_after,
        within=rule.late_after[1:].strip() if isinstance(rule.late_after, str) else None,
        by=rule.by[1:].strip() if rule.by is not None else None,
        whole_day_in=rule.whole_day_in,
        grace=rule.grace or timedelta(0),
    )
    if made.by is not None:
        context.expression((*path, "by"), made.by, FactType.TIMESTAMP, skip=1, only=kinds)
    if made.within is not None and made.due is not None:
        _duration(made.within, made.due, (*path, "late_after"), kinds, context)
    return made


def _duration(within: str, due: str, path: Path, kinds: Mapping[str, FactType], context: Context) -> None:
    """Checks that an expression gives a duration, which no fact is: it must give a moment when it is added to one."""
    try:
        kind = check(within, types=kinds, expects=None, tables=context.reference.tables)
    except ExpressionError:
        context.expression(path, due, FactType.TIMESTAMP, only=kinds)  # the bracket before it is where `=` stands
    else:
        context.wrong(path, f'this is {kind.value}, where a duration is needed, such as =duration("24h")')


def _keys_of(written: WrittenExternal) -> set[str]:
    """The keys that were written, as they are spelt in the file."""
    fields = WrittenExternal.model_fields
    return {
        fields[name].alias or name
        for name in written.model_fields_set
        if getattr(written, name) != fields[name].default
    }


def _told_by_itself(message: str, context: Context) -> tuple[str, ...]:
    """The facts that the message of ``update`` names; it goes to the customer like any other."""
    path = ("sla", "update", "tell")
    addressee("customer", path, context)
    return context.message(path, message)


def _approval(written: WrittenExternal, spec: ActivitySpec, path: Path, context: Context) -> None:
    """Who approves the call, and by when: both or neither, and of an amount that can be held against a limit."""
    if written.approve is None:
        if written.decide_within is not None:
            message = "nobody is asked: say which role approves, such as `approve: finance`, or leave this out"
            context.wrong((*path, "decide_within"), message)
        return
    role = context.role((*path, "approve"), written.approve)
    if written.decide_within is None:
        message = "an approval must end: say after how long, such as `decide_within: 4h`"
        context.wrong((*path, "approve"), message)
    if role is not None and (role.approves_up_to or role.approves_per_day) and "amount" not in spec.takes.model_fields:
        message = f"{written.approve!r} may approve so much and no more, and {spec.name!r} takes no amount; ask a role "
        context.wrong((*path, "approve"), message + "whose authority has no limit")


def _sooner(sla: WrittenSla, context: Context) -> tuple[Sooner, ...]:
    """To whom less time is promised, and of what."""
    for index, written in enumerate(sla.sooner):
        context.condition(("sla", "sooner", index, "when"), written.when)
    return tuple(
        Sooner(when=each.when, within={name: times.by_severity() for name, times in each.within().items()})
        for each in sla.sooner
    )


def _calendar(written: GoalTimes, name: GoalName, context: Context) -> str | None:
    known, calendar = context.reference.calendars, written.calendar
    if calendar is not None and calendar not in known:
        context.wrong(("sla", name.value, "calendar"), f"there is no calendar {calendar!r}{meant(calendar, known)}")
    elif calendar is not None:
        context.calendars.add(calendar)
    return calendar
