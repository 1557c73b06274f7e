"""The walks: whatever can happen to an incident, in any order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from amends.models import Data, Money, NotAsked, Outcome, Party, Severity
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from tests.model.acts import CUSTOMER, EVIDENCE, FILES, TEMPORAL, Acts
from tests.model.finishing import Finisher
from tests.model.programs import PEOPLE
from tests.model.promises import BOSSES, CLEARS, CLERKS, INTERRUPTS
from tests.model.shop import TELLING, Answer, money
from tests.model.walk import Walk, person
from tests.workflows.builders import START
from workflows.events import (
    Command,
    CommandReturned,
    ConversationFreed,
    DuplicateFound,
    Registered,
    ReportRepeated,
    Role,
    Sibling,
    Verdict,
)
from workflows.state import Why

_PARTIES = st.sampled_from([*Party])
_ANY = st.integers(0, 11)
_FATE = st.integers(0, 9)
_HOURS = st.sampled_from([0, 0, 0, 1, 5, 30])
_AGO = st.sampled_from([None, None, 0.5, 3, 20, 70])
_KEYS = st.sampled_from(["new", "new", "new", "same"])
_WHO = st.sampled_from([*PEOPLE, "customer:C-17"])
_BY = st.sampled_from(["", "", "", *PEOPLE[::2], "customer:C-17"])
"""Who answers; nobody: whoever is asked."""
_ANSWERS: list[dict[str, Any]] = [
    *({}, {}),
    *({"choice": each} for each in ("reship", "refund", "good", "a pony")),
    *({"text": each} for each in ("in stock", "  ", "x" * 4_001)),
    *({"amount": Money(amount=each, currency="CNY")} for each in (1, 13_000, 21_000, 90_000)),
    {"amount": Money(amount=13_000, currency="USD")},
    *({"files": each} for each in ((), FILES[:3], FILES, (FILES[0], FILES[0]), EVIDENCE * 2)),
    {"text": "in stock", "choice": "refund"},
]
"""None: one that fits."""
_STARTS = (START, datetime(2026, 10, 23, 16, 30, tzinfo=UTC), datetime(2026, 11, 6, 21, 0, tzinfo=UTC))
"""A Monday morning, a Friday before the clocks are put back, and a Friday night before a make-up workday."""
_WORTHS = (19_900, 12_000, 42_000)
_BAD_LUCK = (
    ("count", "refused"),
    ("undo", "refused", "refused"),
    ("undo", "lost", "lost", "lost"),
    ("effect", "lost", "lost"),
    ("effect", *["refused"] * 8),
    ("effect", *["refused"] * 12),
    ("balance", "refused", "refused"),
    ("balance", "lost"),
    ("count", "lost"),
    ("page", "refused", "refused"),
    ("page", "lost"),
    ("effect", *["bounced"] * 3),
    ("effect", *["bounced"] * 7),
)
"""A role, and what becomes of its next commands."""

_LIKELY = {
    Why.UNDO_FAILED: ("waive", "retry", "waive", "settle"),
    Why.BOOKS_DIFFER: ("waive", "retry", "settle"),
    Why.NO_PLAN_LEFT: ("choose", "retry", "settle", "choose"),
}
_OTHERWISE = ("retry", "settle", "lie", "waive", "choose")
"""What people do about a task; the rules refuse what does not fit."""

_OPENED_BY = ["clerk", "clerk", "clerk", "customer", "system", "system", "twice"]
_OTHERS = ("inc-7", "inc-8")
_NEWS = [*INTERRUPTS, *CLEARS, CLEARS[0], "shipment.scanned"]
_HANDED: Data = {
    "clocks": {"acknowledge": 600, "first_response": 4_000, "resolve": 40_000},
    "answers": {
        "choose": "reship",
        "describe": " ",
        "how_much": {"amount": 19_000, "currency": "CNY"},
        "show": {"count": 2, "digests": f"{'a' * 64} {'b' * 64}"},
    },
    "reported_by_person": True,
}
_ELSEWHERE = [
    "worth",
    "worth",
    "stock",
    "trace",
    "handed over",
    "news",
    "report",
    "repeated",
    "new run",
    "luck",
    "luck",
    "scanned",
    "late",
    "grave",
    "talks",
    "talks",
    "freed",
]


class Walks(RuleBasedStateMachine):
    """``bundle_of``: the runbook that a number stands for. ``gives_once``: whether they are written to give once.
    ``reached``: every kind of entry that a walk has come to."""

    bundle_of: Callable[[int], Bundle]
    gives_once: bool
    reached: set[EntryKind]

    def __init__(self) -> None:
        super().__init__()
        self.walk: Walk | None = None
        self.keys = 0
        self.handed: list[Data] = []

    @precondition(lambda self: not self._on())
    @rule(number=st.integers(0, 60), first=st.sampled_from(_OPENED_BY))
    def an_incident_is_opened(self, number: int, first: str) -> None:
        """Whenever the one before has ended."""
        self._look_back()
        self.walk = Walk(bundle=type(self).bundle_of(number), now=_STARTS[number // 3 % len(_STARTS)])
        self.walk.shop.value = _WORTHS[number % len(_WORTHS)]
        if number % 7 == 0:
            self.walk.shop.refuses = {"payments.refund", "inventory.reserve"}  # no plan comes to anything
        if number % 5 == 0:
            self.walk.bad_luck["count"] = ["refused"]
        self.acts = Acts(self.walk)
        self.fair = Finisher(self.acts)
        self.walk.shop.zone = ("", "", "America/New_York")[number % 3]
        opened_by = {"clerk": person("ops:mei"), "system": TEMPORAL}.get(first, CUSTOMER)
        self.acts.report("k-0", opened_by)
        if first == "twice":
            self.walk.take(DuplicateFound(key="k-0", of="inc-0"))
        else:
            self.walk.take(self._registered(number))

    @precondition(lambda self: self._out())
    @rule(which=_ANY, fate=_FATE)
    def something_returns(self, which: int, fate: int) -> None:
        commands = list(self._walk.out.values())
        self._return(commands[which % len(commands)], fate)

    @precondition(lambda self: self._out())
    @rule()
    def all_goes_well_for_a_while(self) -> None:
        self._walk.quieten()

    @precondition(lambda self: self._out())
    @rule(which=_ANY, known=st.booleans())
    def a_return_comes_twice(self, which: int, known: bool) -> None:
        commands = list(self._walk.out.values())
        command = commands[which % len(commands)]
        if known:
            self._walk.well(command)
        said = CommandReturned(command_id=command.id if known else "nobody/asked", outcome=Outcome.APPLIED)
        assert self._walk.take(said) == [] or command.id in self._walk.out

    @precondition(lambda self: self._on() and self._walk.travelling)
    @rule(which=_ANY)
    def a_call_arrives_late(self, which: int) -> None:
        keys = list(self._walk.travelling)
        self._walk.arrive_late(keys[which % len(keys)])

    @precondition(lambda self: self._on())
    @rule(beyond=_HOURS)
    def time_comes(self, beyond: int) -> None:
        self._walk.pass_time(timedelta(hours=beyond))

    @precondition(lambda self: self._on())
    @rule(what=st.sampled_from(_ELSEWHERE), value=_ANY)
    def something_happens_elsewhere(self, what: str, value: int) -> None:
        walk, shop = self._walk, self._walk.shop
        match what:
            case "worth":
                shop.value = 10_000 + 4_000 * value
            case "stock":
                shop.stock = value % 3
            case "trace":
                shop.trace = ["open", "found", "lost"][value % 3]
            case "handed over":
                shop.handed_over |= {call.key for call in shop.given(("shipping.create_shipment",))}
            case "luck":
                role, *fates = _BAD_LUCK[value % len(_BAD_LUCK)]
                walk.bad_luck[role] = fates
            case "scanned":
                shop.seen = walk.now.isoformat()
            case "late":
                walk.come_late(value)
            case "talks":
                self._another_asks(value)
            case "freed":
                walk.take(ConversationFreed(by=_OTHERS[value % 2]))
            case "grave":
                self._is_reported_again(value)
            case "news":
                at = walk.now - timedelta(hours=value) if value % 2 else None
                said: Data = {"parcel.value": money(10_000 + 4_000 * value), "report.parcel_id": "PC-9"}
                self.acts.news(f"e-{value % 6}", at, data={"facts": said} if value % 3 == 0 else None)
            case "report":
                self.acts.report(self._key("new" if value % 3 else "same"), person(PEOPLE[value % len(PEOPLE)]))
            case "repeated":
                name = self._key("new")
                if self.acts.report(name, CUSTOMER) and not walk.state.ended:
                    walk.take(ReportRepeated(key=name, of="inc-0"))
            case _:
                walk.new_run()

    @precondition(lambda self: self._on() and self.acts.asks())
    @rule(which=_ANY, said=st.integers(0, len(_ANSWERS) - 1), who=_BY, key=_KEYS, ago=_AGO)
    def somebody_answers(self, which: int, said: int, who: str, key: str, ago: float | None) -> None:
        asks = self.acts.asks()
        at = None if ago is None else self._walk.now - timedelta(hours=ago)
        actor = person(who) if who else None
        self.acts.answer(self._key(key), asks[which % len(asks)], at, who=actor, **_ANSWERS[said])

    @precondition(lambda self: self._on() and self._walk.bundle.escalation)
    @rule(who=_WHO, act=_FATE, key=_KEYS)
    def somebody_hears_of_it(self, who: str, act: int, key: str) -> None:
        name, actor = self._key(key), person(who) if act else TEMPORAL
        if act < 5:
            self.acts.acknowledge(name, actor)
        elif act < 7:
            self.acts.escalate(name, actor)
        else:
            self.acts.snooze(name, self._walk.now + timedelta(hours=(3, 20, 30)[act - 7]), actor)

    @precondition(lambda self: self._on())
    @rule(who=_WHO, act=_FATE, key=_KEYS)
    def somebody_says_something(self, who: str, act: int, key: str) -> None:
        name, actor = self._key(key), person(who)
        if act < 2:
            self.acts.note(name, actor)
        elif act < 4:
            self.acts.show(name, actor)
        else:
            self.acts.set_severity(name, [*Severity, None, None][act - 4], actor)

    @precondition(lambda self: self._on() and (self._walk.bundle.interrupts or self._walk.bundle.clears))
    @rule(of=st.sampled_from(_NEWS), number=_ANY, whose=st.sampled_from(["customer", "customer", "neighbour"]))
    def news_comes(self, of: str, number: int, whose: str) -> None:
        """That may cut in, or clear it."""
        self.acts.news(f"n-{number}", of=of, data={"delivered_to": whose})

    @precondition(lambda self: self._on())
    @rule(which=_ANY, who=_WHO, act=_FATE, key=_KEYS, party=_PARTIES)
    def somebody_takes_a_hand(self, which: int, who: str, act: int, key: str, party: Party) -> None:
        state, name, actor = self._walk.state, self._key(key), person(who)
        match act:
            case 0 | 1:
                task = state.tasks[which % len(state.tasks)].id if state.tasks and which % 2 else None
                self.acts.assign(name, PEOPLE[which % len(PEOPLE)], actor, task=task)
            case 2 | 3 | 4 if act != 4 and state.suspended is None:
                self.acts.suspend(name, party, self._walk.now + timedelta(hours=which * 5), actor)
            case 2 | 3 | 4:
                self.acts.resume(name, self._walk.now - timedelta(hours=which) if which % 2 else None, actor)
            case 5 | 6 | 7:
                steps = [step for step, run in state.steps.items() if run.phase in ("running", "stuck")]
                self.acts.skip(name, steps[which % len(steps)] if steps else "report.tell", actor)
            case 8 if which % 3:
                self.acts.repin(name, which % 2, actor)
            case 8:
                self.acts.take_over(name, actor)
            case _:
                added = [key for key in state.handled if key.startswith("report:")]
                self.acts.split(name, added[-1 - which % len(added)].removeprefix("report:"), actor)

    @precondition(lambda self: self._on() and self._walk.state.approvals)
    @rule(which=_ANY, who=_WHO, how=_FATE, key=_KEYS)
    def somebody_decides(self, which: int, who: str, how: int, key: str) -> None:
        approvals = list(self._walk.state.approvals)
        approval = approvals[which % len(approvals)]
        verdict = Verdict.REJECT if how > 7 else Verdict.APPROVE
        role = self._walk.mirror.approvals[approval].role
        if how == 9 and role is not None:
            who = self._walk.bundle.roles[role].team[0]
        actor = person(who) if how != 7 else TEMPORAL
        self.acts.decide(self._key(key), approval, actor, verdict=verdict, stale=how == 6)

    @precondition(lambda self: self._on() and self._walk.mirror.open_approvals())
    @rule(rounds=st.integers(1, 3))
    def those_who_may_approve(self, rounds: int) -> None:
        mirror = self._walk.mirror
        for _ in range(rounds):
            for approval in mirror.open_approvals():
                barred = mirror.hands if approval.role else {mirror.wanted[approval.id]}
                for who in [name for name in PEOPLE if name not in barred][:4]:
                    self.acts.decide(self._key("new"), approval.id, person(who))
            if rounds > 1:
                self._walk.quieten(most=4)

    @precondition(lambda self: self._on())
    @rule(number=st.integers(0, 1), moves=st.integers(0, 3))
    def two_people_want_another_text(self, number: int, moves: int) -> None:
        """And the incident goes on."""
        mirror = self._walk.mirror
        self.acts.repin(self._key("new"), number, person(CLERKS[0]))
        for approval in mirror.open_approvals():
            if approval.id == mirror.moving:
                self.acts.decide(self._key("new"), approval.id, person(BOSSES[0]))
        self.fair.go_on(moves)

    @precondition(lambda self: self._on())
    @rule(moves=st.integers(1, 8))
    def fair_people_do_their_part(self, moves: int) -> None:
        self.fair.go_on(moves)

    @precondition(lambda self: self._on() and self._walk.state.tasks)
    @rule(which=_ANY, who=_WHO, act=_FATE, key=_KEYS)
    def somebody_sees_to_a_task(self, which: int, who: str, act: int, key: str) -> None:
        tasks, plans = self._walk.state.tasks, self._walk.bundle.program.action
        task, name, actor = tasks[which % len(tasks)], self._key(key), person(who)
        likely = _LIKELY.get(task.why, _OTHERWISE)
        match likely[act % len(likely)]:
            case "retry":
                self.acts.retry(name, task.id, actor)
            case "waive":
                self.acts.waive(name, task.id, actor)
            case "choose":
                self.acts.choose(name, plans[which % len(plans)].name, actor)
            case said:
                self.acts.settle(name, task, actor, truly=said == "settle")

    @precondition(lambda self: self._on())
    @rule(which=_ANY, native=st.booleans())
    def somebody_calls_it_off(self, which: int, native: bool) -> None:
        if which < 3:
            self.acts.cancel("" if native else self._key("new"), TEMPORAL if native else person(PEOPLE[which]))
        elif which == 3:
            self.acts.merge(self._key("new"), person(PEOPLE[which]))
        elif which == 4 and self.acts.supersede():
            handed = next(entry.data["handed"] for entry in self._walk.entries if entry.kind is EntryKind.SUPERSEDED)
            assert isinstance(handed, dict)
            self.handed = [handed]

    def teardown(self) -> None:
        if self.walk is not None and not self.walk.sound:
            return  # it has failed, and says so
        if self.walk is not None:
            self.fair.finish()
        self._look_back()

    def _look_back(self) -> None:
        """What must hold of an incident that has ended."""
        if self.walk is None:
            return
        if len(self.walk.entries) % 3 == 0:  # of every third, which is enough
            state, entries = self.walk.read_back()
            assert entries == self.walk.entries, "the timeline alone drives the engine to the same timeline"
            assert state.model_dump(exclude={"handled"}) == self.walk.state.model_dump(exclude={"handled"})
        if type(self).gives_once and self.walk.honest and not self.walk.mirror.let_be:
            assert self.walk.books.held_back == [], "the engine does not even try to give twice"
        type(self).reached |= self.walk.kinds()

    def _another_asks(self, value: int) -> None:
        """The next question to the customer has to wait for the answer to another's, or is answered already."""
        said: Data = {"incident": _OTHERS[value % 2], "ask": "analysis.other", "question": "choose"}
        if value % 3 == 0:
            shared = Answer(result={**said, "choice": "refund"}, refused=NotAsked.ANSWERED_ALREADY)
            self._walk.talks.append(shared)
            return
        why = NotAsked.BEING_ASKED if value % 3 == 1 else NotAsked.ASKED_ALREADY
        until = (self._walk.now + timedelta(hours=1 + value)).isoformat()
        self._walk.talks.append(Answer(result={**said, "until": until}, refused=why))

    def _registered(self, number: int) -> Registered:
        """Some take over what an incident before has handed over, or what a made-up one has; some reopen one."""
        others = [Sibling(incident_id=f"inc-{n}", exception_type="stockout", workflow_id=f"w-{n}") for n in range(2)]
        if self.handed or number % 4 == 1:
            self._walk.handed, self.handed = self.handed or [_HANDED], []
            return Registered(superseded=tuple(others[: 1 + number % 2]))
        if number % 5 == 2:
            ended_at = self._walk.now - timedelta(days=number)
            return Registered(previous="inc-0", previous_ended_at=ended_at, previous_contacts=1 + number % 3)
        return Registered()

    def _is_reported_again(self, value: int) -> None:
        """As often as makes it grave, and after a while once more, which makes it milder."""
        for _ in range(1 + value % 3):
            self.acts.report(self._key("new"), CUSTOMER)
        self._walk.pass_time(timedelta(hours=value % 4))
        self.acts.report(self._key("new"), CUSTOMER)

    def _return(self, command: Command, fate: int) -> None:
        """0–4: well; 5, 6: refused, or a message sent back by its channel; 7: done, and nobody heard; 8, 9: nobody
        knows whether it has arrived."""
        walk = self._walk
        calls = command.role in (Role.EFFECT, Role.UNDO) and command.reconciles is None
        if fate < 5 or command.settles is not None:
            walk.well(command)
        elif calls and fate < 7:
            walk.do(command, refuse="Bounced" if fate == 5 and command.activity in TELLING else "No")
        elif calls and fate == 7:
            walk.do(command, heard=False)
        elif calls:
            walk.lose(command)
        else:
            refused = fate < 7 and command.reconciles is None
            walk.come_back(command, Answer(result={}, refused="No") if refused else None)

    def _on(self) -> bool:
        return self.walk is not None and not self.walk.state.ended

    def _out(self) -> bool:
        return self._on() and bool(self._walk.out)

    @property
    def _walk(self) -> Walk:
        assert self.walk is not None
        return self.walk

    def _key(self, key: str) -> str:
        self.keys += key == "new"
        return f"k-{self.keys}"
