"""What a step leaves behind in the facts, for the steps beside it that cannot know when."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, assert_never

from pydantic import JsonValue

from runbooks.catalogue import CATALOGUE
from runbooks.language.facts import answered, fields_of
from runbooks.language.step_shapes import AnyStep, Ask, CheckRead, Decide, Do, Rounds, TogetherSteps, Wait
from runbooks.language.worlds import MAYBE, SET, World, known_as, root_of
from runbooks.program import AnswerKind


class Write(NamedTuple):
    """One way in which a step may change what is known: ``facts`` under ``root``. ``whole``: whatever else stood under
    the root is gone."""

    root: str
    facts: Mapping[str, str]
    whole: bool = True


def result_of(step: Do | CheckRead) -> Mapping[str, str]:
    """The facts that an activity's result sets; those that it may leave open may be set."""
    return _result_of(step.do, step.save_as) if step.save_as is not None else {}


@lru_cache(maxsize=1024)
def _result_of(activity: str, name: str) -> Mapping[str, str]:
    spec = CATALOGUE.get(activity)
    if spec is None or spec.gives is None:
        return {}
    fields = spec.gives.model_fields
    return {
        f"{name}.{field}": MAYBE if type(None) in getattr(fields[field].annotation, "__args__", ()) else SET
        for field in fields_of(spec.gives)
    }


def answer_of(step: Ask) -> dict[str, str]:
    """The facts that an answer sets."""
    return dict.fromkeys(answered(step), SET) if step.save_as is not None else {}


def otherwise_of(step: Do | Ask) -> dict[str, str]:
    """The facts that stand for a step that did not happen."""
    if isinstance(step, Ask):
        return _unanswered(step) if step.save_as is not None and step.knows_otherwise else {}
    return {f"{step.save_as}.{name}": known_as(value) for name, value in (step.otherwise or {}).items()}


def _unanswered(step: Ask) -> dict[str, str]:
    """What is known without an answer: the very word, or that no files were shown; of an amount that it is set."""
    match step.answer:
        case AnswerKind.CHOICE | AnswerKind.TEXT:
            return {str(step.save_as): known_as(step.otherwise)}
        case AnswerKind.FILES:
            return {f"{step.save_as}.count": known_as(0), f"{step.save_as}.digests": known_as("")}
        case AnswerKind.AMOUNT:
            return answer_of(step)
        case _:
            assert_never(step.answer)


def assumed(facts: dict[str, JsonValue]) -> dict[str, str]:
    return {path: known_as(value) for path, value in facts.items()}


def writes(step: AnyStep) -> Iterator[Write]:
    """Every way in which a step, or one within it, may change the facts."""
    match step:
        case Do() if step.save_as is not None:
            yield Write(step.save_as, result_of(step))
            if step.otherwise is not None:
                yield Write(step.save_as, otherwise_of(step))
        case Ask() if step.save_as is not None:
            yield Write(step.save_as, answer_of(step))
        case Decide():
            yield Write(step.decide, {step.decide: SET})
        case Wait():
            if step.check is not None:
                yield Write(step.check.save_as, result_of(step.check))
            for path, standing in assumed(step.then_assume).items():
                yield Write(root_of(path), {path: standing}, whole=False)
        case TogetherSteps():
            for inner in step.together:
                yield from writes(inner)
        case Rounds():
            for inner in step.rounds.steps:
                yield from writes(inner)
        case _:
            pass


def roots_written(step: AnyStep) -> set[str]:
    return {write.root for write in writes(step)}


def beside(world: World, others: list[AnyStep]) -> World:
    """What a step can count on while the others run: a fact that one of them sets may be there, and one that one of
    them may take away may be gone."""
    facts = world.facts
    for write in (write for other in others for write in writes(other)):
        for path in {*facts, *write.facts}:
            if root_of(path) != write.root:
                continue
            if path in write.facts:
                both = write.facts[path] != MAYBE and facts.get(path, MAYBE) != MAYBE
                facts[path] = SET if both else MAYBE
            elif write.whole and path in facts:
                facts[path] = MAYBE
    return World.of(facts)
