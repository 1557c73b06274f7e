"""What was shown in an incident, whether its files are still what they were, and bringing one back."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from amends.errors import InputError
from amends.evidence import Kept
from amends.journal import TimelineRow
from amends.models import Data, Evidence, plain
from amends.timeline import EntryKind
from cli import acting
from cli.codes import ExitCode
from cli.evidence import files
from cli.output import Format, columns, local, print_json, say

_SHOWN = {EntryKind.EVIDENCE_ADDED: "evidence", EntryKind.TASK_SETTLED: "evidence", EntryKind.ANSWER_RECEIVED: "files"}
"""Where entries name what was shown."""

_SHORT = 12


def listed(incident: str, *, form: Format) -> int:
    """Prints all that was shown, and how its files are kept. The exit code is 1 where one is not what it was."""
    row, timeline = acting.found(incident)
    kept_in, sound = files(), True
    document: list[Data] = []
    for entry, each in _shown(timeline):
        how = kept_in.how(each.sha256) if each.sha256 else None
        sound = sound and how in (None, Kept.KEPT)
        document.append(
            {
                **each.model_dump(mode="json"),
                "by": entry.actor.id,
                "at": entry.occurred_at.isoformat(),
                "kept": how,
                "seq": entry.seq,
            }
        )
    if form is Format.JSON:
        print_json(document)
    elif not document:
        say(f"nothing was shown in incident {row.incident_id}")
    else:
        print("\n".join(columns(map(_cells, document))))
    return ExitCode.DONE if sound else ExitCode.NOT_AS_WANTED


def bring(incident: str, digest: str, to: Path | None, *, form: Format) -> int:
    """Copies a file out that was shown here. Raises ``InputError`` for one that was not, or cannot be brought."""
    row, timeline = acting.found(incident)
    fitting = {each.sha256: each for _, each in _shown(timeline) if each.sha256 and each.sha256.startswith(digest)}
    if len(fitting) != 1 or not digest:
        found = ", ".join(f"{str(each)[:_SHORT]} ({fitting[each].what})" for each in fitting) or "none"
        raise InputError(
            f"--get {digest!r}: it must be the beginning of the digest of one file that was shown in incident "
            f"{row.incident_id}; found: {found} (`amends evidence {row.incident_id[:8]}` lists them)"
        )
    ((sha256, each),) = fitting.items()
    place = to if to is not None else Path(Path(each.what).name)
    files().bring(str(sha256), place)
    if form is Format.JSON:
        print_json({**plain(each), "to": str(place)})
    else:
        print(f"{place} is {each.what} as it was shown")
    return ExitCode.DONE


def _shown(timeline: Sequence[TimelineRow]) -> Iterator[tuple[TimelineRow, Evidence]]:
    for entry in timeline:
        if entry.kind in _SHOWN:
            shown = entry.data.get(_SHOWN[entry.kind])
            for each in shown if isinstance(shown, list) else ():
                yield entry, Evidence.model_validate(each)


def _cells(each: Data) -> list[str]:
    at = local(datetime.fromisoformat(str(each["at"])))
    if not each["sha256"]:
        return [at, str(each["by"]), str(each["what"]), "", "", "", ""]
    digest, kind = str(each["sha256"])[:_SHORT], str(each["type"] or "unknown type")
    return [at, str(each["by"]), str(each["what"]), digest, kind, f"{each['size']} bytes", str(each["kept"])]
