"""From a bundle, as it was published, back to what its author wrote, so that it can be explained like any file.

What a bundle no longer has is what nobody would miss on a page: in which way a duration was spelt, which inputs were
left to the report, in which order keys stood.
"""

from typing import Any, assert_never

from pydantic import JsonValue

from amends.models import Data
from runbooks.bundle import Bundle
from runbooks.language.surface import Runbook
from runbooks.language.words import SKIP
from runbooks.policy import Clearing, Expectation, ExternalDeadline, Goal, Interrupt, Level, Match, SlaPolicy, Sooner
from runbooks.program import (
    AnswerKind,
    ApproveStep,
    AskStep,
    BySeverity,
    Check,
    DecideStep,
    DoStep,
    MeasureStep,
    Plan,
    Rounds,
    Step,
    TellStep,
    Together,
    Value,
    WaitStep,
)


def written_of(bundle: Bundle) -> Runbook:
    """The runbook as it may have been written; compiling it beside the same messages and tables gives the bundle."""
    program = bundle.program
    names = dict.fromkeys([*bundle.subject, *sorted(bundle.report)])  # what it is about comes first
    fields = {name: {"type": bundle.report[name], "optional": name in bundle.report_optional} for name in names}
    severity: dict[str, Any] = {
        rule.severity.value: {"when": rule.when, "or_near": rule.near} for rule in program.severity
    }
    written: dict[str, Any] = {
        "runbook": bundle.exception_type,
        "title": bundle.title,
        "about": bundle.about,
        "subject": bundle.subject,
        "supersedes": bundle.supersedes,
        "reopen_for": bundle.reopen_for,
        "events": bundle.events,
        "opens": tuple(map(_opening, bundle.opens)),
        "report": fields,
        "severity": {**severity, "otherwise": program.otherwise},
        "sla": _sla(bundle.sla) if bundle.sla else None,
        "external": {each.name: _external(each) for each in bundle.external},
        "escalation": tuple(map(_level, bundle.escalation)),
        "tasks": {"owner": bundle.tasks.owner, "within": _times(bundle.tasks.within)} if bundle.tasks else None,
        "interrupts": tuple(map(_interrupt, bundle.interrupts)),
        "clears": tuple(map(_clearing, bundle.clears)),
        "stages": {
            "report": tuple(map(_step, program.report)),
            "analysis": tuple(map(_step, program.analysis)),
            "action": tuple(map(_plan, program.action)),
            "follow_up": tuple(map(_step, program.follow_up)),
        },
    }
    return Runbook.model_validate(written)


def _opening(rule: Expectation | Match) -> dict[str, Any]:
    match rule:
        case Expectation():
            return {
                "expect": rule.expect,
                "after": rule.after,
                "late_after": rule.late_after if rule.within is None else f"={rule.within}",
                "by": f"={rule.by}" if rule.by is not None else None,
                "whole_day_in": rule.whole_day_in,
                "grace": rule.grace or None,
            }
        case Match():
            return {"match": rule.match}
        case _:
            assert_never(rule)


def _sla(sla: SlaPolicy) -> dict[str, Any]:
    goals = {name.value: _goal(goal) for name, goal in sla.goals.items()}
    sooner = tuple(map(_sooner, sla.sooner))
    warned = tuple(f"{part}%" for part in sla.warn_at)
    return {**goals, "sooner": sooner, "warn_at": warned, "pause_while_waiting_for": sla.pause_while_waiting_for}


def _sooner(sooner: Sooner) -> dict[str, Any]:
    return {"when": sooner.when, **{name.value: _times(within) for name, within in sooner.within.items()}}


def _goal(goal: Goal) -> dict[str, Any]:
    tell = {"tell": goal.tell} if goal.tell is not None else {}
    return {**_times(goal.within), "calendar": goal.calendar, **tell}


def _external(deadline: ExternalDeadline) -> dict[str, Any]:
    if deadline.protect_by is None:
        return {"from": deadline.starts, "table": deadline.table}
    return {
        "from": deadline.starts,
        "table": deadline.table,
        "protect_by": deadline.protect_by,
        "with": _inputs(deadline.inputs),
        "safe_before": deadline.safe_before,
        "approve": deadline.approve,
        "decide_within": _times(deadline.decide_within) if deadline.decide_within else None,
    }


def _level(level: Level) -> dict[str, Any]:
    return {
        "page": level.page,
        "ack_within": _times(level.ack_within),
        "repeat": level.repeat,
        "again_after": _times(level.again_after) if level.again_after else None,
    }


