"""From a runbook's text to the bundle that an incident follows."""

from collections.abc import Mapping

from amends.models import Severity
from runbooks.bundle import Bundle
from runbooks.language.context import Context
from runbooks.language.facts import known_facts
from runbooks.language.problems import RunbookErrors
from runbooks.language.reading import read_runbook
from runbooks.language.source import Source
from runbooks.language.steps import StepCompiler
from runbooks.language.surface import Runbook
from runbooks.language.texts import Texts
from runbooks.program import FactType, Plan, Program, SeverityRule


def compile_runbook(*, file: str, text: str, texts: Texts, rates: Mapping[str, str]) -> Bundle:
    """Checks a runbook whole and compiles it. ``file`` names it in errors and leaves no trace in the bundle.

    Raises ``RunbookErrors`` with every problem of the first of these that has any: the YAML, the shapes, the meaning.
    """
    source = Source(file, text)
    runbook = read_runbook(source)
    known = known_facts(runbook, source)
    context = Context(source=source, known=known, texts=texts, rates=rates)
    _check_subject(runbook, context)
    program = _program(runbook, context)
    if context.problems:
        raise RunbookErrors(context.problems)
    return Bundle(
        exception_type=runbook.runbook,
        workflow_type=workflow_type(runbook.runbook),
        title={"en": runbook.title.en, "zh": runbook.title.zh},
        about=runbook.about,
        subject=runbook.subject,
        report={name: field.type for name, field in runbook.report.items()},
        report_optional=tuple(sorted(path.removeprefix("report.") for path in known.optional)),
        facts=known.types,
        rates=dict(rates),
        messages={key: texts.get(key) for key in context.messages},
        program=program,
    )


def workflow_type(name: str) -> str:
    """The name under which Temporal knows an exception type: ``lost_parcel`` is ``LostParcel``."""
    return "".join(part.capitalize() for part in name.split("_"))


def _program(runbook: Runbook, context: Context) -> Program:
    compiler = StepCompiler(context)
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
    for severity in Severity:
        when = getattr(runbook.severity, severity.value)
        if when is not None:
            context.condition(("severity", severity.value), when)
            rules.append(SeverityRule(severity=severity, when=when))
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
