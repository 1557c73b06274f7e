"""What is read at a place of a runbook, and whether a world has it; what may be unset is told with its reason."""

from collections.abc import Mapping

from pydantic import JsonValue

from runbooks.catalogue import ActivitySpec
from runbooks.expressions import CURRENCY, read_beside
from runbooks.language.approvals import spending_behind
from runbooks.language.context import Context
from runbooks.language.facts import Known, every_step, fact_type, saves
from runbooks.language.guards import needed_by
from runbooks.language.source import Path
from runbooks.language.step_shapes import Approve, Ask
from runbooks.language.surface import Runbook
from runbooks.language.worlds import MAYBE, SET, World, root_of, verdict
from runbooks.language.writes import Write, writes
from runbooks.program import MOMENTS, AnswerKind, FactType
from runbooks.scanning import scan


class Reader:
    """Notes, in the context, every fact that is read where it may be unset. ``interrupted_by``: the event whose
    interrupt is followed."""

    def __init__(self, runbook: Runbook, context: Context, known: Known) -> None:
        self._runbook, self._context, self._known = runbook, context, known
        self.interrupted_by: str | None = None

    def inputs(self, spec: ActivitySpec, given: Mapping[str, JsonValue], path: Path, world: World) -> None:
        """Notes what the inputs of an activity read and a world may lack."""
        for name, value in given.items():
            if not isinstance(value, str) or not value.startswith("="):
                continue
            where = (*path, "with", name)
            self._reads(where, value[1:], world, skip=1)
            if fact_type(spec.takes.model_fields[name].annotation) is FactType.MONEY:
                self._is_set(where, CURRENCY, world)

    def amount(self, step: Approve, path: Path, world: World) -> None:
        """Notes what the amount of an approval reads and a world may lack when the approval is asked for."""
        spending = spending_behind(path, self._runbook)
        written = step.amount if step.amount is not None else spending.amount if spending is not None else None
        if not isinstance(written, str):
            return
        if step.amount is not None:
            self._reads((*path, "amount"), written[1:], world, skip=1)
        for name in needed_by(written[1:]) if step.amount is None else ():
            self._is_set((*path, "approve"), name.path, world)
        self._is_set((*path, "approve"), CURRENCY, world)

    def amounts(self, step: Ask, path: Path, world: World) -> None:
        """Notes what the amounts of a question read and a world may lack when it is asked; all of them are in the
        order's currency."""
        if step.answer is not AnswerKind.AMOUNT:
            return
        self._is_set((*path, "answer"), CURRENCY, world)
        for name in ("at_least", "at_most", "if_silent", "otherwise"):
            written = getattr(step, name)
            if isinstance(written, str) and written.startswith("="):
                self._reads((*path, name), written[1:], world, skip=1)

    def end_of_measure(self, path: Path, until: str, world: World) -> None:
        """Notes what the end of a measure reads and the world where it begins, or one behind it, may lack."""
        self._reads(path, until, world.assuming(dict.fromkeys(MOMENTS, SET)))
        for name in needed_by(until):
            for where, step in every_step(self._runbook):
                if world.is_set(name.path) and any(_takes_away(write, name.path) for write in writes(step)):
                    line = self._context.source.problem(where, "").line
                    message = f"{name.path!r} may be taken away again on line {line}; ask `has({name.path})` first"
                    problem = self._context.source.problem(path, message, inside=(name.line, name.column))
                    self._context.problems.append(problem)
                    break

    def may_hold(self, path: Path, condition: str | None, world: World) -> bool:
        """Whether a condition could hold in a world; notes what it reads and the world may lack."""
        return self.holds(path, condition, world) is not False

    def holds(self, path: Path, condition: str | None, world: World) -> bool | None:
        """Whether a condition holds in a world (``None``: that depends); notes what it reads and the world may lack."""
        if condition is None:
            return True
        self._reads(path, condition, world)
        return verdict(world, condition, self._known.types)

    def _reads(self, path: Path, text: str, world: World, *, skip: int = 0) -> None:
        for name in needed_by(text):
            if not world.is_set(name.path):
                self._unset(path, name.path, inside=(name.line, name.column), skip=skip)
        for fact in read_beside(scan(text)):
            self._is_set(path, fact, world)

    def _is_set(self, path: Path, fact: str, world: World) -> None:
        if not world.is_set(fact):
            self._unset(path, fact)

    def message(self, path: Path, key: str, world: World) -> None:
        """Notes what a message names and a world may lack."""
        for fact in self._context.texts.placeholders(key):
            self._is_set(path, fact, world)

    def message_by_itself(self, path: Path, key: str, world: World) -> None:
        """Notes what a message names that may go out at any time behind the report stage, and a world may lack."""
        for fact in self._context.texts.placeholders(key):
            if not world.is_set(fact):
                message = f"{fact!r} may be unset when this goes out by itself, at any time behind the report stage; "
                message += "name what every report carries, or what that stage sets on every way"
                problem = self._context.source.problem(path, message)
                if problem not in self._context.problems:
                    self._context.problems.append(problem)

    def _unset(self, path: Path, fact: str, *, inside: tuple[int, int] | None = None, skip: int = 0) -> None:
        message = f"{fact!r} may be unset here: {self._why(path, fact)}"
        problem = self._context.source.problem(path, message, inside=inside, skip=skip)
        if problem not in self._context.problems:
            self._context.problems.append(problem)

    def _why(self, path: Path, fact: str) -> str:
        if self.interrupted_by is not None:
            why = (
                f"{self.interrupted_by!r} may cut in before; name a fact in its `when` that is known from then on, or "
            )
            return why + f"ask `has({fact})` first"
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
            named = ", ".join(f"`{plan}`" for plan in sorted(plans))
            return f"it is set only in plan {named}; use it there alone, or ask `has({fact})` first"
        if min(lines) > self._context.source.problem(path, "").line:
            return f"it is set only later, on line {min(lines)}; put the step that saves it before this one"
        return f"not every way here saves it (line {min(lines)}); say `otherwise` there, or ask `has({fact})` first"


def _takes_away(write: Write, fact: str) -> bool:
    return write.root == root_of(fact) and write.whole and write.facts.get(fact, MAYBE) == MAYBE
