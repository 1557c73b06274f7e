"""What a door signs: that somebody does one thing to one incident, in these words and no others."""

import base64
import hashlib
import json

from pydantic import BaseModel, ValidationError

from amends.models import Actor, ActorKind, Model
from amends.timeline import canonical


class Claimant(Model):
    """Who is vouched for."""

    kind: ActorKind
    id: str


class Deed(Model):
    """What is done: the update ``act`` on ``workflow``, with a content of which ``digest`` is left.

    ``incident``: which of the incidents that have that workflow's id, one after the other; not set for a report, which
    is known for ever by its key.
    """

    act: str
    workflow: str
    incident: str | None = None
    digest: str

    @classmethod
    def of(cls, request: BaseModel, *, act: str, workflow: str, incident: str | None) -> "Deed":
        """The deed that a request is. Its actor is no part of it. What it leaves at its default is as good as left
        out, so that a door and a worker of different releases understand each other."""
        content = request.model_dump(mode="json", exclude_defaults=True, exclude={"actor"})
        digest = hashlib.sha256(canonical(content)).hexdigest()
        return cls(act=act, workflow=workflow, incident=incident, digest=digest)


class Claim(Model):
    """The payload of a claim, which is a compact JWS (RFC 7515). ``door``: the id of its key. ``iat``: when it was
    signed, in seconds since 1970 by the door's clock; it says so, and nothing hangs on it."""

    actor: Claimant
    door: str
    act: str
    workflow: str
    incident: str | None = None
    digest: str
    iat: int

    def difference(self, actor: Actor, deed: Deed) -> str | None:
        """In what another thing was signed than what came; ``None`` if it is the same."""
        if (self.actor.kind, self.actor.id) != (actor.kind, actor.id):
            return f"it is for {self.actor.id!r} ({self.actor.kind}), and not for {actor.id!r} ({actor.kind})"
        if self.act != deed.act:
            return f"it is for the act {self.act!r}, and not for {deed.act!r}"
        if self.workflow != deed.workflow:
            return f"it is for {self.workflow!r}, and not for {deed.workflow!r}"
        if self.incident != deed.incident:
            return f"it is for the incident {self.incident!r}, and not for {deed.incident!r}"
        if self.digest != deed.digest:
            return "what it carries was altered after it was signed, or its door is of a newer release than the worker"
        return None


def claim_of(actor: Actor) -> Claim | None:
    """What an actor's claim says, unchecked; ``None`` if there is none that can be read."""
    try:
        _, payload, _ = (actor.claim or "").split(".")
        return Claim.model_validate(json.loads(base64.urlsafe_b64decode(payload + "==")))
    except (ValueError, ValidationError):
        return None
