"""What the commands of runbook owners work on: a journal, and files of their own beside it."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from amends.journal import Journal, connect, upgrade
from amends.timeline import canonical
from runbooks import library
from runbooks.bundle import Bundle

PUBLISHED_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FASTER = ("answer_within: 48h", "answer_within: 24h")
MISSPELT = ("answer_within: 48h", "answer_witin: 48h")


def line_of(file: Path, text: str) -> int:
    """The first line of a file that has a text in it."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def own_file(folder: Path, *changes: tuple[str, str], scenarios: bool = True) -> Path:
    """A copy of the shipped runbook, with its scenarios, in which each old part is replaced by a new one."""
    shipped = library.path_of("lost_parcel")
    text = shipped.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} must be there once"
        text = text.replace(old, new)
    file = folder / "lost_parcel.yaml"
    file.write_text(text, encoding="utf-8")
    if scenarios:
        (folder / "scenarios").mkdir(exist_ok=True)
        shutil.copy(shipped.parent / "scenarios" / shipped.name, folder / "scenarios")
    return file


def make_journal(state_dir: Path, *published: Bundle) -> None:
    """The journal of a state folder, with these revisions in it."""
    engine = connect(f"sqlite:///{state_dir / 'journal.db'}")
    try:
        upgrade(engine)
        for bundle in published:
            Journal(engine).revisions.publish(
                bundle_json=canonical(bundle.model_dump(mode="json")).decode(),
                exception_type=bundle.exception_type,
                digest=bundle.digest,
                by="mei",
                why="As agreed with the carriers",
                at=PUBLISHED_AT,
            )
    finally:
        engine.dispose()
