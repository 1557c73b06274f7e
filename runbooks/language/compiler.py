"""From a runbook's text to the bundle that an incident follows."""

from collections.abc import Mapping
from typing import NamedTuple

from runbooks.bundle import Bundle
from runbooks.language.compared import check_words_compared
from runbooks.language.context import Context
from runbooks.language.deadlines import check_deadlines
from runbooks.language.facts import known_facts
from runbooks.language.oddities import check_oddities
from runbooks.language.problems import Problem, RunbookErrors, Weight, in_order
from runbooks.language.promises import (
    check_relations,
    clears_of,
    external_of,
    interrupts_of,
    ladder_of,
    openings_of,
    sla_of,
    tasks_of,
)
from runbooks.language.reading import read_runbook
from runbooks.language.reference import Reference
from runbooks.language.sent import check_messages
from runbooks.language.source import Path, Source
from runbooks.language.steps import StepCompiler
from runbooks.language.surface import Runbook
from runbooks.language.texts import Texts
from runbooks.language.unset import check_facts_are_set
from runbooks.program import FactType, Plan, Program, SeverityRule
from runbooks.suggestions import meant

_NOTHING = Reference()


class Examined(NamedTuple):
    """What was found in a runbook: ``problems`` of every weight, and the ``bundle``, if none of them stands against it.
    ``messages``: the keys of those it sends."""

    problems: tuple[Problem, ...]
    bundle: Bundle | None = None
    messages: frozenset[str] = frozenset()


def compile_runbook(
    *, file: str, text: str, texts: Texts, rates: Mapping[str, str], reference: Reference = _NOTHING
) -> Bundle:
    """Checks a runbook whole and compiles it. ``file`` names it in errors and leaves no trace in the bundle.

    Raises ``RunbookErrors`` with everything that is wrong in it.
    """
    return usable(examine(file=file, text=text, texts=texts, rates=rates, reference=reference))


def usable(examined: Examined) -> Bundle:
    """The bundle of what was examined. Raises ``RunbookErrors`` with what stands against it."""
    if examined.bundle is None:
        raise RunbookErrors([problem for problem in examined.problems if problem.severity is Weight.ERROR])
    return examined.bundle


def examine(
    *, file: str, text: str, texts: Texts, rates: Mapping[str, str], reference: Reference = _NOTHING
) -> Examined:
    """Everything that can be told of a runbook at once. A part that has no right shape does not hide what is wrong
    elsewhere, but whether every fact is set is only told of a runbook that is right otherwise. Never raises."""
    try:
        source = Source(file, text)
    except RunbookErrors as error:
        return Examined(error.problems)
    runbook, misshapen, lost = read_runbook(source)
    if runbook is None:
        return Examined(in_order(misshapen))
    known = known_facts(runbook, source, lost)
    pages = bool(runbook.escalation)
    context = Context(source=source, known=known, texts=texts, rates=rates, reference=reference, pages=pages)
    context.problems += misshapen
    bundle = _bundle(runbook, context)
    check_deadlines(runbook, context)
    check_messages(runbook, context)
    check_words_compared(runbook, context)
    if not _has_errors(context):
        check_facts_are_set(runbook, context, known)
    check_oddities(runbook, context)
    ready = not _has_errors(context)
    return Examined(in_order(context.problems), bundle if ready else None, frozenset(context.messages))


def workflow_type(name: str) -> str:
    """The name under which Temporal knows an exception type: ``lost_parcel`` is ``LostParcel``."""
    return "".join(part.capitalize() for part in name.split("_"))


def _has_errors(context: Context) -> bool:
    return any(problem.severity is Weight.ERROR for problem in context.problems)


