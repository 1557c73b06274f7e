"""Messages are held against the steps that send them: what they name is known there, and a time that a question
promises is the one that the engine keeps."""

from collections.abc import Iterator
from typing import NamedTuple

from amends.models import Party
from runbooks.answer_times import ANSWER_WITHIN
from runbooks.catalogue import CATALOGUE, TELLING
from runbooks.language.context import Context
from runbooks.language.durations import Durations, in_words
from runbooks.language.facts import every_step, fields_of
from runbooks.language.problems import Weight
from runbooks.language.source import Path
from runbooks.language.step_shapes import Ask, Do, Tell
from runbooks.language.surface import Runbook
from runbooks.language.texts import NAMES, Part, placeholders_in
from runbooks.language.times_named import times_named
from runbooks.program import FactType
from runbooks.suggestions import meant


def check_messages(runbook: Runbook, context: Context) -> None:
    """Notes what stands in a message and cannot be filled in, and, of questions, the times that may go stale."""
    for sending in _sendings(runbook):
        if sending.message not in context.messages:  # told where it is named
            continue
        line = context.source.problem(sending.path, "").line
        for part in context.texts.parts(sending.message):
            for name in dict.fromkeys(placeholders_in(part.text)):
                if complaint := _complaint(name, sending, runbook, context, line):
                    context.problems.append(part.problem(complaint))
            if sending.answer_within is not None:
                _times(part, sending.answer_within, context, line)


def addressee(party: str, path: Path, context: Context) -> None:
    """Notes if a party cannot be written to, or if it is not always known who that is."""
    if party not in TELLING:
        context.wrong(path, f"'{party}' cannot be written to; `customer` and `merchant` can")
    elif context.types.get("report.order_id") is not FactType.STRING or "report.order_id" in context.optional:
        who = "who placed the order" if party == Party.CUSTOMER else "the merchant of the order"
        context.wrong(path, f"a message goes to {who}; let every report carry `order_id: string`")


class Asked(NamedTuple):
    """Who is asked, and holds the ball until the answer: a party, or a ``role`` of ours."""

    party: Party
    role: str | None = None


def asked_of(name: str, path: Path, context: Context) -> Asked | None:
    """Whom ``ask`` names; ``None`` if nobody. A role that would not hear of the question is told."""
    if name in TELLING:
        addressee(name, path, context)
        return Asked(Party(name))
    if name not in context.reference.roles:
        near = meant(name, [*TELLING, *context.reference.roles])
        context.wrong(path, f"{name!r} cannot be asked; `customer`, `merchant` and the roles of the people can{near}")
        return None
    context.roles.add(name)
    if not context.pages:
        message = f"nobody would tell {name!r} of it: a role is paged; give the runbook an `escalation`"
        context.wrong(path, message)
    return Asked(Party.US, role=name)


_OWN = "customers and merchants are called by their own names alone; write another message for them"


class _Sending(NamedTuple):
    """``path``: where the message is named. ``answer_within``: how long it awaits the answer, if it asks. ``to``: who
    reads it, by the word of the runbook."""

    path: Path
    message: str
    answer_within: Durations | None
    to: str = Party.CUSTOMER


def _sendings(runbook: Runbook) -> Iterator[_Sending]:
    if runbook.sla is not None and runbook.sla.update is not None and runbook.sla.update.tell is not None:
        yield _Sending(("sla", "update", "tell"), runbook.sla.update.tell, None)
    for index, rule in enumerate(runbook.clears):
        yield _Sending(("clears", index, "tell"), rule.tell, None)
        if rule.confirm is not None:
            path: Path = ("clears", index, "confirm", "question")
            yield _Sending(path, rule.confirm.question, rule.confirm.answer_within)
    for path, step in every_step(runbook):
        if isinstance(step, Tell):
            yield _Sending((*path, "message"), step.message, None, step.tell)
        if isinstance(step, Ask):
            yield _Sending((*path, "question"), step.question, step.answer_within, step.ask)
            if step.remind is not None:
                yield _Sending((*path, "remind", "message"), step.remind.message, None, step.ask)


def _complaint(name: str, sending: _Sending, runbook: Runbook, context: Context, line: int) -> str | None:
    """Why a placeholder cannot be filled in when the message is sent."""
    file = context.source.file
    if name in context.types or name.split(".")[0] in context.uncertain:
        return None
    if name in NAMES and name == f"{sending.to}.name":
        return None
    if name in NAMES:
        reader = f"{sending.to!r}, who reads this message by line {line} of {file}"
        return f"{{{name}}} is not filled in for {reader}; {_OWN}"
    if name != ANSWER_WITHIN:
        mend = _mend(name, asked=sending.answer_within is not None, runbook=runbook, context=context)
        return f"the placeholder {{{name}}} is no fact of {file}, which sends this message on line {line}; {mend}"
    if sending.answer_within is not None:
        return None
    said = f"{{{ANSWER_WITHIN}}} is how long an answer is awaited, and {file} only tells this message on line {line}"
    return f"{said}; take it out, or send the message as the `question` of an `ask`"


def _mend(name: str, *, asked: bool, runbook: Runbook, context: Context) -> str:
    """What would make a placeholder a fact: the saving of what a step gives, or another spelling."""
    root, _, field = name.partition(".")
    near = meant(name, [*context.types, *NAMES, *([ANSWER_WITHIN] if asked else [])]).removeprefix("; ")
    within = sorted(path for path in context.types if path.startswith(f"{root}."))
    if within:
        return near or f"name one of {', '.join(within)}"
    for path, step in every_step(runbook):
        if isinstance(step, Do) and step.save_as is None and field in _given_by(step.do):
            return f"add `save_as: {root}` to `{step.do}` on line {context.source.problem(path, '').line}"
    givers = [each for each in CATALOGUE if field in _given_by(each)]
    if near or not givers:
        return near or "save it with a step before, or take it out"
    return f"a step before sets it, such as `do: {givers[0]}` with `save_as: {root}`"


def _given_by(activity: str) -> set[str]:
    spec = CATALOGUE.get(activity)
    return set(fields_of(spec.gives)) if spec is not None and spec.gives is not None else set()


def _times(part: Part, awaited: Durations, context: Context, line: int) -> None:
    """Notes each time that a question names in words of its own: nobody changes it with the runbook."""
    limits = dict.fromkeys(awaited.by_severity().model_dump().values())
    said = " or ".join(in_words(limit) for limit in limits)
    for named in times_named(part.text):
        same = limits.keys() == {named.time}
        how = "which is as long as the answer is awaited now," if same else "but the answer is awaited for " + said
        where = f"on line {line} of {context.source.file}"
        message = f"this says {named.written}, {how} {where}; write {{{ANSWER_WITHIN}}}"
        context.problems.append(part.problem(message).model_copy(update={"severity": Weight.WARNING}))
