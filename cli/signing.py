"""The key with which this command vouches for whoever gives it, and the doors that its worker trusts."""

import json
from pathlib import Path

from amends.doors.keys import DoorKey
from amends.doors.trusted import Trusted
from amends.errors import ConfigurationError
from amends.settings import Settings

_OWN = "up"
"""What the door of a state folder is called."""


def signer() -> DoorKey | None:
    """The key of this door; ``None`` if nobody has said which, and the state folder has none. Raises
    ``ConfigurationError`` for one that cannot be used."""
    settings = Settings()
    if "door_key" not in settings.model_fields_set and not settings.door_key.exists():
        return None
    return DoorKey.read(settings.door_key)


def trusted(settings: Settings) -> Trusted:
    """The doors that a worker trusts; none if nobody has said which, and the state folder names none yet. Raises
    ``ConfigurationError`` for what cannot be read."""
    if "door_keys" in settings.model_fields_set and not settings.door_keys.exists():
        raise ConfigurationError(
            f"AMENDS_DOOR_KEYS: {str(settings.door_keys)!r} is not there; name the folder, or the file, that holds the "
            "public keys of the doors (`amends door trust` makes one)"
        )
    return Trusted.at(settings.door_keys)


def make_own(settings: Settings) -> None:
    """Give a state folder a door of its own, once, that is trusted there; nothing where somebody has said which."""
    said = {"door_key", "door_keys"} & settings.model_fields_set
    if said or settings.door_key.exists():
        return
    key = DoorKey.new(_OWN)
    trust(key.public, settings.door_keys)  # first: a key that nobody trusts would be taken for a forger's
    key.write(settings.door_key)


def trust(jwk: dict[str, object], folder: Path) -> Path:
    """Puts a public key among those that are trusted. Raises ``ConfigurationError`` when it cannot be written."""
    file = folder / f"{jwk['kid']}.json"
    fresh = folder / f".{jwk['kid']}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(jwk, indent=2) + "\n", encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        raise ConfigurationError(
            f"the public key cannot be put into {str(folder)!r}: {error.strerror}; AMENDS_DOOR_KEYS names the folder"
        ) from error
    return file
