"""Asks: held back, asked, answered, or taken as silence."""

from datetime import datetime, timedelta

from pydantic import JsonValue

from amends.models import Actor, ActorKind, Data, Severity
from amends.timeline import EntryKind
from runbooks.answer_times import say_answer_within
from runbooks.catalogue import BOUNCED, TELLING
from runbooks.program import AskStep, TellStep
from workflows import answers, authority, beside, effects, facts, night
from workflows.events import AnswerGiven, CommandReturned
from workflows.state import AskRun, HeldMessage, State, StepPhase, StepRun
from workflows.turn import Turn

MOST_CHANNELS = 5
"""A message that so many channels have sent back is a person's to bring."""


def send(turn: Turn, step: TellStep | AskStep, message: str, *, plan: str | None = None, bounced: int = 0) -> None:
    """Send a message to the customer of the order, or its merchant, in every language that the bundle has. ``bounced``:
    how many of their channels have sent it back; it goes over the next. At night it is held back, and goes out in the
    morning.

    A question says how long its answer is awaited at the severity of now; ``delivered`` keeps to what it says.
    """
    if (until := night.over_at(turn.state, step, turn.now)) is not None:
        return _hold(turn, step, message, HeldMessage(until=until, plan=plan, bounced=bounced))
    values = facts.shown(turn.state, step.values)
    limit = step.answer_within.of(turn.state.severity) if isinstance(step, AskStep) else None
    texts = _texts(turn.state, message, limit)
    report = turn.state.facts["report"]
    assert isinstance(report, dict)
    inputs: Data = {"order_id": report["order_id"], "texts": dict(texts), "values": dict(values)}
    shown: Data = {"to": step.to, "message": message, "values": dict(values)}
    if bounced:
        inputs["bounced"] = shown["bounced"] = bounced
    activity = TELLING[step.to]
    return effects.request(turn, step=step.id, activity=activity, inputs=inputs, shown=shown, final=False, plan=plan)


def send_held(turn: Turn, step: TellStep | AskStep, held: HeldMessage) -> None:
    """Send a message that was held back, if the night is over."""
    if turn.now < held.until:
        return
    held.sent = True
    send(turn, step, _message_of(step), plan=held.plan, bounced=held.bounced)


def is_held(run: StepRun) -> bool:
    """Whether a step's message waits: for the morning, or for its turn."""
    return run.held is not None and not run.held.sent and run.phase is StepPhase.RUNNING


def held(state: State) -> list[tuple[str, HeldMessage]]:
    """The steps whose messages wait for the morning, but for questions that have never been sent: those are asked by
    ``go_on``, with what can be offered then."""
    return [
        (step, run.held)
        for step, run in state.steps.items()
        if run.held is not None and is_held(run) and (run.ask is None or run.ask.asked)
    ]


def let_be(turn: Turn, step: TellStep | AskStep, run: StepRun) -> None:
    """A message that waits is not needed any more."""
    if is_held(run):
        turn.note(EntryKind.MESSAGE_WITHDRAWN, {"step": step.id, "message": _message_of(step)})
        run.phase = StepPhase.DONE


def goes_on_elsewhere(turn: Turn, step: TellStep | AskStep, returned: CommandReturned, *, plan: str | None) -> bool:
    """Send a message that has come back over the next channel; whether it is on its way again."""
    if returned.refusal is None or returned.refusal.reason != BOUNCED:
        return False
    before = bounced_before(turn.state, step)
    if before + 1 >= MOST_CHANNELS:
        return False
    send(turn, step, _message_of(step), plan=plan, bounced=before + 1)
    return True


def bounced_before(state: State, step: TellStep | AskStep) -> int:
    """How many channels had sent a message back before it last went out."""
    sent = effects.newest(state, step.id)
    assert sent is not None
    bounced = sent.inputs.get("bounced", 0)
    assert isinstance(bounced, int)
    return bounced


def begin(turn: Turn, step: AskStep, run: StepRun) -> None:
    """Start holding an ask back for as long as it says."""
    held_back = step.after.of(turn.state.severity) if step.after else None
    run.ask = AskRun(not_before=turn.now + held_back if held_back else turn.now)


def go_on(turn: Turn, step: AskStep, run: StepRun, ask: AskRun, *, alone: bool, plan: str | None) -> None:
    """Ask when it is time (or when all that runs beside it is done); take silence for what it means."""
    if not ask.asked:
        if alone or turn.now >= ask.not_before:
            _ask(turn, step, run, ask, plan=plan)
    elif ask.answer_by is not None and turn.now >= ask.answer_by:
        turn.note(EntryKind.SILENCE_ASSUMED, {"ask": step.id, **answers.told(step, ask.silence)})
        turn.ran_out(ask.answer_by)
        run.silent = True
        _settle(turn, step, run, ask.silence)
    elif (at := _reminds_at(turn.state, step, ask)) is not None and turn.now >= at:
        _remind(turn, step, ask)


