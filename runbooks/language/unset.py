"""Whether every fact that a runbook reads has been set on every way that leads there.

The steps are walked in every way that makes a difference: done, skipped, refused, met by silence, assumed when the time
was over. A fact that is not set on one of them, where something reads it, is a problem at that place.
"""

from collections.abc import Iterable
from typing import assert_never

from runbooks.catalogue import CATALOGUE
from runbooks.language.context import Context
from runbooks.language.facts import INCIDENT, Known, confirmed
from runbooks.language.guards import needed_by
from runbooks.language.reads import Reader
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
from runbooks.language.worlds import MAYBE, SET, World, Worlds, agreed, gathered, known_as
from runbooks.language.writes import answer_of, assumed, beside, otherwise_of, result_of, roots_written
from runbooks.program import OnRefusal


def check_facts_are_set(runbook: Runbook, context: Context, known: Known) -> None:
    """Notes every fact that may not be set where it is read. The runbook must be right otherwise."""
    walker = _Walker(runbook, context, known)
    start = {path: MAYBE if path in known.optional else SET for path in _from_outside(known)}
    start |= dict.fromkeys((name for _, name in confirmed(runbook)), MAYBE)  # news may have the customer asked any time
    worlds = gathered([World.of(start)])
    stages = runbook.stages
    worlds = walker.sequence(stages.report, ("stages", "report"), worlds)
    reporting, walker.met = walker.met, set(worlds)
    worlds = walker.sequence(stages.analysis, ("stages", "analysis"), worlds)
    worlds = walker.plans(stages.action, worlds)
    worlds = walker.sequence(stages.follow_up, ("stages", "follow_up"), worlds)
    walker.update(runbook, walker.met | worlds)
    met = reporting | walker.met  # not gathered: what differs between them says which of them a condition lets through
    walker.clear(runbook, met | worlds)
    for interrupt in runbook.interrupts:
        for index, plan in enumerate(stages.action):
            if plan.plan == interrupt.plan:
                walker.cut_in(interrupt.on)
                then = gathered(world.given(interrupt.when) for world in met if _may_cut_in(world, interrupt.when))
                behind = walker.sequence(plan.steps, ("stages", "action", index, "steps"), then)
                walker.sequence(stages.follow_up, ("stages", "follow_up"), then | behind)


def _may_cut_in(world: World, when: str | None) -> bool:
    """Whether an interrupt's condition could hold in a world: one whose facts are not known does not."""
    return when is None or all(world.standing(name.path) is not None for name in needed_by(when))


_PRECISE = 4
"""Rounds in which failing plans may add to what the others find, before only what all agree on is kept: an end."""


def _from_outside(known: Known) -> list[str]:
    return [path for path in known.types if path in INCIDENT or path.startswith("report.")]


