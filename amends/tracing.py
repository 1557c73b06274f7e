"""Traces for OpenTelemetry, where the environment asks for them (``OTEL_EXPORTER_OTLP_ENDPOINT``).

Spans carry ids and names only: of workflows, activities and updates, never their inputs.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import Final

from temporalio.client import Interceptor

from amends.errors import ConfigurationError

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_SPOKEN: Final = "http/protobuf"


@contextlib.contextmanager
def tracing(service: str) -> Iterator[list[Interceptor]]:
    """The interceptors that a client needs so that its calls, and its workers' work, are traced; none, if no collector
    is named. ``service``: the name of this process, unless ``OTEL_SERVICE_NAME`` gives another.

    What has been traced is sent when the block ends. A collector that does not answer loses traces and nothing else.
    Raises ``ConfigurationError`` when the packages are missing, or another protocol than http/protobuf is asked for.
    """
    named = next((name for name in ENDPOINTS if os.environ.get(name)), None)
    if named is None or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        yield []
        return
    _require_our_protocol()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from temporalio.contrib.opentelemetry import TracingInterceptor
    except ImportError as error:
        raise ConfigurationError(
            f"{named} asks for traces, and {error.name} is not installed: `pip install 'amends[traces]'`, or unset it"
        ) from error
    own = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": service}
    provider = TracerProvider(resource=Resource.create(own), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        # Also for incidents that were opened without a trace. A workflow's spans have no length: one that stayed open
        # for weeks would not survive a replay.
        yield [TracingInterceptor(provider.get_tracer("amends"), always_create_workflow_spans=True)]
    finally:
        provider.shutdown()


def _require_our_protocol() -> None:
    for name in _PROTOCOLS:
        asked = os.environ.get(name)
        if asked and asked != _SPOKEN:
            raise ConfigurationError(f"{name}: {asked!r} is not spoken here; write {_SPOKEN}, or unset it")
