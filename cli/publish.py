"""``amends publish``: a runbook becomes a numbered revision that nobody can change any more."""

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal import RunbookRevision
from amends.models import Data
from amends.timeline import canonical
from cli import completing, diff, problems
from cli.options import ActorName, OutputFormat, actor_of
from cli.output import Format, print_json, say
from cli.records import journal
from cli.versions import bundle_of, by_whom
from runbooks import library
from runbooks.bundle import Bundle
from runbooks.checking import CheckReport
from runbooks.comparing.differences import differences
from runbooks.language.problems import RunbookErrors


def publish(
    runbook: Annotated[
        str, Parameter(completer=completing.runbooks, help="The runbook's name or the path of a .yaml file.")
    ],
    /,
    *,
    why: Annotated[
        str, Parameter(help="Why it is published; it stands beside the revision for ever. Only --preview needs none.")
    ] = "",
    preview: Annotated[
        bool, Parameter(help="Only tell what would be published, and what differs from what was published last.")
    ] = False,
    actor: ActorName = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Publish a runbook: check it, and keep it in the journal as a numbered revision, with who, when and why.

    For example:

      amends publish lost_parcel --preview
      amends publish lost_parcel --why "Customers answer within a day"

    A runbook with errors is not published: they are told as `amends check`
    tells them, and the exit code is 1. One that is what was published last is
    not published again.

    Publishing records; it does not switch anything over but what order events
    open, which is as it was published last. Incidents that are reported follow
    the file as it is when they open, or a revision if one is named:
    amends open lost_parcel@newest …
    """
    reason = why.strip()
    if not reason and not preview:
        raise InputError("--why: say why, for those who read the revisions later; or look at it first with --preview")
    by = actor_of(actor).id
    report, bundle = _passed(runbook)
    if bundle is None:
        _refuse(report, format, preview=preview)
        return 1
    with journal() as found:
        previous = found.revisions.newest(bundle.exception_type)
        published = None
        if not preview:
            published = found.revisions.publish(
                bundle_json=canonical(bundle.model_dump(mode="json")).decode(),
                exception_type=bundle.exception_type,
                digest=bundle.digest,
                by=by,
                why=reason,
                at=datetime.now(UTC),
            )
    kept = published.revision if published else previous
    same = not published.new if published else previous is not None and previous.digest == bundle.digest
    changes = differences(bundle_of(previous), bundle) if previous and not same else ()
    if format is Format.JSON:
        print_json(
            {
                "published": published is not None and published.new,
                "preview": preview,
                "revision": kept.model_dump(mode="json", exclude={"bundle"}) if kept else None,
                "differences": [change.model_dump(mode="json") for change in changes],
                **problems.as_data(report),
            }
        )
        return 0
    if report.problems:
        say("\n".join(problems.lines(report)))
    if kept is not None and same:
        print(f"nothing changed since revision {kept.number} ({by_whom(kept)})")
    elif published is not None:
        revision = published.revision
        print(f"published {revision.exception_type} revision {revision.number}: {revision.why}")
    else:
        print(f"this would be {bundle.exception_type} revision {previous.number + 1 if previous else 1}")
    if previous is not None and not same:
        print("\n".join(["", f"What differs from revision {previous.number}:", *_indented(diff.lines(changes))]))
    _say_whose(runbook, bundle.exception_type)
    say(_what_runs(runbook, published.revision) if published else "nothing was published")
    return 0


def _passed(runbook: str) -> tuple[CheckReport, Bundle | None]:
    """What is to be said of a runbook, and its bundle if nothing stands against publishing it.

    This is the gate: whatever else a runbook must have before it is published is demanded here.
    """
    report = problems.examined([runbook])
    if not report.ok:
        return report, None
    try:
        return report, library.load(runbook)
    except RunbookErrors as error:  # right, but beyond this release's engine: it could not be followed
        return report.model_copy(update={"problems": error.problems}), None


def _refuse(report: CheckReport, format: Format, *, preview: bool) -> None:  # noqa: A002 - the option's name
    if format is Format.JSON:
        none: Data = {"published": False, "preview": preview, "revision": None, "differences": []}
        print_json({**none, **problems.as_data(report)})
        return
    print("\n".join(problems.lines(report)))
    say("not published: mend the errors first")


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}".rstrip() for line in lines]


def _say_whose(runbook: str, name: str) -> None:
    """Says so when the text comes from another file than the one that opens incidents under the runbook's name."""
    if name not in library.runbook_names():
        return
    own, given = library.path_of(name), library.path_of(runbook)
    if given.resolve() != own.resolve():
        say(f"this text is from {library.shown_name(given)}; the runbook's own file is {library.shown_name(own)}")


def _what_runs(runbook: str, revision: RunbookRevision) -> str:
    return (
        f"`amends open {runbook} …` follows the file as it is when the incident opens; "
        f"`amends open {revision.name} …` follows this revision"
    )
