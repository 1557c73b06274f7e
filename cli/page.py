"""``amends page --test``: whether people can be paged, tried out over every channel that they have."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from activities.wire import Paged, PageResult
from amends.connectors.ports import Call, Page
from amends.errors import ConfigurationError, InputError, Refused, Trouble
from amends.models import Severity
from amends.paging.channels import Channels
from amends.paging.reaching import channels_of
from amends.settings import Settings
from cli.codes import ExitCode
from cli.options import OutputFormat
from cli.output import Format, columns, print_json
from runbooks import library
from runbooks.roster import on_duty
from runbooks.suggestions import meant


def page(
    who: Annotated[str, Parameter(help="A person of the channels file, or a role: then those who are on duty now.")],
    /,
    *,
    test: Annotated[bool, Parameter(help="Send a page that says that it is a test. There is no other kind.")] = False,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Send a test page to a person, or to those on duty of a role, over every channel that they have.

    For example:

      amends page --test an
      amends page --test logistics

    Each channel's own words are printed. How people are reached is said in the
    file that AMENDS_CHANNELS names, without it channels.yaml in the state folder.

    Exit codes: 0, every channel took it; 1, one of them did not, or somebody has
    none.
    """
    if not test:
        raise InputError("incidents page people by themselves; to try out whether a page arrives, add --test")
    with channels_of(Settings()) as channels:
        if channels is None:
            raise ConfigurationError(
                "nobody has said how people are reached; write channels.yaml into the state folder, or name another "
                "file in AMENDS_CHANNELS"
            )
        found = [each for person in _people(who, channels) for each in _tried(channels, person)]
    well = all(each.result is PageResult.SENT for each in found)
    if format is Format.JSON:
        print_json({"well": well, "pages": [each.model_dump(mode="json") for each in found]})
    else:
        print("\n".join(columns((each.person, each.channel, _words(each.result), each.detail) for each in found)))
    return ExitCode.DONE if well else ExitCode.NOT_AS_WANTED


def _people(who: str, channels: Channels) -> tuple[str, ...]:
    """Raises ``InputError`` for one that is neither a person nor a role."""
    roles = library.shelf_here().reference.roles
    if who in channels.directory.people:
        return (who,)
    if who in roles:
        return on_duty(roles[who], datetime.now(UTC))
    if any(who in role.team for role in roles.values()):
        return (who,)  # known, and out of reach
    known = sorted({*channels.directory.people, *roles})
    raise InputError(f"there is no person and no role {who!r}{meant(who, known)}; there are {', '.join(known)}")


def _tried(channels: Channels, person: str) -> Iterator[Paged]:
    at, key = datetime.now(UTC), f"test/{uuid.uuid4()}/{person}"
    names = channels.channels(Call(key=key, at=at), person=person)
    if not names:
        yield Paged(
            person=person, result=PageResult.NO_CHANNEL, detail=f"write {person} into {channels.directory.file}"
        )
    for name in names:
        try:
            said = channels.page(Call(key=f"{key}/{name}", at=at), person=person, channel=name, page=_TEST)
        except Refused as refused:
            yield Paged(person=person, channel=name, result=PageResult.REFUSED, detail=str(refused))
        except Trouble as trouble:
            yield Paged(person=person, channel=name, result=PageResult.FAILED, detail=str(trouble))
        else:
            yield Paged(person=person, channel=name, result=PageResult.SENT, detail=said.words)


_TEST = Page(incident_id="test", exception_type="test", title={}, severity=Severity.LOW, role="", why="test", test=True)


def _words(result: PageResult) -> str:
    return result.value.replace("_", " ")
