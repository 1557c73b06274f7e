"""One turn of the core: the state, the time, and what comes out (entries and commands)."""

from dataclasses import dataclass, field
from datetime import datetime

from amends.models import ENGINE, Actor, Data
from amends.timeline import Entry, EntryKind
from workflows.events import Command
from workflows.state import State, Task, Why


@dataclass
class Turn:
    """Gathers what one event leads to. The state is changed in place."""

    state: State
    now: datetime
    entries: list[Entry] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)

    def note(self, kind: EntryKind, data: Data | None = None, *, actor: Actor = ENGINE) -> Entry:
        """Write an entry; its number is the run's next."""
        entry = Entry(n=self.state.next_n, kind=kind, occurred_at=self.now, actor=actor, data=data or {})
        self.state.next_n += 1
        self.entries.append(entry)
        return entry

    def issue(self, command: Command) -> None:
        """Ask for a command. It is pending until its return has been taken."""
        self.state.pending[command.id] = command
        self.commands.append(command)

    def open_task(self, *, task_id: str, step: str, why: Why) -> None:
        """Hand something to a person; the incident counts as taken over until it is done."""
        self.state.tasks.append(Task(id=task_id, step=step, why=why, opened_at=self.now))
        self.note(EntryKind.TASK_OPENED, {"task": task_id, "step": step, "why": why})
