"""What a condition says, as a tree that a language can put into words."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from amends.models import Model, Money


class Sign(StrEnum):
    IS = "=="
    IS_NOT = "!="
    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"


class Fact(Model):
    kind: Literal["fact"] = "fact"
    path: str


class Given(Model):
    """A literal: text, a number, or a truth."""

    kind: Literal["given"] = "given"
    value: bool | int | float | str


class Amount(Model):
    kind: Literal["amount"] = "amount"
    money: Money


class Code(Model):
    """A computation as it was written."""

    kind: Literal["code"] = "code"
    text: str


Operand = Annotated[Fact | Given | Amount | Code, Field(discriminator="kind")]


class Compared(Model):
    kind: Literal["compared"] = "compared"
    left: Operand
    sign: Sign
    right: Operand


class OneOf(Model):
    kind: Literal["one_of"] = "one_of"
    left: Operand
    options: tuple[Operand, ...]


class Known(Model):
    """Whether a fact is set."""

    kind: Literal["known"] = "known"
    path: str


class Holds(Model):
    """A fact that is a truth itself."""

    kind: Literal["holds"] = "holds"
    path: str


class Denied(Model):
    kind: Literal["denied"] = "denied"
    condition: "Condition"


class AllOf(Model):
    kind: Literal["all"] = "all"
    conditions: tuple["Condition", ...]


class AnyOf(Model):
    kind: Literal["any"] = "any"
    conditions: tuple["Condition", ...]


class Verbatim(Model):
    """A condition as it was written."""

    kind: Literal["verbatim"] = "verbatim"
    text: str


Condition = Annotated[Compared | OneOf | Known | Holds | Denied | AllOf | AnyOf | Verbatim, Field(discriminator="kind")]
