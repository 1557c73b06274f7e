"""What the checker lets pass, the core can follow, whatever the world answers."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from amends.models import Actor, ActorKind, Data, Money, Outcome, Refusal
from runbooks.bundle import Bundle
from runbooks.language.compiler import compile_runbook
from runbooks.language.problems import RunbookErrors
from runbooks.language.reference import Reference
from runbooks.language.texts import LANGUAGES, Texts
from runbooks.policy import Role as Team
from runbooks.policy import TaskPolicy
from runbooks.program import AnswerKind, AskStep
from tests.runbooks.builders import RATES
from tests.runbooks.random_runbooks import MESSAGES, as_yaml, random_result, random_runbook
from tests.workflows.builders import CUSTOMER, OPS, START, Incident, always
from workflows import approving, asking, core
from workflows.events import (
    AnswerGiven,
    CancelRequested,
    CommandReturned,
    DecisionGiven,
    Event,
    NewsReceived,
    Registered,
    ReportReceived,
    Role,
    TimeCame,
    Verdict,
)

_LINES = "\n".join(f"{key}: {{subject: s, body: 'about {body}'}}" for key, body in MESSAGES.items())
_TEXTS = Texts({language: [(f"{language}.yaml", _LINES)] for language in LANGUAGES})
PEOPLE = Reference(
    roles={
        "boss": Team(team=("eve", "kim", "zoe")),
        "lead": Team(team=("eve", "kim"), approves_up_to=Money(amount=500, currency="CNY")),
        "chief": Team(team=("zoe",), approves_up_to=Money(amount=1_000, currency="CNY")),
    },
    tasks=TaskPolicy(owner="boss", within=always(24)),
)


def checked(chance: Random) -> Bundle | None:
    """The bundle of a random runbook, if the checker finds nothing wrong with it."""
    text = as_yaml(random_runbook(chance))
    try:
        return compile_runbook(file="random.yaml", text=text, texts=_TEXTS, rates=RATES, reference=PEOPLE)
    except RunbookErrors:
        return None


def follow(bundle: Bundle, chance: Random, *, events: int) -> Incident:
    """An incident that follows the bundle while the world answers at random."""
    incident = Incident(bundle=bundle)
    incident.state.workflow_id = "random:SO-1"
    note: Data = {"note": "open"} if chance.random() < 0.5 else {}
    incident.take(ReportReceived(key="k", report={"order_id": "SO-1", "parcel_id": "PC-1", **note}, actor=OPS))
    incident.take(Registered())
    for number in range(events):
        event = _next_event(incident, chance, number)
        if event is None:
            break
        incident.take(event)
    return incident


def _next_event(incident: Incident, chance: Random, number: int) -> Event | None:
    state, kind = incident.state, chance.randint(0, 99)
    pending, open_asks = sorted(state.pending), asking.open_asks(state)
    if pending and kind < 70:
        command = state.pending[chance.choice(pending)]
        if chance.random() < 0.25 and command.role is not Role.UNDO:
            refusal = Refusal(reason="No", message="no")
            return CommandReturned(command_id=command.id, outcome=Outcome.NOT_APPLIED, refusal=refusal)
        result = random_result(chance, command.activity)
        return CommandReturned(command_id=command.id, outcome=Outcome.APPLIED, result=result)
    if open_asks and kind < 85:
        return _answer(incident, chance.choice(open_asks), chance, number)
    open_approvals = approving.open_approvals(state)
    if open_approvals and kind < 87:
        asked = chance.choice(open_approvals)
        decided = DecisionGiven(
            key=f"d-{number}",
            approval=asked.id,
            verdict=chance.choice([Verdict.APPROVE, Verdict.APPROVE, Verdict.REJECT]),
            amount=asked.amount,
            plan=asked.plan,
            actor=Actor(kind=ActorKind.HUMAN, id=chance.choice(["eve", "kim", "zoe"]), verified=True),
        )
        return decided if approving.refusal(state, decided) is None else TimeCame()
    if kind < 88:
        return NewsReceived(event_id=f"e-{number}", event_type="shipment.scanned", actor=OPS)
    if kind < 89:
        return CancelRequested(reason="mistake", actor=OPS)
    due = core.next_due(state)
    if due is None:
        return None if state.ended or not pending else NewsReceived(event_id=f"n-{number}", event_type="x.y", actor=OPS)
    incident.now += max(due.at - incident.now, timedelta(0))
    return TimeCame()


def _answer(incident: Incident, step: AskStep, chance: Random, number: int) -> AnswerGiven:
    ask = incident.state.steps[step.id].ask
    assert ask is not None
    given: Data = {"choice": chance.choice(ask.offered)} if ask.offered else {}
    if step.answer is AnswerKind.AMOUNT:
        assert ask.at_least is not None
        given = {"amount": chance.choice([ask.at_least, ask.at_most or ask.at_least]).model_dump()}
    return AnswerGiven.model_validate({"key": f"a-{number}", "ask": step.id, "actor": CUSTOMER, **given})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_a_runbook_that_passes_the_checker_never_fails_in_the_core(chance: Random) -> None:
    bundle = checked(chance)
    assume(bundle is not None)
    assert bundle is not None

    incident = follow(bundle, chance, events=60)

    assert incident.now >= START


def test_many_random_runbooks_pass_and_reach_their_end_and_many_are_refused() -> None:
    passed, closed = 0, 0
    for seed in range(500):
        chance = Random(seed)  # noqa: S311  # not for secrets: every run tries the same runbooks
        bundle = checked(chance)
        if bundle is not None:
            passed += 1
            closed += any(follow(bundle, Random(seed * 10 + n), events=80).state.ended for n in range(6))  # noqa: S311

    assert 100 < passed < 400
    assert closed > passed / 2


@pytest.mark.parametrize(
    ("condition", "passes"),
    [
        ('has(report.note) && report.note == "x"', True),
        ('report.note == "x" && has(report.note)', True),
        ('!has(report.note) || report.note == "x"', True),
        ('has(report.note) ? report.note == "x" : false', True),
        ("incident.contacts > 1 && (has(report.note) && size(report.note) > 1)", True),
        ('incident.contacts > 1 || has(report.note) && report.note in ["x", "y"]', True),
        ('has(report.note) || report.note == "x"', False),
        ('has(report.note) ? true : report.note == "x"', False),
        ('!has(report.note) && report.note == "x"', False),
        ('(has(report.note) && true) || report.note == "x"', False),
    ],
)
def test_a_fact_that_may_be_unset_is_read_only_behind_has(condition: str, passes: bool) -> None:
    runbook = random_runbook(Random(0))  # noqa: S311
    step: Data = {"tell": "customer", "message": "plain", "when": condition}
    runbook["stages"] = {"action": [{"plan": "only", "steps": [step]}]}
    runbook["severity"] = {"otherwise": "low"}

    if not passes:
        with pytest.raises(RunbookErrors, match=r"'report\.note' may be unset here"):
            compile_runbook(file="random.yaml", text=as_yaml(runbook), texts=_TEXTS, rates=RATES)
        return
    bundle = compile_runbook(file="random.yaml", text=as_yaml(runbook), texts=_TEXTS, rates=RATES)
    for seed in range(8):
        assert follow(bundle, Random(seed), events=20).entries  # noqa: S311
