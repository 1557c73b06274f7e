"""The ``amends`` command. What a command needs is imported when it runs, so that help and mistakes answer at once."""

import contextlib
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Final, NoReturn

from cyclopts import App, CycloptsError, Group, Parameter

from amends import __version__
from amends.errors import AmendsError, InputError
from cli import codes, completing
from cli.codes import ExitCode
from runbooks.suggestions import meant

_HELP = """Make it right when an order goes wrong: incident runbooks on Temporal, with a journal that can be verified.

First steps, the second in another terminal:

  amends up
  amends open lost_parcel order_id=SO-1001 parcel_id=PC-1001-1"""

_EPILOGUE = f"""Exit codes
{codes.table()}

For programs: --format json on whatever prints a result gives JSON on stdout and
nothing else. Errors stay text on stderr, with what is wrong and how to mend it;
the exit code tells them apart.

Settings (environment)
  AMENDS_STATE_DIR      the folder where everything is kept: .amends
  AMENDS_DATABASE_URL   the journal: sqlite:///<file> or postgresql+psycopg://…
  AMENDS_SHOP_URL       the reference shop's database
  AMENDS_CONNECTORS     which systems are called: shop, or http for your own at
                        AMENDS_CONNECTORS_URL, signed with AMENDS_CONNECTORS_SECRET
  AMENDS_CHANNELS       the file that says how people are paged: channels.yaml
  AMENDS_SMTP_URL       the mail server for it: smtp://user:password@host:587?from=…
  AMENDS_DOOR_KEY       the key that signs for whoever types: door.json
  AMENDS_DOOR_KEYS      the public keys of the doors that a worker trusts: doors
  AMENDS_TEMPORAL_BIN   the Temporal server's program, for `amends up`
  TEMPORAL_ADDRESS …    Temporal's own, for whatever talks to its server"""

_COMMANDS: Final = {
    "up": ("cli.up:up", "Run everything on this machine."),
    "status": ("cli.status:status", "Say whether it runs, where, and how its incidents stand."),
    "doctor": ("cli.doctor:doctor", "Say what is wrong, and how to mend it."),
    "down": ("cli.down:down", "Stop what `amends up` runs, also in the background."),
    "open": ("cli.opening:open_incident", "Report that something went wrong."),
    "list": ("cli.listing:list_incidents", "List incidents."),
    "sla": ("cli.sla:sla", "List what is due next in all incidents, and whose move it is."),
    "show": ("cli.showing:show", "Tell an incident's story, and what may be answered now."),
    "conversation": ("cli.conversation:conversation", "Tell what was said with the customer about an order."),
    "watch": ("cli.watching:watch", "Tell an incident's story, and go on as it happens."),
    "oncall": ("cli.oncall:oncall", "Tell who of each role is on, until when, and who is next."),
    "answer": ("cli.acts:answer", "Answer a question that an incident has asked."),
    "approve": ("cli.deciding:approve", "Approve what a role, or a second person, is asked for."),
    "reject": ("cli.deciding:reject", "Reject it."),
    "retry": ("cli.retrying:retry", "Have what was left to a person tried again."),
    "choose": ("cli.retrying:choose", "Have a plan tried when none is left."),
    "settle": ("cli.settling:settle", "Say, with evidence, what was done by hand or found out."),
    "waive": ("cli.settling:waive", "Ask that a failed undo be let be; a second person approves."),
    "ack": ("cli.taking_on:ack", "Take on what people are paged for."),
    "escalate": ("cli.taking_on:escalate", "Have those a level higher paged."),
    "snooze": ("cli.taking_on:snooze", "Put paging off for a while."),
    "note": ("cli.noting:note", "Say something for those who read the timeline later."),
    "evidence": ("cli.noting:evidence", "Show something: a file, or a reference."),
    "assign": ("cli.giving:assign", "Give a task, or whatever is to be done, to a person."),
    "take-over": ("cli.giving:take_over", "Take an incident into your own hands."),
    "repin": ("cli.repinning:repin", "Have an incident follow another revision of its runbook."),
    "suspend": ("cli.suspending:suspend", "Stop the clocks while somebody else holds the ball."),
    "resume": ("cli.suspending:resume", "Start the clocks again."),
    "severity": ("cli.overruling:severity", "Say how severe it is, over the rules."),
    "skip": ("cli.overruling:skip", "Skip a step that waits, asks, or is left to a person."),
    "merge": ("cli.merging:merge", "Make an incident one with another about the same order."),
    "split": ("cli.merging:split", "Have a report that was added to an incident opened as one of its own."),
    "cancel": ("cli.acts:cancel", "Call an incident off, and undo what was done."),
    "page": ("cli.page:page", "Try out whether people can be paged."),
    "check": ("cli.check:check", "Check runbooks: every mistake, its place and its mend."),
    "runbooks": ("cli.revisions:runbooks", "List the runbooks, and what was published of them."),
    "diff": ("cli.diff:diff", "Tell what differs between two versions of a runbook."),
    "publish": ("cli.publish:publish", "Keep a runbook as a numbered revision, with who, when and why."),
    "explain": ("cli.explain:explain", "Read a runbook back in plain words."),
    "drill": ("cli.drill:drill", "Rehearse a runbook on the real engine, in seconds."),
    "demo": ("cli.demo:demo", "Watch one lost parcel made right."),
    "completion": ("cli.completion:completion", "Teach your shell to complete commands, runbooks and incidents."),
    "db": ("cli.db:db", "Bring the journal's tables up to this release, or look whether they are."),
    "backup": ("cli.backup:backup", "Copy the journal into a file, also while incidents run."),
    "books": ("cli.books:books", "Compare what was given with the shop's books."),
    "door": ("cli.door:door", "Make the key by which a door vouches for people, and say whose word counts."),
    "shop": ("cli.shop:shop", "Serve the reference shop over HTTP, as your own systems would answer."),
    "worker": ("cli.serving:serve", "Serve incidents for a Temporal server that runs elsewhere."),
}
"""Where each command is, and what the list of commands says of it; its own docstring is its help."""

