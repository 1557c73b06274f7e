"""Whoever is asked does their part, and every system is well: then every incident comes to an end."""

from collections import Counter
from dataclasses import dataclass, field

from tests.model.acts import Acts
from tests.model.programs import PEOPLE
from tests.model.promises import BOSSES
from tests.model.votes import Approval, may_decide
from tests.model.walk import person
from workflows import core
from workflows.events import Verdict
from workflows.state import Task, Why

ROUNDS = 160
"""More than any of the walks' runbooks needs."""

_CLERK, _BOSS = person("ops:mei"), person(BOSSES[0])


@dataclass
class Finisher:
    """Does for an incident what fair people do: decide, answer, try again, and where that is of no use, settle, or let
    be with a second person; call it off only when what it waits for is refused for ever."""

    acts: Acts
    tried: Counter[str] = field(default_factory=Counter)
    moves: int = 0
    asked: set[tuple[str, int, str]] = field(default_factory=set)

    def finish(self) -> None:
        """Bring the incident to its end. Raises ``AssertionError`` if it does not come to one."""
        self.acts.walk.bad_luck.clear()
        self.acts.walk.talks.clear()
        self.acts.walk.shop.refuses.clear()
        self.go_on(ROUNDS)
        state = self.acts.walk.state
        assert state.ended, f"no end after {ROUNDS} moves: {state.tasks} {state.approvals}"

    def go_on(self, moves: int) -> None:
        """Make so many moves, fewer if the incident ends before."""
        walk = self.acts.walk
        for _ in range(moves):
            walk.quieten(most=200)
            if walk.state.ended:
                return
            before = (len(walk.entries), walk.now)
            self.moves += 1
            self._move(f"fair-{self.moves}")
            assert (len(walk.entries), walk.now) != before or walk.out, "whoever is waited for can do something"
        walk.quieten(most=200)

    def _move(self, key: str) -> None:
        walk = self.acts.walk
        approvals = walk.mirror.open_approvals()
        if walk.promises.calls_people and self.moves % 3 == 0:
            self.acts.acknowledge(key, _BOSS)
        elif approvals:
            self._decide(key, approvals[0])
        elif walk.state.tasks:
            self._see_to(key, walk.state.tasks[0])
        elif asks := self.acts.asks():
            self.acts.answer(key, asks[0])
        else:
            assert core.next_due(walk.state) is not None
            walk.pass_time()

    def _decide(self, key: str, approval: Approval) -> None:
        mirror = self.acts.walk.mirror
        barred = mirror.hands if approval.role else {mirror.wanted[approval.id]}
        for who in PEOPLE:
            asking = (approval.id, approval.number, who)
            if who in (*barred, *approval.votes) or asking in self.asked or not may_decide(mirror.roles, approval, who):
                continue
            self.asked.add(asking)
            self.acts.decide(key, approval.id, person(who))
            return
        able = next(who for who in PEOPLE if may_decide(mirror.roles, approval, who, rejecting=True))
        self.acts.decide(key, approval.id, person(able), verdict=Verdict.REJECT)

    def _see_to(self, key: str, task: Task) -> None:
        what = f"{task.why} {task.step}"
        self.tried[what] += 1
        again = self.tried[what] > 1
        match task.why:
            case Why.REJECTED | Why.REFUSED if self.tried[what] > 2:
                self.acts.cancel(key, _CLERK)
            case Why.UNDO_FAILED | Why.BOOKS_DIFFER if again:
                self.acts.waive(key, task.id, _CLERK)
            case Why.NO_PLAN_LEFT if self.tried[what] < 3 and self.moves % 2 and self._choose(key):
                pass
            case Why.UNPROTECTED | Why.REFUSED | Why.NO_PLAN_LEFT if again and self.acts.settle(key, task, _CLERK):
                pass
            case _:
                self.acts.retry(f"{key} again", task.id, _CLERK)

    def _choose(self, key: str) -> bool:
        """Have the last plan tried, which needs nothing to be known."""
        return self.acts.choose(key, self.acts.walk.bundle.program.action[-1].name, _CLERK)
