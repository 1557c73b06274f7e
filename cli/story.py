"""An incident's story on one page: head, what happened, effects, open questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from amends.journal import EffectRecord, IncidentRow, TimelineRow
from amends.models import Outcome
from amends.timeline import canonical
from cli import wording
from cli.output import columns, local, local_second, short
from cli.telling import due, tell
from workflows.contract import OpenAsk, View


@dataclass(frozen=True)
class Story:
    """What is known of an incident. ``view`` is how it stands now; if there is none, ``view_missing`` says why."""

    row: IncidentRow
    timeline: Sequence[TimelineRow]
    effects: Sequence[EffectRecord]
    view: View | None
    view_missing: str | None
    address: str | None

    def lines(self, *, entries: bool) -> Iterator[str]:
        """The page. ``entries``: with what each entry holds, and its hash."""
        yield f"{self.row.exception_type.replace('_', ' ').capitalize()}, incident {self.row.incident_id}"
        yield from columns(self._head(), indent="  ")
        yield ""
        yield "What happened"
        for entry in self.timeline:
            yield f"  {local_second(entry.occurred_at)}  {tell(entry, moment=local)}"
            if entries:
                yield f"    {entry.seq} {entry.kind} by {entry.actor.kind} {entry.actor.id}, hash {entry.hash}"
                yield f"    {canonical(entry.data).decode()}"
        yield ""
        yield "What was done to the world"
        yield from columns(map(self._effect, self.effects), indent="  ") or ["  nothing yet"]
        yield ""
        yield "What may be answered now"
        yield from self._questions()

    def _head(self) -> Iterator[tuple[str, str]]:
        row = self.row
        yield "about", wording.values(row.subject)
        yield "status", f"{row.status.replace('_', ' ')}, at stage {row.stage.replace('_', '-')}"
        if row.waiting_for:
            yield "waiting for", wording.parties(row.waiting_for)
        if row.severity:
            yield "severity", row.severity
        if row.outcome:
            yield "outcome", row.outcome
        yield "opened", local(row.opened_at)
        if row.closed_at:
            yield "ended", local(row.closed_at)
        if row.previous:
            yield "earlier", f"incident {row.previous}, on the same subject"
        if row.duplicate_of:
            yield "duplicate of", f"incident {row.duplicate_of}"
        if self.view and self.view.due_at and self.view.due:
            yield "next", f"{due(self.view.due)}, {local(self.view.due_at)}"

    def _effect(self, effect: EffectRecord) -> tuple[str, str]:
        taken_back = any(other.undoes == effect.key and other.outcome is Outcome.APPLIED for other in self.effects)
        said = wording.activity(effect.activity, wording.message_of(effect.step))
        if effect.refusal:
            said += f" ({effect.refusal.reason}: {effect.refusal.message})"
        return _OUTCOMES[effect.outcome] + (", taken back" if taken_back else ""), said

    def _questions(self) -> Iterator[str]:
        if self.view is None:
            yield f"  not known: {self.view_missing}" if not self.row.status.final else "  nothing: it has ended"
        elif not self.view.asks:
            yield "  nothing"
        else:
            for ask in self.view.asks:
                yield f"  {_asked(ask)}"
                for choice in ask.choices:
                    yield f"    {self._command(ask, choice)}"

    def _command(self, ask: OpenAsk, choice: str) -> str:
        assert self.view is not None
        several = f" --ask {ask.ask}" if len(self.view.asks) > 1 else ""
        at = f" --address {self.address}" if self.address else ""
        return f"amends answer {short(self.row.incident_id)} {choice}{several}{at}"


_OUTCOMES = {
    Outcome.APPLIED: "done",
    Outcome.NOT_APPLIED: "refused",
    Outcome.UNKNOWN: "not known",
    None: "not known yet",
}


def _asked(ask: OpenAsk) -> str:
    silence = f"silence means {ask.if_silent}" if ask.if_silent else "nobody has to"
    by = f"until {local(ask.answer_by)}" if ask.answer_by else "once it is delivered"
    return f"{wording.party(ask.to)} may answer {wording.step(ask.ask)} {by}; {silence}:"
