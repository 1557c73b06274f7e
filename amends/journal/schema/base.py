"""The journal's metadata: one naming convention, so that every constraint has the same name on every database."""

from enum import StrEnum

from sqlalchemy import MetaData

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def one_of(column: str, *choices: StrEnum) -> str:
    """The condition that a column holds one of the choices."""
    return f"{column} IN ({', '.join(repr(str(choice)) for choice in choices)})"
