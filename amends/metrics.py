"""The numbers of a process for Prometheus: Temporal's and our own, on one page."""

from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from amends.addresses import Address
from amends.errors import ConfigurationError

NAMED = "AMENDS_METRICS_ADDRESS"


def exposing(address: Address) -> Runtime:
    """A runtime that answers ``http://<address>/metrics`` as long as the process lives; clients are made with it.

    Raises ``ConfigurationError`` when nothing can listen there.
    """
    numeric = address.require_free(named=NAMED)
    metrics = PrometheusConfig(
        bind_address=str(numeric), counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True
    )
    try:
        return Runtime(telemetry=TelemetryConfig(metrics=metrics, attach_service_name=False))
    except (RuntimeError, ValueError) as error:
        raise ConfigurationError(f"{NAMED}: {str(address)!r} cannot be used: {error}") from error