def _bundle(runbook: Runbook, context: Context) -> Bundle | None:
    """The bundle, which is of use only if nothing was found wrong; ``None`` if there is not even enough for that."""
    _check_subject(runbook, context)
    check_relations(runbook, context)
    program = _program(runbook, context)
    sla, external = sla_of(runbook, context), external_of(runbook, context)
    escalation, opens = ladder_of(runbook, context), openings_of(runbook, context)
    tasks, interrupts = tasks_of(runbook, context), interrupts_of(runbook, context)
    clears = clears_of(runbook, context)
    if _has_errors(context):
        return None
    reference = context.reference
    roles = context.roles | {role for who in reference.may.values() if isinstance(who, tuple) for role in who}
    return Bundle(
        exception_type=runbook.runbook,
        workflow_type=workflow_type(runbook.runbook),
        title={"en": runbook.title.en, "zh": runbook.title.zh},
        about=runbook.about,
        subject=runbook.subject,
        report={name: field.type for name, field in runbook.report.items()},
        report_optional=tuple(sorted(path.removeprefix("report.") for path in context.optional)),
        facts=context.types,
        rates=dict(context.rates),
        messages={key: context.texts.get(key) for key in sorted(context.messages)},
        program=program,
        supersedes=runbook.supersedes,
        reopen_for=runbook.reopen_for,
        events=dict(runbook.events),
        opens=opens,
        sla=sla,
        external=external,
        escalation=escalation,
        roles={name: reference.roles[name] for name in sorted(roles)},
        may=reference.may,
        tasks=tasks,
        night=reference.night,
        interrupts=interrupts,
        clears=clears,
        remedies=reference.remedies,
        calendars={name: reference.calendars[name] for name in sorted(context.calendars)},
        tables={name: reference.tables[name] for name in sorted(context.tables)},
    )


def _program(runbook: Runbook, context: Context) -> Program:
    compiler = StepCompiler(runbook, context)
    stages = runbook.stages
    return Program(
        severity=_severity(runbook, context),
        otherwise=runbook.severity.otherwise,
        report=compiler.sequence(stages.report, ("stages", "report"), "report"),
        analysis=compiler.sequence(stages.analysis, ("stages", "analysis"), "analysis"),
        action=_plans(runbook, context, compiler),
        follow_up=compiler.sequence(stages.follow_up, ("stages", "follow_up"), "follow_up"),
    )


def _severity(runbook: Runbook, context: Context) -> tuple[SeverityRule, ...]:
    rules = []
    for severity, rule in runbook.severity.written():
        path: Path = ("severity", severity.value)
        context.condition((*path, "when"), rule.when)
        for name in rule.or_near:
            if name not in runbook.external:
                message = f"there is no deadline {name!r} under `external`{meant(name, runbook.external)}"
                context.problems.append(context.source.key_problem((*path, "or_near", name), message))
        rules.append(SeverityRule(severity=severity, when=rule.when, near=rule.or_near))
    return tuple(rules)


def _plans(runbook: Runbook, context: Context, compiler: StepCompiler) -> tuple[Plan, ...]:
    plans: dict[str, Plan] = {}
    for index, plan in enumerate(runbook.stages.action):
        path = ("stages", "action", index)
        context.condition((*path, "when"), plan.when)
        if plan.plan in plans:
            context.wrong((*path, "plan"), f"there are two plans called {plan.plan!r}; give each its own name")
        steps = compiler.sequence(plan.steps, (*path, "steps"), f"action.{plan.plan}")
        plans[plan.plan] = Plan(name=plan.plan, when=plan.when, steps=steps)
    last = len(runbook.stages.action) - 1
    if runbook.stages.action[last].when is not None:
        message = "the last plan must be open to every incident; leave out its `when`, or add a plan behind it"
        context.wrong(("stages", "action", last, "when"), message)
    return tuple(plans.values())


def _check_subject(runbook: Runbook, context: Context) -> None:
    """The subject names the incident in Temporal: each of its fields must come with every report, and be a name."""
    for index, name in enumerate(runbook.subject):
        path = ("subject", index)
        field = runbook.report.get(name)
        if field is None:
            context.wrong(path, f"the subject {name!r} must be a field of the report; add it under `report`")
        elif field.optional or field.type is not FactType.STRING:
            context.wrong(path, f"the subject {name!r} must be text that every report carries")
