"""The one door to Temporal: how we connect, and the names that are written there for ever.

Every client of ours comes from ``connect``, because a payload is only readable with the data converter that wrote it.
The names below stand in histories and in the server's schema: add, never rename.
"""

import asyncio
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

from temporalio.client import Client, ClientConnectConfig, Interceptor
from temporalio.common import SearchAttributeKey
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from amends import upfile
from amends.errors import ConfigurationError
from amends.settings import Settings

DEFAULT_TARGET: Final = "localhost:7233"

WORKFLOW_QUEUE: Final = "amends"
"""The task queue of the workflows; those of their activities are named after it."""

EXCEPTION_TYPE: Final = SearchAttributeKey.for_keyword("ExceptionType")
STAGE: Final = SearchAttributeKey.for_keyword("Stage")
STATUS: Final = SearchAttributeKey.for_keyword("Status")
SEVERITY: Final = SearchAttributeKey.for_keyword("Severity")
ORDER_ID: Final = SearchAttributeKey.for_keyword("OrderId")
WAITING_FOR: Final = SearchAttributeKey.for_keyword_list("WaitingFor")
DUE_AT: Final = SearchAttributeKey.for_datetime("DueAt")
BREACHED: Final = SearchAttributeKey.for_bool("Breached")

SEARCH_ATTRIBUTES: Final = (EXCEPTION_TYPE, STAGE, STATUS, SEVERITY, ORDER_ID, WAITING_FOR, DUE_AT, BREACHED)
"""All that a server must know before an incident can be opened on it."""

_PATIENCE = 10.0
"""Seconds to wait for an address that neither answers nor refuses."""


def journal_queue(workflow_queue: str) -> str:
    """The task queue of the journal's activities beside ``workflow_queue``."""
    return f"{workflow_queue}-journal"


def effects_queue(workflow_queue: str) -> str:
    """The task queue of reads and effects beside ``workflow_queue``."""
    return f"{workflow_queue}-effects"


class TemporalAway(ConfigurationError):
    """No Temporal server answers at the address. One that is started later would."""

    code = "temporal_away"


async def connect(
    target: str | None = None,
    *,
    namespace: str | None = None,
    profile: str | None = None,
    interceptors: Sequence[Interceptor] = (),
    runtime: Runtime | None = None,
) -> Client:
    """A connected client that speaks in our models.

    Without ``target`` (``host:port``), Temporal's own configuration holds: ``TEMPORAL_ADDRESS``,
    ``TEMPORAL_NAMESPACE``, TLS and API key from the environment or from the ``profile`` of its file; where that names
    no address, that of the `amends up` that runs on the state folder, else ``localhost:7233``. With ``target`` nothing
    is read but the arguments. ``interceptors`` and ``runtime`` (metrics, say) are the client's, and that of workers
    made with it. Raises ``ConfigurationError`` when the configuration cannot be read or the server refuses us,
    ``TemporalAway`` when no server answers at the address.
    """
    config = ClientConnectConfig(target_host=target) if target else _configured(profile)
    if namespace:
        config["namespace"] = namespace
    config["data_converter"] = pydantic_data_converter
    config["interceptors"] = interceptors
    if runtime is not None:
        config["runtime"] = runtime
    address = config.setdefault("target_host", _up_here() or DEFAULT_TARGET)
    if "://" in address:
        raise ConfigurationError(f"{address!r} is no address of a Temporal server; write host:port, without a scheme")
    try:
        async with asyncio.timeout(_PATIENCE):
            return await Client.connect(**config)
    except (RuntimeError, RPCError, TimeoutError, ValueError) as error:
        if _refused(error):
            raise ConfigurationError(
                f"the Temporal server at {address!r} refuses us ({cause(error)}); mend TEMPORAL_API_KEY, TEMPORAL_TLS "
                "and its certificates, or TEMPORAL_NAMESPACE"
            ) from error
        raise TemporalAway(
            f"no Temporal server answers at {address!r} ({cause(error)}); start one with `amends up`, "
            "or set TEMPORAL_ADDRESS (and TEMPORAL_TLS, TEMPORAL_API_KEY where it asks for them) to one that runs"
        ) from error


def _up_here() -> str | None:
    found = upfile.find(Settings().state_dir)
    return found.written.temporal if found is not None and found.alive else None


def _configured(profile: str | None) -> ClientConnectConfig:
    file = os.environ.get("TEMPORAL_CONFIG_FILE")
    if file and not Path(file).is_file():
        raise ConfigurationError(f"TEMPORAL_CONFIG_FILE names {file!r}, which is no file; mend the path or unset it")
    try:
        loaded = ClientConfig.load_client_connect_config(profile, config_file_strict=True)
    except (RuntimeError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"Temporal's configuration cannot be read: {error}; mend the TEMPORAL_ variables, or the file "
            "that TEMPORAL_CONFIG_FILE names"
        ) from error
    return cast("ClientConnectConfig", loaded)  # the SDK has two types of one shape


def _refused(error: BaseException) -> bool:
    """Whether a server has answered, and will not have us. The SDK tells its status in the text of its error only."""
    return re.search(r"Status \{ code: (Unauthenticated|PermissionDenied)\b", str(error)) is not None


def cause(error: BaseException) -> str:
    """What a person needs of the transport's long dump: the innermost message, else its first line."""
    if isinstance(error, TimeoutError):
        return f"silent for {_PATIENCE:.0f} s"
    inner = re.findall(r'(?:message: |error: )"([^"]*)"', str(error))
    return inner[-1] if inner else (str(error).splitlines() or [type(error).__name__])[0]
