"""Which facts an expression needs: a fact of which it asks ``has`` first is not needed where it is not set."""

from functools import lru_cache

from runbooks.scanning import Named, Scanned, scan


@lru_cache(maxsize=4096)
def needed_by(text: str) -> tuple[Named, ...]:
    """The facts that must be set for the expression to have a value, where they are named.

    A fact is not needed within ``has(fact) && …``, ``!has(fact) || …`` and ``has(fact) ? … : …``: CEL leaves aside what
    does not decide, whichever side it stands on.
    """
    scanned = scan(text)
    return tuple(name for name in scanned.names if not _guarded(scanned, name))


@lru_cache(maxsize=4096)
def proven_by(text: str) -> frozenset[str]:
    """The facts that are set wherever the expression is true."""
    scanned = scan(text)
    parts = [part.strip() for part in _split(scanned.masked, "&&")]
    asked = {scanned.presence[part].path for part in parts if part in scanned.presence}
    return frozenset({name.path for name in needed_by(text)} | asked)


def _guarded(scanned: Scanned, name: Named) -> bool:
    at = _offset(scanned.masked, name)
    return any(_guards(group, at - start, name.path, scanned) for start, group in _groups(scanned.masked, at))


def _guards(group: str, at: int, path: str, scanned: Scanned) -> bool:
    """Whether a bracketed part makes the fact at ``at`` in it dispensable."""
    variables = {variable for variable, each in scanned.presence.items() if each.path == path}
    condition, *branches = _split(group, "?")
    if branches:
        first = len(condition) + 1
        last = first + len(_split(group[first:], ":")[0])
        return condition.strip() in variables and len(branches) == 1 and first <= at < last
    alternatives = _split(group, "||")
    if len(alternatives) > 1:
        if any(part.strip() in {f"!{variable}" for variable in variables} for part in alternatives):
            return True
        start = 0
        for part in alternatives:
            if start <= at < start + len(part):
                return any(each.strip() in variables for each in _split(part, "&&"))
            start += len(part) + 2
    return any(part.strip() in variables for part in _split(group, "&&"))


def _groups(text: str, at: int) -> list[tuple[int, str]]:
    """The parts in brackets (or between commas) around a place, from the innermost to the whole."""
    opened: list[int] = []
    for index, character in _signs(text):
        if index < at:
            if character in "([":
                opened.append(index + 1)
            elif character in ")]" and opened:
                opened.pop()
            elif character == "," and opened:
                opened[-1] = index + 1
        elif character in ")]," and index >= at:
            break
    around = [(start, text[start : _end(text, start)]) for start in reversed(opened)]
    return [*around, (0, text)]


def _end(text: str, start: int) -> int:
    depth = 0
    for index, character in _signs(text):
        if index < start:
            continue
        if character in "([":
            depth += 1
        elif character in ")]":
            if depth == 0:
                return index
            depth -= 1
        elif character == "," and depth == 0:
            return index
    return len(text)


def _split(text: str, operator: str) -> list[str]:
    """The parts between an operator that stands in no brackets."""
    parts, depth, start = [], 0, 0
    for index, character in _signs(text):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif depth == 0 and index >= start and text.startswith(operator, index):
            parts.append(text[start:index])
            start = index + len(operator)
    return [*parts, text[start:]]


def _signs(text: str) -> list[tuple[int, str]]:
    """The characters of a text that do not stand in quotation marks or remarks."""
    found, index = [], 0
    while index < len(text):
        character = text[index]
        if character in "\"'":
            index = _after_string(text, index)
        elif text.startswith("//", index):
            index = (text + "\n").index("\n", index)
        else:
            found.append((index, character))
            index += 1
    return found


def _after_string(text: str, start: int) -> int:
    index = start + 1
    while index < len(text) and text[index] != text[start]:
        index += 2 if text[index] == "\\" else 1
    return index + 1


def _offset(text: str, name: Named) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: name.line - 1]) + name.column - 1
