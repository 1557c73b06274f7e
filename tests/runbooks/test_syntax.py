"""An expression is read with CEL's own precedence."""

import random

import pytest

from runbooks.expressions import check, value_of
from runbooks.program import FactType
from runbooks.scanning import ExpressionError
from runbooks.syntax import Binary, Call, Chosen, Leaf, Listed, Node, Unary, parse, parts


def shown(node: Node) -> str:
    """The tree with every bracket."""
    match node:
        case Leaf():
            return node.text
        case Unary():
            return f"({node.sign}{shown(node.operand)})"
        case Binary():
            return f"({shown(node.left)} {node.sign} {shown(node.right)})"
        case Chosen():
            return f"({shown(node.condition)} ? {shown(node.yes)} : {shown(node.no)})"
        case Call():
            return f"{node.function}<{', '.join(map(shown, node.inputs))}>"
        case Listed():
            return f"[{', '.join(map(shown, node.items))}]"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a || b && c || d", "||<a, &&<b, c>, d>"),
        ("a + b * c - d", "((a + (b * c)) - d)"),
        ("(a + b) * c", "((a + b) * c)"),
        ("a < b == c", "((a < b) == c)"),
        ("a in [b, c,] && !d", "&&<(a in [b, c]), (!d)>"),
        ("-a.b - -1", "((-a.b) - (-1))"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ('a . b.startsWith("x") || size(c) > 1.5e3', '||<startsWith<a.b, "x">, (size<c> > 1.5e3)>'),
        ('"a)".size() > .5 // (', '(size<"a)"> > .5)'),
        ('{"a": b, "c": [1]}["a"].d', 'd<[]<["a", b, "c", [1]], "a">>'),
        ("inner in into", "(inner in into)"),
        ("f()", "f<>"),
    ],
)
def test_the_tree_says_what_binds_what(text: str, tree: str) -> None:
    assert shown(parse(text)) == tree


@pytest.mark.parametrize("text", ["", "a b", "(a", "a +", "a ? b", "[a", "a)", "f(a b)", "a in", "* a"])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"breaks off here|nobody can tell"):
        parse(text)


def test_every_part_is_found_with_its_place() -> None:
    text = 'a == "x" ? -b : [c]'

    found = [part for part in parts(parse(text)) if isinstance(part, Leaf)]

    assert [(text[part.at :][: len(part.text)], part.kind) for part in found] == [
        ("a", "name"),
        ('"x"', "string"),
        ("b", "name"),
        ("c", "name"),
    ]


@pytest.mark.parametrize("seed", range(200))
def test_the_tree_gives_what_cel_gives(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    text = "".join(
        f"{chance.choice(['', '-', '('])}{chance.randint(1, 9)}" + chance.choice(["", " "]) + f"{sign} "
        for sign in chance.choices(["+", "-", "*"], k=chance.randint(1, 8))
    )
    text += "1" + ")" * text.count("(")

    def of(node: Node) -> int:
        match node:
            case Leaf():
                return int(node.text)
            case Unary():
                return -of(node.operand)
            case Binary(sign="+"):
                return of(node.left) + of(node.right)
            case Binary(sign="-"):
                return of(node.left) - of(node.right)
            case Binary(sign="*"):
                return of(node.left) * of(node.right)
            case _:
                raise AssertionError(f"{text} has no {node}")

    assert check(text, types={}, expects=None) is FactType.INT
    assert of(parse(text)) == value_of(text, types={}, facts={}, rates={})
