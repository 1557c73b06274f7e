"""The ports over HTTP: a company's own systems, reached as ``docs/openapi/connectors.json`` describes them."""

from amends.connectors.http.line import Line, connected

__all__ = ["Line", "connected"]
