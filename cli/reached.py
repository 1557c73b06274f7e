"""How people are reached, in a line."""

from amends.paging.directory import Directory
from amends.settings import Systems


def how_people_are_reached(directory: Directory | None, systems: Systems) -> str:
    """``2 people over dingtalk (1) and mail (2), by channels.yaml``; without a directory, by which of the systems, or
    that nobody is."""
    if directory is None and systems is Systems.HTTP:
        return "by your own systems (people.page): there is no channels file"
    if directory is None:
        return "pages are kept in the reference shop and reach nobody: there is no channels file"
    number = len(directory.people)
    kinds = [f"{kind} ({many})" for kind, many in directory.kinds().items()]
    *first, last = kinds or ["nothing"]
    over = f"{', '.join(first)} and {last}" if first else last
    return f"{number} {'person' if number == 1 else 'people'} over {over}, by {directory.file}"
