"""``amends intake mode``: whether what events amount to is opened, only told, or left waiting."""

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal.schema.intake import Mode
from cli import completing
from cli.options import ActorName, OutputFormat, actor_of
from cli.output import Format, print_json, say
from cli.records import journal
from cli.times import Times, Utc
from intake.modes import Modes, Setting
from intake.rulebook import Rulebook
from runbooks.suggestions import meant


def mode(
    exception_type: Annotated[
        str, Parameter(name="TYPE", completer=completing.runbooks, help="The exception type, such as lost_parcel.")
    ],
    mode: Annotated[Mode, Parameter(name="MODE", help="shadow, on or off.")],
    /,
    *,
    cut_off: Annotated[
        str | None,
        Parameter(
            help="Open nothing that was due before: today, 3d, 2026-11-22T18:30. Of a type that is switched on, "
            "now if it is not said."
        ),
    ] = None,
    actor: ActorName = None,
    utc: Utc = False,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Say what is done with what opens by itself: for one exception type, from now on.

    For example:

      amends intake mode lost_parcel shadow
      amends intake mode lost_parcel on
      amends intake mode lost_parcel on --cut-off 2026-11-22

    shadow tells what would open, in `amends intake list`, and opens nothing; a
    type of which nobody has said anything is in the shadow. on opens what was
    due since the cut-off. With --cut-off, what was in the shadow since then and
    still stands opens too. off leaves all of it waiting.

    The rules are those of the runbook as it was published last.
    """
    now, times = datetime.now(UTC), Times(utc=utc)
    since = times.since(cut_off, now=now, option="--cut-off") if cut_off else None
    if since is not None and since > now:
        raise InputError(f"--cut-off {cut_off!r} is yet to come; leave it out to open what is due from now on")
    with journal() as found:
        published = found.revisions.newest_digests()
        if exception_type not in published:
            near = meant(exception_type, published) or f"; `amends publish {exception_type} --why …` publishes it"
            raise InputError(f"no runbook {exception_type!r} was published, so it has no rules{near}")
        setting = Modes(found.engine).set(exception_type, mode, cut_off=since, by=actor_of(actor).id, at=now)
        rules = any(rule.exception_type == exception_type for rule in Rulebook(found.revisions).now().rules)
    if not rules and mode is not Mode.OFF:
        say(f"{exception_type} has no rule in `opens`, as it was published last, so nothing opens it by itself")
    if format is Format.JSON:
        print_json(setting.model_dump(mode="json"))
    else:
        print(f"{exception_type} is {told(setting, times)}")


def told(setting: Setting, times: Times) -> str:
    """``on, for what was due since 2026-11-22 18:30 CET``"""
    if setting.mode is Mode.ON and setting.cut_off is not None:
        return f"on, for what was due since {times.moment(setting.cut_off)}"
    return setting.mode.value
