"""``amends runbooks``: which runbooks there are, and what was published of them."""

from typing import Annotated

from cyclopts import Parameter

from amends.errors import ConfigurationError, DefinitionError, InputError
from amends.journal import RunbookRevision
from amends.models import Data, Model
from cli import completing, problems
from cli.options import OutputFormat
from cli.output import Format, columns, local, print_json, say
from cli.records import journal
from cli.versions import bundle_of
from runbooks import library
from runbooks.bundle import Bundle, short_digest
from runbooks.checking import CheckReport, Weight
from runbooks.suggestions import meant


def runbooks(
    runbook: Annotated[
        str | None, Parameter(completer=completing.runbooks, help="The name of one: its revisions, the newest first.")
    ] = None,
    /,
    *,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """List the runbooks with what was published last, or the revisions of one with who, when and why.

    For example:

      amends runbooks
      amends runbooks lost_parcel

    FILE says how the runbook's file stands to what was published last.
    """
    if runbook is not None:
        _revisions(runbook, format)
        return
    published, missing = _newest()
    names = sorted({*library.runbook_names(), *published})
    known = [_known(name, published.get(name), ask_journal=missing is None) for name in names]
    if format is Format.JSON:
        print_json({"runbooks": [each.as_data() for each in known], "revisions_missing": missing})
        return
    heads = ("RUNBOOK", "TITLE", "REVISION", "BY", "WHEN", "DIGEST", "FILE", "PROBLEMS")
    print("\n".join(columns([heads, *(each.cells() for each in known)])))
    if missing is not None:
        say(f"what was published is not known: {missing}")


class _Known(Model):
    """A runbook: its file, if there is one, its newest revision, if there is one, and how they stand to each other."""

    name: str
    title: dict[str, str]
    newest: RunbookRevision | None
    file: str
    report: CheckReport | None

    def cells(self) -> tuple[str, ...]:
        newest = self.newest
        revision = (
            (str(newest.number), newest.by, local(newest.published_at), short_digest(newest.digest))
            if newest
            else ("-", "-", "-", "-")
        )
        said = problems.counted(self.report) if self.report else []
        return (self.name, self.title.get("en", "-"), *revision, self.file, ", ".join(said) or "-")

    def as_data(self) -> Data:
        newest = self.newest.model_dump(mode="json", exclude={"bundle"}) if self.newest else None
        counts = {f"{weight.value}s": len(self.report.of(weight)) if self.report else 0 for weight in Weight}
        return {"runbook": self.name, "title": {**self.title}, "newest": newest, "file": self.file, **counts}


def _newest() -> tuple[dict[str, RunbookRevision], str | None]:
    """The newest revision of each runbook; without a journal none, and why."""
    try:
        with journal() as found:
            return {revision.exception_type: revision for revision in found.revisions.newest_of_each()}, None
    except ConfigurationError as error:
        return {}, str(error)


def _known(name: str, newest: RunbookRevision | None, *, ask_journal: bool) -> _Known:
    published = bundle_of(newest) if newest else None
    if name not in library.runbook_names():
        title = published.title if published else {}
        return _Known(name=name, title=title, newest=newest, file="not here", report=None)
    bundle = _loaded(name)
    state = _state(bundle, published) if ask_journal else "-"
    titled = bundle or published
    title = titled.title if titled else {}
    return _Known(name=name, title=title, newest=newest, file=state, report=problems.examined([name]))


def _loaded(name: str) -> Bundle | None:
    try:
        return library.load(name)
    except DefinitionError:
        return None


def _state(file: Bundle | None, published: Bundle | None) -> str:
    if file is None:
        return "cannot be used"
    if published is None:
        return "never published"
    return "as published" if file == published else "differs"


def _revisions(name: str, format: Format) -> None:  # noqa: A002 - the option's name
    with journal() as found:
        revisions = found.revisions.history(name)
        known = {*library.runbook_names(), *found.revisions.newest_digests()}
    if name not in known:
        near = meant(name, known) or f"; there are {', '.join(sorted(known))}"
        raise InputError(f"there is no runbook {name!r}{near}")
    if format is Format.JSON:
        print_json([revision.model_dump(mode="json", exclude={"bundle"}) for revision in revisions])
    elif revisions:
        rows = [
            (str(each.number), local(each.published_at), each.by, short_digest(each.digest), " ".join(each.why.split()))
            for each in revisions
        ]
        print("\n".join(columns([("REVISION", "WHEN", "BY", "DIGEST", "WHY"), *rows])))
    else:
        say(f'nothing was published of {name} yet; `amends publish {name} --why "…"` does it')
