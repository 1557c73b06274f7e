"""An incident's story on one page: where it stands, what is to be done, what happened, and what became of the world."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rich.text import Text

from amends.doors.claims import claim_of
from amends.journal import Alert, ClockRow, EffectRecord, EvidenceRow, IncidentRow, TimelineRow
from amends.models import Outcome, Stage
from amends.timeline import canonical
from cli import pending, styles, wording
from cli.condensing import Moment, condensed
from cli.kin import Kin
from cli.output import plural, short
from cli.promised import promised
from cli.said import due, named
from cli.screen import Screen
from cli.telling import tell
from cli.times import Times
from cli.to_do import ToDo, asked_for
from runbooks.catalogue import MESSAGES
from runbooks.program import Program
from workflows.contract import View


@dataclass(frozen=True)
class Story:
    """What is known of an incident. ``view`` is how it stands now; if there is none, ``view_missing`` says why, and the
    timeline alone is told. ``follows`` says which runbook text it follows, ``program`` is that text compiled, as far as
    it is at hand. ``address`` is that of the Temporal server, if it was named. ``texts``: as for
    ``telling.tell``."""

    row: IncidentRow
    timeline: Sequence[TimelineRow]
    effects: Sequence[EffectRecord]
    follows: str
    view: View | None
    view_missing: str | None
    address: str | None
    now: datetime
    times: Times
    alerts: Sequence[Alert] = ()
    clocks: Sequence[ClockRow] = ()
    evidence: Sequence[EvidenceRow] = ()
    program: Program | None = None
    kin: Kin | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    def print(self, screen: Screen, *, entries: bool) -> None:
        """Prints the page. ``entries``: with every entry whole in place of what happened."""
        self.print_head(screen)
        self._print_promised(screen)
        self._to_do.print(screen)
        screen.line()
        if entries:
            self._print_entries(screen)
        else:
            self.print_course(Course(screen, self.times))
        self._print_effects(screen)
        self._print_evidence(screen)
        if self.view_missing and not self.row.status.final:
            screen.line()
            why = f"As the journal has it; the running incident could not be asked: {self.view_missing}"
            screen.line(why, style=styles.QUIET)

    def print_head(self, screen: Screen) -> None:
        row = self.row
        screen.line(f"{row.exception_type.replace('_', ' ').capitalize()}, incident {row.incident_id}", style="bold")
        screen.line()
        facts = list(self._head())
        width = max(len(name) for name, _ in facts)
        for name, said in facts:
            screen.line(said, prefix=f"  {name:<{width}}  ")

    def _print_promised(self, screen: Screen) -> None:
        known = promised(self.clocks, self.view, now=self.now, times=self.times)
        if known:
            screen.line()
            screen.line("What was promised", style=styles.HEADING)
        width = max((len(each.name) for each in known), default=0)
        for each in known:
            screen.line(Text(each.said, each.style), prefix=f"  {each.name:<{width}}  ")

    def print_course(self, course: "Course") -> None:
        """What happened, under its stages and days."""
        for moment in condensed(self.timeline, moment=self.times.moment, texts=self.texts):
            course.print(moment)

    def _head(self) -> Iterator[tuple[str, Text]]:
        row, moment = self.row, self.times.moment
        yield "about", Text(wording.values({name.removesuffix("_id"): each for name, each in row.subject.items()}))
        yield "status", Text(row.status.replace("_", " "), styles.of_status(row.status))
        yield "stage", Text(f"{_titled(row.stage)} ({list(Stage).index(row.stage) + 1} of {len(Stage)})")
        for number, waiting in enumerate(self._waiting()):
            yield "" if number else "waiting for", Text(waiting)
        if row.severity:
            chosen = pending.severity_chosen(self.timeline)
            by = f" (set by {named(chosen.actor)})" if chosen else ""
            yield "severity", Text(f"{row.severity}{by}", styles.of_severity(row.severity))
        given_to = pending.assignee(self.timeline)
        if given_to and not row.status.final:
            yield "given to", Text(given_to)
        if row.outcome:
            yield "outcome", Text(row.outcome)
        yield "opened", Text(f"{moment(row.opened_at)}, by {named(self.timeline[0].actor)}")
        yield "follows", Text(self.follows)
        if row.closed_at:
            yield "ended", Text(moment(row.closed_at))
        yield from (self.kin or Kin(row)).told()
        if self.view and self.view.due_at and self.view.due:
            yield "next", Text(f"{due(self.view.due)}: {self.times.deadline(self.view.due_at, now=self.now)}")

    def _waiting(self) -> Iterator[str]:
        yield from waiting_for(self.timeline, times=self.times, now=self.now)

    def _print_entries(self, screen: Screen) -> None:
        screen.line("Entries", style=styles.HEADING)
        for entry in self.timeline:
            at, who = self.times.second(entry.occurred_at), f"{entry.actor.kind} {named(entry.actor)}"
            claim = claim_of(entry.actor)
            who += f", vouched for by the door {claim.door}" if claim else ""
            screen.line(tell(entry, moment=self.times.moment, texts=self.texts), prefix=f"  {entry.seq:>4}  ")
            screen.whole(f"        {entry.kind}, {at}, by {who}, run {entry.run_id} number {entry.n}")
            screen.whole(f"        {canonical(entry.data).decode()}")
            screen.whole(f"        hash {entry.hash}")

    def _print_effects(self, screen: Screen) -> None:
        screen.line()
        screen.line("What was done to the world", style=styles.HEADING)
        done = [effect for effect in self.effects if effect.undoes is None]
        known = [(_outcome(effect, self._undo_of(effect)), effect) for effect in done]
        width = max((len(outcome) for outcome, _ in known), default=0)
        for outcome, effect in known:
            said = wording.activity(effect.activity, wording.message_of(effect.step))
            if effect.refusal:
                said += f" ({effect.refusal.reason}: {effect.refusal.message})"
            elif effect.result and effect.activity not in MESSAGES:
                said += f" ({wording.values(effect.result)})"
            screen.line(said, prefix=f"  {outcome:<{width}}  ")
        if not known:
            screen.line("nothing yet" if not self.row.status.final else "nothing", prefix="  ")

    def _print_evidence(self, screen: Screen) -> None:
        if self.evidence:
            screen.line()
            screen.line("What was shown", style=styles.HEADING)
        for each in self.evidence:
            of_file = (each.type, f"{each.size:,} bytes" if each.size is not None else None, f"sha256 {each.sha256}")
            told = f" ({', '.join(part for part in of_file if part)})" if each.sha256 else ""
            screen.line(f"{each.what}{told}", prefix=f"  {self.times.moment(each.at)}, {each.by}  ")

    def _undo_of(self, effect: EffectRecord) -> EffectRecord | None:
        """The last try to take an effect back."""
        return next((other for other in reversed(self.effects) if other.undoes == effect.key), None)

    @property
    def _to_do(self) -> ToDo:
        return ToDo(
            incident=short(self.row.incident_id),
            timeline=self.timeline,
            view=self.view,
            alerts=self.alerts,
            program=self.program,
            now=self.now,
            times=self.times,
            at=f" --address {self.address}" if self.address else "",
            texts=self.texts,
        )


class Course:
    """Prints moments one by one, with a heading wherever a stage or a day begins."""

    def __init__(self, screen: Screen, times: Times) -> None:
        self._screen = screen
        self._times = times
        self._stage = ""
        self._day = ""

    def print(self, moment: Moment) -> None:
        self.begin(moment.stage, moment.at)
        text = Text(moment.text, styles.of_kind(moment.kind))
        if moment.again and moment.last:
            text.append(f" {self._again(moment.again, moment.last)}", styles.QUIET)
        self._screen.line(text, prefix=f"    {self._times.clock(moment.at)}  ")

    def begin(self, stage: str, at: datetime) -> None:
        """The headings that are due before something of this stage and moment."""
        if stage != self._stage:
            self._screen.line(_titled(stage), style=styles.HEADING)
            self._stage, self._day = stage, ""
        if self._times.day(at) != self._day:
            self._day = self._times.day(at)
            self._screen.line(self._day, prefix="  ", style=styles.QUIET)

    def _again(self, times: int, last: datetime) -> str:
        day = self._times.day(last)
        when = self._times.clock(last) if day == self._day else f"{day} {self._times.clock(last)}"
        return f"The same {plural(times, 'more time')}, last at {when}."


def waiting_for(timeline: Sequence[TimelineRow], *, times: Times, now: datetime) -> Iterator[str]:
    """For whom an incident waits, until when, and for what."""
    for entry in pending.waits(timeline):
        at = pending.until(entry)
        by = f", at most until {times.deadline(at, now=now)}" if at else ""
        yield f"{wording.party(str(entry.data.get('waiting_for')))}{by}: {wording.step(str(entry.data.get('wait')))}"
    for ask in pending.asks(timeline):
        by = f", until {times.deadline(ask.answer_by, now=now)}" if ask.answer_by else ""
        whose = wording.role(ask.role) if ask.role is not None else wording.party(ask.to)
        yield f"{whose}{by}: an answer to {wording.step(ask.ask)}"
    for entry in pending.held_back(timeline):
        at, of = pending.moment(entry.data.get("until")), short(str(entry.data.get("incident")))
        by = f", looked at again by {times.deadline(at, now=now)}" if at else ""
        yield f"the answer to incident {of}{by}: {wording.step(str(entry.data.get('ask')))}"
    for approval in pending.approvals(timeline):
        by = f", until {times.deadline(approval.decide_by, now=now)}" if approval.decide_by else ""
        whose = wording.role(approval.role) if approval.role else "a second person"
        yield f"{whose}{by}: a decision about {asked_for(approval)}"
    for entry in pending.under_way(timeline):
        said = wording.activity(str(entry.data.get("activity")), wording.message_of(str(entry.data.get("step"))))
        yield f"a system, since {times.moment(entry.occurred_at)}: {said}"


def _titled(stage: str) -> str:
    return stage.replace("_", "-").capitalize()


def _outcome(effect: EffectRecord, undo: EffectRecord | None) -> str:
    match effect.outcome:
        case Outcome.NOT_APPLIED:
            return "refused"
        case Outcome.UNKNOWN:
            return "not known"
        case None:
            return "under way, or not known"
        case Outcome.APPLIED if undo is None:
            return "done"
        case Outcome.APPLIED:
            return "taken back" if undo.outcome is Outcome.APPLIED else _NOT_TAKEN_BACK[undo.outcome]


_NOT_TAKEN_BACK = {
    Outcome.NOT_APPLIED: "done, could not be taken back",
    Outcome.UNKNOWN: "done, not known whether taken back",
    None: "done, being taken back",
}
