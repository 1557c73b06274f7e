"""``amends intake quarantine``: what came and could not be taken, or not be reckoned with."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, assert_never

from cyclopts import Parameter

from amends.errors import InputError
from amends.journal import Journal
from cli import logs
from cli.codes import ExitCode
from cli.options import ActorName, OutputFormat, actor_of
from cli.output import Format, columns, print_json, say
from cli.records import journal
from cli.times import Times, Utc
from intake.quarantine import Quarantine, Quarantined
from intake.receiving import Receiving
from intake.rulebook import Rulebook


class QuarantineAction(StrEnum):
    LIST = "list"
    SHOW = "show"
    RETRY = "retry"
    DROP = "drop"


def quarantine(
    action: Annotated[QuarantineAction, Parameter(help="list, show, retry or drop.")],
    number: Annotated[int | None, Parameter(help="Which, for show, retry and drop; the list has the numbers.")] = None,
    /,
    *,
    all: Annotated[bool, Parameter(name="--all", help="Of the list: also what was taken or dropped.")] = False,  # noqa: A002
    reason: Annotated[str, Parameter(help="Why it is dropped, for those who look later.")] = "",
    limit: Annotated[int, Parameter(help="Of the list: at most so many.")] = 100,
    actor: ActorName = None,
    utc: Utc = False,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Look after what came and could not be taken; nothing of it is lost.

    For example:

      amends intake quarantine list
      amends intake quarantine show 7
      amends intake quarantine retry 7
      amends intake quarantine drop 7 --reason "a test of the shop's"

    An event is kept apart when it is malformed, when it says that it happens in
    the future, or when its source has sent its id before with something else.
    show prints it as it came, and says how to mend it at its source. retry takes
    it in, if it can be taken by now. drop lets it be; it can still be read.

    An event that was taken is here too if a rule in `opens` could not be
    reckoned at it: nothing is opened by that rule then. The list names the
    rule. retry reckons anew; it is over by itself when another event of the
    order, or a new revision of the runbook, has mended it.

    Exit codes: 0, done; 1, what was tried again still cannot be taken.
    """
    now, times = datetime.now(UTC), Times(utc=utc)
    with journal() as found:
        kept = Quarantine(found.engine)
        match action:
            case QuarantineAction.LIST:
                _print_list(kept.listed(all=all, limit=limit), times, format)
            case QuarantineAction.SHOW:
                _print(kept.get(_given(number, action)), times, format)
            case QuarantineAction.RETRY:
                return _retry(found, _given(number, action), actor_of(actor).id, now, times, format)
            case QuarantineAction.DROP:
                if not reason.strip():
                    raise InputError("--reason: say why it is dropped, for those who look later")
                by, which = actor_of(actor).id, _given(number, action)
                _print(kept.drop(which, by=by, reason=reason.strip(), at=now), times, format)
            case _:
                assert_never(action)
    return ExitCode.DONE


def _retry(found: Journal, number: int, by: str, now: datetime, times: Times, format: Format) -> int:  # noqa: A002
    logs.to_stderr()
    tried = Receiving(found.engine, Rulebook(found.revisions)).retry(number, by=by, at=now)
    _print(tried, times, format)
    return ExitCode.DONE if tried.ended else ExitCode.NOT_AS_WANTED


def _print_list(kept: list[Quarantined], times: Times, format: Format) -> None:  # noqa: A002
    if format is Format.JSON:
        print_json([each.model_dump(mode="json") for each in kept])
    elif kept:
        rows = [(str(each.number), times.moment(each.received_at), each.via, _how(each)) for each in kept]
        print("\n".join(columns([("NUMBER", "CAME", "BY", "WHY"), *rows])))
    else:
        say("nothing is kept apart")


def _print(kept: Quarantined, times: Times, format: Format) -> None:  # noqa: A002
    if format is Format.JSON:
        print_json(kept.model_dump(mode="json"))
        return
    print(f"{kept.number} came {times.moment(kept.received_at)} by {kept.via}: {_how(kept)}")
    print(json.dumps(kept.event, indent=2, ensure_ascii=False))


def _how(kept: Quarantined) -> str:
    if kept.ended is None:
        return kept.why
    return f"{kept.ended.value} by {kept.ended_by}" + (f": {kept.reason}" if kept.reason else "")


def _given(number: int | None, action: QuarantineAction) -> int:
    if number is None:
        raise InputError(f"say which: `amends intake quarantine {action} NUMBER`; the list has the numbers")
    return number
