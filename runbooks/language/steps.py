"""From the steps that people write to those that the engine follows."""

from typing import assert_never

from runbooks.catalogue import CATALOGUE, ActivitySpec
from runbooks.language.approvals import compile_approval
from runbooks.language.asks import compile_ask
from runbooks.language.calls import inputs_of, spec_of
from runbooks.language.context import Context
from runbooks.language.decisions import compile_decision
from runbooks.language.facts import fields_of, fits
from runbooks.language.measures import compile_measure
from runbooks.language.naming import Ids
from runbooks.language.rounds import compile_rounds
from runbooks.language.sent import addressee
from runbooks.language.source import Path
from runbooks.language.step_shapes import (
    AnyStep,
    Approve,
    Ask,
    CheckRead,
    Decide,
    Do,
    Measure,
    Rounds,
    Tell,
    TogetherSteps,
    Unreadable,
    Wait,
)
from runbooks.language.surface import Runbook
from runbooks.program import (
    Check,
    DoStep,
    FactType,
    OnRefusal,
    Step,
    TellStep,
    Together,
    Undo,
    WaitStep,
)
from runbooks.suggestions import meant


class StepCompiler:
    """Compiles the steps of one runbook; what is wrong goes into the context, and compiling goes on."""

    def __init__(self, runbook: Runbook, context: Context) -> None:
        self._runbook, self._context = runbook, context
        self._ids = Ids()

    def sequence(self, steps: tuple[AnyStep, ...], path: Path, within: str) -> tuple[Step, ...]:
        """The steps at ``path``, with ids ``within`` a stage or plan."""
        compiled = (self._step(step, (*path, index), within) for index, step in enumerate(steps))
        return tuple(step for step in compiled if step is not None)

    def _step(self, step: AnyStep, path: Path, within: str) -> Step | None:
        step_id = self._ids.of(step, within)
        if not isinstance(step, Decide | Unreadable):
            self._context.condition((*path, "when"), step.when)
        match step:
            case Do():
                return self._do(step, path, step_id)
            case Tell():
                return self._tell(step, path, step_id)
            case Ask():
                return compile_ask(step, path, step_id, self._context)
            case Wait():
                return self._wait(step, path, step_id)
            case TogetherSteps():
                inner = self.sequence(step.together, (*path, "together"), within)
                return Together(id=step_id, when=step.when, steps=inner)
            case Approve():
                return compile_approval(step, path, step_id, self._runbook, self._context)
            case Decide():
                return compile_decision(step, path, step_id, self._context)
            case Measure():
                return compile_measure(step, path, step_id, self._context)
            case Rounds():
                inner = self.sequence(step.rounds.steps, (*path, "rounds", "steps"), within)
                return compile_rounds(step, path, step_id, inner, self._context)
            case Unreadable():
                return None
            case _:
                assert_never(step)

    def _do(self, step: Do, path: Path, step_id: str) -> DoStep | None:
        spec = spec_of(step, path, self._context)
        if spec is None:
            return None
        self._saves(step, spec, path)
        return DoStep(
            id=step_id,
            when=step.when,
            activity=step.do,
            effect=spec.effect,
            inputs=inputs_of(spec, step.with_, path, self._context),
            save_as=step.save_as,
            undo=self._undo(step, spec, path),
            final=step.final,
            on_refusal=step.on_refusal,
            otherwise=step.otherwise,
        )

    def _undo(self, step: Do, spec: ActivitySpec, path: Path) -> Undo | None:
        """An effect says how it is taken back, or that it cannot be; a read says neither."""
        wrong = self._context.wrong
        if not spec.effect:
            if step.undo or step.final:
                wrong(path, f"{step.do!r} only reads; leave out `undo` and `final`")
        elif spec.final and (step.undo or not step.final):
            wrong(path, f"{step.do!r} cannot be called back; say so with `final: true`, without `undo`")
        elif not spec.final and step.final:
            wrong((*path, "final"), f"{step.do!r} can be taken back; write `undo: {spec.undone_by}` instead of `final`")
        elif not spec.final and step.undo is None:
            wrong(path, f"{step.do!r} says nothing of its undo; write `undo: {spec.undone_by}`")
        elif not spec.final and step.undo != spec.undone_by:
            hint = f"write `undo: {spec.undone_by}`"
            wrong((*path, "undo"), f"{step.do!r} is not taken back by {step.undo!r}; {hint}")
        elif step.undo:
            return Undo(activity=step.undo, takes=CATALOGUE[step.undo].undo_takes)
        return None

    def _saves(self, step: Do, spec: ActivitySpec, path: Path) -> None:
        fields = fields_of(spec.gives) if spec.gives else {}
        if step.save_as and not fields:
            self._context.wrong((*path, "save_as"), f"{step.do!r} gives nothing that could be saved")
        if step.otherwise is not None and not step.save_as:
            self._context.wrong((*path, "otherwise"), "`otherwise` is the saved fact of a skipped step; add `save_as`")
        for name, value in (step.otherwise or {}).items():
            where = (*path, "otherwise", name)
            if name not in fields:
                message = f"{step.do!r} gives no {name!r}{meant(name, fields)}"
                self._context.problems.append(self._context.source.key_problem(where, message))
            elif fields[name] is FactType.MONEY:
                message = f"{name!r} is money, and the order's currency is not known here; leave it out"
                self._context.wrong(where, message)
            elif not fits(fields[name], value):
                self._context.wrong(where, f"{name!r} is {fields[name].value}; {value!r} is not")
        self._says_otherwise(step, path)

    def _says_otherwise(self, step: Do, path: Path) -> None:
        """A fact that a step may leave unset is one that a later condition could not read."""
        if step.save_as is None or step.otherwise is not None:
            return
        if step.when is not None or step.on_refusal is OnRefusal.CONTINUE:
            self._context.unsaid(path, step.save_as, has_when=step.when is not None)

    def _tell(self, step: Tell, path: Path, step_id: str) -> TellStep:
        addressee(step.tell, (*path, "tell"), self._context)
        return TellStep(
            id=step_id,
            when=step.when,
            to=step.tell,
            message=step.message,
            safety=step.safety,
            values=self._context.message((*path, "message"), step.message),
            on_refusal=step.on_refusal,
        )

    def _wait(self, step: Wait, path: Path, step_id: str) -> WaitStep:
        self._context.expression((*path, "wait"), step.wait, FactType.BOOL)
        for fact, value in step.then_assume.items():
            self._context.assumption((*path, "then_assume", fact), fact, value)
        return WaitStep(
            id=step_id,
            when=step.when,
            until=step.wait,
            check=self._check(step.check, (*path, "check")) if step.check else None,
            at_most=step.at_most.by_severity(),
            then_assume=step.then_assume,
            waiting_for=step.waiting_for,
        )

    def _check(self, check: CheckRead, path: Path) -> Check | None:
        spec = spec_of(check, path, self._context)
        if spec is None:
            return None
        if spec.effect:
            self._context.wrong((*path, "do"), f"{check.do!r} changes something; a check only reads")
        inputs = inputs_of(spec, check.with_, path, self._context)
        return Check(activity=check.do, inputs=inputs, every=check.every, save_as=check.save_as)
