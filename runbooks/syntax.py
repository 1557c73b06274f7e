"""The grammar of an expression as a tree, for what is to be known of it before it runs.

CEL compiles and computes expressions; this reads what CEL has accepted, with the same precedence, so that a check can
ask what is compared with what, whatever the brackets. ``at`` is the offset at which a part begins.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple, assert_never

from runbooks.scanning import ExpressionError


class Leaf(NamedTuple):
    """``kind``: ``name``, ``string`` or ``number``. ``text``: as written, a name without blanks."""

    kind: str
    text: str
    at: int


class Unary(NamedTuple):
    """``sign``: ``!`` or ``-``, however often it stands there."""

    sign: str
    operand: "Node"
    at: int


class Binary(NamedTuple):
    """A comparison or a computation."""

    sign: str
    left: "Node"
    right: "Node"
    at: int


class Chosen(NamedTuple):
    """``condition ? yes : no``"""

    condition: "Node"
    yes: "Node"
    no: "Node"
    at: int


class Call(NamedTuple):
    """A function of ``inputs``, of which the first is what stands before its dot, if it is called on something. All
    that ``&&`` or ``||`` join is a call of it."""

    function: str
    inputs: tuple["Node", ...]
    at: int


class Listed(NamedTuple):
    """A list's items; a map's keys and values."""

    items: tuple["Node", ...]
    at: int


Node = Leaf | Unary | Binary | Chosen | Call | Listed


def parse(masked: str) -> Node:
    """The tree of an expression as ``scan`` has masked it. Raises ``ExpressionError`` for what CEL would refuse too."""
    return _Parser(masked).whole()


def parts(node: Node) -> Iterator[Node]:
    """The node and all within it."""
    yield node
    match node:
        case Leaf():
            return
        case Unary():
            inner: tuple[Node, ...] = (node.operand,)
        case Binary():
            inner = (node.left, node.right)
        case Chosen():
            inner = (node.condition, node.yes, node.no)
        case Call():
            inner = node.inputs
        case Listed():
            inner = node.items
        case _:
            assert_never(node)
    for each in inner:
        yield from parts(each)


def wrong_at(text: str, at: int, message: str) -> ExpressionError:
    """The error for what stands at an offset."""
    return ExpressionError(message, line=text.count("\n", 0, at) + 1, column=at - text.rfind("\n", 0, at))


_STRING = r"\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
_TOKEN = re.compile(
    rf"(?P<blank>\s+|//[^\n]*)|(?P<string>[rRbB]{{0,2}}(?:{_STRING}))"
    r"|(?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]?)"
    r"|(?P<name>\.?\s*[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)"
    r"|(?P<sign>&&|\|\||==|!=|>=|<=|.)",
    re.DOTALL,
)
_LEVELS = (("||",), ("&&",), ("==", "!=", ">=", "<=", ">", "<", "in"), ("+", "-"), ("*", "/", "%"))
"""What binds ever closer; each binds from the left."""
_JOINING = ("||", "&&")


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [
            Leaf(str(found.lastgroup), re.sub(r"\s", "", found[0]) if found.lastgroup == "name" else found[0], at)
            for found, at in ((found, found.start()) for found in _TOKEN.finditer(text))
            if found.lastgroup != "blank"
        ]
        self._next = 0

    def whole(self) -> Node:
        node = self._chosen()
        if self._next < len(self._tokens):
            raise self._unexpected()
        return node

    def _chosen(self) -> Node:
        condition = self._level(0)
        if not self._takes("?"):
            return condition
        yes = self._level(0)
        self._must(":")
        return Chosen(condition, yes, self._chosen(), condition.at)

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._level(level + 1)
        while (sign := self._peek()) in _LEVELS[level]:
            if sign in _JOINING:  # flat, because conditions may have hundreds of parts
                return Call(sign, (left, *self._joined(sign, level + 1)), left.at)
            self._take()
            left = Binary(sign, left, self._level(level + 1), left.at)
        return left

    def _joined(self, sign: str, level: int) -> Iterator[Node]:
        while self._takes(sign):
            yield self._level(level)

    def _unary(self) -> Node:
        at, signs = self._next, set[str]()
        while self._peek() in ("!", "-"):
            signs.add(self._take().text)
        node = self._with_members(self._primary())
        return Unary("!" if "!" in signs else "-", node, self._tokens[at].at) if signs else node

    def _with_members(self, node: Node) -> Node:
        """What is called on a value, or looked up in it."""
        while True:
            if self._takes("["):
                node = Call("[]", (node, self._chosen()), node.at)
                self._must("]")
            elif self._name_begins("."):
                function = self._take().text.lstrip(".")
                inputs = self._items(")") if self._takes("(") else ()
                node = Call(function, (node, *inputs), node.at)
            else:
                return node

    def _primary(self) -> Node:
        if self._next >= len(self._tokens):
            raise self._unexpected()
        token = self._take()
        match token.kind, token.text:
            case "sign", "(":
                node = self._chosen()
                self._must(")")
                return node
            case "sign", "[":
                return Listed(self._items("]"), token.at)
            case "sign", "{":
                return Listed(self._items("}"), token.at)
            case "name", name if self._takes("("):
                receiver, _, function = name.rpartition(".")
                on = (Leaf("name", receiver, token.at),) if receiver else ()
                return Call(function, (*on, *self._items(")")), token.at)
            case (("name" | "string" | "number"), _):
                return token
        self._next -= 1
        raise self._unexpected()

    def _items(self, end: str) -> tuple[Node, ...]:
        """What stands between commas (in a map also colons) up to the end."""
        items: list[Node] = []
        while not self._takes(end):
            items.append(self._chosen())
            if not (self._takes(",") or (end == "}" and self._takes(":"))):
                self._must(end)
                break
        return tuple(items)

    def _peek(self) -> str:
        """The next sign, or the word ``in``."""
        if self._next >= len(self._tokens):
            return ""
        token = self._tokens[self._next]
        return token.text if token.kind == "sign" or token.text == "in" else ""

    def _name_begins(self, start: str) -> bool:
        return self._next < len(self._tokens) and (
            (token := self._tokens[self._next]).kind == "name" and token.text.startswith(start)
        )

    def _take(self) -> Leaf:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _takes(self, sign: str) -> bool:
        if self._peek() != sign:
            return False
        self._next += 1
        return True

    def _must(self, sign: str) -> None:
        if not self._takes(sign):
            raise self._unexpected()

    def _unexpected(self) -> ExpressionError:
        if self._next >= len(self._tokens):
            return wrong_at(self._text, len(self._text), "the expression breaks off here")
        token = self._tokens[self._next]
        return wrong_at(self._text, token.at, f"nobody can tell what {token.text!r} does here")