def delivered(turn: Turn, step: AskStep, ask: AskRun) -> None:
    """The question has reached whom it is for: the answer's clock starts."""
    _begin_awaiting(turn, step, ask, within=_promised(turn.state, step))


def answer(turn: Turn, step: AskStep, run: StepRun, given: AnswerGiven) -> None:
    """Take an answer that ``refusal`` has not refused."""
    turn.state.evidence += len(given.files or ())
    _settle(turn, step, run, answers.fact_of(given))


def take(turn: Turn, step: AskStep, run: StepRun, choice: str) -> None:
    """Take a choice as the answer, though it was not given here."""
    _settle(turn, step, run, choice)


def skip(turn: Turn, step: AskStep, run: StepRun) -> None:
    """Stop asking, and go on as if nobody had answered."""
    assert run.ask is not None
    meant = run.ask.silence if run.ask.asked else answers.silence(turn.state, step)
    withdraw(turn, step, run)
    _save(turn, step, meant)


def withdraw(turn: Turn, step: AskStep, run: StepRun) -> None:
    """Stop asking: no answer is awaited any more."""
    let_be(turn, step, run)
    _let_reminders_be(turn, step)
    run.phase = StepPhase.DONE
    if run.ask is not None and run.ask.asked:
        turn.note(EntryKind.QUESTION_WITHDRAWN, {"ask": step.id})


def open_asks(state: State) -> list[AskStep]:
    """The asks that may be answered now."""
    return [
        step
        for step in (*state.bundle.program.all_steps(), *beside.confirmations(state))
        if isinstance(step, AskStep)
        and (run := state.steps.get(step.id)) is not None
        and run.phase is StepPhase.RUNNING
        and run.ask is not None
        and run.ask.asked
    ]


def refusal(state: State, given: AnswerGiven) -> str | None:
    """Why an answer does not count now; ``None`` if it does (or repeats the one that counted)."""
    run = state.steps.get(given.ask)
    if run is not None and run.answer is not None:
        same = run.answer == answers.fact_of(given)
        return None if same else f"{given.ask!r} was answered already: {answers.in_words(run.answer)}"
    open_now = open_asks(state)
    step = next((step for step in open_now if step.id == given.ask), None)
    if step is None:
        if run is not None and run.held is not None and run.held.joined and is_held(run):
            return f"incident {run.held.behind} has asked the same; what is answered there counts here too"
        waiting = ", ".join(repr(each.id) for each in open_now) or "none"
        return f"nothing is asked at {given.ask!r} now; open questions: {waiting}"
    assert run is not None
    assert run.ask is not None
    return _not_of_the_role(state, step, given.actor) or answers.refusal(step, run.ask, given)


def due(state: State, step: AskStep, run: StepRun) -> datetime | None:
    """When an ask next has something to do."""
    assert run.ask is not None
    if not run.ask.asked:
        return run.held.until if run.held is not None else run.ask.not_before
    return _reminds_at(state, step, run.ask) or run.ask.answer_by


def _ask(turn: Turn, step: AskStep, run: StepRun, ask: AskRun, *, plan: str | None) -> None:
    """Offer what can be offered now, unless it has to wait for the morning or was answered before. A role of ours has
    the question as soon as it stands."""
    terms = answers.asked_now(turn.state, step, ask)
    inherited = turn.state.inherited.get(step.question)
    if inherited is not None and answers.fits(step, terms, inherited):
        run.ask = terms
        _take_inherited(turn, step, run)
    elif step.role is not None:
        within = step.answer_within.of(turn.state.severity)
        run.ask = terms.model_copy(update={"texts": _as_read(turn.state, step, within)})
        _begin_awaiting(turn, step, run.ask, within=within)
    elif run.held is None or turn.now >= run.held.until:
        if night.over_at(turn.state, step, turn.now) is None:
            run.ask = terms.model_copy(update={"freed": []})
            run.held = run.held.model_copy(update={"sent": True}) if run.held is not None else None
        send(turn, step, step.question, plan=plan, bounced=run.held.bounced if run.held is not None else 0)


def _begin_awaiting(turn: Turn, step: AskStep, ask: AskRun, *, within: timedelta) -> None:
    ask.delivered_at, ask.answer_by = turn.now, turn.now + within
    asked: Data = {"ask": step.id, "question": step.question, "to": step.to}
    if step.role is not None:
        asked |= {"role": step.role, "texts": dict(ask.texts)}
    awaited: Data = {"answer_by": ask.answer_by.isoformat(), "if_silent": ask.silence}
    turn.note(EntryKind.QUESTION_ASKED, {**asked, **answers.terms(step, ask), **awaited})


