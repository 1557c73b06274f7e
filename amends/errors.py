"""The errors of Amends: one small tree.

::

    AmendsError                    something named, with the place and the mend in its text
    ├── InputError                 what a person or a system gave us cannot be used
    │   ├── DefinitionError        a runbook, message or bundle is wrong
    │   ├── UnknownIncident        no such incident
    │   └── ConfigurationError     a setting, a missing program or a missing right
    ├── Refused                    a connector's business refusal: trying again cannot help
    ├── Trouble                    a connector failed in a way that may pass: trying again can help
    │   └── NoAnswer               the time ran out, or the connection was lost, before it answered
    ├── KeyReused                  an idempotency key came back with other arguments
    └── JournalError               the journal cannot take what it was given
        └── JournalForked          an entry came back with other content

Control flow reads types and the ``code`` of a leaf, never the text.
"""

from typing import ClassVar


class AmendsError(Exception):
    """Base of all errors raised by Amends. ``code`` is stable and crosses process borders."""

    code: ClassVar[str] = "amends_error"


class InputError(AmendsError):
    """What was given cannot be used; nothing was changed."""

    code = "input_error"


class DefinitionError(InputError):
    """A runbook, a message or a bundle is wrong. ``place`` says where (file:line:column, or a step id)."""

    code = "definition_error"

    def __init__(self, message: str, *, place: str = "") -> None:
        self.place = place
        super().__init__(f"{place}: {message}" if place else message)


class UnknownIncident(InputError):
    """No incident answers to this id."""

    code = "unknown_incident"

    def __init__(self, incident_id: str) -> None:
        self.incident_id = incident_id
        super().__init__(f"no incident {incident_id!r} in this journal; `amends list` shows the ids")


class ConfigurationError(InputError):
    """A setting is wrong, a program is missing or a right is not given. The text says how to mend it."""

    code = "configuration_error"


class Refused(AmendsError):
    """A system outside said no, for a reason of its business: nothing was done, and trying again cannot help.

    ``reason`` is the refusal's name in the activity catalogue (``OutOfStock``, ``PaymentDeclined``, …).
    """

    code = "refused"

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


class Trouble(AmendsError):
    """A system outside did not answer properly (time-out, 5xx, lost connection).

    Whether the call was carried out is not known. Trying again with the same key can help.
    """

    code = "trouble"


class NoAnswer(Trouble):
    """The time ran out, or the connection was lost, before an answer came. Who serves such a system over HTTP gives no
    answer either."""


class KeyReused(AmendsError):
    """An idempotency key came back with other arguments: a fault in the caller, never retried."""

    code = "key_reused"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"idempotency key {key!r} was used before with other arguments")


class JournalError(AmendsError):
    """The journal cannot take what it was given."""

    code = "journal_error"


class JournalForked(JournalError):
    """The entry ``(run_id, n)`` is in the journal already, with other content: two histories claim one place."""

    code = "journal_forked"

    def __init__(self, incident_id: str, run_id: str, n: int) -> None:
        self.incident_id, self.run_id, self.n = incident_id, run_id, n
        super().__init__(
            f"incident {incident_id!r}: entry {n} of run {run_id!r} is in the journal with other content; "
            "the journal was left as it is"
        )
