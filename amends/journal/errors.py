"""What can be wrong with a journal, beyond the errors that all of Amends shares.

::

    InputError
    ├── AmbiguousIncident          the beginning of an id fits several incidents
    └── ConfigurationError
        ├── JournalNotMigrated     the tables are missing or older than this code
        └── JournalTooNew          the tables were made by a newer release
"""

from collections.abc import Sequence

from amends.errors import ConfigurationError, InputError


class AmbiguousIncident(InputError):
    """Several incidents begin with what was given. ``matches`` holds some of them."""

    code = "ambiguous_incident"

    def __init__(self, prefix: str, matches: Sequence[str]) -> None:
        self.prefix, self.matches = prefix, tuple(matches)
        super().__init__(
            f"{prefix!r} is the beginning of several incident ids ({', '.join(self.matches)}, …); give more of it"
        )


class JournalNotMigrated(ConfigurationError):
    """The database has no journal, or one of an older release. ``found`` is its revision, ``wanted`` this code's."""

    code = "journal_not_migrated"

    def __init__(self, database: str, *, found: str | None, wanted: str) -> None:
        self.database, self.found, self.wanted = database, found, wanted
        super().__init__(
            f"the journal at {database!r} is at revision {found or 'none'}, and this release of Amends needs {wanted}; "
            "run `amends db upgrade` (`amends up` does it by itself)"
        )


class JournalTooNew(ConfigurationError):
    """The database was migrated by a newer release than this one. ``found`` is its revision."""

    code = "journal_too_new"

    def __init__(self, database: str, *, found: str, wanted: str) -> None:
        self.database, self.found, self.wanted = database, found, wanted
        super().__init__(
            f"the journal at {database!r} is at revision {found}, which this release of Amends does not know "
            f"(its own is {wanted}); update Amends, the journal was left as it is"
        )
