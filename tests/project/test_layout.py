"""What import-linter cannot say: single modules, and that its lists are whole."""

import ast
import tomllib
from pathlib import Path

import pytest

from tests.project.repository import ROOT

ON_TEMPORAL = {"host", "doors", "dispatch", "visibility", "vouching", "contract", "sandbox"}
"""The modules of ``workflows`` that make the core's decisions happen, or that only doors and host share."""


def pure_modules() -> set[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (core,) = [contract for contract in contracts if contract["name"].startswith("The core is pure")]
    return {module.removeprefix("workflows.") for module in core["source_modules"]}


def top_level_imports(file: Path) -> set[str]:
    """What a file imports as a library: not what it does when it is run as a program."""
    names: set[str] = set()
    statements = [each for each in ast.parse(file.read_text()).body if not is_main_block(each)]
    for node in ast.walk(ast.Module(statements, type_ignores=[])):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def is_main_block(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and ast.unparse(statement.test) == "__name__ == '__main__'"


def test_every_module_of_workflows_is_held_to_be_pure_or_is_part_of_the_host() -> None:
    modules = {file.stem for file in (ROOT / "workflows").glob("*.py")} - {"__init__"}

    assert modules - ON_TEMPORAL == pure_modules(), "add a new module to the contract of the core in pyproject.toml"


@pytest.mark.parametrize("door", ["starter.py", "worker.py"])
def test_the_library_s_doors_do_not_need_the_command_or_the_drills(door: str) -> None:
    assert not top_level_imports(ROOT / door) & {"cli", "drills", "tests"}


def test_every_decision_is_in_the_index_under_its_own_number() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    decisions = sorted(file.name for file in folder.glob("0*.md"))

    assert [int(name[:4]) for name in decisions] == list(range(1, len(decisions) + 1))
    assert [name for name in decisions if f"({name})" not in index] == []
