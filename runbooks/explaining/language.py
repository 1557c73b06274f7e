"""What a language must be able to say for a runbook to be explained in it."""

from abc import abstractmethod

from runbooks.explaining.conditions import Condition
from runbooks.explaining.items import ApproveItem, AskItem, Item, PlanItem, RoundsItem, WaitItem
from runbooks.explaining.labels import Told
from runbooks.explaining.model import (
    Cleared,
    Expected,
    Explanation,
    ExternalDeadline,
    Goal,
    Held,
    Interrupt,
    Ladder,
    Matched,
    Opening,
    Promises,
    RoleInfo,
    SetByOthers,
    Severities,
    Tasks,
    Trouble,
    Undoing,
)
from runbooks.explaining.saying import Sayer
from runbooks.policy import GoalName


class Language(Sayer):
    """A language in which a runbook can be explained whole."""

    # what opens it, and what it promises

    @abstractmethod
    def about(self, explanation: Explanation) -> list[str]: ...
    @abstractmethod
    def reported(self, opening: Opening) -> str: ...
    @abstractmethod
    def opened_by(self, rule: Expected | Matched) -> str: ...
    @abstractmethod
    def one_at_a_time(self, opening: Opening) -> list[str]:
        """What becomes of another report, of one after the end, and of other runbooks' incidents."""

    @abstractmethod
    def interrupted(self, interrupt: Interrupt) -> str: ...
    @abstractmethod
    def cleared(self, cleared: Cleared) -> str: ...
    @abstractmethod
    def severity_rules(self, severities: Severities) -> list[str]: ...
    @abstractmethod
    def severity_changes(self, severities: Severities) -> str: ...
    @abstractmethod
    def goal_if(self, name: GoalName, condition: Condition) -> str:
        """A goal, as it is promised to some alone."""

    @abstractmethod
    def clock(self, goal: Goal) -> str: ...
    @abstractmethod
    def promised(self, promises: Promises) -> list[str]:
        """What holds beside the table of goals: warnings, pauses, or that there are no goals."""

    @abstractmethod
    def set_by_others(self, deadline: ExternalDeadline) -> Told: ...
    @abstractmethod
    def row(self, row: SetByOthers) -> str: ...
    @abstractmethod
    def paged(self, ladder: Ladder) -> str: ...
    @abstractmethod
    def when_paged(self, ladders: tuple[Ladder, ...]) -> str: ...
    @abstractmethod
    def on_duty(self, role: RoleInfo) -> str: ...
    @abstractmethod
    def left_to(self, tasks: Tasks) -> str:
        """Whose it is to do what is left to a person."""

    # steps

    @abstractmethod
    def step(self, item: Item) -> Told: ...
    @abstractmethod
    def plan(self, plan: PlanItem, *, first: bool, twin: str | None) -> str:
        """When a plan is tried. ``twin``: the plan nearest above it that has the same condition."""

    @abstractmethod
    def plans(self) -> str: ...

    # how long, what is undone, what silence means

    @abstractmethod
    def worst_case(self) -> str: ...
    @abstractmethod
    def verdict(self, held: Held) -> str: ...
    @abstractmethod
    def counted(self, promises: Promises) -> str: ...
    @abstractmethod
    def not_counted(self, explanation: Explanation) -> list[str]: ...
    @abstractmethod
    def trouble(self, trouble: Trouble) -> str: ...
    @abstractmethod
    def undoing(self, undoing: Undoing) -> str: ...
    @abstractmethod
    def called_off(self, explanation: Explanation) -> list[str]: ...
    @abstractmethod
    def final(self, activities: tuple[str, ...]) -> str: ...
    @abstractmethod
    def silence(self, item: Item) -> str | None:
        """What it means that nothing is heard; ``None`` for a step that waits for nobody."""

    @abstractmethod
    def silence_in_short(self, item: AskItem | WaitItem | ApproveItem) -> str:
        """After how long, and what follows."""

    @abstractmethod
    def after_rounds(self, item: RoundsItem) -> str: ...
    @abstractmethod
    def always(self) -> list[str]:
        """What holds for every runbook."""

    @abstractmethod
    def nobody_awaited(self) -> str: ...
    @abstractmethod
    def nothing_undone(self) -> str: ...
