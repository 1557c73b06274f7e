"""``amends open``: report that something went wrong."""

from typing import Annotated

from cyclopts import Parameter

import starter
from amends.errors import ConfigurationError, UnknownIncident
from amends.temporal import connect
from cli import completing, live, signing
from cli.fields import parse_report
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format, print_json, say, short
from cli.records import journal
from cli.versions import followed, followed_in_words, version
from runbooks.bundle import Bundle
from workflows.contract import Receipt


async def open_incident(
    exception_type: Annotated[
        str,
        Parameter(
            name="TYPE",
            completer=completing.runbooks,
            help="What went wrong, such as lost_parcel; lost_parcel@3 follows published revision 3.",
        ),
    ],
    /,
    *fields: Annotated[str, Parameter(name="FIELD=VALUE", help="The report, field by field, as the runbook asks.")],
    key: Key = None,
    actor: ActorName = None,
    address: Address = None,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Report that something went wrong: opens an incident, or adds to the one that is open on the same subject.

    For example:

      amends open lost_parcel order_id=SO-1001 parcel_id=PC-1001-1

    Typing the same again is safe: it is the same report, and it counts once;
    where the journal is at hand, it is said that it was reported before. To
    report the same once more, and not as a repeat, give it a --key.

    An incident keeps the text with which it was opened; where that is not the
    one that was named here, it is said.
    """
    bundle = version(exception_type).bundle
    report = parse_report(bundle, fields)
    who = actor_of(actor)
    # The same report under another revision is the same report.
    key = key or key_of("open", bundle.exception_type, report, who.id)
    client = await connect(address)
    before = _reported(bundle.exception_type, key)
    receipt = await starter.open_incident(
        client,
        bundle.exception_type,
        report,
        key=key,
        actor=who,
        signer=signing.signer(),
        bundle=bundle,
        patience=live.PATIENCE,
    )
    if format is Format.JSON:
        workflow_id = bundle.workflow_id(report)
        print_json(
            {
                "exception_type": bundle.exception_type,
                "workflow_id": workflow_id,
                "key": key,
                "reported_before": before is not None or receipt.duplicate_of is not None,
                **receipt.model_dump(mode="json"),
            }
        )
        return
    print(_told(receipt, before))
    at = f" --address {address}" if address else ""
    other = _other_text(receipt, bundle)
    if other is not None:
        say(other)
    say(f"The report's key is {key}; next: amends show {short(receipt.duplicate_of or receipt.incident_id)}{at}")


def _reported(exception_type: str, key: str) -> str | None:
    """The incident that had the report before. A receipt never tells; without a journal at hand nobody does."""
    try:
        with journal() as found:
            return found.reported(exception_type=exception_type, key=key)
    except ConfigurationError:
        return None


def _other_text(receipt: Receipt, bundle: Bundle) -> str | None:
    """What is to be said if the incident is open and follows another text than the one that was named."""
    try:
        with journal() as found:
            row = found.incident(receipt.duplicate_of or receipt.incident_id)
            if row.status.final or row.bundle_digest == bundle.digest:
                return None
            follows = followed_in_words(row, followed(found, row))
    except (ConfigurationError, UnknownIncident):
        return None
    return f"It goes on with the text that it was opened with ({follows}), which is not the one that you named."


def _told(receipt: Receipt, before: str | None) -> str:
    if receipt.duplicate_of is not None:
        return (
            f"duplicate of incident {receipt.duplicate_of}: that one has this report, so nothing is done again "
            f"({receipt.incident_id} notes it; to report it anew, give a --key of its own)"
        )
    if before is not None:
        return (
            f"reported before: incident {receipt.incident_id}; nothing is done again (to report it anew, give a --key)"
        )
    match receipt.result:
        case "opened":
            return f"opened incident {receipt.incident_id}"
        case "added":
            return f"added to incident {receipt.incident_id}, which is open on the same subject"
        case _:
            return f"{receipt.result}: incident {receipt.incident_id} has this report"