def _interrupt(interrupt: Interrupt) -> dict[str, Any]:
    return {"on": interrupt.on, "when": interrupt.when, "plan": interrupt.plan}


def _clearing(rule: Clearing) -> dict[str, Any]:
    confirm = None
    if rule.confirm is not None and rule.answer_within is not None:
        within = _times(rule.answer_within)
        confirm = {
            "question": rule.confirm,
            "answer_within": within,
            "if_silent": rule.if_silent,
            "save_as": rule.save_as,
        }
    return {"on": rule.on, "when": rule.when, "tell": rule.tell, "confirm": confirm}


def _plan(plan: Plan) -> dict[str, Any]:
    return {"plan": plan.name, "when": plan.when, "steps": tuple(map(_step, plan.steps))}


def _step(step: Step) -> dict[str, Any]:
    return _own(step) if isinstance(step, DecideStep) else {"when": step.when, **_own(step)}


def _own(step: Step) -> dict[str, Any]:
    """What a step has beside its condition."""
    match step:
        case DoStep():
            undo = step.undo.activity if step.undo else None
            return {
                "do": step.activity,
                "with": _inputs(step.inputs),
                "save_as": step.save_as,
                "undo": undo,
                "final": step.final,
                "on_refusal": step.on_refusal,
                "otherwise": step.otherwise,
            }
        case TellStep():
            return {"tell": step.to, "message": step.message, "safety": step.safety, "on_refusal": step.on_refusal}
        case AskStep():
            return {
                "ask": step.role or step.to,
                "question": step.question,
                "safety": step.safety,
                "after": _times(step.after) if step.after else None,
                **_answers(step),
                "answer_within": _times(step.answer_within),
                "remind": {"message": step.remind.message, "after": list(step.remind.after)} if step.remind else None,
                "if_silent": SKIP if step.if_silent is None else _said(step.if_silent),
                "save_as": step.save_as,
                "otherwise": None if step.otherwise is None else _said(step.otherwise),
                "on_refusal": step.on_refusal,
            }
        case ApproveStep():
            return {
                "approve": step.role,
                "amount": _value(step.amount) if step.amount else None,
                "approvers": step.approvers,
                "decide_within": _times(step.decide_within),
                "if_silent": step.if_silent,
                "on_refusal": step.on_refusal,
            }
        case MeasureStep():
            return {
                "measure": step.activity,
                "with": _inputs(step.inputs),
                "lift": step.lift.activity,
                "until": step.until,
                "on_refusal": step.on_refusal,
            }
        case WaitStep():
            return {
                "wait": step.until,
                "check": _check(step.check) if step.check else None,
                "at_most": _times(step.at_most),
                "then_assume": step.then_assume,
                "waiting_for": step.waiting_for,
            }
        case DecideStep():
            choices = {choice.name: choice.when for choice in step.choices}
            return {"decide": step.fact, "choices": choices, "otherwise": step.otherwise}
        case Together():
            return {"together": tuple(map(_step, step.steps))}
        case Rounds():
            body = {"max": step.max, "until": step.until, "steps": tuple(map(_step, step.steps))}
            return {"rounds": body}
        case _:
            assert_never(step)


def _answers(step: AskStep) -> dict[str, Any]:
    """What can be answered."""
    match step.answer:
        case AnswerKind.CHOICE:
            return {"choices": {choice.name: choice.when or True for choice in step.choices}}
        case AnswerKind.TEXT:
            return {"answer": step.answer}
        case AnswerKind.AMOUNT:
            bounds = {"at_least": step.at_least, "at_most": step.at_most}
            return {"answer": step.answer, **{name: _value(each) for name, each in bounds.items() if each is not None}}
        case AnswerKind.FILES:
            return {"answer": step.answer, "at_least": step.fewest, "at_most": step.most}
        case _:
            assert_never(step.answer)


def _said(answer: str | Value) -> JsonValue:
    return _value(answer) if isinstance(answer, Value) else answer


def _check(check: Check) -> dict[str, Any]:
    return {"do": check.activity, "with": _inputs(check.inputs), "every": check.every, "save_as": check.save_as}


def _inputs(inputs: dict[str, Value]) -> Data:
    """Those that had to be written: the report's field of the same name is given if nothing else is."""
    return {name: _value(value) for name, value in inputs.items() if value.expr != f"report.{name}"}


def _value(value: Value) -> JsonValue:
    return value.literal if value.expr is None else f"={value.expr}"


def _times(times: BySeverity) -> dict[str, Any]:
    return dict(times)
