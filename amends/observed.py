"""The SDK's core in this process: its numbers for Prometheus on one page with our own, its log lines among ours."""

import logging
from typing import Final

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from amends.addresses import Address
from amends.errors import ConfigurationError

NAMED = "AMENDS_METRICS_ADDRESS"

_AMONG_OURS: Final = LoggingConfig(
    filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
    forwarding=LogForwardingConfig(logger=logging.getLogger("temporalio"), prepend_target_on_message=False),
)
"""By itself the core writes to stderr in a form of its own, which whoever reads our lines as JSON stumbles over."""


def runtime(metrics_on: Address | None) -> Runtime:
    """A runtime that logs as we do; clients are made with it. It answers ``http://<metrics_on>/metrics`` as long as
    the process lives.

    Raises ``ConfigurationError`` when nothing can listen there.
    """
    if metrics_on is None:
        return Runtime(telemetry=TelemetryConfig(logging=_AMONG_OURS))
    numeric = metrics_on.require_free(named=NAMED)
    metrics = PrometheusConfig(
        bind_address=str(numeric), counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True
    )
    try:
        return Runtime(telemetry=TelemetryConfig(logging=_AMONG_OURS, metrics=metrics, attach_service_name=False))
    except (RuntimeError, ValueError) as error:
        raise ConfigurationError(f"{NAMED}: {str(metrics_on)!r} cannot be used: {error}") from error
