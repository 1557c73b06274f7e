"""One incident on its way: the engine, the shop and our books beside it, and all that has come out of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import JsonValue

from amends.models import Actor, ActorKind, Data, NotAsked, Outcome, Party, Refusal
from amends.timeline import Entry, EntryKind
from runbooks.bundle import Bundle
from tests.model.books import Books
from tests.model.keeping import Keeping
from tests.model.mirror import Mirror
from tests.model.shop import GIVING, TELLING, Answer, Call, Shop
from tests.workflows.builders import START
from workflows import core
from workflows.events import Command, CommandReturned, Event, Role, RunStarted, TimeCame, event_of
from workflows.state import State

REPORT: Data = {"order_id": "SO-1", "parcel_id": "PC-1"}


def person(name: str) -> Actor:
    return Actor(kind=ActorKind.HUMAN, id=name, verified=True)


@dataclass
class Walk:
    """``out``: commands that were asked for and have not returned. ``travelling``: calls that nobody heard of, and that
    may still arrive. ``honest``: nobody has said something untrue about what became of a gift."""

    bundle: Bundle
    shop: Shop = field(default_factory=Shop)
    books: Books = field(default_factory=Books)
    now: datetime = START
    entries: list[Entry] = field(default_factory=list)
    out: dict[str, Command] = field(default_factory=dict)
    travelling: dict[str, Call] = field(default_factory=dict)
    bad_luck: dict[str, list[str]] = field(default_factory=dict)
    """What becomes of the next commands of a role though all should go well: ``refused`` or ``lost``."""
    handed: list[Data] = field(default_factory=list)
    """What each other incident hands over to this one, while it has not; one that has nothing to hand over is gone."""
    talks: list[Answer] = field(default_factory=list)
    """Why the next questions to the customer may not go out: another incident asks, or was answered."""
    honest: bool = True
    sound: bool = True
    """Whether the last turn was as it must be."""

    def __post_init__(self) -> None:
        self.state = self._new_state()
        self.mirror = Mirror(program=self.bundle.program, roles=self.bundle.roles, shop=self.shop)
        self.promises = Keeping(bundle=self.bundle)
        self.shop.seen = self.now.isoformat()
        self.runs = 0

    def take(self, event: Event) -> list[Entry]:
        """Give the engine an event, and hold all that comes of it against the mirror."""
        ended, self.sound = self.state.ended, False
        commands, entries = core.step(self.state, event, self.now)
        assert not (ended and (commands or entries)), "an incident that has ended does nothing more"
        self.entries += entries
        for command in commands:
            assert command.id not in self.out
            self.out[command.id] = command
        self._give_up()
        self.mirror.honest = self.honest
        self.mirror.follow(entries, commands, outstanding=self.out)
        self.promises.follow(entries, commands, outstanding=self.out, facts=self.state.facts)
        assert self.state.contacts == self.promises.story.contacts
        self.shop.must_add_up()
        self._keeps_moving(entries)
        self.sound = True
        return entries

    def new_run(self) -> None:
        """The incident goes on in another process, which has read it from what was written."""
        written = self.state.model_dump_json()
        assert State.model_validate_json(written) == self.state
        self.state = State.model_validate_json(written)
        self.runs += 1
        self.take(RunStarted(run_id=f"run-{self.runs}", previous_run_id=self.state.run_id))

    def pass_time(self, beyond: timedelta = timedelta(0)) -> None:
        """Up to the next due moment, or so far beyond it."""
        due = core.next_due(self.state)
        self.now = max(self.now, due.at if due else self.now) + beyond
        self.take(TimeCame())

    def come_late(self, hours: int) -> None:
        """Time passes, and nobody has looked yet what is due."""
        self.now += timedelta(hours=hours)

    def do(self, command: Command, *, refuse: str | None = None, heard: bool = True) -> None:
        """A call arrives, and is answered; or nobody hears the answer (``heard``). A question has its turn first."""
        if self.talks and self._takes_turns(command):
            self.come_back(command, self.talks.pop())
        else:
            answer = self._arrives(self.call_of(command), refuse=refuse)
            self.come_back(command, answer if heard else None)

    def lose(self, command: Command) -> None:
        """Nobody knows whether a call has arrived; it may yet."""
        call = self.call_of(command)
        refused = self.books.reserve(call)
        if refused is None:
            self.travelling[call.key] = call
        self.come_back(command, Answer(result={}, refused=refused) if refused else None)

    def arrive_late(self, key: str) -> None:
        """What nobody heard of arrives after all, unless its system was asked about it before."""
        call = self.travelling.pop(key)
        if key not in self.shop.closed:
            self._arrives(call)

    def ask_shop(self, command: Command) -> None:
        """The shop says what became of a call."""
        call = self.call_of(command)
        answer = self.shop.recall(call.key) or Answer(result={}, refused="NeverArrived")
        self._settle_books(call, applied=answer.refused is None)
        self.come_back(command, answer)

    def write_down(self, command: Command) -> None:
        """What a person has found out is written down as the outcome."""
        said = command.settles
        assert said is not None
        applied = said.outcome is Outcome.APPLIED
        call = self.call_of(command)
        if applied and call.activity in GIVING:
            self.books.reserve(call)
        if applied and call.undoes is not None and self.shop.recall(call.key) is None:
            self.shop.put_right_by_hand(call)
        self._settle_books(call, applied=applied)
        self.come_back(command, Answer(result=said.result, refused=None if applied else "SettledByHand"))

    def come_back(self, command: Command, answer: Answer | None) -> None:
        """A command returns: with its answer, or with none."""
        del self.out[command.id]
        if answer is None:
            event = CommandReturned(command_id=command.id, outcome=Outcome.UNKNOWN, trouble="timed out")
        elif answer.refused is not None:
            refusal = Refusal(reason=answer.refused, message="no")
            said = {"outcome": Outcome.NOT_APPLIED, "refusal": refusal, "result": answer.result}
            event = CommandReturned(command_id=command.id, **said)
        else:
            event = CommandReturned(command_id=command.id, outcome=Outcome.APPLIED, result=answer.result)
        ended = self.state.ended
        entries = self.take(event)
        assert ended or bool(entries)

    def well(self, command: Command) -> None:
        """The best that can become of a command, if it has no bad luck."""
        luck = self.bad_luck.get(command.role, [])
        first = command.role in (Role.EFFECT, Role.UNDO) and command.reconciles is None
        match command.role:
            case _ if luck and command.settles is None:
                self._ill(command, luck.pop(0), calls=first)
            case Role.READ:
                self.come_back(command, Answer(result=self.shop.read(command.activity)))
            case Role.COUNT:
                counted = self.books.count(command.inputs)
                self.come_back(command, Answer(result={}, refused=None if counted else "BeyondAuthority"))
            case Role.PAGE:
                self.come_back(command, _paged(command))
            case Role.INHERIT:
                self.come_back(command, Answer(result=self.handed.pop()) if self.handed else None)
            case Role.BALANCE:
                agreed = self.books.agree_with(self.shop)
                self.come_back(command, Answer(result={}, refused=None if agreed else "BooksDiffer"))
            case Role.EFFECT | Role.UNDO if command.settles is not None:
                self.write_down(command)
            case Role.EFFECT | Role.UNDO if command.reconciles is not None:
                self.ask_shop(command)
            case Role.EFFECT | Role.UNDO:
                self.do(command)

    def _ill(self, command: Command, fate: str, *, calls: bool) -> None:
        if calls and fate == "bounced":
            self.do(command, refuse="Bounced" if command.activity in TELLING else None)
        elif calls and fate == "refused":
            self.do(command, refuse="No")
        elif calls:
            self.lose(command)
        else:
            refused = fate == "refused" and command.reconciles is None
            self.come_back(command, Answer(result={}, refused="No") if refused else None)

    def quieten(self, most: int = 60) -> None:
        """All that is under way goes well, and all that comes of it."""
        for _ in range(most):
            if not self.out or self.state.ended:
                return
            self.well(next(iter(self.out.values())))

    def call_of(self, command: Command) -> Call:
        """The call that a command makes, or is about."""
        key = f"inc/{command.reconciles or command.id}"
        return Call(key=key, activity=command.activity, inputs=command.inputs, undoes=command.undoes)

    def read_back(self) -> tuple[State, list[Entry]]:
        """A fresh incident, driven by what the timeline holds alone."""
        state, entries = self._new_state(), list[Entry]()
        for entry in self.entries:
            event = event_of(entry)
            if event is not None:
                entries += core.step(state, event, entry.occurred_at)[1]
        return state, entries

    def kinds(self) -> set[EntryKind]:
        return {entry.kind for entry in self.entries}

    def _new_state(self) -> State:
        return State.new(incident_id="inc", workflow_id="lost_parcel:SO-1:PC-1", run_id="run-0", bundle=self.bundle)

    def _arrives(self, call: Call, *, refuse: str | None = None) -> Answer:
        if call.key not in self.shop.answers:
            held_back = self.books.reserve(call)
            if held_back is not None:
                return Answer(result={}, refused=held_back)
        answer = self.shop.take(call, refuse=refuse)
        self.travelling.pop(call.key, None)
        self._settle_books(call, applied=answer.refused is None)
        return answer

    def _settle_books(self, call: Call, *, applied: bool) -> None:
        if call.undoes is not None and applied:
            self.books.release(call.undoes)
        elif call.undoes is None and not applied:
            self.books.release(call.key)

    def _takes_turns(self, command: Command) -> bool:
        """Whether a call asks the customer what others may be asking: only questions that offer something are alike."""
        question = self.promises.story.questions.get(command.step)
        if question is None or command.reconciles is not None or question.to is not Party.CUSTOMER:
            return False
        return bool(question.choices) or self.talks[-1].refused == NotAsked.BEING_ASKED

    def _give_up(self) -> None:
        """Nobody waits any more for what a plan that failed has read, nor for books that change while all is undone."""
        given_up = [name for name in self.out if name not in self.state.pending and not self.state.ended]
        for name in given_up:
            assert self.out.pop(name).role in (Role.BALANCE, Role.READ)

    def _keeps_moving(self, entries: list[Entry]) -> None:
        """Every incident ends or waits on a named party; what waits on us, and whom nobody has answered, has a next
        moment, and that lies ahead once a turn was taken."""
        state = self.state
        if state.ended:
            assert not state.pending
            return
        assert dict(state.pending) == self.out
        due = core.next_due(state)
        taken = bool(entries) and entries[0].kind is not EntryKind.RUN_STARTED and state.registered
        assert due is None or due.at > self.now or not taken, "what is due is done when its time comes"
        assert all(task.owner and task.due_at for task in state.tasks)
        if state.registered:
            ours = bool(state.tasks or self.mirror.open_approvals())
            assert self.out or due is not None or ours, "somebody has to move"
            assert due is not None or not (ours and self.bundle.escalation), "what waits on us is never forgotten"
        if taken:
            self.promises.must_be_due(due.at if due else None, self.now)


def _paged(command: Command) -> Answer:
    """A page reaches whoever is on; nobody, if nobody is."""
    people = command.inputs["people"]
    assert isinstance(people, list)
    pages: list[JsonValue] = [{"person": who, "channel": "chat", "result": "sent", "detail": ""} for who in people]
    return Answer(result={"pages": pages}, refused=None if people else "NobodyReached")
