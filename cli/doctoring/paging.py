"""Whether people can be paged: the channels file, who has the right to read it, and who is not in it."""

import stat
from collections.abc import Iterator
from pathlib import Path

from amends.errors import ConfigurationError
from amends.paging.directory import Directory
from amends.paging.reaching import directory_of
from amends.settings import Settings
from cli.doctoring.finding import Finding, ok, warning, wrong
from cli.reached import how_people_are_reached
from runbooks import library
from runbooks.language.problems import RunbookErrors


def checks(settings: Settings) -> Iterator[Finding]:
    """What can be seen without paging anybody."""
    try:
        directory = directory_of(settings)
    except ConfigurationError as error:
        yield wrong("paging", str(error), "nobody is paged until this is mended; then try it with `amends page --test`")
        return
    told = how_people_are_reached(directory, settings.connectors)
    if directory is None:
        yield ok("paging", told)
        return
    missing = _out_of_reach(directory)
    if missing:
        yield warning("paging", f"{told}; not in it: {', '.join(missing)}", "say there how they are reached")
    else:
        yield ok("paging", told)
    if Path(directory.file).stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield warning(
            "paging file", "others on this machine can read the tokens in it", f"run `chmod 600 {directory.file}`"
        )


def _out_of_reach(directory: Directory) -> list[str]:
    """People of a role of whom nobody has said how to reach them; none where the roles cannot be read, which is told
    elsewhere."""
    try:
        roles = library.shelf_here().reference.roles
    except RunbookErrors:
        return []
    team = dict.fromkeys(person for role in roles.values() for person in role.team)
    return [person for person in team if person not in directory.people]
