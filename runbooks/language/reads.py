"""What is read at a place of a runbook, and whether a world has it; what may be unset is told with its reason."""

from collections.abc import Mapping

from pydantic import JsonValue

from runbooks.catalogue import ActivitySpec
from runbooks.expressions import CURRENCY
from runbooks.language.context import Context
from runbooks.language.facts import Known, fact_type, saves
from runbooks.language.guards import needed_by
from runbooks.language.source import Path
from runbooks.language.surface import Runbook
from runbooks.language.worlds import World, verdict
from runbooks.program import FactType
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
        if scan(text).amounts:
            self._is_set(path, CURRENCY, world)

    def _is_set(self, path: Path, fact: str, world: World) -> None:
        if not world.is_set(fact):
            self._unset(path, fact)

    def message(self, path: Path, key: str, world: World) -> None:
        """Notes what a message names and a world may lack."""
        for fact in self._context.texts.placeholders(key):
            self._is_set(path, fact, world)

    def _unset(self, path: Path, fact: str, *, inside: tuple[int, int] | None = None, skip: int = 0) -> None:
        message = f"{fact!r} may be unset here: {self._why(path, fact)}"
        problem = self._context.source.problem(path, message, inside=inside, skip=skip)
        if problem not in self._context.problems:
            self._context.problems.append(problem)

    def _why(self, path: Path, fact: str) -> str:
        if self.interrupted_by is not None:
            return f"{self.interrupted_by!r} may cut in before; name a fact in its `when` that is known from then on"
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
            return f"it is set only in plan {', '.join(f'`{plan}`' for plan in sorted(plans))}; use it there alone"
        if min(lines) > self._context.source.problem(path, "").line:
            return f"it is set only later, on line {min(lines)}; put the step that saves it before this one"
        return f"not every way here saves it (line {min(lines)}); say `otherwise` there, or ask `has({fact})` first"
