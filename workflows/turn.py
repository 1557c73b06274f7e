"""One turn of the core: the state, the time, and what comes out (entries and commands)."""

from dataclasses import dataclass, field
from datetime import datetime

from amends.models import ENGINE, Actor, Data
from amends.timeline import Entry, EntryKind
from workflows.events import Command
from workflows.state import Receipt, State, Task, Why


@dataclass
class Turn:
    """Gathers what one event leads to. The state is changed in place."""

    state: State
    now: datetime
    entries: list[Entry] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    happened_at: datetime | None = None
    """When that happened which the event tells of, or what it was that ran out, if that was before now."""
    raises: list[tuple[str, str]] = field(default_factory=list)
    """Why the ladder is to start a level higher, and over what."""

    def note(self, kind: EntryKind, data: Data | None = None, *, actor: Actor = ENGINE) -> Entry:
        """Write an entry; its number is the run's next."""
        entry = Entry(n=self.state.next_n, kind=kind, occurred_at=self.now, actor=actor, data=data or {})
        self.state.next_n += 1
        self.entries.append(entry)
        return entry

    def ran_out(self, at: datetime) -> None:
        """Somebody's time was over ``at`` a moment, though nobody looked then. What happened last is what counts."""
        self.happened_at = max(self.happened_at or at, at)

    def issue(self, command: Command) -> None:
        """Ask for a command. It is pending until its return has been taken."""
        self.state.pending[command.id] = command
        self.commands.append(command)

    def open_task(
        self, *, task_id: str, step: str, why: Why, owner: str | None = None, because: str | None = None
    ) -> None:
        """Hand something to a person; the incident counts as taken over until it is done. ``because``: what else is to
        be said of it.

        The bundle says whose it is, if ``owner`` does not, and by when it is to be done.
        """
        policy = self.state.bundle.tasks
        task = Task(id=task_id, step=step, why=why, opened_at=self.now, owner=owner)
        if policy is not None:
            task.owner = owner or policy.owner
            task.due_at = self.now + policy.within.of(self.state.severity)
        self.state.tasks.append(task)
        if why in (Why.UNDO_FAILED, Why.NO_PLAN_LEFT):
            self.raises.append((why.value, task_id))
        shown: Data = {"task": task_id, "step": step, "why": why, "owner": task.owner}
        shown |= {"because": because} if because is not None else {}
        self.note(EntryKind.TASK_OPENED, {**shown, "due_at": task.due_at.isoformat() if task.due_at else None})

    def close_task(self, task_id: str, *, how: str) -> None:
        """What a person had to do is done. Harmless for a task that is not open."""
        if any(task.id == task_id for task in self.state.tasks):
            self.state.tasks = [task for task in self.state.tasks if task.id != task_id]
            self.note(EntryKind.TASK_CLOSED, {"task": task_id, "how": how})

    def receipt(self, key: str, entry: Entry | None, result: str, *, refused: str | None = None) -> None:
        """Keep what became of an update or of news, under its kind and key."""
        self.state.handled[key] = Receipt(
            incident_id=self.state.incident_id,
            run_id=self.state.run_id,
            n=entry.n if entry is not None else -1,
            result=result,
            refused=refused,
        )
