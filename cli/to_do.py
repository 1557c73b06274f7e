"""What people can do about an incident now: pages, tasks, approvals and questions, each with the commands for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from amends.journal import Alert, TimelineRow
from amends.models import Money
from amends.watchdog import tell as tell_alert
from cli import pending, styles, tasks, wording
from cli.paging import paging
from cli.screen import Screen
from cli.times import Times
from runbooks.program import AnswerKind, Program
from workflows.contract import OpenApproval, OpenAsk, View


@dataclass(frozen=True)
class ToDo:
    """What is open in an incident: as it says itself, or where it cannot be asked as its timeline tells.

    ``incident`` is enough of its id; ``at`` stands behind each command, to reach the same server. ``texts``: as for
    ``telling.tell``.
    """

    incident: str
    timeline: Sequence[TimelineRow]
    view: View | None
    alerts: Sequence[Alert]
    program: Program | None
    now: datetime
    times: Times
    at: str
    texts: Mapping[str, str] = field(default_factory=dict)

    def print(self, screen: Screen) -> None:
        for alert in self.alerts:
            screen.line()
            screen.line(f"A person is needed (since {self.times.moment(alert.noticed_at)})", style=styles.ALARM)
            lost = "" if alert.kind.of_the_story else " Nothing carries this incident any more: settle it by hand."
            screen.line(f"{_titled(tell_alert(alert))}.{lost}", prefix="  ")
        self._print_suspension(screen)
        self._print_paging(screen)
        for task in pending.tasks(self.timeline):
            self._print_task(screen, task)
        for approval in self._approvals:
            self._print_approval(screen, approval)
        self._print_asks(screen, self.view.asks if self.view else tuple(pending.asks(self.timeline)))
        self._print_skippable(screen, self.view.skippable if self.view else ())

    def _print_suspension(self, screen: Screen) -> None:
        wish = pending.suspension(self.timeline)
        if wish is None:
            return
        until = pending.moment(wish.data.get("until"))
        at = f" until {self.times.deadline(until, now=self.now)} at most" if until else ""
        whom = wording.party(str(wish.data.get("party")))
        screen.line()
        screen.line("Suspended", style=styles.HEADING)
        screen.line(f"For {whom}{at}, by {wish.actor.id}: {wish.data.get('reason')}.", prefix="  ")
        screen.line("The clocks stand still, and nobody is paged.", prefix="  ")
        screen.whole(f"    amends resume {self.incident}{self.at}")

    def _print_paging(self, screen: Screen) -> None:
        known = paging(self.timeline, self.view, now=self.now, times=self.times, texts=self.texts)
        if known is None:
            return
        screen.line()
        screen.line("Paging", style=styles.HEADING if known.taken else styles.ALARM)
        for line in known.lines:
            screen.line(line, prefix="  ")
        escalate = f'amends escalate {self.incident} --reason "…"'
        take = (f"amends ack {self.incident}", f'amends snooze {self.incident} --for 1h --reason "…"')
        for command in (escalate,) if known.taken else (*take, escalate):
            screen.whole(f"    {command}{self.at}")

    @property
    def _approvals(self) -> Sequence[OpenApproval]:
        return self.view.approvals if self.view else pending.approvals(self.timeline)

    def _print_task(self, screen: Screen, task: TimelineRow) -> None:
        need = tasks.in_words(task, self.timeline, self.program)
        screen.line()
        screen.line(f"A person is needed (since {self.times.moment(task.occurred_at)})", style=styles.ALARM)
        owner, due_at = str(task.data.get("owner") or ""), pending.until(task)
        if owner:
            by = f" until {self.times.deadline(due_at, now=self.now)}" if due_at else ""
            overdue = "Overdue: " if due_at and due_at <= self.now else ""
            screen.line(f"{overdue}{wording.role(owner)} has to see to it{by}.", prefix="  ")
        given_to = pending.assignee(self.timeline, task)
        if given_to:
            screen.line(f"{given_to} has it.", prefix="  ")
        screen.line(need.why, prefix="  ")
        screen.line(need.what, prefix="  ")
        for command in need.commands:
            screen.whole(f"    {command}{self.at}")

    def _print_approval(self, screen: Screen, approval: OpenApproval) -> None:
        screen.line()
        screen.line("To be approved", style=styles.HEADING)
        for line in approval_in_words(approval, now=self.now, times=self.times, texts=self.texts):
            screen.line(line, prefix="  ")
        several = len(self._approvals) > 1 or approval.approval.startswith("waive:")
        name = self.texts.get(approval.approval, approval.approval)
        approve, reject = tasks.deciding(self.incident, name if several else "")
        if approval.amount is not None:  # who has seen one amount does not approve another that is asked for meanwhile
            typed = wording.money(approval.amount.amount, approval.amount.currency).replace(",", "")
            approve += f' --amount "{typed}"'
        for command in (approve, reject):
            screen.whole(f"    {command}{self.at}")

    def _print_asks(self, screen: Screen, asks: Sequence[OpenAsk]) -> None:
        if asks:
            screen.line()
            screen.line("What may be answered now", style=styles.HEADING)
        for ask in asks:
            screen.line(self._asked(ask), prefix="  ")
            for line in _read(ask):
                screen.line(line, prefix="    ")
            several = f" --ask {ask.ask}" if len(asks) > 1 else ""
            for answer in ways_to_answer(ask):
                screen.whole(f"    amends answer {self.incident} {answer}{several}{self.at}")

    def _print_skippable(self, screen: Screen, steps: Sequence[str]) -> None:
        if steps:
            screen.line()
            screen.line("What may be skipped now, as if nothing had come of it", style=styles.HEADING)
        for step in steps:
            screen.line(f"{_titled(wording.step(step))}.", prefix="  ")
            several = f" --step {step}" if len(steps) > 1 else ""
            screen.whole(f'    amends skip {self.incident}{several} --reason "…"{self.at}')

    def _asked(self, ask: OpenAsk) -> str:
        silence = f"silence means {_meant(ask.if_silent)}" if ask.if_silent is not None else "nobody has to"
        by = f"until {self.times.deadline(ask.answer_by, now=self.now)}" if ask.answer_by else "once it is delivered"
        who = wording.role(ask.role) if ask.role is not None else wording.party(ask.to)
        return f"{_titled(who)} may answer {wording.step(ask.ask)} {by}; {silence}."


def ways_to_answer(ask: OpenAsk) -> list[str]:
    """What is typed behind ``amends answer <incident>`` for each answer that a question may have."""
    match ask.answer:
        case AnswerKind.CHOICE:
            return list(ask.choices)
        case AnswerKind.TEXT:
            return ['--text "…"']
        case AnswerKind.AMOUNT:
            return [f'--amount "{_bounds(ask)}"']
        case AnswerKind.FILES:
            return ["--file PATH"]
        case _:
            assert_never(ask.answer)


def _bounds(ask: OpenAsk) -> str:
    if ask.at_least is None:
        return "…"
    least = _meant(ask.at_least)
    return f"{least} … {_meant(ask.at_most)}" if ask.at_most is not None else f"{least} …"


def _meant(answer: str | Money | None) -> str:
    return wording.money(answer.amount, answer.currency) if isinstance(answer, Money) else str(answer)


def _read(ask: OpenAsk) -> list[str]:
    """What a role is asked, as it is read in English, or else in the first language that it is written in."""
    text = ask.texts.get("en") or next(iter(ask.texts.values()), {})
    return str(text.get("body", "")).splitlines()


def approval_in_words(approval: OpenApproval, *, now: datetime, times: Times, texts: Mapping[str, str]) -> list[str]:
    """For what an approval is asked; of whom, by when, and what silence means; who cannot; who has approved."""
    whose = wording.role(approval.role) if approval.role else "a second person"
    by = approval.decide_by
    lines = [f"{_titled(wording.approval(approval.approval, texts))}: {asked_for(approval)}."]
    if by is not None and by <= now:
        lines.append(f"{_titled(whose)} had to decide by {times.deadline(by, now=now)}; who could decide still can.")
    else:
        until = f" by {times.deadline(by, now=now)}" if by else ""
        lines.append(f"{_titled(whose)} decides{until}{_SILENCE.get(str(approval.if_silent), '')}.")
    if approval.cannot:
        lines.append(f"Not {wording.either(approval.cannot)}, who brought it here.")
    if approval.approvers > 1 or approval.approved_by:
        so_far = f" by {' and '.join(approval.approved_by)}" if approval.approved_by else ""
        lines.append(f"Approved so far{so_far}: {len(approval.approved_by)} of {approval.approvers}.")
    return lines


def asked_for(approval: OpenApproval) -> str:
    """What an approval is about: its amount, its plan, its reason."""
    parts = [
        wording.money(approval.amount.amount, approval.amount.currency) if approval.amount else "no amount of money",
        f"in the plan {approval.plan}" if approval.plan else "",
    ]
    if approval.reason and approval.amount is None:
        return approval.reason
    return " ".join(filter(None, parts)) + (f" ({approval.reason})" if approval.reason else "")


_SILENCE = {"escalate": "; silence makes it a person's task", "reject": "; silence rejects it"}


def _titled(text: str) -> str:
    return text[:1].upper() + text[1:]
