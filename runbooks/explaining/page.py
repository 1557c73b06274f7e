"""The page: an explanation, put into words and laid out in blocks, for no format yet."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, assert_never

from pydantic import Field

from amends.models import Model, Stage
from runbooks.explaining.items import Item, PlanItem, RoundsItem, Times, TogetherItem
from runbooks.explaining.labels import Told
from runbooks.explaining.language import Language
from runbooks.explaining.model import Explanation, Goal, StageItem, WorstCase
from runbooks.explaining.reckoning import all_items


class Heading(Model):
    kind: Literal["heading"] = "heading"
    level: int
    text: str


class Paragraph(Model):
    kind: Literal["paragraph"] = "paragraph"
    text: str


class Point(Model):
    """A line of a list, and the list below it."""

    text: str
    points: tuple["Point", ...] = ()


class Points(Model):
    kind: Literal["points"] = "points"
    numbered: bool = False
    points: tuple[Point, ...]


class Grid(Model):
    kind: Literal["grid"] = "grid"
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Annotated[Heading | Paragraph | Points | Grid, Field(discriminator="kind")]


def page_of(explanation: Explanation, language: Language) -> list[Block]:
    """The whole page, in the order in which somebody would ask: what is it, when, who, what, how long, and what if."""
    blocks: list[Block] = [Heading(level=1, text=explanation.titles[language.code].replace("`", "'"))]
    blocks += [Paragraph(text=text) for text in language.about(explanation)]
    blocks += [Heading(level=2, text=language.labels.opening), *_opening(explanation, language)]
    blocks += [Heading(level=2, text=language.labels.severities), *_severities(explanation, language)]
    blocks += [Heading(level=2, text=language.labels.promises), *_promises(explanation, language)]
    blocks += [Heading(level=2, text=language.labels.ladder), *_ladder(explanation, language)]
    blocks += [Heading(level=2, text=language.labels.steps)]
    for number, stage in enumerate(explanation.stages, start=1):
        blocks += [Heading(level=3, text=f"{number}. {language.stage(stage.stage)}"), *_stage(stage, language)]
    blocks += [Heading(level=2, text=language.labels.worst), *_worst_case(explanation, language)]
    blocks += [Heading(level=2, text=language.labels.undone), *_undone(explanation, language)]
    blocks += [Heading(level=2, text=language.labels.silence), *_silence(explanation, language)]
    blocks += [Heading(level=2, text=language.labels.always), _points(language.always())]
    return [_polished(block, language) for block in blocks]


def _polished(block: Block, language: Language) -> Block:
    match block:
        case Heading() | Paragraph():
            return block.model_copy(update={"text": language.polished(block.text)})
        case Points():
            return block.model_copy(update={"points": tuple(_point(point, language) for point in block.points)})
        case Grid():
            rows = tuple(tuple(map(language.polished, row)) for row in block.rows)
            return Grid(head=tuple(map(language.polished, block.head)), rows=rows)
        case _:
            assert_never(block)


def _point(point: Point, language: Language) -> Point:
    inner = tuple(_point(each, language) for each in point.points)
    return Point(text=language.polished(point.text), points=inner)


def _opening(explanation: Explanation, language: Language) -> list[Block]:
    opening = explanation.opening
    lines = [language.reported(opening), *map(language.opened_by, opening.events), *language.one_at_a_time(opening)]
    news = [*map(language.interrupted, opening.interrupts), *map(language.cleared, opening.clears)]
    return [_points([*lines, *news])]


def _severities(explanation: Explanation, language: Language) -> list[Block]:
    severities = explanation.severities
    return [Paragraph(text=language.severity_changes(severities)), _points(language.severity_rules(severities))]


def _promises(explanation: Explanation, language: Language) -> list[Block]:
    promises, severities = explanation.promises, explanation.severities.possible
    blocks: list[Block] = []
    if promises.goals:
        head = (language.labels.goal, *map(language.severity, severities), language.labels.clock)
        rows = [
            (name, *(language.duration(within.of(severity)) for severity in severities), language.clock(goal))
            for goal in promises.goals
            for name, within in _times_promised(goal, language)
        ]
        blocks.append(Grid(head=head, rows=tuple(rows)))
    lines = [Point(text=text) for text in language.promised(promises)]
    lines += [_told(language.set_by_others(deadline)) for deadline in promises.external]
    return [*blocks, Points(points=tuple(lines))] if lines else blocks


def _times_promised(goal: Goal, language: Language) -> Iterator[tuple[str, Times]]:
    """To everybody, and to those who have it sooner."""
    yield language.goal(goal.name), goal.within
    for each in goal.sooner:
        yield language.goal_if(goal.name, each.only_if), each.within


def _ladder(explanation: Explanation, language: Language) -> list[Block]:
    blocks: list[Block] = [Paragraph(text=language.when_paged(explanation.ladders))]
    tasks = [language.left_to(explanation.tasks)] if explanation.tasks is not None else []
    lines = [*map(language.paged, explanation.ladders), *tasks, *map(language.on_duty, explanation.roles)]
    return [*blocks, _points(lines)] if lines else blocks


def _stage(stage: StageItem, language: Language) -> list[Block]:
    if stage.stage is Stage.ACTION:
        blocks: list[Block] = [Paragraph(text=language.plans())]
        for number, plan in enumerate(stage.plans):
            blocks.append(
                Paragraph(text=language.plan(plan, first=number == 0, twin=_twin(plan, stage.plans[:number])))
            )
            blocks.append(Points(numbered=True, points=tuple(_item(item, language) for item in plan.items)))
        return blocks
    if not stage.items:
        return [Paragraph(text=language.labels.nothing_to_do)]
    return [Points(numbered=True, points=tuple(_item(item, language) for item in stage.items))]


def _twin(plan: PlanItem, above: tuple[PlanItem, ...]) -> str | None:
    if plan.only_if is None:
        return None
    return next((each.name for each in reversed(above) if each.only_if == plan.only_if), None)


def _item(item: Item, language: Language) -> Point:
    inner = item.items if isinstance(item, TogetherItem | RoundsItem) else ()
    told = _told(language.step(item))
    return Point(text=told.text, points=(*told.points, *(_item(each, language) for each in inner)))


def _worst_case(explanation: Explanation, language: Language) -> list[Block]:
    worst, labels, severities = explanation.worst, language.labels, explanation.severities.possible
    rows = [(language.stage(stage), times) for stage, times in worst.stages]
    rows += [(labels.until_resolved, worst.resolved), (labels.until_closed, worst.closed)]
    grid = Grid(
        head=(labels.stage, *map(language.severity, severities)),
        rows=tuple(
            (name, *(language.duration(times.of(each)) if times.of(each) else labels.no_limit for each in severities))
            for name, times in rows
        ),
    )
    lines = [*language.not_counted(explanation), *map(language.trouble, worst.trouble)]
    return [
        Paragraph(text=language.worst_case()),
        grid,
        *_held(explanation, language, worst),
        _points(lines),
    ]


def _held(explanation: Explanation, language: Language, worst: WorstCase) -> list[Block]:
    if not worst.held:
        return []
    labels = language.labels
    rows = tuple(
        (
            language.goal(each.goal),
            language.severity(each.severity),
            language.duration(each.within),
            language.duration(each.longest) if each.longest else labels.no_limit,
            language.verdict(each),
        )
        for each in worst.held
    )
    grid = Grid(head=(labels.goal, labels.severity, labels.within, labels.counted, labels.verdict), rows=rows)
    return [Paragraph(text=language.counted(explanation.promises)), grid]


def _undone(explanation: Explanation, language: Language) -> list[Block]:
    lines = [*map(language.undoing, explanation.undone)] or [language.nothing_undone()]
    return [_points([*language.called_off(explanation), *lines, language.final(explanation.final)])]


def _silence(explanation: Explanation, language: Language) -> list[Block]:
    items = (item for stage in explanation.stages for item in all_items(stage))
    lines = [text for item in items if (text := language.silence(item))]
    return [_points(lines or [language.nobody_awaited()])]


def _told(told: Told) -> Point:
    return Point(text=told.sentence, points=tuple(Point(text=text) for text in told.details))


def _points(lines: Iterable[str]) -> Points:
    return Points(points=tuple(Point(text=line) for line in lines))
