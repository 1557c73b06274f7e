"""``amends books``: what the journal says was given, held against the shop's own books."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from sqlalchemy import make_url

from activities.balance import compare
from activities.wire import BalanceRequest
from amends.connectors.chosen import connectors_of
from amends.connectors.ports import Connectors, Ledger
from amends.errors import ConfigurationError, InputError, UnknownIncident
from amends.journal import IncidentRow, Journal
from amends.models import Model, Status
from amends.settings import Settings, Systems
from cli.codes import ExitCode
from cli.options import OutputFormat
from cli.output import Format, print_json, say, short
from cli.records import journal


class Compared(Model):
    """An incident and an order on which it gave something. ``differences`` are empty when the books agree."""

    incident_id: str
    order_id: str
    status: Status
    differences: tuple[str, ...]


def books(
    of: Annotated[
        str | None,
        Parameter(name="INCIDENT", help="Only this incident, its id or the beginning of it; or only this order."),
    ] = None,
    /,
    *,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Compare what the journal says was given with the shop's books: every refund, credit and shipment of every
    incident, by the key of its call.

    For example:

      amends books
      amends books SO-1001
      amends books 09e8ed54

    An incident is compared by itself before it closes; this is for the time
    after, and for all at once. What an open incident has under way counts as a
    difference until its outcome is known. Nothing is changed.

    Exit codes: 0, the books agree; 1, they do not.
    """
    with journal() as found, _systems(Settings()) as systems:
        compared = list(_compared(found, systems.ledger, of))
    different = [each for each in compared if each.differences]
    if format is Format.JSON:
        print_json([each.model_dump(mode="json") for each in compared])
    else:
        for each in different:
            print(f"{short(each.incident_id)}  {each.order_id}  {each.status}: {'; '.join(each.differences)}")
        print(f"{len(compared)} incidents gave something; the books differ about {len(different)}")
        if different:
            say(f"next: amends show {short(different[0].incident_id)}")
    return ExitCode.NOT_AS_WANTED if different else ExitCode.DONE


def _compared(found: Journal, ledger: Ledger, of: str | None) -> Iterator[Compared]:
    """``of``: an order, or an incident. Raises ``InputError`` for what is neither."""
    givers = found.effects.givers()
    is_order = of is None or found.count(order_id=of) > 0 or any(order_id == of for _, order_id in givers)
    incident_id = None if of is None or is_order else _incident(found, of)
    for giver, order_id in givers:
        if of is None or order_id == of or giver == incident_id:
            yield _one(found, ledger, found.incident(giver), order_id)


def _incident(found: Journal, of: str) -> str:
    try:
        return found.incident(of).incident_id
    except UnknownIncident as error:
        raise InputError(
            f"neither an incident nor an order of one is called {of!r} in this journal; `amends list` shows both"
        ) from error


def _one(found: Journal, ledger: Ledger, row: IncidentRow, order_id: str) -> Compared:
    request = BalanceRequest(incident_id=row.incident_id, order_id=order_id)
    differences = compare(ledger, found.effects, request, at=datetime.now(UTC))
    return Compared(incident_id=row.incident_id, order_id=order_id, status=row.status, differences=tuple(differences))


@contextmanager
def _systems(settings: Settings) -> Iterator[Connectors]:
    url = make_url(settings.shop_url)
    if (
        settings.connectors is Systems.SHOP
        and url.get_backend_name() == "sqlite"
        and not Path(str(url.database)).is_file()
    ):
        raise ConfigurationError(f"there is no shop at {url.database!r}; say where it is with AMENDS_SHOP_URL")
    with connectors_of(settings) as systems:
        yield systems
