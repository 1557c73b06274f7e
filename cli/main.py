"""The ``amends`` command. What a command needs is imported when it runs, so that help and mistakes answer at once."""

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from cyclopts import App, CycloptsError, Parameter

from amends import __version__
from amends.errors import AmendsError, InputError
from runbooks.suggestions import meant

DONE: Final = 0
CANNOT_BE_USED: Final = 2
INTERRUPTED: Final = 130

_HELP = """Make it right when an order goes wrong: incident runbooks on Temporal, with a journal that can be verified.

First steps, the second in another terminal:

  amends up
  amends open lost_parcel order_id=SO-1001 parcel_id=PC-1001-1"""

_EPILOGUE = """Exit codes
  0  done
  1  it did not come out as it should
  2  what was given cannot be used, or what is needed does not answer:
     stderr says which, and how to mend it

Settings (environment)
  AMENDS_STATE_DIR      the folder where everything is kept: .amends
  AMENDS_DATABASE_URL   the journal: sqlite:///<file> or postgresql+psycopg://…
  AMENDS_SHOP_URL       the reference shop's database
  AMENDS_TEMPORAL_BIN   the Temporal server's program, for `amends up`
  TEMPORAL_ADDRESS …    Temporal's own, for whatever talks to its server"""

_COMMANDS: Final = {
    "up": ("cli.up:up", "Run everything on this machine."),
    "open": ("cli.opening:open_incident", "Report that something went wrong."),
    "list": ("cli.listing:list_incidents", "List incidents."),
    "show": ("cli.showing:show", "Tell an incident's story, and what may be answered now."),
    "answer": ("cli.acts:answer", "Answer a question that an incident has asked."),
    "cancel": ("cli.acts:cancel", "Call an incident off, and undo what was done."),
    "check": ("cli.check:check", "Check runbooks: every mistake, its place and its mend."),
    "runbooks": ("cli.revisions:runbooks", "List the runbooks, and what was published of them."),
    "diff": ("cli.diff:diff", "Tell what differs between two versions of a runbook."),
    "publish": ("cli.publish:publish", "Keep a runbook as a numbered revision, with who, when and why."),
    "explain": ("cli.explain:explain", "Read a runbook back in plain words."),
    "drill": ("cli.drill:drill", "Rehearse a runbook on the real engine, in seconds."),
    "demo": ("cli.demo:demo", "Watch one lost parcel made right."),
    "db": ("cli.db:db", "Bring the journal's tables up to this release, or look whether they are."),
    "worker": ("cli.serving:serve", "Serve incidents for a Temporal server that runs elsewhere."),
}
"""Where each command is, and what the list of commands says of it; its own docstring is its help."""


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """The console command: runs what ``arguments`` (the process's own, if not given) say, and exits with its code."""
    code = main(arguments)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BrokenPipeError):  # whoever read us has read enough
            stream.flush()
    # All is closed by now. The interpreter's own way out sometimes aborts in the SDK's threads, and the code is lost.
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code; an error that we know is told on stderr, without a traceback."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _require_command(typed)
        code = _app(typed)(typed, exit_on_error=False, print_error=False, result_action="return_value")
    except AmendsError as error:
        print(f"error: {error}", file=sys.stderr)
        return CANNOT_BE_USED
    except CycloptsError as error:
        print(f"error: {error} See `amends {typed[0]} --help`.", file=sys.stderr)
        return CANNOT_BE_USED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return DONE
    return code if isinstance(code, int) else DONE


def _app(typed: Sequence[str]) -> App:
    app = App(
        name="amends",
        help=_HELP,
        help_epilogue=_EPILOGUE,
        version=__version__,
        help_format="plaintext",
        default_parameter=Parameter(negative=()),
        suppress_keyboard_interrupt=False,
    )
    for name, (target, says) in _COMMANDS.items():
        # What is given here would stand before the docstring: only those need it that are not imported.
        app.command(target, name=name, help=None if name in typed[:1] else says, help_epilogue="")
    return app


def _require_command(typed: Sequence[str]) -> None:
    """Cyclopts would import every command to say which there are."""
    known = [*_COMMANDS, "--help", "-h", "--version"]
    if typed and typed[0] not in known:
        near = meant(typed[0], known) or "."
        raise InputError(f"there is no command {typed[0]!r}{near} There are {', '.join(known)}")
