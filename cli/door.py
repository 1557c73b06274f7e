"""``amends door``: the keys by which doors vouch for people, and whom the workers trust."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, assert_never

from cyclopts import Parameter

from amends.doors.keys import DoorKey, public_in
from amends.doors.trusted import Trusted
from amends.errors import InputError
from amends.settings import Settings
from cli import signing
from cli.options import OutputFormat
from cli.output import Format, columns, print_json, say
from runbooks.rights import ActName
from runbooks.suggestions import meant
from workflows.contract import REPORT


class DoorAction(StrEnum):
    NEW = "new"
    SHOW = "show"
    TRUST = "trust"


_ACTS = (REPORT, *ActName)


def door(
    action: Annotated[
        DoorAction,
        Parameter(help="new: make a key. show: tell whose word counts here. trust: let a door's word count."),
    ],
    what: Annotated[
        str | None, Parameter(name="WHAT", help="new: the door's name. trust: the file with its public key.")
    ] = None,
    /,
    *,
    acts: Annotated[
        str | None,
        Parameter(help="With trust: for these acts alone, divided by commas, such as report,answer."),
    ] = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Make the key by which a door vouches for who acts, and say whose word counts.

    For example, where people type commands, and then where the workers are:

      export AMENDS_DOOR_KEY=/etc/amends/door.json AMENDS_DOOR_KEYS=/etc/amends/doors
      amends door new ops-desk > ops-desk.json
      amends door trust ops-desk.json
      amends door show

    new prints the public half, which is no secret; the key itself goes to
    AMENDS_DOOR_KEY (door.json in the state folder), where only its owner may
    read it. trust puts a public half into the folder AMENDS_DOOR_KEYS; who takes
    it out again takes the trust away. Both count from the next act on, without
    a restart. `amends up` has made a key for its own folder.
    """
    settings = Settings()
    if acts is not None and action is not DoorAction.TRUST:
        raise InputError("--acts belongs to `amends door trust`")
    match action:
        case DoorAction.NEW:
            _new(settings, _given(what, "the door's name: amends door new ops-desk"))
        case DoorAction.TRUST:
            _trust(settings, Path(_given(what, "the file with its public key")), acts, output)
        case DoorAction.SHOW:
            if what is not None:
                raise InputError(f"`amends door show` takes no name; it shows all, {what!r} too")
            _show(settings, output)
        case _:
            assert_never(action)


def _new(settings: Settings, name: str) -> None:
    key = DoorKey.new(name)
    key.write(settings.door_key)
    print_json(key.public)
    say(f"the key of {key.id} is in {settings.door_key}; what is printed is its public half")
    say(f"next, where the workers are: amends door trust <a file with it> ({settings.door_keys} here)")


def _trust(settings: Settings, file: Path, acts: str | None, output: Format) -> None:
    jwk = public_in(file)
    only = _acts(acts)
    put = signing.trust({**jwk, **({"acts": only} if only else {})}, settings.door_keys)
    if output is Format.JSON:
        print_json({"door": jwk["kid"], "acts": only, "file": str(put)})
        return
    print(f"the word of {jwk['kid']} counts for {_for(only)}: {put}")
    say("to take that back, remove the file")


def _show(settings: Settings, output: Format) -> None:
    own, trusted = signing.signer(), signing.trusted(settings)
    if output is Format.JSON:
        print_json({"own": own.public if own else None, "trusted": _listed(trusted)})
        return
    if own is None:
        print("what is typed here is unsigned, and cannot approve: there is no key; `amends door new` makes one")
    else:
        print(f"what is typed here is signed by {own.id} ({settings.door_key})")
    if not trusted.doors:
        print(f"a worker with these settings trusts no door; `amends door trust` puts one into {settings.door_keys}")
        return
    print(f"a worker with these settings trusts ({settings.door_keys}):")
    rows = [(door_id, _for(known.acts)) for door_id, known in sorted(trusted.doors.items())]
    print("\n".join(columns(rows, indent="  ")))


def _listed(trusted: Trusted) -> list[Any]:
    return [
        {"door": door_id, "acts": None if known.acts is None else list(known.acts)}
        for door_id, known in sorted(trusted.doors.items())
    ]


def _for(acts: tuple[str, ...] | list[str] | None) -> str:
    return ", ".join(acts) if acts else "every act"


def _acts(written: str | None) -> list[str] | None:
    if written is None:
        return None
    named = [each.strip() for each in written.split(",")]
    for act in named:
        if act not in _ACTS:
            near = meant(act, _ACTS) or f"; there are {', '.join(_ACTS)}"
            raise InputError(f"--acts: there is no act {act!r}{near}")
    return named


def _given(what: str | None, needed: str) -> str:
    if what is None:
        raise InputError(f"say which: {needed}")
    return what
