"""The key with which a door signs, and the file that holds it."""

import contextlib
import hashlib
import json
import os
import re
import time
from pathlib import Path
from typing import Any, Final, TypeVar

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from amends.doors.claims import Claim, Claimant, Deed
from amends.errors import ConfigurationError, InputError
from amends.models import Actor, Model

ALGORITHM: Final = "Ed25519"

_NAME: Final = r"[a-z0-9][a-z0-9_-]{0,39}"

R = TypeVar("R", bound=Model)


class DoorKey:
    """An Ed25519 key, kept as a JWK (RFC 8037). ``id``: the door's name and the beginning of the public key's digest,
    so that no two keys share one."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key
        self.id = str(key.as_dict(private=False)["kid"])

    @classmethod
    def new(cls, name: str) -> "DoorKey":
        """A key that nobody has had. Raises ``InputError`` for a name that is none."""
        if not re.fullmatch(_NAME, name):
            raise InputError(f"{name!r} is no name of a door; write at most 40 of a-z, 0-9, - and _")
        made = OKPKey.generate_key(ALGORITHM).as_dict(private=True)
        thumb = hashlib.sha256(str(made["x"]).encode()).hexdigest()[:8]
        return cls(OKPKey.import_key({**made, "kid": f"{name}-{thumb}", "alg": ALGORITHM, "use": "sig"}))

    @classmethod
    def read(cls, file: Path) -> "DoorKey":
        """The key in a file. Raises ``ConfigurationError`` when it cannot be read, is none, or others may read it."""
        try:
            if file.stat().st_mode & 0o077:
                raise ConfigurationError(
                    f"the door's key {str(file)!r} can be read by others; `chmod 600` it, and if others are on this "
                    "machine, make a new one (`amends door new`)"
                )
            key = key_in(json.loads(file.read_bytes()))
        except OSError as error:
            raise ConfigurationError(
                f"the door's key {str(file)!r} cannot be read: {error.strerror}; `amends door new` makes one, and "
                "AMENDS_DOOR_KEY says where it is"
            ) from error
        except (ValueError, JoseError) as error:
            raise ConfigurationError(f"{str(file)!r} holds no door's key; `amends door new` makes one") from error
        if not key.is_private:
            raise ConfigurationError(f"{str(file)!r} is the public half of a door's key; name the file of the other")
        return cls(key)

    def write(self, file: Path) -> None:
        """Keeps the key in a file that only its owner may read, whole or not at all. Raises ``ConfigurationError``
        when it cannot be written, or there is one: a key is never written over."""
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                fresh.unlink()
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:  # noqa: PTH123
                opened.write(_written(self._key.as_dict(private=True)))
            try:
                os.link(fresh, file)  # which, unlike a renaming, fails if there is one
            except FileExistsError as error:
                raise ConfigurationError(
                    f"{str(file)!r} is there already, and a key is never written over; move it away, or name another "
                    "file"
                ) from error
            finally:
                fresh.unlink()
        except OSError as error:
            raise ConfigurationError(f"the door's key cannot be written to {str(file)!r}: {error.strerror}") from error

    @property
    def public(self) -> dict[str, Any]:
        """The half that workers are given, as a JWK."""
        return dict(self._key.as_dict(private=False))

    def signed(self, request: R, *, act: str, workflow_id: str, incident_id: str | None = None) -> R:
        """The request, with the door's word for its actor: it holds for this act on this incident, in these words.

        ``act``: the name of the update. ``incident_id``: as the view and the receipt have it; not for a report. It
        does not expire: a door may have to say the same again, and under its key it counts once.
        """
        actor: Actor = request.actor  # type: ignore[attr-defined]  # every request of the contract has one
        deed = Deed.of(request, act=act, workflow=workflow_id, incident=incident_id)
        who = Claimant(kind=actor.kind, id=actor.id)
        claim = Claim(actor=who, door=self.id, iat=int(time.time()), **deed.model_dump())
        token = jws.serialize_compact(
            {"alg": ALGORITHM, "kid": self.id}, claim.model_dump_json(), self._key, algorithms=[ALGORITHM]
        )
        return request.model_copy(update={"actor": actor.model_copy(update={"claim": token})})


def public_in(file: Path) -> dict[str, Any]:
    """The public key in a file, as a JWK. Raises ``InputError`` for a file that cannot be read, or holds none."""
    try:
        key = key_in(json.loads(file.read_bytes()))
    except OSError as error:
        raise InputError(f"{str(file)!r} cannot be read: {error.strerror}") from error
    except (ValueError, JoseError) as error:
        raise InputError(f"{str(file)!r} holds no public key of a door; `amends door new` prints one") from error
    if key.is_private:
        raise InputError(f"{str(file)!r} holds the key itself, which stays with its door; give its public half")
    return dict(key.as_dict(private=False))


def key_in(jwk: object) -> OKPKey:
    """The Ed25519 key that a JWK is. Raises ``ValueError`` or ``JoseError`` for anything else."""
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str) or not jwk["kid"]:
        raise ValueError("no JWK with a kid")
    if (jwk.get("kty"), jwk.get("crv")) != ("OKP", ALGORITHM):
        raise ValueError(f"no {ALGORITHM} key")
    return OKPKey.import_key(jwk)


def _written(jwk: dict[str, Any]) -> bytes:
    return json.dumps(jwk, indent=2).encode() + b"\n"