class _Walker:
    def __init__(self, runbook: Runbook, context: Context, known: Known) -> None:
        self._context = context
        self._reader = Reader(runbook, context, known)
        self._failing: set[World] = set()
        self._walked: dict[tuple[Path, World, str | None], tuple[tuple[World, ...], set[World]]] = {}
        """Of each step, in each world that it was met in: the worlds behind it, and those in which it may fail."""
        self.met: set[World] = set()

    def cut_in(self, event: str) -> None:
        """From now on the steps are walked as the event's interrupt starts them."""
        self._reader.interrupted_by = event

    def update(self, runbook: Runbook, worlds: Iterable[World]) -> None:
        """The message that goes out by itself, in any of the worlds behind the report stage. In that stage a fact that
        is not known yet is shown as ``—``."""
        if runbook.sla is not None and runbook.sla.update is not None and runbook.sla.update.tell is not None:
            for world in gathered(worlds):
                self._reader.message_by_itself(("sla", "update", "tell"), runbook.sla.update.tell, world)

    def clear(self, runbook: Runbook, worlds: Iterable[World]) -> None:
        """What the customer is asked and told when news clears the incident, in any of the worlds."""
        for index, rule in enumerate(runbook.clears):
            self._reader.interrupted_by = rule.on
            for then in gathered(world.given(rule.when) for world in worlds if _may_cut_in(world, rule.when)):
                self._reader.message(("clears", index, "tell"), rule.tell, then)
                if rule.confirm is not None:
                    asked: Path = ("clears", index, "confirm", "question")
                    self._reader.message(asked, rule.confirm.question, then)

    def sequence(self, steps: Iterable[AnyStep], path: Path, worlds: Worlds) -> Worlds:
        """The worlds behind steps that follow each other."""
        for index, step in enumerate(steps):
            self.met |= worlds
            worlds = gathered(after for world in worlds for after in self._step(step, (*path, index), world))
        return worlds

    def plans(self, plans: tuple[PlanSteps, ...], worlds: Worlds) -> Worlds:
        """The worlds behind the plan that succeeds, and behind a person who settles it when none does. What a failed
        plan has learnt, or forgotten, the next one finds."""
        entering, tries = worlds, 0
        while True:
            tries += 1
            before, succeeded = entering, frozenset[World]()
            self._failing = set()
            for index, plan in enumerate(plans):
                path: Path = ("stages", "action", index)
                chosen = [world for world in entering if self._reader.may_hold((*path, "when"), plan.when, world)]
                inner = gathered(world.given(plan.when) for world in chosen)
                succeeded |= self.sequence(plan.steps, (*path, "steps"), inner)
            if self._failing <= entering:
                return gathered(succeeded | entering)
            known = gathered(entering | self._failing)
            entering = known if tries < _PRECISE else frozenset([agreed(known)])
            if tries > _PRECISE and entering == before:
                return gathered(succeeded | entering)

    def _step(self, step: AnyStep, path: Path, world: World) -> Iterable[World]:
        """The worlds behind a step. Rounds, and plans that are tried again, come to the same step in the same world
        over and over: it is walked once."""
        met = (path, world, self._reader.interrupted_by)
        if met not in self._walked:
            elsewhere, self._failing = self._failing, set()
            after = tuple(self._behind(step, path, world))
            self._walked[met] = after, self._failing
            self._failing = elsewhere
        after, failing = self._walked[met]
        self._failing |= failing
        return after

    def _behind(self, step: AnyStep, path: Path, world: World) -> Iterable[World]:
        if isinstance(step, Decide):
            return self._decide(step, path, world)
        if isinstance(step, Unreadable):
            return [world]
        held = self._reader.holds((*path, "when"), step.when, world)
        skipped = [] if held is True else [self._skip(step, world)]
        if held is False:
            return skipped
        return [*skipped, *self._happens(step, path, world.given(step.when))]

    def _happens(self, step: AnyStep, path: Path, world: World) -> Iterable[World]:
        match step:
            case Do():
                return self._do(step, path, world)
            case Tell():
                self._reader.message((*path, "message"), step.message, world)
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
                self._reader.inputs(CATALOGUE[step.measure], step.with_, path, world)
                self._reader.end_of_measure((*path, "until"), step.until, world)
            case Approve():
                self._reader.amount(step, path, world)
            case Decide() | Unreadable():
                pass
            case _:
                assert_never(step)
        self._failing.add(world)
        return [world]

    def _skip(self, step: AnyStep, world: World) -> World:
        known = step.knows_otherwise if isinstance(step, Ask) else isinstance(step, Do) and step.otherwise is not None
        if isinstance(step, Do | Ask) and step.save_as is not None and known:
            return world.saving(step.save_as, otherwise_of(step))
        return world

    def _do(self, step: Do, path: Path, world: World) -> list[World]:
        self._reader.inputs(CATALOGUE[step.do], step.with_, path, world)
        self._failing.add(world)
        done = [world if step.save_as is None else world.saving(step.save_as, result_of(step))]
        return [*done, self._skip(step, world)] if step.on_refusal is OnRefusal.CONTINUE else done

    def _ask(self, step: Ask, path: Path, world: World) -> list[World]:
        for name, when in step.choices.items():
            self._reader.holds((*path, "choices", name), when, world)
        self._reader.message((*path, "question"), step.question, world)
        if step.remind is not None:
            self._reader.message((*path, "remind", "message"), step.remind.message, world)
        self._reader.amounts(step, path, world)
        answered = world if step.save_as is None else world.saving(step.save_as, answer_of(step))
        others = [self._skip(step, world)] if step.if_silent == SKIP else []
        refused = [self._skip(step, world)] if step.on_refusal is OnRefusal.CONTINUE else []
        return [answered, *others, *refused]

    def _wait(self, step: Wait, path: Path, world: World) -> list[World]:
        waiting, over = [world], []
        if step.check is not None and self._reader.holds((*path, "wait"), step.wait, world) is not True:
            self._reader.inputs(CATALOGUE[step.check.do], step.check.with_, (*path, "check"), world)
            read = world.saving(step.check.save_as, result_of(step.check))
            self._reader.inputs(CATALOGUE[step.check.do], step.check.with_, (*path, "check"), read)
            waiting.append(read)
        for each in waiting:
            held = self._reader.holds((*path, "wait"), step.wait, each)
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
            found = {tuple((root, each.under(root)) for root in roots) for each in after}
            worlds = gathered(before.having(dict(facts)) for before in worlds for facts in found)
        return worlds

    def _rounds(self, step: Rounds, path: Path, world: World) -> Worlds:
        over, seen, entering = frozenset[World](), frozenset[World](), gathered([world])
        for _ in range(step.rounds.max):
            after = self.sequence(step.rounds.steps, (*path, "rounds", "steps"), entering)
            until = (*path, "rounds", "until")
            again = [each for each in after if self._reader.holds(until, step.rounds.until, each) is not True]
            over |= after
            seen |= entering
            entering = gathered(again)
            if entering <= seen:
                break
        return gathered(over)

    def _decide(self, step: Decide, path: Path, world: World) -> list[World]:
        for name, when in step.choices.items():
            self._reader.holds((*path, "choices", name), when, world)
        choices = dict.fromkeys([*step.choices, step.otherwise])
        return [world.saving(step.decide, {step.decide: known_as(choice)}) for choice in choices]