_FAMILIES: Final = {
    "intake": (
        "See to what the events of an order system open by themselves.",
        "  amends intake replay events.jsonl.gz --mapping shop.yaml --dry-run",
        {
            "status": ("cli.intaking.status:status", "Say whether events are taken in, and how it stands."),
            "list": ("cli.intaking.listing:list_expectations", "List what is expected of orders."),
            "mode": ("cli.intaking.mode:mode", "Say what opens by itself: shadow, on or off."),
            "quarantine": ("cli.intaking.quarantine:quarantine", "Look after what could not be taken."),
            "replay": ("cli.intaking.replay:replay", "Tell what a file of past events would have opened."),
        },
    ),
}
"""Commands that have commands of their own: what the list says of each, an example, and those within it."""

_GROUPS: Final = {
    "See what happens (operations, auditors)": ("list", "show", "conversation", "watch", "oncall", "books"),
    "Act on it (operations)": (
        *("open", "answer", "approve", "reject", "cancel"),
        *("retry", "choose", "settle", "waive"),
        *("note", "evidence", "assign", "take-over", "suspend", "resume", "severity", "skip"),
        *("merge", "split"),
    ),
    "Say what should happen (runbook owners)": ("explain", "check", "drill", "runbooks", "diff", "publish", "intake"),
}
_REST: Final = "Run it (engineers)"
"""For whom each command is, in the order of the help."""


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """The console command: runs what ``arguments`` (the process's own, if not given) say, and exits with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Chinese shows the rest all the same
    code = main(arguments)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BrokenPipeError):  # whoever read us has read enough
            stream.flush()
    # All is closed by now. The interpreter's own way out sometimes aborts in the SDK's threads, and the code is lost.
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code; an error that we know is told on stderr, without a traceback."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if typed[:1] == [completing.COMPLETE]:
        print("\n".join(completing.answered(typed[1:])))
        return ExitCode.DONE
    try:
        _require_command(typed)
        code = app(typed)(typed, exit_on_error=False, print_error=False, result_action="return_value")
    except AmendsError as error:
        print(f"error: {error}", file=sys.stderr)
        return ExitCode.CANNOT_BE_USED
    except CycloptsError as error:
        print(f"error: {error} See `amends {typed[0]} --help`.", file=sys.stderr)
        return ExitCode.CANNOT_BE_USED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return ExitCode.DONE
    return code if isinstance(code, int) else ExitCode.DONE


def app(typed: Sequence[str] = ()) -> App:
    """All commands, as Cyclopts knows them; the help of the one that was ``typed`` comes from its docstring."""
    app = App(
        name="amends",
        help=_HELP,
        help_epilogue=_EPILOGUE,
        version=__version__,
        help_format="plaintext",
        default_parameter=Parameter(negative=()),
        suppress_keyboard_interrupt=False,
        group_commands=Group("Options", sort_key=len(_GROUPS) + 1),
    )
    groups = {title: Group(title, sort_key=at) for at, title in enumerate([*_GROUPS, _REST])}
    group_of = {name: groups[title] for title, names in _GROUPS.items() for name in names}
    for name, (target, says) in _COMMANDS.items():
        app.command(
            target,
            name=name,
            group=group_of.get(name, groups[_REST]),
            # What is given here would stand before the docstring: only those need it that are not imported.
            help=None if name in typed[:1] else says,
            help_epilogue="",
        )
    for name, (says, example, within) in _FAMILIES.items():
        told = f"{says}\n\nFor example:\n\n{example}"
        family = App(name=name, help=told, group=group_of.get(name, groups[_REST]), help_epilogue="")
        for inner, (target, inner_says) in within.items():
            known = inner in typed[1:2] and name in typed[:1]
            family.command(target, name=inner, help=None if known else inner_says, help_epilogue="")
        app.command(family)
    return app


def _require_command(typed: Sequence[str]) -> None:
    """Cyclopts would import every command to say which there are."""
    known = [*_COMMANDS, *_FAMILIES, "--help", "-h", "--version"]
    if typed and typed[0] not in known:
        near = meant(typed[0], known) or "."
        raise InputError(f"there is no command {typed[0]!r}{near} There are {', '.join(known)}")
    within = [*_FAMILIES[typed[0]][2], "--help", "-h"] if typed and typed[0] in _FAMILIES else []
    if within and typed[1:] and typed[1] not in within:
        near = meant(typed[1], within) or "."
        raise InputError(f"`amends {typed[0]}` has no command {typed[1]!r}{near} There are {', '.join(within)}")
