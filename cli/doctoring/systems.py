"""The systems that are called over HTTP: reachable, of one secret and one time with us, and serving every call."""

from collections.abc import Iterator, Set
from typing import Final
from urllib.parse import urlsplit

from amends.connectors.calls import PORT_CALLS
from amends.connectors.chosen import line_of
from amends.errors import ConfigurationError, DefinitionError, Trouble
from amends.paging.server import is_here
from amends.settings import Settings, Systems
from cli.doctoring.called import calls_of
from cli.doctoring.finding import Finding, ok, warning, wrong
from runbooks import library

_OPTIONAL: Final = frozenset({"people"})
"""Ports whose work is done elsewhere where people are reached by a channels file."""

_SERVE: Final = "serve them too before its type is switched on: a step that needs one is left to a person"


def checks(settings: Settings) -> Iterator[Finding]:
    """What can be seen by greeting them; nothing is asked of them. None where the reference shop is called."""
    if settings.connectors is not Systems.HTTP:
        return
    try:
        with line_of(settings) as line:
            served = set(line.hello().calls)
    except ConfigurationError as error:
        says, _, mend = str(error).rpartition("; ")
        yield wrong("systems", says or mend, mend)
        return
    except Trouble as error:
        yield wrong("systems", str(error), "see that they run, or mend AMENDS_CONNECTORS_URL")
        return
    elsewhere = _OPTIONAL if settings.channels else frozenset()
    missing = [name for name, call in PORT_CALLS.items() if name not in served and call.port not in elsewhere]
    if missing:
        yield from _what_is_missing(line.url, frozenset(missing))
    else:
        yield ok("systems", f"{line.url} serves every call that is signed here")
    url = urlsplit(line.url)
    if url.scheme == "http" and not is_here(url.hostname or ""):
        yield warning("systems", f"what is said to {line.url} can be read on its way", "let it answer over https://")


def _what_is_missing(url: str, missing: Set[str]) -> Iterator[Finding]:
    """By runbook, as systems are connected; in one where the runbooks cannot be read, which is told elsewhere."""
    try:
        bundles = [library.load(name) for name in library.runbook_names()]
    except DefinitionError:
        yield warning("systems", f"{url} does not serve {', '.join(sorted(missing))}", _SERVE)
        return
    for bundle in bundles:
        lacking = [name for name in calls_of(bundle) if name in missing]
        if lacking:
            told = f"{url} does not serve what {bundle.exception_type} calls: {', '.join(lacking)}"
            yield warning("systems", told, _SERVE)
        else:
            yield ok("systems", f"{url} serves every call of {bundle.exception_type}")