def _not_of_the_role(state: State, step: AskStep, actor: Actor) -> str | None:
    """Why somebody does not answer what a role is asked; ``None`` for one who may answer."""
    role = state.bundle.roles.get(step.role or "")
    if step.role is None or role is None or (actor.kind is ActorKind.HUMAN and actor.id in role.team):
        return None
    able = authority.named(sorted(role.team))
    return f"{actor.id!r} is not of {step.role!r}, which is asked at {step.id!r}; {able} could answer"


def _hold(turn: Turn, step: TellStep | AskStep, message: str, held: HeldMessage) -> None:
    turn.state.steps[step.id].held = held
    told: Data = {"step": step.id, "message": message, "to": step.to, "until": held.until.isoformat(), "why": "night"}
    turn.note(EntryKind.MESSAGE_HELD, told)


def _remind(turn: Turn, step: AskStep, ask: AskRun) -> None:
    """Call a question to mind; of several reminders that the night has brought to one moment only the last goes out."""
    while (at := _reminds_at(turn.state, step, ask)) is not None and turn.now >= at:
        ask.reminded += 1
    reminder = beside.reminders_of(step)[ask.reminded - 1]
    turn.state.steps[reminder.id] = StepRun(started_at=turn.now)
    send(turn, reminder, reminder.message)


def _let_reminders_be(turn: Turn, step: AskStep) -> None:
    """Nobody needs to know any more what became of those that have gone out."""
    for reminder in beside.reminders_of(step):
        if (run := turn.state.steps.get(reminder.id)) is not None:
            let_be(turn, reminder, run)
            run.phase = StepPhase.DONE
            for task in [task for task in turn.state.tasks if task.step == reminder.id]:
                turn.close_task(task.id, how="withdrawn")


def _reminds_at(state: State, step: AskStep, ask: AskRun) -> datetime | None:
    """When the next reminder goes out, by day; ``None`` for none, or none that would be before the answer's time is
    over."""
    if step.remind is None or ask.delivered_at is None or ask.reminded == len(step.remind.after):
        return None
    at = ask.delivered_at + step.remind.after[ask.reminded]
    at = night.over_at(state, step, at) or at
    return at if ask.answer_by is not None and at < ask.answer_by else None


def _message_of(step: TellStep | AskStep) -> str:
    return step.message if isinstance(step, TellStep) else step.question


def _texts(state: State, message: str, limit: timedelta | None) -> dict[str, Data]:
    """Language → the parts of a message, with the limit of a question said in them."""
    return {
        language: {
            part: text if limit is None else say_answer_within(text, limit, language)
            for part, text in each.model_dump().items()
        }
        for language, each in state.bundle.messages[message].items()
    }


def _as_read(state: State, step: AskStep, limit: timedelta) -> dict[str, Data]:
    """Language → what a role is asked, with all that it names filled in: nobody else does it for us."""
    values = facts.shown(state, step.values)

    def filled(text: str) -> str:
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    texts = _texts(state, step.question, limit)
    return {language: {part: filled(str(text)) for part, text in each.items()} for language, each in texts.items()}


def _promised(state: State, step: AskStep) -> timedelta:
    """How long the question that was sent awaits its answer: what it says, though the severity has changed since. One
    that says nothing of it follows the severity of now."""
    asked = effects.newest(state, step.id)
    assert asked is not None
    sent = asked.inputs["texts"]
    now = step.answer_within.of(state.severity)
    limits = (now, *(step.answer_within.of(severity) for severity in Severity))
    return next((limit for limit in limits if _texts(state, step.question, limit) == sent), now)


def _take_inherited(turn: Turn, step: AskStep, run: StepRun) -> None:
    """The customer has answered this very question already, to the incident that this one took over."""
    answer = turn.state.inherited.pop(step.question)
    turn.note(EntryKind.ANSWER_INHERITED, {"ask": step.id, **answers.told(step, answer)})
    _settle(turn, step, run, answer)


def _settle(turn: Turn, step: AskStep, run: StepRun, answer: JsonValue) -> None:
    let_be(turn, step, run)
    _let_reminders_be(turn, step)
    run.phase = StepPhase.DONE
    run.answer = answer
    _save(turn, step, answer)


def _save(turn: Turn, step: AskStep, answer: JsonValue) -> None:
    """Take the answer as a fact, or what stands for it where there is none."""
    known = answer if answer is not None else answers.otherwise(turn.state, step)
    if step.save_as is not None and known is not None:
        facts.save(turn, step.save_as, known)
