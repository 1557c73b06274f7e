"""Whether what is typed here is signed, and whether a worker with these settings would count it."""

from collections.abc import Iterator

from amends.errors import ConfigurationError
from amends.settings import Settings
from cli import signing
from cli.doctoring.finding import Finding, ok, unknown, warning, wrong
from cli.output import plural


def checks(settings: Settings) -> Iterator[Finding]:
    try:
        own, trusted = signing.signer(), signing.trusted(settings).doors
    except ConfigurationError as error:
        yield wrong("doors", str(error), 'see "The doors" in docs/operating.md')
        return
    number = f"a worker with these settings trusts {plural(len(trusted), 'door')}"
    if own is None and not trusted:
        yield warning(
            "doors",
            "what is typed here is unsigned, and a worker with these settings trusts no door: nobody can approve",
            "`amends up` makes a key at its first start; elsewhere `amends door new` and `amends door trust` do",
        )
    elif own is None:
        yield ok("doors", f"{number}; what is typed here is unsigned")
    elif own.id in trusted:
        yield ok("doors", f"what is typed here is signed by {own.id}; {number}, this one among them")
    elif trusted:
        yield warning(
            "doors",
            f"what is typed here is signed by {own.id}; {number}, and not this one: what is typed here is refused",
            "give its public half (`own` in `amends door show --format json`) to `amends door trust`",
        )
    else:
        yield unknown(
            "doors", f"what is typed here is signed by {own.id}; whether the workers trust it cannot be seen from here"
        )
