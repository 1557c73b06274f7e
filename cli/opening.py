"""``amends open``: report that something went wrong."""

from typing import Annotated

from cyclopts import Parameter

import starter
from amends.temporal import connect
from cli import completing, live
from cli.fields import parse_report
from cli.options import ActorName, Address, Key, OutputFormat, actor_of, key_of
from cli.output import Format, print_json, say, short
from cli.versions import version
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

    Typing the same again is safe: it is the same report, and it counts once.
    To report the same once more, and not as a repeat, give it a --key.
    """
    bundle = version(exception_type).bundle
    report = parse_report(bundle, fields)
    who = actor_of(actor)
    # The same report under another revision is the same report.
    key = key or key_of("open", bundle.exception_type, report, who.id)
    client = await connect(address)
    receipt = await starter.open_incident(
        client, bundle.exception_type, report, key=key, actor=who, bundle=bundle, patience=live.PATIENCE
    )
    if format is Format.JSON:
        workflow_id = bundle.workflow_id(report)
        print_json(
            {
                "exception_type": bundle.exception_type,
                "workflow_id": workflow_id,
                "key": key,
                **receipt.model_dump(mode="json"),
            }
        )
        return
    print(_told(receipt))
    at = f" --address {address}" if address else ""
    say(f"The report's key is {key}; next: amends show {short(receipt.duplicate_of or receipt.incident_id)}{at}")


def _told(receipt: Receipt) -> str:
    if receipt.duplicate_of is not None:
        return (
            f"duplicate of incident {receipt.duplicate_of}: that one has this report, so nothing is done again "
            f"({receipt.incident_id} notes it; to report it anew, give a --key of its own)"
        )
    match receipt.result:
        case "opened":
            return f"opened incident {receipt.incident_id}"
        case "added":
            return f"added to incident {receipt.incident_id}, which is open on the same subject"
        case _:
            return f"{receipt.result}: incident {receipt.incident_id} has this report"
