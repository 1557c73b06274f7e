"""The pages hold together: links lead somewhere, commands and options exist, and no word of the code is left out."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from activities.counting import COUNTERS
from amends.journal.verify import verify
from amends.models import Party, Status, Written
from amends.settings import Settings
from amends.temporal import SEARCH_ATTRIBUTES
from amends.timeline import EntryKind
from cli.codes import ExitCode
from cli.main import app, main
from drills.written import SHAPES as SCENARIO_SHAPES
from runbooks.catalogue import CATALOGUE, MESSAGES
from runbooks.language.calendars import WrittenCalendar
from runbooks.language.facts import words_of
from runbooks.language.people import WrittenNight, WrittenPeople, WrittenQuiet, WrittenRole, WrittenShift
from runbooks.language.releases import RESERVED
from runbooks.language.remedies import WrittenHeads, WrittenRemedies
from runbooks.language.surface import SHAPES
from runbooks.language.tables import WrittenRow, WrittenTable
from tests.docs.pages import PAGES, anchors, code_of, commands, links
from tests.project.repository import ROOT

DOCS = ROOT / "docs"


def missing(page: Path, words: Iterable[str]) -> set[str]:
    return {str(word) for word in words} - code_of(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        file, _, anchor = link.partition("#")
        if file.startswith("https:"):
            continue
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


def test_every_command_that_is_named_exists_with_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    known, named = app(), dict[str, set[str]]()
    for _, line in commands():
        tool, name, *rest = line.split("#")[0].split()
        if tool == "amends" and name != "--help":
            within = rest[:1] if name in known and known[name].default_command is None else []
            named.setdefault(" ".join([name, *within]), set()).update(word for word in rest if word.startswith("--"))

    unknown = []
    for name, options in named.items():
        assert main([*name.split(), "--help"]) == 0, f"there is no `amends {name}`"
        told = capsys.readouterr().out
        unknown += [f"{name} {option}" for option in options if option != "--help" and option not in told]

    assert {"up", "open", "list", "show", "answer", "cancel", "drill", "worker"} <= set(named)
    assert unknown == []


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = {line.split()[1] for _, line in commands() if line.startswith("make ")}

    assert {"demo", "test", "up"} <= named <= targets


def test_the_guide_names_every_key_of_the_language() -> None:
    shapes: list[type[Written]] = [
        *SHAPES.values(),
        WrittenPeople,
        WrittenRole,
        WrittenShift,
        WrittenQuiet,
        WrittenNight,
        WrittenRemedies,
        WrittenHeads,
        WrittenCalendar,
        WrittenTable,
        WrittenRow,
    ]
    keys = {field.alias or name for shape in shapes for name, field in shape.model_fields.items()}

    assert missing(DOCS / "runbooks.md", [*keys, *RESERVED, *Party]) == set()


def test_the_guide_names_every_key_of_a_scenario() -> None:
    keys = {field.alias or name for shape in SCENARIO_SHAPES.values() for name, field in shape.model_fields.items()}

    assert missing(DOCS / "runbooks.md", keys) == set()


def test_the_guide_lists_every_activity_with_what_it_takes_gives_and_refuses() -> None:
    rows = (DOCS / "runbooks.md").read_text(encoding="utf-8").splitlines()
    for spec in CATALOGUE.values():
        if spec.undo_only or spec.name in MESSAGES:
            continue
        (row,) = [row for row in rows if row.startswith(f"| `{spec.name}` |")]
        _, _, takes, gives, refusals, undo, _ = (set(re.findall(r"`([^`]+)`", cell)) for cell in row.split("|"))
        assert takes == set(spec.takes.model_fields), spec.name
        words = words_of(spec.gives) if spec.gives else {}
        assert gives == set(spec.gives.model_fields if spec.gives else ()).union(*words.values()), spec.name
        assert refusals == set(spec.refusals), spec.name
        assert undo == ({spec.undone_by} if spec.undone_by else set()), spec.name


def test_operators_find_every_exit_code_in_the_words_of_the_help() -> None:
    text = (DOCS / "operating.md").read_text(encoding="utf-8")

    assert [code for code in ExitCode if f"| `{code}` | {code.says} |" not in text] == []


def test_operators_find_every_filter_and_every_command_that_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "--help"])
    filters = set(re.findall(r"--([a-z-]+)", capsys.readouterr().out))
    speaking = set()
    for command in app():
        if command.startswith("-"):
            continue
        main([command, "--help"])
        told = capsys.readouterr().out
        if re.search(r"choices: [^]]*json", told.replace("│", " ")):
            speaking.add(command)

    assert {option for option in filters if f"--{option}" not in (DOCS / "operating.md").read_text()} == set()
    assert missing(DOCS / "operating.md", {word for name in speaking for word in name.split("-")}) == set()
    assert {"list", "show", "watch", "open", "answer", "cancel", "explain", "drill", "db"} <= speaking


def test_operators_find_every_setting_status_and_search_attribute() -> None:
    settings = [f"AMENDS_{name.upper()}" for name in Settings.model_fields]
    attributes = [key.name for key in SEARCH_ATTRIBUTES]

    assert missing(DOCS / "operating.md", [*settings, *Status, *attributes]) == set()


def test_operators_find_every_counter() -> None:
    assert missing(DOCS / "operating.md", [f"{name}_total" for name in COUNTERS]) == set()


def test_auditors_find_every_kind_of_entry_and_column() -> None:
    columns = ["incident_id", "seq", "run_id", "n", "occurred_at", "recorded_at", "actor", "data", "prev_hash", "hash"]

    assert missing(DOCS / "auditing.md", [*EntryKind, *columns, verify.__name__]) == set()
