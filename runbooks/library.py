"""The runbooks that come with Amends, by name, and those of a company, by path."""

from functools import lru_cache
from pathlib import Path

from amends.errors import DefinitionError
from runbooks.bundle import Bundle
from runbooks.language.compiler import compile_runbook
from runbooks.language.rates import read_rates
from runbooks.language.texts import LANGUAGES, Texts
from runbooks.suggestions import meant

_HERE = Path(__file__).parent


def runbook_names() -> list[str]:
    """The names of the runbooks that come with Amends, sorted."""
    return sorted(path.stem for path in _HERE.glob("*.yaml"))


def load(name_or_path: str | Path) -> Bundle:
    """The bundle of a runbook: one that comes with Amends by its name, or any file by a path that ends in ``.yaml``.

    Messages and tables are those that come with Amends. Raises ``RunbookErrors`` with all that is wrong in the files,
    and ``DefinitionError`` for a name or a file that does not exist or cannot be read.
    """
    path = _path_of(name_or_path)
    messages = tuple((language, *_read(_HERE / "messages" / f"{language}.yaml")) for language in LANGUAGES)
    return _compiled(*_read(path), messages, _read(_HERE / "tables" / "rates.yaml"))


_File = tuple[str, str]
"""A file's name in errors, and its text."""


def _path_of(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        return path
    names = runbook_names()
    if str(name_or_path) not in names:
        known = f"there are {', '.join(names)}, and files by a path that ends in .yaml"
        raise DefinitionError(f"there is no runbook {str(name_or_path)!r}{meant(str(name_or_path), names)}; {known}")
    return _HERE / f"{name_or_path}.yaml"


def _read(path: Path) -> _File:
    shown = str(path.relative_to(_HERE.parent)) if path.is_relative_to(_HERE) else str(path)
    try:
        return shown, path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DefinitionError("the file is not UTF-8 text; save it as UTF-8", place=shown) from error
    except OSError as error:
        raise DefinitionError(f"the file cannot be read: {error.strerror}", place=shown) from error


@lru_cache(maxsize=64)
def _compiled(file: str, text: str, messages: tuple[tuple[str, str, str], ...], rates: _File) -> Bundle:
    texts = Texts({language: (name, content) for language, name, content in messages})
    return compile_runbook(file=file, text=text, texts=texts, rates=read_rates(*rates).rates)
