"""A runbook as a Mermaid flowchart: a box for each stage, a diamond for each plan's condition, an edge for each way."""

from collections.abc import Sequence
from typing import NamedTuple, assert_never

from amends.models import Stage
from runbooks.explaining.items import (
    ApproveItem,
    AskItem,
    DecideItem,
    DoItem,
    Item,
    MeasureItem,
    PlanItem,
    Refusal,
    RoundsItem,
    TellItem,
    Then,
    TogetherItem,
    WaitItem,
)
from runbooks.explaining.language import Language
from runbooks.explaining.model import Explanation
from runbooks.program import IfUndecided


def flowchart(explanation: Explanation, language: Language) -> str:
    """Mermaid's text. Whatever a label says stands for itself: quotes, signs and numbers of it are no syntax."""
    return _Chart(language).drawn(explanation)


class _Exit(NamedTuple):
    """A way out of a node, and what is said on it."""

    node: str
    says: str = ""


class _Way(NamedTuple):
    """How one comes through: ``on`` to what follows, ``failing`` out of the plan."""

    on: list[_Exit]
    failing: list[_Exit]


class _Chart:
    def __init__(self, language: Language) -> None:
        self._language, self._labels = language, language.labels
        self._nodes: list[str] = []
        self._edges: list[str] = []
        self._plan_boxes: dict[str, str] = {}
        self._indent, self._count, self._taken_over = "  ", 0, False

    def drawn(self, explanation: Explanation) -> str:
        ways = [_Exit(self._node("([{}])", self._labels.begin))]
        for stage in explanation.stages:
            if not (stage.items or stage.plans):
                continue
            self._open(self._language.stage(stage.stage))
            ways = (
                self._plans(stage.plans, ways) if stage.stage is Stage.ACTION else self._sequence(stage.items, ways).on
            )
            self._close()
        self._lead(ways, self._node("([{}])", self._labels.closed))
        for interrupt in explanation.opening.interrupts:
            cuts_in = self._node("([{}])", self._language.interrupted(interrupt))
            self._edges.append(f"  {cuts_in} -.-> {self._plan_boxes[interrupt.plan]}")
        if self._taken_over:
            self._nodes.append(f"  {_TAKEN_OVER}([{self._label(self._labels.taken_over)}])")
        return "\n".join(["flowchart TD", *self._nodes, *self._edges]) + "\n"

    def _plans(self, plans: Sequence[PlanItem], ways: list[_Exit]) -> list[_Exit]:
        done: list[_Exit] = []
        for plan in plans:
            if plan.only_if is not None:
                asked = self._node("{{{}}}", f"{self._language.condition(plan.only_if)}?")
                self._lead(ways, asked)
                ways, left = [_Exit(asked, self._labels.yes)], [_Exit(asked, self._labels.no)]
            else:
                left = []
            self._plan_boxes[plan.name] = self._open(plan.name)
            way = self._sequence(plan.items, ways)
            self._close()
            done += way.on
            ways = [*left, *way.failing]
        if ways:
            self._lead(ways, self._person())
        return done

    def _sequence(self, items: Sequence[Item], ways: list[_Exit]) -> _Way:
        failing: list[_Exit] = []
        for item in items:
            way = self._item(item, ways)
            ways, failing = way.on, [*failing, *way.failing]
        return _Way(ways, failing)

    def _item(self, item: Item, ways: list[_Exit]) -> _Way:
        sentence = self._language.step(item).sentence
        match item:
            case DoItem():
                node = self._entered(ways, "[{}]", sentence)
                if item.undone_by:
                    self._undo(node, item.undone_by, self._labels.undo)
                return _Way([_Exit(node)], self._refused(node, item.refusal))
            case TellItem():
                return _Way([_Exit(self._entered(ways, "[/{}/]", sentence))], [])
            case AskItem():
                node = self._entered(ways, "{{{{{}}}}}", sentence)
                silence = self._language.silence_in_short(item)
                return _Way([_Exit(node, self._labels.answered), _Exit(node, silence)], [])
            case WaitItem():
                node = self._entered(ways, "{{{{{}}}}}", sentence)
                silence = self._language.silence_in_short(item)
                return _Way([_Exit(node, self._labels.it_has_come), _Exit(node, silence)], [])
            case ApproveItem():
                return self._approve(item, ways, sentence)
            case DecideItem():
                return _Way([_Exit(self._entered(ways, "[[{}]]", sentence))], [])
            case MeasureItem():
                node = self._entered(ways, "[[{}]]", sentence)
                self._undo(node, item.lift, self._labels.lift)
                return _Way([_Exit(node)], self._refused(node, item.refusal))
            case TogetherItem():
                fork = self._entered(ways, "([{}])", sentence)
                branches = [self._item(each, [_Exit(fork)]) for each in item.items]
                done = self._entered(
                    [each for branch in branches for each in branch.on], "([{}])", self._labels.all_done
                )
                return _Way([_Exit(done)], [each for branch in branches for each in branch.failing])
            case RoundsItem():
                start = self._entered(ways, "([{}])", sentence)
                way = self._sequence(item.items, [_Exit(start)])
                asked = self._entered(way.on, "{{{}}}", f"{self._language.condition(item.until)}?")
                self._lead([_Exit(asked, f"{self._labels.no}: {self._labels.again}")], start)
                return _Way(
                    [_Exit(asked, self._labels.yes), _Exit(asked, self._language.after_rounds(item))], way.failing
                )
            case _:
                assert_never(item)

    def _approve(self, item: ApproveItem, ways: list[_Exit], sentence: str) -> _Way:
        node = self._entered(ways, "{{{{{}}}}}", sentence)
        on, failing = [_Exit(node, self._labels.approved)], list[_Exit]()
        silence = _Exit(node, self._language.silence_in_short(item))
        rejected = [_Exit(node, self._labels.rejected)]
        match item.if_silent:
            case IfUndecided.ESCALATE:
                self._lead([silence], node)
            case IfUndecided.REJECT:
                rejected.append(silence)
            case _:
                assert_never(item.if_silent)
        match item.rejected.then:
            case Then.PLAN_FAILS:
                failing += rejected
            case Then.CONTINUE:
                on += rejected
            case Then.TASK:
                self._lead(rejected, self._person())
            case _:
                assert_never(item.rejected.then)
        return _Way(on, failing)

    def _refused(self, node: str, refusal: Refusal | None) -> list[_Exit]:
        fails = refusal is not None and refusal.then is Then.PLAN_FAILS
        return [_Exit(node, self._labels.refused)] if fails else []

    def _undo(self, node: str, activity: str, says: str) -> None:
        undo = self._node("[{}]", f"{self._language.activity(activity)}")
        self._edges.append(f"  {node} -.->|{self._label(says)}| {undo}")

    def _person(self) -> str:
        self._taken_over = True
        return _TAKEN_OVER

    def _entered(self, ways: Sequence[_Exit], shape: str, says: str) -> str:
        node = self._node(shape, says)
        self._lead(ways, node)
        return node

    def _node(self, shape: str, says: str) -> str:
        self._count += 1
        name = f"n{self._count}"
        self._nodes.append(f"{self._indent}{name}{shape.format(self._label(says))}")
        return name

    def _lead(self, ways: Sequence[_Exit], node: str) -> None:
        for way in ways:
            says = f"|{self._label(way.says)}|" if way.says else ""
            self._edges.append(f"  {way.node} -->{says} {node}")

    def _open(self, title: str) -> str:
        self._count += 1
        box = f"g{self._count}"
        self._nodes.append(f"{self._indent}subgraph {box}[{self._label(title)}]")
        self._indent += "  "
        return box

    def _close(self) -> None:
        self._indent = self._indent[2:]
        self._nodes.append(f"{self._indent}end")

    def _label(self, says: str) -> str:
        """Quoted text. Mermaid reads ``#…;`` as a character's name, and backticks, which are left out, as Markdown."""
        text = self._language.polished(says).replace("`", "").rstrip(":：。.")
        return f'"{"".join(_ESCAPES.get(character, character) for character in text)}"'


_TAKEN_OVER = "person"
_ESCAPES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "\\": "#92;", "%": "#37;"}
