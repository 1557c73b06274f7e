"""requirements.lock names everything that is installed, by its hash, and nowhere to get it from."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project.repository import ROOT

PINNED = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?P<marker> ;[^\\]*)? \\\n(?P<hashes>(?:    --hash=.*\n)+)", re.M
)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}( \\)?")


def locked() -> dict[str, str]:
    return {match["name"]: match["version"] for match in PINNED.finditer((ROOT / "requirements.lock").read_text())}


def wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    return [Requirement(line) for group in groups for line in group]


@pytest.mark.parametrize("requirement", wanted(), ids=str)
def test_what_pyproject_wants_is_locked_at_a_version_that_fits(requirement: Requirement) -> None:
    version = locked().get(canonicalize_name(requirement.name))

    assert version is not None, "not locked: run `make lock`"
    assert requirement.specifier.contains(version), f"locked at {version}: run `make lock`"


def test_every_line_is_a_pin_a_hash_or_a_comment() -> None:
    text = (ROOT / "requirements.lock").read_text()
    rest = PINNED.sub("", text)
    hashes = [line for match in PINNED.finditer(text) for line in match["hashes"].splitlines()]

    assert [line for line in rest.splitlines() if line and not line.lstrip().startswith("#")] == []
    assert [line for line in hashes if not HASH.fullmatch(line.strip())] == []


def test_no_line_says_where_to_download() -> None:
    text = (ROOT / "requirements.lock").read_text()

    assert [line for line in text.splitlines() if "://" in line or " @ " in line or "-index" in line] == []
