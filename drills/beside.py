"""What entries about promises, deadlines of others and pages may be said to be about, in a scenario's ``moments``."""

from activities.wire import PageResult
from amends.models import Party, Severity
from amends.timeline import EntryKind
from drills.checking_acts import CONFIRMATIONS, people_of, protecting_approvals, protecting_steps
from runbooks.bundle import Bundle
from runbooks.policy import GoalName
from runbooks.program import AskStep, TellStep
from workflows.beside import reminders_of

_UPDATES = range(1, 31)
"""How often the customer may be sent a word by itself in one scenario, and more."""

_RAISES = ("breach", "undo_failed", "no_plan_left", "escalate")
_STOPS = ("nothing_owed", "ended", "no_ladder")
_HOLDS = ("quiet", "snoozed")


class Beside:
    """The names of what runs beside the stages of one runbook."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._sla = bundle.sla
        self._goals = [goal.value for goal in bundle.sla.goals] if bundle.sla else []
        self._deadlines = [each.name for each in bundle.external]
        self._roles = sorted(bundle.roles)
        self._people = people_of(bundle)
        self._levels = [f"level {number}" for number, _ in enumerate(bundle.escalation, start=1)]

    def of(self, entry: EntryKind) -> list[str]:
        """What entries of a kind may name; nothing for a kind that is about something else."""
        match entry:
            case EntryKind.CLOCK_STARTED:
                calendars = (
                    {goal.calendar for goal in self._sla.goals.values() if goal.calendar} if self._sla else set()
                )
                return [*self._goals, *sorted(calendars)]
            case EntryKind.CLOCK_PAUSED | EntryKind.CLOCK_RESUMED:
                return [*self._goals, *(party.value for party in Party)]
            case EntryKind.CLOCK_WARNED:
                percents = self._sla.warn_at if self._sla else ()
                return [*self._goals, *(f"{goal} at {percent}%" for goal in self._goals for percent in percents)]
            case EntryKind.BREACH_REASSESSED:
                return [*self._goals, *(severity.value for severity in Severity)]
            case EntryKind.CLOCK_RESET | EntryKind.CLOCK_BREACHED | EntryKind.CLOCK_STOPPED:
                return self._goals
            case EntryKind.DEADLINE_SET:
                return [*self._deadlines, *(each.table for each in self._bundle.external)]
            case EntryKind.DEADLINE_PROTECTED:
                return [
                    *self._deadlines,
                    *protecting_steps(self._bundle),
                    *self._own_steps(),
                    *self._people,
                    *self._wholes(),
                ]
            case EntryKind.SEVERITY_SET:
                return sorted({name for rule in self._bundle.program.severity for name in rule.near})
            case EntryKind.DEADLINE_MISSED | EntryKind.DEADLINE_LET_GO:
                return self._deadlines
            case EntryKind.PAGE_REQUESTED:
                return [*self._people, *self._roles, *self._levels]
            case EntryKind.PAGE_SENT | EntryKind.PAGE_FAILED:
                return [*self._people, *(result.value for result in PageResult)]
            case EntryKind.PAGE_HELD:
                return [*self._roles, *_HOLDS]
            case EntryKind.LADDER_RAISED:
                return [*self._levels, *_RAISES, *self._goals, *self._deadlines, *self._people]
            case EntryKind.LADDER_EXHAUSTED:
                return self._levels
            case EntryKind.LADDER_STOPPED:
                return [*_STOPS]
            case EntryKind.ACKNOWLEDGED | EntryKind.ESCALATION_REQUESTED | EntryKind.SNOOZE_REQUESTED:
                return self._people
            case _:
                return []

    def dues(self) -> list[str]:
        """What falls due, as the engine names it."""
        percents = self._sla.warn_at if self._sla else ()
        return [
            *(f"goal {goal}" for goal in self._goals),
            *(f"{percent}% of {goal}" for goal in self._goals for percent in percents),
            f"word for {GoalName.UPDATE}",
            "suspension",
            *(f"page of {level}" for level in self._levels),
            *(f"protection of {name}" for name in self._deadlines),
            *(f"nearness of {name}" for name in self._deadlines),
            *(f"deadline {name}" for name in self._deadlines),
        ]

    def effects(self) -> list[str]:
        """The steps beside the stages that do or send something, and what they call."""
        calls = [each.protect_by for each in self._bundle.external if each.protect_by is not None]
        return [*protecting_steps(self._bundle), *calls, *self.sendings()]

    def sendings(self) -> list[str]:
        """The steps beside the stages that send a message."""
        sent = [f"sla.update.{number}" for number in _UPDATES] if self._told else []
        return [*sent, *(reminder.id for reminder in self._reminders)]

    def clearings(self) -> list[str]:
        """The news that says that the cause is gone, and the questions whether it is."""
        if not self._bundle.clears:
            return []
        return [*(rule.on for rule in self._bundle.clears), *(f"clears.ask.{number}" for number in CONFIRMATIONS)]

    def messages(self) -> list[str]:
        """What the customer is told by itself, or reminded with."""
        return [*self._told, *dict.fromkeys(reminder.message for reminder in self._reminders)]

    @property
    def _told(self) -> list[str]:
        goal = self._sla.goals.get(GoalName.UPDATE) if self._sla else None
        return [goal.tell] if goal is not None and goal.tell is not None else []

    @property
    def _reminders(self) -> list[TellStep]:
        asks = [step for step in self._bundle.program.all_steps() if isinstance(step, AskStep)]
        return [reminder for ask in asks for reminder in reminders_of(ask)]

    def approvals(self) -> list[str]:
        """The approvals without which a deadline of others is not protected."""
        return [step for _, step in protecting_approvals(self._bundle)]

    def tasks(self) -> list[str]:
        """What is left to a person when a deadline of others cannot be protected."""
        return [f"unprotected:{name}" for name in self._deadlines]

    def _wholes(self) -> list[str]:
        """How a customer can be made whole."""
        return [plan.name for plan in self._bundle.program.action]

    def _own_steps(self) -> list[str]:
        calls = {each.protect_by for each in self._bundle.external}
        return [step.id for step in self._bundle.program.all_steps() if getattr(step, "activity", None) in calls]
