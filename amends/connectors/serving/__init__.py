"""Any connectors served over HTTP, as ``docs/openapi/connectors.json`` describes it: what `amends shop` runs."""

from amends.connectors.serving.application import application, description
from amends.connectors.serving.running import served

__all__ = ["application", "description", "served"]
