"""Whether every fact that a runbook reads has been set on every way that leads there.

The steps are walked in every way that makes a difference: done, skipped, refused, met by silence, assumed when the time
was over. A fact that is not set on one of them, where something reads it, is a problem at that place.
"""

from collections.abc import Iterable, Mapping
from typing import assert_never

from pydantic import JsonValue

from runbooks.catalogue import CATALOGUE, ActivitySpec
from runbooks.expressions import CURRENCY
from runbooks.language.context import Context
from runbooks.language.facts import INCIDENT, Known, fact_type, saves
from runbooks.language.guards import needed_by
from runbooks.language.source import Path
from runbooks.language.step_shapes import (
    AnyStep,
    Approve,
    Ask,
    Decide,
    Do,
    Measure,
    PlanSteps,
    Rounds,
    Tell,
    TogetherSteps,
    Unreadable,
    Wait,
)
from runbooks.language.surface import Runbook
from runbooks.language.words import SKIP
from runbooks.language.worlds import MAYBE, SET, World, Worlds, agreed, gathered, known_as, verdict
from runbooks.language.writes import assumed, beside, otherwise_of, result_of, roots_written
from runbooks.program import FactType, OnRefusal
from runbooks.scanning import scan


def check_facts_are_set(runbook: Runbook, context: Context, known: Known) -> None:
    """Notes every fact that may not be set where it is read. The runbook must be right otherwise."""
    walker = _Walker(runbook, context, known)
    start = {path: MAYBE if path in known.optional else SET for path in _from_outside(known)}
    worlds = gathered([World.of(start)])
    stages = runbook.stages
    worlds = walker.sequence(stages.report, ("stages", "report"), worlds)
    worlds = walker.sequence(stages.analysis, ("stages", "analysis"), worlds)
    worlds = walker.plans(stages.action, worlds)
    walker.sequence(stages.follow_up, ("stages", "follow_up"), worlds)
    for interrupt in runbook.interrupts:
        for index, plan in enumerate(stages.action):
            if plan.plan == interrupt.plan:
                walker.interrupted_by = interrupt.on
                at_any_moment = gathered([World.of(start).given(interrupt.when)])
                walker.sequence(plan.steps, ("stages", "action", index, "steps"), at_any_moment)


_PRECISE = 4
"""Rounds in which failing plans may add to what the others find, before only what all agree on is kept: an end."""


def _from_outside(known: Known) -> list[str]:
    return [path for path in known.types if path in INCIDENT or path.startswith("report.")]


