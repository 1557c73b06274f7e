"""The runbooks that come with Amends, by name, and those of a company, by path."""

from functools import lru_cache
from pathlib import Path

from amends.errors import DefinitionError
from runbooks.bundle import Bundle
from runbooks.language.compiler import Examined, examine, usable
from runbooks.language.problems import Problem, RunbookErrors
from runbooks.language.reading import read_runbook
from runbooks.language.shelf import Shelf, read_shelf
from runbooks.language.source import Source
from runbooks.language.texts import LANGUAGES
from runbooks.names import NO_RUNBOOKS
from runbooks.names import runbook_names as runbook_names
from runbooks.suggestions import meant

_HERE = Path(__file__).parent


def load(name_or_path: str | Path) -> Bundle:
    """The bundle of a runbook: one that comes with Amends by its name, or any file by a path that ends in ``.yaml``.

    Messages, tables, calendars, people and remedies are those that come with Amends. Raises ``RunbookErrors`` with all
    that is wrong in the files, and ``DefinitionError`` for a name or a file that does not exist or cannot be read.
    """
    return usable(_examined(*_read(path_of(name_or_path)), _shelf_files()))


def inspect(name_or_path: str | Path) -> Examined:
    """Everything that can be told of a runbook, whether it can be loaded or not. Raises ``DefinitionError`` for a name
    or a file that does not exist or cannot be read, and ``RunbookErrors`` for what is wrong in the files beside it."""
    return _examined(*_read(path_of(name_or_path)), _shelf_files())


def shelf_here() -> Shelf:
    """What comes with Amends beside the runbooks. Raises ``RunbookErrors`` with the mistakes of all of it."""
    return _shelf(_shelf_files())


def path_of(name_or_path: str | Path) -> Path:
    """The file of a runbook. Raises ``DefinitionError`` for a name that no runbook has."""
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        return path
    names = runbook_names()
    if str(name_or_path) not in names:
        known = f"there are {', '.join(names)}, and files by a path that ends in .yaml"
        if path.is_dir():
            message = "this is a folder; name a runbook in it by the path of its .yaml file"
            raise DefinitionError(message, place=str(name_or_path))
        raise DefinitionError(f"there is no runbook {str(name_or_path)!r}{meant(str(name_or_path), names)}; {known}")
    return _HERE / f"{name_or_path}.yaml"


def stands_beside(path: Path) -> bool:
    """Whether a file is one of those beside the runbooks that come with Amends: messages, tables, scenarios, people."""
    full = path.resolve()
    return full.is_relative_to(_HERE) and (full.parent != _HERE or full.stem in NO_RUNBOOKS)


def shown_name(path: Path) -> str:
    """How a file is named in errors: from the repository's root if it comes with Amends."""
    return path.relative_to(_HERE.parent).as_posix() if path.is_relative_to(_HERE) else str(path)


_File = tuple[str, str]
"""A file's name in errors, and its text."""


def _shelf_files() -> tuple[tuple[str, _File], ...]:
    """Every file beside the runbooks, under what it is to them."""
    kinds = [(name, _HERE / f"{name}.yaml") for name in sorted(NO_RUNBOOKS)]
    kinds += [("rates", _HERE / "tables" / "rates.yaml")]
    for folder in (*(f"messages/{language}" for language in LANGUAGES), "calendars"):
        kinds += [(f"{folder}/{path.stem}", path) for path in sorted((_HERE / folder).glob("*.yaml"))]
    tables = sorted((_HERE / "tables").glob("*.yaml"))
    kinds += [(f"tables/{path.stem}", path) for path in tables if path.stem != "rates"]
    return tuple((kind, _read(path)) for kind, path in kinds)


def _read(path: Path) -> _File:
    shown = shown_name(path)
    try:
        return shown, path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DefinitionError("the file is not UTF-8 text; save it as UTF-8", place=shown) from error
    except OSError as error:
        raise DefinitionError(f"the file cannot be read: {error.strerror}", place=shown) from error


@lru_cache(maxsize=8)
def _shelf(files: tuple[tuple[str, _File], ...]) -> Shelf:
    return read_shelf(dict(files), runbooks=frozenset(runbook_names()))


@lru_cache(maxsize=64)
def _examined(file: str, text: str, files: tuple[tuple[str, _File], ...]) -> Examined:
    try:
        shelf = _shelf(files)
    except RunbookErrors as error:
        raise RunbookErrors([*error.problems, *_without_shelf(file, text)]) from error
    return examine(file=file, text=text, texts=shelf.texts, rates=shelf.rates, reference=shelf.reference)


def _without_shelf(file: str, text: str) -> tuple[Problem, ...]:
    """What can be told of a runbook while the files beside it are wrong: its YAML and its shapes."""
    try:
        return read_runbook(Source(file, text)).problems
    except RunbookErrors as error:
        return error.problems
