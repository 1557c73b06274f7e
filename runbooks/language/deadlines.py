"""Whether the times of a runbook fit together: ladders and waits within the goals that they guard, stages within the
whole, calls within the deadlines of others that they keep, and approvals that somebody may give."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from amends.errors import DefinitionError
from amends.models import Severity
from runbooks.language.context import Context
from runbooks.language.durations import Durations, in_words
from runbooks.language.facts import every_step
from runbooks.language.promise_shapes import GoalTimes, WrittenSla
from runbooks.language.source import Path
from runbooks.language.step_shapes import Approve, Ask, Wait
from runbooks.language.surface import Runbook
from runbooks.policy import Calendar, GoalName, TableKind
from runbooks.working_time import due

LONGEST_FIRST_RESPONSE = timedelta(hours=24)
"""A customer is never left longer than this without a first word."""

_A_YEAR = timedelta(days=366)
"""A goal in working time that takes longer than this from any day is a mistake, whatever the holidays will be."""


def check_deadlines(runbook: Runbook, context: Context) -> None:
    """Notes every time that cannot be kept, with the severities and the numbers."""
    if runbook.sla is not None:
        _first_response(runbook.sla, context)
        _sooner(runbook.sla, context)
        _working_time(runbook.sla, context)
        _stages_within_resolve(runbook.sla, context)
        _words_at_night(runbook.sla, context)
        _ladder(runbook, runbook.sla, context)
        _waits(runbook, runbook.sla, context)
    _deadlines_of_others(runbook, context)
    _approvals(runbook, context)
    _checks(runbook, context)


def _first_response(sla: WrittenSla, context: Context) -> None:
    if sla.first_response is None:
        return
    if sla.first_response.calendar is not None:
        message = "every customer hears from us within a day, whether it is worked or not; leave out `calendar`"
        context.wrong(("sla", "first_response", "calendar"), message)
    for severity in Severity:
        limit = _of(sla.first_response, severity)
        if limit > LONGEST_FIRST_RESPONSE:
            message = f"for {severity.value}, {in_words(limit)} is above 24h; every customer hears from us within a day"
            context.wrong(("sla", "first_response", severity.value), message)


def _sooner(sla: WrittenSla, context: Context) -> None:
    """Who is answered sooner never waits longer than everybody, and for something less long."""
    for index, written in enumerate(sla.sooner):
        path: Path = ("sla", "sooner", index)
        within = written.within()
        if not within:
            message = "say what comes sooner then: `first_response`, `update` or both"
            context.wrong(path, message)
        for name, times in within.items():
            goal: GoalTimes | None = getattr(sla, name.value)
            if goal is None:
                message = (
                    f"`{name.value}` is promised to nobody, so it cannot come sooner; promise it, or leave this out"
                )
                context.wrong((*path, name.value), message)
                continue
            longer = [each for each in Severity if _of(times, each) > _of(goal, each)]
            if longer:
                pairs = [
                    f"{in_words(_of(times, each))} > {in_words(_of(goal, each))} ({each.value})" for each in longer
                ]
                message = f"this is longer than `{name.value}` is for everybody: {', '.join(pairs)}; promise less time"
                context.wrong((*path, name.value), message)
            elif times.by_severity() == goal.by_severity():
                message = f"`{name.value}` is just as long for everybody; promise less time, or leave this out"
                context.wrong((*path, name.value), message)


def _working_time(sla: WrittenSla, context: Context) -> None:
    """Every goal in working time has a due time that its calendar reaches."""
    for name in GoalName:
        goal: GoalTimes | None = getattr(sla, name.value)
        calendar = context.reference.calendars.get(goal.calendar or "") if goal is not None else None
        if goal is None or calendar is None:
            continue
        start = datetime.combine(calendar.confirmed_until, time(), tzinfo=UTC)
        for severity in Severity:
            if not _within_a_year(calendar, start, _of(goal, severity)):
                message = f"for {severity.value}, {in_words(_of(goal, severity))} in the working time of "
                message += f"{goal.calendar} take more than a year; shorten them"
                context.wrong(("sla", name.value, severity.value), message)


def _within_a_year(calendar: Calendar, start: datetime, budget: timedelta) -> bool:
    try:
        return due(calendar, start, budget) <= start + _A_YEAR
    except DefinitionError:
        return False


def _stages_within_resolve(sla: WrittenSla, context: Context) -> None:
    """Stages fit into the whole; hours that are counted differently cannot be held against each other."""
    stages = {name: goal for name in ("analysis", "action") if (goal := getattr(sla, name)) is not None}
    resolve = sla.resolve
    if resolve is None or not stages:
        return
    if resolve.calendar is not None and {goal.calendar for goal in stages.values()} != {resolve.calendar}:
        return
    named = "analysis and action add up to" if len(stages) > 1 else f"{next(iter(stages))} alone has"
    for severity in Severity:
        total = sum((_of(goal, severity) for goal in stages.values()), timedelta(0))
        if total > (whole := _of(resolve, severity)):
            message = f"for {severity.value}, {named} {in_words(total)}, past `resolve` of "
            message += f"{in_words(whole)}; shorten {'them' if len(stages) > 1 else 'it'}, or give `resolve` more"
            context.wrong(("sla", "resolve", severity.value), message)


def _words_at_night(sla: WrittenSla, context: Context) -> None:
    """A word goes out before the night that would break its promise; one that is promised more often than that cannot
    be kept."""
    night = context.reference.night
    if night is None or sla.update is None:
        return
    lasts = (night.ends - night.begins) % timedelta(days=1)
    sooner = [(("sla", "sooner", index, "update"), each.update) for index, each in enumerate(sla.sooner) if each.update]
    written: list[tuple[Path, Durations]] = [(("sla", "update"), sla.update), *sooner]
    for path, times in written:
        short = [each for each in Severity if _of(times, each) <= lasts]
        if short:
            named = ", ".join(f"{in_words(_of(times, each))} ({each.value})" for each in short)
            message = f"a night takes {in_words(lasts)}, and nothing is said in it: no longer than that is {named}; "
            context.odd(path, message + "promise less, or shorten the `night` of the people")


def _deadlines_of_others(runbook: Runbook, context: Context) -> None:
    """Even where a table leaves least time, there is enough for the approval and the call before the deadline."""
    for name, external in runbook.external.items():
        table = context.reference.tables.get(external.table)
        if table is None or table.kind not in (TableKind.DURATION, TableKind.DAYS):
            continue
        shortest = min(map(table.span, table.rows))
        deciding = external.decide_within.by_severity() if external.decide_within is not None else None
        longest = max(deciding.of(each) for each in Severity) if deciding is not None else timedelta(0)
        if external.protect_by is not None and (needed := external.safe_before + longest) > shortest:
            written = "safe_before" in external.model_fields_set
            named = "`safe_before`" if written else "`safe_before`, which is 24h where nothing is said,"
            named += " and `decide_within` add up to" if deciding is not None else " is"
            message = (
                f"{named} {in_words(needed)}, but the shortest row of {external.table!r} is {in_words(shortest)}; "
            )
            context.wrong(("external", name, "safe_before" if written else "table"), message + "take less time")
        for severity, rule in runbook.severity.written():
            if (span := rule.or_near.get(name, timedelta(0))) >= shortest:
                message = f"the shortest row of {external.table!r} is {in_words(shortest)}, so that {name!r} is near "
                message += f"from its beginning, within {in_words(span)}; take less time"
                context.wrong(("severity", severity.value, "or_near", name), message)


def _ladder(runbook: Runbook, sla: WrittenSla, context: Context) -> None:
    """Everybody on the ladder has been paged before the time to acknowledge is over."""
    if sla.acknowledge is None:
        return
    for severity in Severity:
        paged_after, limit = timedelta(0), _of(sla.acknowledge, severity)
        for index, level in enumerate(runbook.escalation):
            if paged_after > limit:
                message = (
                    f"for {severity.value}, {level.page} is paged after {in_words(paged_after)}, but `acknowledge` "
                )
                message += f"is over after {in_words(limit)}; give the levels before less time"
                context.wrong(("escalation", index), message)
                break
            paged_after += _of(level.ack_within, severity) * level.repeat


def _waits(runbook: Runbook, sla: WrittenSla, context: Context) -> None:
    """No single wait outlasts the goal of its stage; for a goal in working time this is only odd."""
    for path, name, party, times in _waiting(runbook):
        stage = str(path[1])
        goal: GoalTimes | None = getattr(sla, stage, None)
        if goal is None or (party is not None and party in sla.pause_while_waiting_for):
            continue
        over = [each for each in Severity if _of(times, each) > _of(goal, each)]
        if over:
            pairs = [f"{in_words(_of(times, each))} > {in_words(_of(goal, each))} ({each.value})" for each in over]
            message = f"`{name}` is longer than the goal `{stage}` that it must leave time for: {', '.join(pairs)}"
            message += f"; shorten it, or lengthen `{stage}`"
            say = context.odd if goal.calendar else context.wrong
            say((*path, name), message)


def _waiting(runbook: Runbook) -> Iterator[tuple[Path, str, str | None, Durations]]:
    """Each time that a step may take: its path, its key, and the party that holds the ball meanwhile."""
    for path, step in every_step(runbook):
        match step:
            case Wait():
                yield path, "at_most", step.waiting_for, step.at_most
            case Approve():
                yield path, "decide_within", None, step.decide_within
            case Ask():
                yield path, "answer_within", step.ask, step.answer_within
                if step.after is not None:
                    yield path, "after", None, step.after
            case _:
                pass


def _approvals(runbook: Runbook, context: Context) -> None:
    """Somebody may approve: the role has people, and not only the one who would be asking."""
    roles = context.reference.roles
    asking = {person for name in _asking(runbook, context) if name in roles for person in roles[name].team}
    for path, step in every_step(runbook):
        if not isinstance(step, Approve) or step.approve not in roles:
            continue
        team = set(roles[step.approve].team)
        if len(team) == 1 and team <= asking:
            message = f"nobody may give this approval when {min(team)} asks for it, who alone is {step.approve!r}; "
            context.wrong((*path, "approve"), message + "add somebody to the role, or ask another")


def _asking(runbook: Runbook, context: Context) -> list[str]:
    """The roles whose people move an incident on: who is paged first, who is asked, and who does what is left to a
    person."""
    tasks = runbook.tasks or context.reference.tasks
    asked = (step.ask for _, step in every_step(runbook) if isinstance(step, Ask))
    return [*(level.page for level in runbook.escalation[:1]), *([tasks.owner] if tasks else []), *asked]


def _checks(runbook: Runbook, context: Context) -> None:
    for path, step in every_step(runbook):
        if isinstance(step, Wait) and step.check is not None:
            rare = [each.value for each in Severity if step.check.every >= _of(step.at_most, each)]
            if rare:
                message = f"nothing is read before the wait is over for {', '.join(rare)}; read it more often"
                context.odd((*path, "check", "every"), message)


def _of(times: Durations, severity: Severity) -> timedelta:
    return times.by_severity().of(severity)
