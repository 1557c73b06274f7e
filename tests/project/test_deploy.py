"""The example of a worker's settings names settings that there are, with values that they take."""

import re

import pytest

from amends.settings import Settings
from tests.project.repository import ROOT

ASSIGNED = re.compile(r"^#?([A-Z][A-Z_]+)=(\S+)$", re.MULTILINE)


def test_every_setting_of_the_example_exists_and_takes_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    assigned = dict(ASSIGNED.findall((ROOT / "deploy" / "worker.env").read_text()))
    for name, value in assigned.items():
        monkeypatch.setenv(name, value)

    settings = Settings()

    ours = {name.removeprefix("AMENDS_").lower(): value for name, value in assigned.items() if "AMENDS_" in name}
    assert {name: str(getattr(settings, name)) for name in ours} == ours
    assert set(assigned) - {f"AMENDS_{name.upper()}" for name in ours} == {
        "TEMPORAL_ADDRESS",
        "TEMPORAL_NAMESPACE",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    }
