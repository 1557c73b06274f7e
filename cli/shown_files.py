"""What was shown in an incident, whether its files are still what they were, and bringing one back."""

from collections.abc import Sequence
from pathlib import Path

from amends.errors import InputError
from amends.evidence import Kept
from amends.journal import EvidenceRow, IncidentRow
from amends.models import plain
from cli.codes import ExitCode
from cli.evidence import files
from cli.output import Format, columns, local, print_json, say
from cli.records import journal

_SHORT = 12


def listed(incident: str, *, form: Format) -> int:
    """Prints all that was shown, and how its files are kept. The exit code is 1 where one is not what it was, or
    nobody can tell from here."""
    row, shown = _shown(incident)
    kept_in = files()
    kept = [kept_in.how(each.sha256) if each.sha256 else None for each in shown]
    if form is Format.JSON:
        print_json([{**each.model_dump(mode="json"), "kept": how} for each, how in zip(shown, kept, strict=True)])
    elif not shown:
        say(f"nothing was shown in incident {row.incident_id}")
    else:
        print("\n".join(columns(_cells(each, how) for each, how in zip(shown, kept, strict=True))))
    if Kept.UNREACHABLE in kept:
        say(f"files cannot be looked at in {str(kept_in.folder)!r}; AMENDS_EVIDENCE_DIR says where they are kept")
    return ExitCode.DONE if {*kept} <= {None, Kept.KEPT} else ExitCode.NOT_AS_WANTED


def bring(incident: str, digest: str, to: Path | None, *, form: Format) -> int:
    """Copies a file out that was shown here. Raises ``InputError`` for one that was not, or cannot be brought."""
    row, shown = _shown(incident)
    fitting = {each.sha256: each for each in shown if each.sha256 and each.sha256.startswith(digest)}
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


def _shown(incident: str) -> tuple[IncidentRow, Sequence[EvidenceRow]]:
    with journal() as found:
        row = found.incident(incident)
        return row, found.evidence.of(row.incident_id)


def _cells(each: EvidenceRow, kept: Kept | None) -> list[str]:
    at = local(each.at)
    if not each.sha256:
        return [at, each.by, each.what, "", "", "", ""]
    size = f"{each.size} bytes" if each.size is not None else ""
    return [at, each.by, each.what, each.sha256[:_SHORT], each.type or "unknown type", size, str(kept)]
