"""What the parts of a bundle are called, and by what they are known to be the same in two bundles."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from amends.models import Model
from runbooks.comparing.labels import Label
from runbooks.comparing.wording import minute_of_week, plain
from runbooks.policy import Clearing, Expectation, ExternalDeadline, Interrupt, Level, Match, Shift, Sooner, TableRow
from runbooks.program import (
    ApproveStep,
    AskStep,
    Choice,
    DecideStep,
    DoStep,
    MeasureStep,
    Plan,
    Rounds,
    SeverityRule,
    TellStep,
    Together,
    WaitStep,
)

AnyStep = DoStep | TellStep | AskStep | ApproveStep | MeasureStep | WaitStep | DecideStep | Together | Rounds

_AGAIN = re.compile(r"#(\d+)$")


def name_of(item: object, label: Label) -> str:
    """What an item of a list is called."""
    match item:
        case DoStep():
            return f"step `{item.activity}`{_again(item)}"
        case TellStep():
            return f"message `{item.message}`{_again(item)}"
        case AskStep():
            return f"question `{item.question}`{_again(item)}"
        case ApproveStep():
            return f"approval by `{item.role}`{_again(item)}"
        case MeasureStep():
            return f"measure `{item.activity}`{_again(item)}"
        case WaitStep():
            return f"wait for `{_AGAIN.sub('', item.id).rpartition('wait.')[2]}`{_again(item)}"
        case DecideStep():
            return f"decision `{item.fact}`{_again(item)}"
        case Together():
            return f"what runs at once{_again(item)}"
        case Rounds():
            return f"rounds{_again(item)}"
        case Plan():
            return f"plan `{item.name}`"
        case SeverityRule():
            return item.severity.value
        case Choice():
            return f"choice `{item.name}`"
        case Sooner():
            return f"sooner if `{item.when}`"
        case Interrupt():
            return f"`{item.on}` cutting in for plan `{item.plan}`"
        case Clearing():
            return f"clearing by `{item.on}`"
        case Level():
            return f"level that pages `{item.page}`"
        case ExternalDeadline():
            return f"deadline `{item.name}`"
        case Expectation():
            return f"`{item.expect}` expected after `{item.after}`"
        case Match():
            return f"match of `{item.match}`"
        case Shift():
            return f"duty of {item.who} from {minute_of_week(item.begins)}"
        case TableRow():
            where = [each for each in (item.jurisdiction, item.marketplace) if each]
            return " ".join([f"row since {item.since.isoformat()}", *(["for", ", ".join(where)] if where else [])])
        case _:
            return (label.item or "{}").format(plain(item))


class Item(NamedTuple):
    """An item of a collection, and what it is called. ``said``: whether its name says all of it."""

    name: str
    value: Any
    said: bool = False


def keyed(items: Mapping[Any, Any] | tuple[Any, ...], label: Label) -> dict[str, Item]:
    """A collection's items by what they are known by: a mapping's by their keys, steps by their ids, all else by its
    name. A mapping's come in the order of their keys: it has no other, once it was published."""
    if isinstance(items, Mapping):
        named = {plain(key): value for key, value in items.items()}
        return {key: Item(label.item.format(key), named[key]) for key in sorted(named)}
    times: Counter[str] = Counter()
    found = {}
    for value in items:
        name = name_of(value, label)
        key = value.id if isinstance(value, AnyStep) else name
        times[key] += 1
        found[key if times[key] == 1 else f"{key} ({times[key]})"] = Item(
            name, value, said=not isinstance(value, Model)
        )
    return found


def _again(step: AnyStep) -> str:
    """Which one it is, of steps that would be called the same."""
    number = _AGAIN.search(step.id)
    return f" (no. {number[1]})" if number else ""
