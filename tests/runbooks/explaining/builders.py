"""Small runbooks explained, and items of which worst cases can be told in one's head."""

from datetime import timedelta

from amends.models import Party, Severity
from runbooks.explaining.conditions import Condition, Given, Holds
from runbooks.explaining.items import (
    ApproveItem,
    AskItem,
    Assumed,
    ChoiceItem,
    DoItem,
    Item,
    Message,
    PlanItem,
    Refusal,
    RoundsItem,
    Then,
    Times,
    TogetherItem,
    WaitItem,
)
from runbooks.explaining.language import Language
from runbooks.explaining.languages import LANGUAGES, LanguageCode
from runbooks.explaining.model import Explanation
from runbooks.explaining.page import Block, Grid, Heading, Paragraph, Point, Points, page_of
from runbooks.explaining.reading import explanation_of
from runbooks.language.compiler import examine
from runbooks.language.problems import Weight
from runbooks.language.reading import read_runbook
from runbooks.language.shelf import Shelf
from runbooks.language.source import Source
from runbooks.policy import Role
from runbooks.program import IfUndecided
from tests.runbooks.builders import RATES, REFERENCE, small, texts

EN, ZH = LANGUAGES[LanguageCode.EN], LANGUAGES[LanguageCode.ZH]
MAYBE = Holds(kind="holds", path="stock.reservable")


def explained(*changes: tuple[str, str], roles: dict[str, Role] = REFERENCE.roles) -> Explanation:
    """The explanation of the small runbook with parts of its text replaced. It must be right."""
    text, shelf = small(*changes), Shelf(texts(), RATES, REFERENCE._replace(roles=roles))
    found = examine(file="late_parcel.yaml", text=text, texts=shelf.texts, rates=shelf.rates, reference=shelf.reference)
    assert [str(each) for each in found.problems if each.severity is Weight.ERROR] == []
    runbook = read_runbook(Source("late_parcel.yaml", text)).runbook
    assert runbook is not None
    return explanation_of(runbook, shelf)


def with_steps(steps: str) -> Explanation:
    """The small runbook with more steps, in YAML, at the end of its report."""
    return explained(("save_as: order}\n", "save_as: order}\n" + _indented(steps, 4)))


def with_plans(plans: str) -> Explanation:
    """The small runbook with plans, in YAML, before its own."""
    return explained(("    - plan: say_sorry", _indented(plans, 4) + "    - plan: say_sorry"))


def with_keys(keys: str, *, roles: dict[str, Role] = REFERENCE.roles) -> Explanation:
    """The small runbook with more keys of its own."""
    return explained(("stages:", keys + "stages:"), roles=roles)


def said(explanation: Explanation, language: Language) -> list[str]:
    """Every line of the page, without its layout."""
    return [line for block in page_of(explanation, language) for line in _lines(block)]


def hours(number: int) -> timedelta:
    return timedelta(hours=number)


def for_all(number: int) -> Times:
    """So many hours, for each severity."""
    return Times(by=dict.fromkeys(Severity, hours(number)))


def done(*, may_fail: bool = False, only_if: Condition | None = None) -> DoItem:
    refusal = Refusal(then=Then.PLAN_FAILS if may_fail else Then.CONTINUE)
    return DoItem(activity="inventory.check", effect=False, refusal=refusal, only_if=only_if)


def asked(within: int, *, after: int = 0, to: Party = Party.CUSTOMER, only_if: Condition | None = None) -> AskItem:
    return AskItem(
        to=to,
        question=Message(key="sorry", subjects={}),
        after=for_all(after) if after else None,
        choices=(ChoiceItem(name="yes"),),
        within=for_all(within),
        if_silent=Given(value="yes"),
        refusal=Refusal(then=Then.TASK),
        only_if=only_if,
    )


def awaited(at_most: int, *, of: Party = Party.CARRIER, only_if: Condition | None = None) -> WaitItem:
    assumed = (Assumed(path="trace.status", value="lost"),)
    return WaitItem(until=MAYBE, at_most=for_all(at_most), assumed=assumed, waiting_for=of, only_if=only_if)


def approved(within: int, *, may_fail: bool = False) -> ApproveItem:
    rejected = Refusal(then=Then.PLAN_FAILS if may_fail else Then.TASK)
    return ApproveItem(role="boss", within=for_all(within), if_silent=IfUndecided.REJECT, rejected=rejected)


def together(*items: Item) -> TogetherItem:
    return TogetherItem(items=items)


def rounds(most: int, *items: Item) -> RoundsItem:
    return RoundsItem(most=most, until=MAYBE, items=items)


def plan(*items: Item, only_if: Condition | None = None) -> PlanItem:
    return PlanItem(name="some", only_if=only_if, items=items)


def _lines(block: Block) -> list[str]:
    match block:
        case Heading() | Paragraph():
            return [block.text]
        case Points():
            return [line for point in block.points for line in _point(point)]
        case Grid():
            return [" | ".join(row) for row in (block.head, *block.rows)]


def _point(point: Point) -> list[str]:
    return [point.text, *(line for inner in point.points for line in _point(inner))]


def _indented(text: str, by: int) -> str:
    return "".join(" " * by + line for line in text.splitlines(keepends=True))
