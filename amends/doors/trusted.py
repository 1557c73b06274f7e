"""The doors whose word counts: their public keys, in a folder or a file that may change at any moment."""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from amends.doors.claims import Claim, Deed
from amends.doors.keys import ALGORITHM, DoorKey, key_in
from amends.errors import ConfigurationError
from amends.models import Actor

_MEND = "`amends door trust` puts it among them"


class TrustedDoor(NamedTuple):
    """A door whose word counts. ``acts``: for these alone; for all if not set."""

    key: OKPKey
    acts: tuple[str, ...] | None = None


class Trusted:
    """Checks claims. Safe to use from several threads."""

    def __init__(self, place: Path | None = None, doors: Mapping[str, TrustedDoor] | None = None) -> None:
        self._place = place
        self._known = _Read(dict(doors or {}), ())
        self._as_of: object = None
        self._lock = threading.Lock()

    @classmethod
    def of(cls, *keys: DoorKey) -> "Trusted":
        """These doors, for everything."""
        return cls(doors={key.id: TrustedDoor(key_in(key.public)) for key in keys})

    @classmethod
    def at(cls, place: Path) -> "Trusted":
        """The doors whose public keys are in a folder (its ``*.json``, a JWK each) or in a file (a JWK, or a JWK set).

        Whatever changes there counts from the next act on, also that it comes to be there. Raises
        ``ConfigurationError`` for what cannot be read now.
        """
        trusted = cls(place)
        problems = trusted._now().problems
        if problems:
            raise ConfigurationError("; ".join(problems))
        return trusted

    @property
    def doors(self) -> Mapping[str, TrustedDoor]:
        """Who is trusted now, by the ids of the keys."""
        return self._now().doors

    def refusal(self, actor: Actor, deed: Deed) -> str | None:
        """Why the claim that an actor comes with proves nothing; ``None`` if a trusted door vouches for this actor in
        this deed."""
        known = self._now()
        if not known.doors:
            why = "".join(f"; {each}" for each in known.problems)
            return (
                f"the claim of {actor.id!r} cannot be checked: this worker trusts no door; give it their public keys "
                f"(AMENDS_DOOR_KEYS; {_MEND}){why}"
            )
        try:
            read = jws.extract_compact((actor.claim or "").encode())
            header, claim = read.headers(), Claim.model_validate_json(read.payload)
        except (JoseError, ValidationError, ValueError):
            return f"the claim of {actor.id!r} cannot be read; it is no signed claim of a door"
        door = known.doors.get(str(header.get("kid")))
        if door is None:
            why = "".join(f"; {each}" for each in known.problems)
            return f"the door {header.get('kid')!r}, which speaks for {actor.id!r}, is not trusted here; {_MEND}{why}"
        if not _is_by(door.key, actor.claim or "") or claim.door != header["kid"]:
            return (
                f"the claim of {actor.id!r} was not signed by the door {claim.door!r}, or altered since; "
                "let the door sign anew"
            )
        difference = claim.difference(actor, deed)
        if difference is not None:
            return f"the claim of {actor.id!r} does not hold here: {difference}; let the door sign anew"
        if door.acts is not None and deed.act not in door.acts:
            may = ", ".join(door.acts)
            return f"the door {claim.door!r} is trusted for {may}, and not for {deed.act!r}; use another door"
        return None

    def _now(self) -> "_Read":
        with self._lock:
            if self._place is not None:
                as_of = _as_of(self._place)
                if as_of != self._as_of:
                    self._known, self._as_of = _read(self._place), as_of
            return self._known


class _Read(NamedTuple):
    doors: dict[str, TrustedDoor]
    problems: tuple[str, ...]


def _is_by(key: OKPKey, claim: str) -> bool:
    try:
        jws.deserialize_compact(claim, key, algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return False
    return True


def _files(place: Path) -> list[Path]:
    if place.is_dir():
        return sorted(place.glob("*.json"))
    return [place] if place.exists() else []


def _as_of(place: Path) -> object:
    """What changes whenever a file does."""
    try:
        stats = [(file, file.stat()) for file in _files(place)]
    except OSError as error:
        return str(error)
    return [(file, stat.st_ino, stat.st_mtime_ns, stat.st_size) for file, stat in stats]


def _read(place: Path) -> _Read:
    doors: dict[str, TrustedDoor] = {}
    problems: list[str] = []
    for file in _files(place):
        try:
            written = json.loads(file.read_bytes())
            for jwk in written["keys"] if isinstance(written, dict) and "keys" in written else [written]:
                _add(doors, jwk)
        except OSError as error:
            problems.append(f"AMENDS_DOOR_KEYS: {str(file)!r} cannot be read: {error.strerror}")
        except (ValueError, TypeError, JoseError) as error:
            problems.append(f"AMENDS_DOOR_KEYS: {str(file)!r} holds no public key of a door: {error}")
    return _Read(doors, tuple(problems))


def _add(doors: dict[str, TrustedDoor], jwk: object) -> None:
    key = key_in(jwk)
    assert isinstance(jwk, dict)
    if key.is_private:
        raise ValueError("it is the private half; put the other there, and make a new key")
    acts = jwk.get("acts")
    if acts is not None and not (isinstance(acts, list) and all(isinstance(act, str) for act in acts)):
        raise ValueError("its `acts` are no list of acts")
    if jwk["kid"] in doors:
        raise ValueError(f"there is another key with the id {jwk['kid']!r}")
    doors[jwk["kid"]] = TrustedDoor(key, None if acts is None else tuple(acts))
