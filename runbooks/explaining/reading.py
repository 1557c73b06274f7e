"""From a runbook, as it was written, and what stands beside it, to its explanation."""

from collections.abc import Callable, Mapping
from pathlib import Path

from amends.models import Stage
from runbooks import library
from runbooks.bundle import Bundle, MessageText
from runbooks.explaining.bundled import written_of
from runbooks.explaining.items import DoItem, MeasureItem, walk
from runbooks.explaining.model import Explanation, StageItem, Undoing
from runbooks.explaining.promises import ladders_of, opening_of, promises_of, roles_of, severities_of, tasks_of
from runbooks.explaining.reckoning import all_items, worst_case_of
from runbooks.explaining.steps import Steps
from runbooks.language.problems import RunbookErrors, Weight
from runbooks.language.reading import read_runbook
from runbooks.language.reference import Reference
from runbooks.language.shelf import Shelf
from runbooks.language.source import Source
from runbooks.language.surface import Runbook


def explain(name_or_path: str | Path) -> Explanation:
    """The explanation of a runbook that comes with Amends, by its name, or of a file by its path.

    Raises ``RunbookErrors`` with all that is wrong, and ``DefinitionError`` for a name or a file that does not exist or
    cannot be read.
    """
    examined = library.inspect(name_or_path)
    errors = [problem for problem in examined.problems if problem.severity is Weight.ERROR]
    if errors:
        raise RunbookErrors(errors)
    path = library.path_of(name_or_path)
    written = read_runbook(Source(library.shown_name(path), path.read_text(encoding="utf-8"))).runbook
    assert written is not None, "a runbook without errors can be read"
    return explanation_of(written, library.shelf_here())


def explanation_of(runbook: Runbook, shelf: Shelf) -> Explanation:
    """The explanation of a runbook that has been checked against what is on the shelf."""
    return _explanation(runbook, shelf.texts.get, shelf.reference)


def explanation_of_bundle(bundle: Bundle) -> Explanation:
    """The explanation of a runbook as it was published, with the texts, people and tables of then."""
    reference = Reference(
        roles=bundle.roles,
        calendars=bundle.calendars,
        tables=bundle.tables,
        tasks=bundle.tasks,
        remedies=bundle.remedies,
        night=bundle.night,
    )
    return _explanation(written_of(bundle), bundle.messages.__getitem__, reference)


def _explanation(
    runbook: Runbook, texts: Callable[[str], Mapping[str, MessageText]], reference: Reference
) -> Explanation:
    severities = severities_of(runbook)
    promises = promises_of(runbook, texts, reference, severities.possible)
    stages = _stages(runbook, Steps(texts, severities.possible, reference.remedies))
    return Explanation(
        name=runbook.runbook,
        titles={"en": runbook.title.en, "zh": runbook.title.zh},
        about=runbook.about,
        opening=opening_of(runbook, texts, severities.possible),
        severities=severities,
        promises=promises,
        ladders=ladders_of(runbook, severities.possible),
        roles=roles_of(runbook, reference),
        tasks=tasks_of(runbook, reference, severities.possible),
        stages=stages,
        worst=worst_case_of(stages, promises, severities.possible),
        undone=tuple(undoing for stage in stages for undoing in _undoings(stage)),
        final=_finals(stages),
    )


def _stages(runbook: Runbook, steps: Steps) -> tuple[StageItem, ...]:
    written = runbook.stages
    return (
        StageItem(stage=Stage.REPORT, items=steps.items(written.report)),
        StageItem(stage=Stage.ANALYSIS, items=steps.items(written.analysis)),
        StageItem(stage=Stage.ACTION, plans=tuple(map(steps.plan, written.action))),
        StageItem(stage=Stage.FOLLOW_UP, items=steps.items(written.follow_up)),
    )


def _undoings(stage: StageItem) -> list[Undoing]:
    parts = [(None, walk(stage.items)), *((plan.name, walk(plan.items)) for plan in stage.plans)]
    found = []
    for plan, items in parts:
        for item in items:
            if isinstance(item, DoItem) and item.undone_by:
                found.append(Undoing(activity=item.activity, by=item.undone_by, plan=plan, measure=False))
            elif isinstance(item, MeasureItem):
                found.append(Undoing(activity=item.activity, by=item.lift, plan=plan, measure=True))
    return found


def _finals(stages: tuple[StageItem, ...]) -> tuple[str, ...]:
    items = (item for stage in stages for item in all_items(stage))
    return tuple(dict.fromkeys(item.activity for item in items if isinstance(item, DoItem) and item.final))
