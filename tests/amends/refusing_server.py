"""A server that speaks just enough HTTP/2 to refuse every call, as a cluster does whose key is wrong."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

PERMISSION_DENIED, UNAVAILABLE, UNAUTHENTICATED = 7, 14, 16

_SETTINGS, _HEADERS = 4, 1
_ACK = 1
_ENDS = 0x4 | 0x1
"""The flags of headers that are whole, on a stream that ends with them."""


@contextlib.asynccontextmanager
async def refusing(status: int, message: str) -> AsyncIterator[str]:
    """The address of a server that answers each call with this gRPC status."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readexactly(24)  # the preface
            writer.write(_frame(_SETTINGS, 0, 0))
            while True:
                head = await reader.readexactly(9)
                await reader.readexactly(int.from_bytes(head[:3], "big"))
                stream = int.from_bytes(head[5:], "big")
                if head[3] == _SETTINGS and not head[4] & _ACK:
                    writer.write(_frame(_SETTINGS, _ACK, 0))
                elif head[3] == _HEADERS:
                    writer.write(_frame(_HEADERS, _ENDS, stream, _refusal(status, message)))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}"
    finally:
        server.close()


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _refusal(status: int, message: str) -> bytes:
    headers = {
        ":status": "200",
        "content-type": "application/grpc",
        "grpc-status": str(status),
        "grpc-message": message,
    }
    return b"".join(b"\x00" + _text(name) + _text(value) for name, value in headers.items())


def _text(value: str) -> bytes:
    return bytes([len(value)]) + value.encode()
