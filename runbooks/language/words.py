"""The words that people choose in a runbook: names, keys of messages, choices, kinds of events."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints

_CEL_WORDS = frozenset(
    {"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop"}
    | {"namespace", "null", "package", "return", "true", "var", "void", "while"}
)


def _usable(name: str) -> str:
    if name in _CEL_WORDS:
        raise ValueError(f"{name!r} is a word of the expressions and cannot be a name")
    return name


def _choices(value: Any) -> Any:
    """A list of names offers each of them always."""
    if not isinstance(value, list):
        return value
    names = [str(name) for name in value]
    twice = [name for index, name in enumerate(names) if name in names[:index]]
    if twice:
        raise ValueError(f"the choice {twice[0]!r} is in the list twice; keep one")
    return dict.fromkeys(names, True)


def _choice(value: Any) -> Any:
    if value is True:
        return None
    if not isinstance(value, str):
        raise ValueError("a choice is offered always (`true`) or under a condition")
    return value


def _choice_name(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60), AfterValidator(_usable)]
MessageKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=120)]
EventType = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$", max_length=120)]
"""The type of an order event, such as ``shipment.scanned``."""
ChoiceName = Annotated[
    str, BeforeValidator(_choice_name), StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=60)
]
Spoken = Annotated[str, BeforeValidator(_choice_name), StringConstraints(max_length=4000)]
"""What stands for an answer: a choice, a text, or an amount."""
ChoiceRule = Annotated[str | None, BeforeValidator(_choice)]
ListedChoices = BeforeValidator(_choices)
SKIP = "skip"
