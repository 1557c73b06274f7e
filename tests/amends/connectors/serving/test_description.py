"""The OpenAPI document that companies implement: kept in the repository, and never behind the ports."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from amends.connectors.calls import PORT_CALLS
from amends.connectors.serving import description
from tests.project.repository import ROOT

DOCUMENT = ROOT / "docs" / "openapi" / "connectors.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return description()


def test_the_document_of_the_repository_is_what_the_ports_say_now(document: dict[str, Any]) -> None:
    kept = json.loads(DOCUMENT.read_text(encoding="utf-8"))

    assert kept == document, "write it anew: amends shop openapi > docs/openapi/connectors.json"


def test_every_call_is_described_with_its_headers_its_arguments_and_its_answers(
    document: dict[str, Any],
) -> None:
    assert document["openapi"].startswith("3.1")
    for call in PORT_CALLS.values():
        told = document["paths"][f"/{call.path}"]["post"]
        assert told["operationId"] == f"{call.port}_{call.method}"
        assert {each["name"] for each in told["parameters"] if each["required"]} == {"Idempotency-Key", "Amends-At"}
        assert told["security"] == [{"standardWebhooks": []}]
        assert set(told["responses"]) - {"200", "204"} == {"400", "401", "409", "422", "503"}


def test_whatever_the_document_refers_to_is_in_it(document: dict[str, Any]) -> None:
    for reference in _references(document):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def _references(part: Any) -> Iterator[str]:
    match part:
        case dict():
            for name, value in part.items():
                if name == "$ref":
                    yield value
                yield from _references(value)
        case list():
            for value in part:
                yield from _references(value)
