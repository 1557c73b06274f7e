"""Nothing in the repository depends on where a package, or the repository itself, happened to lie."""

import re

import pytest

from tests.project.repository import ROOT, tracked_files

# Put together from parts, so that this file passes its own test.
REGISTRY_HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("files", "pythonhosted"), ("registry", "npmjs"))]
MACHINE_PATH = re.compile(r"(?<![\w.$~{}/-])/(?:" + "|".join(["work", "root", "home", "Users"]) + r")/\w")


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in tracked_files():
        text = path.read_text(errors="ignore")
        for number, line in enumerate(text.splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    return found


def test_no_file_names_a_package_registry() -> None:
    hosts = re.compile("|".join(map(re.escape, REGISTRY_HOSTS)))

    assert lines_matching(hosts) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert lines_matching(MACHINE_PATH) == []


@pytest.mark.parametrize("line", ["cd /" + "work/main", "'/" + "home/me/.venv'", "PYTHON=/" + "root/bin"])
def test_a_path_of_one_machine_is_recognised(line: str) -> None:
    assert MACHINE_PATH.search(line)


@pytest.mark.parametrize(
    "line", ["https://example.com/" + "work/1", "see ./" + "root/x", "/usr/lib/postgresql/", "~/" + "work/x"]
)
def test_other_paths_are_left_alone(line: str) -> None:
    assert not MACHINE_PATH.search(line)
