"""What the sandbox of incidents loads anew for each of them."""

import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType

import pytest
from temporalio import workflow

from workflows.host import IncidentWorkflow
from workflows.sandbox import StrictSandbox

OURS = ("amends", "activities", "runbooks", "workflows")


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the modules of ours whose code is run from now on."""
    names: list[str] = []
    really = SourceFileLoader.exec_module

    def noted(self: SourceFileLoader, module: ModuleType) -> None:
        if module.__name__.partition(".")[0] in OURS:
            names.append(module.__name__)
        really(self, module)

    monkeypatch.setattr(SourceFileLoader, "exec_module", noted)
    return names


async def test_an_incident_loads_nothing_anew_but_its_own_module(loaded: list[str]) -> None:
    StrictSandbox().prepare_workflow(workflow._Definition.must_from_class(IncidentWorkflow))

    assert loaded == ["workflows", "workflows.host"]
    assert "workflows.core" in sys.modules
