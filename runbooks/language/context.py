"""What the compiler knows while it compiles, and the list of what it finds wrong."""

from collections.abc import Mapping

from pydantic import JsonValue

from amends.errors import DefinitionError
from runbooks.amounts import REFERENCE
from runbooks.expressions import ExpressionError, check, currencies_of, read_beside
from runbooks.language.facts import RESERVED, Known, fits
from runbooks.language.problems import Problem, Weight
from runbooks.language.rates import unrated
from runbooks.language.reference import Reference
from runbooks.language.source import Path, Source
from runbooks.language.texts import Texts
from runbooks.policy import Role
from runbooks.program import FactType
from runbooks.scanning import scan
from runbooks.suggestions import meant
from runbooks.totality import must_not_fail


class Context:
    """The file, the facts it can know, the texts and the rates; and ``problems``, which grows.

    ``pages``: whether the runbook has a ladder, so that roles are told what they owe. ``uncertain``: names of which
    nothing is known, because what saves them is wrong. ``messages``, ``roles``,
    ``calendars``, ``tables`` and the facts in ``reads`` are those in use; ``expressions``, where they stand, and at
    which character of the value there they begin.
    """

    def __init__(
        self,
        *,
        source: Source,
        known: Known,
        texts: Texts,
        rates: Mapping[str, str],
        reference: Reference,
        pages: bool = False,
    ) -> None:
        self.source, self.texts, self.rates, self.reference = source, texts, rates, reference
        self.pages = pages
        self.types, self.optional, self.uncertain = known.types, known.optional, known.uncertain
        self.problems: list[Problem] = list(known.problems)
        self.messages: set[str] = set()
        self.roles: set[str] = set()
        self.calendars: set[str] = set()
        self.tables: set[str] = set()
        self.reads: set[str] = set()
        self.expressions: list[tuple[Path, str, int]] = []

    def wrong(self, path: Path, message: str) -> None:
        """Notes a problem with what stands at ``path``."""
        self.problems.append(self.source.problem(path, message))

    def odd(self, path: Path, message: str) -> None:
        """Notes something legal but odd."""
        self.problems.append(self.source.problem(path, message).model_copy(update={"severity": Weight.WARNING}))

    def unsaid(self, path: Path, fact: str, *, has_when: bool) -> None:
        """Notes that a step which may not happen says nothing of the fact that it saves."""
        why = "it has a `when`" if has_when else "it may be refused"
        self.wrong(path, f"say what {fact!r} is when this step does not happen ({why}), with `otherwise`")

    def role(self, path: Path, name: str) -> Role | None:
        """The role with this name, taken into the bundle."""
        role = self.reference.roles.get(name)
        if role is None:
            self.wrong(path, f"there is no role {name!r} among the people{meant(name, self.reference.roles)}")
        else:
            self.roles.add(name)
        return role

    def expression(
        self,
        path: Path,
        text: str,
        expects: FactType | None,
        *,
        skip: int = 0,
        more: Mapping[str, FactType] | None = None,
        only: Mapping[str, FactType] | None = None,
    ) -> FactType | None:
        """The type of an expression that begins ``skip`` characters into the value at ``path``; ``None`` if wrong.

        ``more``: facts that only this expression may name; ``only``: those that it names in the place of the runbook's.
        """
        if only is None and self._is_uncertain(text):
            return None
        self.expressions.append((path, text, skip))
        try:
            scanned = scan(text)
            if only is None:
                self.reads |= {name.path for name in (*scanned.names, *scanned.presence.values())}
                self.reads |= set(read_beside(scanned))
            types = {**self.types, **(more or {})} if only is None else only
            kind = check(text, types=types, expects=expects, tables=self.reference.tables)
            self.tables |= {name.path for name in scanned.tables.values()}
            must_not_fail(text)
        except ExpressionError as error:
            inside = (error.line, error.column)
            self.problems.append(self.source.problem(path, error.message, inside=inside, skip=skip))
            return None
        except DefinitionError as error:
            self.wrong(path, str(error))
            return None
        for currency in sorted(currencies_of(text) - set(self.rates) - {REFERENCE}):
            self.wrong(path, unrated(currency, self.rates))
        return kind

    def condition(self, path: Path, text: str | None) -> str | None:
        """The condition, if there is one, checked."""
        if text is not None:
            self.expression(path, text, FactType.BOOL)
        return text

    def assumption(self, path: Path, fact: str, value: JsonValue) -> None:
        """Checks that a literal can be taken as the value of a fact."""
        kind, root = self.types.get(fact), fact.split(".")[0]
        if root in self.uncertain:
            return
        if root in RESERVED:
            self.wrong(path, f"{fact!r} is reported, not assumed; assume a fact that a step saves")
        elif kind is FactType.MONEY:
            self.wrong(path, f"{fact!r} is money, and the order's currency is not known here; leave it out")
        elif kind is None:
            self.problems.append(self.source.key_problem(path, f"there is no fact {fact!r}{meant(fact, self.types)}"))
        elif not fits(kind, value):
            self.wrong(path, f"the fact {fact!r} is {kind.value}; {value!r} is not")

    def message(self, path: Path, key: str) -> tuple[str, ...]:
        """The facts that a message names; the message is taken into the bundle."""
        if missing := self.texts.missing(key):
            self.wrong(path, missing)
            return ()
        self.messages.add(key)
        placeholders = self.texts.placeholders(key)
        self.reads |= set(placeholders)
        self.problems += self.texts.problems(key)
        return placeholders

    def _is_uncertain(self, text: str) -> bool:
        """Whether an expression reads what an unknown activity saves: its errors would only follow from that one."""
        if not self.uncertain:
            return False
        try:
            names = scan(text).names
        except ExpressionError:
            return False
        return any(name.path.split(".")[0] in self.uncertain for name in names)
