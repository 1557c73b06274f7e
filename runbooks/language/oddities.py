"""What is legal but odd: it runs, and probably not as somebody meant it."""

import re
from datetime import timedelta

from amends.models import Severity
from runbooks.catalogue import CATALOGUE, MESSAGES
from runbooks.language.context import Context
from runbooks.language.durations import in_words
from runbooks.language.facts import every_step, saves
from runbooks.language.problems import Weight
from runbooks.language.source import Path
from runbooks.language.step_shapes import AnyStep, Approve, Do, Measure
from runbooks.language.surface import Runbook


def check_oddities(runbook: Runbook, context: Context) -> None:
    """Notes severity rules and plans that are never reached, facts that nobody reads, and finals that only hope."""
    _severity_rules(runbook, context)
    _plans(runbook, context)
    if not any(problem.severity is Weight.ERROR for problem in context.problems):
        _unread_facts(runbook, context)  # what is wrong may be the very step that reads
    check_after_final(runbook, context)


def check_after_final(runbook: Runbook, context: Context) -> None:
    """Behind what cannot be called back a plan only goes forward, so a step that may be refused says what then."""
    plans: dict[Path, list[tuple[Path, AnyStep]]] = {}
    for path, step in every_step(runbook):
        if path[1] == "action":
            plans.setdefault(path[:3], []).append((path, step))
    for steps in plans.values():
        finals = [path for path, step in steps if _is_final(step)]
        for path, step in steps:
            behind = any(_comes_after(path, final) for final in finals)
            if behind and _may_be_refused(step) and "on_refusal" not in step.model_fields_set:
                message = "a step before this one cannot be called back, so the plan cannot fail here any more; say "
                context.wrong(path, message + "`on_refusal: continue`, or `on_refusal: task` for a person")


def _comes_after(path: Path, final: Path) -> bool:
    """Whether a step comes after another of its plan: what runs beside it does not; of what is repeated all does, in
    the next round."""
    rounds = final[: final.index("rounds") + 1] if "rounds" in final else None
    return int(path[4]) > int(final[4]) or path[: len(rounds or ())] == rounds


def _is_final(step: AnyStep) -> bool:
    return isinstance(step, Do) and step.final and step.do in CATALOGUE and CATALOGUE[step.do].final


def _may_be_refused(step: AnyStep) -> bool:
    if isinstance(step, Approve):
        return True
    if not isinstance(step, Do | Measure):
        return False
    spec = CATALOGUE.get(step.do if isinstance(step, Do) else step.measure)
    return spec is not None and not spec.undo_only and spec.name not in MESSAGES and bool(spec.refusals)


def _severity_rules(runbook: Runbook, context: Context) -> None:
    seen: dict[str, Severity] = {}
    nearest: dict[str, tuple[timedelta, Severity]] = {}
    for severity, rule in runbook.severity.written():
        text, path = _plain(rule.when), ("severity", severity.value)
        if text in seen:
            message = f"this is the rule of {seen[text].value} too, which is read first; it never decides"
            context.odd((*path, "when"), message)
        seen.setdefault(text, severity)
        for name, span in rule.or_near.items():
            longest, worse = nearest.get(name, (timedelta(0), severity))
            if span <= longest:
                message = f"it is {worse.value} from {in_words(longest)} before {name!r} on, so this never decides"
                context.odd((*path, "or_near", name), message)
            else:
                nearest[name] = (span, severity)


def _plans(runbook: Runbook, context: Context) -> None:
    """A plan without a condition takes every incident; those behind it are only tried when it has failed."""
    plans = runbook.stages.action
    open_to_all = next((index for index, plan in enumerate(plans) if plan.when is None), len(plans))
    for index, plan in enumerate(plans):
        if index > open_to_all:
            message = f"{plans[open_to_all].plan!r} has no `when`, so this plan is only tried when that one has failed"
            context.odd(("stages", "action", index, "plan"), message)
        same = [
            each.plan for each in plans[:index] if each.when and plan.when and _plain(each.when) == _plain(plan.when)
        ]
        if same:
            message = f"this is the condition of {same[0]!r} too, so this plan is only tried when that one has failed"
            context.odd(("stages", "action", index, "when"), message)


def _unread_facts(runbook: Runbook, context: Context) -> None:
    read = {path.split(".")[0] for path in context.reads}
    for saved in saves(runbook):
        if saved.name not in read and not saved.for_the_record:
            context.odd(saved.where, f"nothing reads {saved.name!r}; leave it out, or keep it for the record")


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
