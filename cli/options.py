"""The options that several commands share, and who gives a command."""

import getpass
import hashlib
from typing import Annotated, Any

from cyclopts import Parameter

from amends.errors import InputError
from amends.models import Actor, ActorKind
from amends.timeline import canonical
from cli.output import Format

Address = Annotated[
    str | None,
    Parameter(
        help="Temporal server as host:port. Without it TEMPORAL_ADDRESS (and Temporal's other variables) hold, "
        "else the `amends up` of this folder, else localhost:7233.",
    ),
]

ActorName = Annotated[str | None, Parameter(name="--actor", help="Who does this. Without it, your login name.")]

Key = Annotated[
    str | None,
    Parameter(
        help="Idempotency key: what is given twice under one key counts once. Without it, a digest of what you typed, "
        "so the same command typed again changes nothing.",
    ),
]

OutputFormat = Annotated[Format, Parameter(name="--format", help="text for people, json for programs.")]

Limit = Annotated[int, Parameter(help="At most so many.")]

IncidentId = Annotated[str, Parameter(help="The incident's id, or the beginning of it.")]


def require_some(limit: int) -> None:
    """Raises ``InputError`` for a limit under which nothing would be shown."""
    if limit < 1:
        raise InputError(f"--limit {limit}: ask for one at least")


def actor_of(name: str | None) -> Actor:
    """The person who gives a command. Raises ``InputError`` if nobody is named and the machine knows no name."""
    try:
        return Actor(kind=ActorKind.HUMAN, id=name or getpass.getuser())
    except (OSError, KeyError) as error:
        raise InputError("this machine knows no login name for you; say who you are with --actor NAME") from error
    except ValueError as error:
        raise InputError("--actor: a name has 1 to 200 characters") from error


def key_of(*said: Any) -> str:
    """The key of what was typed: the same for the same."""
    return "cli-" + hashlib.sha256(canonical(said)).hexdigest()[:20]