class _Walker:
    def __init__(self, runbook: Runbook, context: Context, known: Known) -> None:
        self._runbook, self._context, self._known = runbook, context, known
        self._failing: set[World] = set()
        self.interrupted_by: str | None = None

    def sequence(self, steps: Iterable[AnyStep], path: Path, worlds: Worlds) -> Worlds:
        """The worlds behind steps that follow each other."""
        for index, step in enumerate(steps):
            worlds = gathered(after for world in worlds for after in self._step(step, (*path, index), world))
        return worlds

    def plans(self, plans: tuple[PlanSteps, ...], worlds: Worlds) -> Worlds:
        """The worlds behind the plan that succeeds. What a failed plan has learnt, or forgotten, the next one finds."""
        entering, tries = worlds, 0
        while True:
            tries += 1
            before, succeeded = entering, frozenset[World]()
            self._failing = set()
            for index, plan in enumerate(plans):
                path: Path = ("stages", "action", index)
                chosen = [world for world in entering if self._may_hold((*path, "when"), plan.when, world)]
                inner = gathered(world.given(plan.when) for world in chosen)
                succeeded |= self.sequence(plan.steps, (*path, "steps"), inner)
            if self._failing <= entering:
                return gathered(succeeded)
            known = gathered(entering | self._failing)
            entering = known if tries < _PRECISE else frozenset([agreed(known)])
            if tries > _PRECISE and entering == before:
                return gathered(succeeded)

    def _step(self, step: AnyStep, path: Path, world: World) -> Iterable[World]:
        if isinstance(step, Decide):
            return self._decide(step, path, world)
        if isinstance(step, Unreadable):
            return [world]
        when = (*path, "when")
        skipped = [] if self._holds(when, step.when, world) is True else [self._skip(step, world)]
        if self._holds(when, step.when, world) is False:
            return skipped
        return [*skipped, *self._happens(step, path, world.given(step.when))]

    def _happens(self, step: AnyStep, path: Path, world: World) -> Iterable[World]:
        match step:
            case Do():
                return self._do(step, path, world)
            case Tell():
                self._message((*path, "message"), step.message, world)
                return [world]
            case Ask():
                return self._ask(step, path, world)
            case Wait():
                return self._wait(step, path, world)
            case TogetherSteps():
                return self._together(step, path, world)
            case Rounds():
                return self._rounds(step, path, world)
            case Measure():
                self._inputs(CATALOGUE[step.measure], step.with_, path, world)
            case Approve() | Decide() | Unreadable():
                pass
            case _:
                assert_never(step)
        self._failing.add(world)
        return [world]

    def _skip(self, step: AnyStep, world: World) -> World:
        if isinstance(step, Do | Ask) and step.save_as is not None and step.otherwise is not None:
            return world.saving(step.save_as, otherwise_of(step))
        return world

    def _do(self, step: Do, path: Path, world: World) -> list[World]:
        self._inputs(CATALOGUE[step.do], step.with_, path, world)
        self._failing.add(world)
        done = [world if step.save_as is None else world.saving(step.save_as, result_of(step))]
        return [*done, self._skip(step, world)] if step.on_refusal is OnRefusal.CONTINUE else done

    def _ask(self, step: Ask, path: Path, world: World) -> list[World]:
        for name, when in step.choices.items():
            self._holds((*path, "choices", name), when, world)
        self._message((*path, "question"), step.question, world)
        answered = world if step.save_as is None else world.saving(step.save_as, {step.save_as: SET})
        others = [world] if step.if_silent == SKIP else []
        refused = [self._skip(step, world)] if step.on_refusal is OnRefusal.CONTINUE else []
        return [answered, *others, *refused]

    def _wait(self, step: Wait, path: Path, world: World) -> list[World]:
        waiting, over = [world], []
        if step.check is not None and self._holds((*path, "wait"), step.wait, world) is not True:
            self._inputs(CATALOGUE[step.check.do], step.check.with_, (*path, "check"), world)
            read = world.saving(step.check.save_as, result_of(step.check))
            self._inputs(CATALOGUE[step.check.do], step.check.with_, (*path, "check"), read)
            waiting.append(read)
        for each in waiting:
            held = self._holds((*path, "wait"), step.wait, each)
            if held is not False:
                over.append(each.given(step.wait))
            if held is not True:
                over.append(each.assuming(assumed(step.then_assume)))
        return over

    def _together(self, step: TogetherSteps, path: Path, world: World) -> Worlds:
        """Each step sees what was known before, and nothing for certain of what the others find out meanwhile."""
        worlds = gathered([world])
        for index, inner in enumerate(step.together):
            others = [other for other in step.together if other is not inner]
            roots = roots_written(inner)
            clashing = sorted(roots.intersection(*[set().union(*map(roots_written, others))]))
            where = (*path, "together", index)
            if clashing:
                self._context.wrong(where, f"two steps that run at once save {clashing[0]!r}; give each its own name")
            after = list(self._step(inner, where, beside(world, others)))
            found = [each.under(roots) for each in after]
            worlds = gathered(_with(before, roots, facts) for before in worlds for facts in found)
        return worlds

    def _rounds(self, step: Rounds, path: Path, world: World) -> Worlds:
        over, seen, entering = frozenset[World](), frozenset[World](), gathered([world])
        for _ in range(step.rounds.max):
            after = self.sequence(step.rounds.steps, (*path, "rounds", "steps"), entering)
            until = (*path, "rounds", "until")
            again = [each for each in after if self._holds(until, step.rounds.until, each) is not True]
            over |= after
            seen |= entering
            entering = gathered(again)
            if entering <= seen:
                break
        return gathered(over)

    def _decide(self, step: Decide, path: Path, world: World) -> list[World]:
        for name, when in step.choices.items():
            self._holds((*path, "choices", name), when, world)
        choices = dict.fromkeys([*step.choices, step.otherwise])
        return [world.saving(step.decide, {step.decide: known_as(choice)}) for choice in choices]

    def _inputs(self, spec: ActivitySpec, given: Mapping[str, JsonValue], path: Path, world: World) -> None:
        for name, value in given.items():
            if not isinstance(value, str) or not value.startswith("="):
                continue
            where = (*path, "with", name)
            self._reads(where, value[1:], world, skip=1)
            if fact_type(spec.takes.model_fields[name].annotation) is FactType.MONEY:
                self._is_set(where, CURRENCY, world)

    def _may_hold(self, path: Path, condition: str | None, world: World) -> bool:
        return self._holds(path, condition, world) is not False

    def _holds(self, path: Path, condition: str | None, world: World) -> bool | None:
        if condition is None:
            return True
        self._reads(path, condition, world)
        return verdict(world, condition, self._known.types)

    def _reads(self, path: Path, text: str, world: World, *, skip: int = 0) -> None:
        for name in needed_by(text):
            if not world.is_set(name.path):
                self._unset(path, name.path, inside=(name.line, name.column), skip=skip)
        if scan(text).amounts:
            self._is_set(path, CURRENCY, world)

    def _is_set(self, path: Path, fact: str, world: World) -> None:
        if not world.is_set(fact):
            self._unset(path, fact)

    def _message(self, path: Path, key: str, world: World) -> None:
        for fact in self._context.texts.placeholders(key):
            self._is_set(path, fact, world)

    def _unset(self, path: Path, fact: str, *, inside: tuple[int, int] | None = None, skip: int = 0) -> None:
        message = f"{fact!r} may be unset here: {self._why(path, fact)}"
        problem = self._context.source.problem(path, message, inside=inside, skip=skip)
        if problem not in self._context.problems:
            self._context.problems.append(problem)

    def _why(self, path: Path, fact: str) -> str:
        if self.interrupted_by is not None:
            return f"{self.interrupted_by!r} may cut in before; name the fact in that interrupt's `when`"
        if fact in self._known.optional:
            return f"not every report carries it; ask `has({fact})` first"
        if fact in self._known.nullable:
            return f"what gives it may leave it open; ask `has({fact})` first"
        places = [each.where for each in saves(self._runbook) if fact in (each.facts or {})]
        if not places:
            return "no step saves it; `do: orders.read` with `save_as: order` sets the currency"
        lines = [self._context.source.problem(place, "").line for place in places]
        plans = {self._runbook.stages.action[int(place[2])].plan for place in places if place[1] == "action"}
        if all(place[1] == "action" for place in places) and (path[1:3] != places[0][1:3] or len(plans) > 1):
            return f"it is set only in plan {', '.join(f'`{plan}`' for plan in sorted(plans))}"
        if min(lines) > self._context.source.problem(path, "").line:
            return f"it is set only later, on line {min(lines)}"
        return f"a way leads here on which it is not saved (line {min(lines)}); say what it is `otherwise`"


def _with(world: World, roots: set[str], facts: dict[str, str]) -> World:
    for root in roots:
        world = world.saving(root, {})
    return world.assuming(facts)
