"""What a namespace of a Temporal server must know before incidents can be opened in it, and how long it remembers."""

from datetime import timedelta
from typing import Any, Final

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType, SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from amends.errors import ConfigurationError
from amends.temporal import SEARCH_ATTRIBUTES

_NOT_TOLD: Final = {RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED, RPCStatusCode.UNIMPLEMENTED}
"""What a server answers that does not tell everybody which attributes it knows."""

_TYPES: Final = {
    SearchAttributeIndexedValueType.KEYWORD: "Keyword",
    SearchAttributeIndexedValueType.KEYWORD_LIST: "KeywordList",
    SearchAttributeIndexedValueType.DATETIME: "Datetime",
    SearchAttributeIndexedValueType.BOOL: "Bool",
}
"""What Temporal's own tool calls the types of our attributes."""


async def missing_attributes(client: Client, namespace: str | None = None) -> list[SearchAttributeKey[Any]]:
    """Our search attributes that a namespace lacks, the client's if none is named. Raises ``RPCError`` when the server
    does not tell."""
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=namespace or client.namespace)
    )
    return [key for key in SEARCH_ATTRIBUTES if key.name not in known.custom_attributes]


async def register_attributes(
    client: Client, missing: list[SearchAttributeKey[Any]], namespace: str | None = None
) -> None:
    """Tells a namespace these attributes, the client's if none is named. It may take a moment until it lists them."""
    types = {key.name: IndexedValueType.ValueType(int(key.indexed_value_type)) for key in missing}
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=namespace or client.namespace, search_attributes=types)
    )


async def require_attributes(client: Client) -> None:
    """Raises ``ConfigurationError``, with the command that mends it, when the namespace lacks attributes of ours.

    Without them an incident stands still behind its first entry. A server that does not tell is trusted to know them.
    """
    try:
        missing = await missing_attributes(client)
    except RPCError as error:
        if error.status in _NOT_TOLD:
            return
        raise ConfigurationError(
            f"the namespace {client.namespace!r} does not say which search attributes it has: {error.message}"
        ) from error
    if missing:
        names = ", ".join(key.name for key in missing)
        raise ConfigurationError(
            f"the namespace {client.namespace!r} lacks the search attributes {names}, and without them incidents stand "
            f"still; run once: {registering(client.namespace, missing)}"
        )


def registering(namespace: str, missing: list[SearchAttributeKey[Any]]) -> str:
    """The command of Temporal's own tool that registers these attributes."""
    flags = " ".join(f"--name {key.name} --type {_TYPES[key.indexed_value_type]}" for key in missing)
    return f"temporal operator search-attribute create --namespace {namespace} {flags}"


async def retention(client: Client) -> timedelta:
    """How long the namespace keeps workflows that have closed."""
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    return described.config.workflow_execution_retention_ttl.ToTimedelta()
