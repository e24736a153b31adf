"""One POST to a receiver: to an address that was looked at, within ten seconds in all, following nothing.

Below httpx lies httpcore, whose network backend is where a connection's address can be chosen while Host and SNI
(and so the certificate's name) stay the URL's. No proxy of the environment is asked: it would resolve again.
"""

import ssl
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Final

import httpcore
import httpx

from notifications.webhooks.addresses import Receiver

CONNECT_S: Final = 5.0
TOTAL_S: Final = 10.0
KEPT: Final = 1024  # bytes of the answer

SocketOptions = Iterable[
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
]


class NoAnswer(Exception):
    """The receiver did not answer, or not in time; the words are for its operator."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, and the beginning of the body as text."""

    status: int
    text: str


def post(
    receiver: Receiver,
    addresses: Sequence[str],
    *,
    headers: dict[str, str],
    body: bytes,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Send it to the first of the addresses that takes a connection. Raises NoAnswer."""
    url = httpcore.URL(scheme=receiver.scheme, host=receiver.host, port=receiver.port, target=receiver.target)
    sent = [("Host", receiver.authority), ("Content-Length", str(len(body))), *headers.items()]
    limits = {"connect": CONNECT_S, "read": TOTAL_S, "write": TOTAL_S, "pool": CONNECT_S}
    backend = _Pinned(addresses, monotonic() + TOTAL_S)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=context or _tls(), network_backend=backend) as pool,
            pool.stream("POST", url, headers=sent, content=body, extensions={"timeout": limits}) as answer,
        ):
            return Answer(answer.status, _beginning(answer))
    except httpcore.TimeoutException as error:
        raise NoAnswer(f"No answer within {TOTAL_S:g} s.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}"[:200]) from error


def _beginning(answer: httpcore.Response) -> str:
    kept = b""
    for chunk in answer.iter_stream():
        kept += chunk[: KEPT - len(kept)]
        if len(kept) >= KEPT:
            break
    return kept.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")


class _Pinned(httpcore.NetworkBackend):
    """Connects to the given addresses, whatever the host's name, and lets nothing last beyond `end`."""

    def __init__(self, addresses: Sequence[str], end: float) -> None:
        self._addresses, self._end = addresses, end
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.NetworkStream:
        *others, last = self._addresses
        for address in others:
            with suppress(httpcore.NetworkError, httpcore.TimeoutException):
                return self._connect(address, port)
        return self._connect(last, port)

    def _connect(self, address: str, port: int) -> httpcore.NetworkStream:
        wait = _left(self._end, CONNECT_S / len(self._addresses))
        return _Timed(self._real.connect_tcp(address, port, timeout=wait), self._end)


class _Timed(httpcore.NetworkStream):
    """A stream whose every wait ends at the latest with the whole request: a receiver that drips gains nothing."""

    def __init__(self, stream: httpcore.NetworkStream, end: float) -> None:
        self._stream, self._end = stream, end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._end, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._end, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        wait = _left(self._end, timeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, wait), self._end)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(end: float, wait: float | None) -> float:
    """Seconds until `end`, at most `wait`. Raises ReadTimeout where none are left."""
    left = end - monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if wait is None else min(left, wait)


@cache
def _tls() -> ssl.SSLContext:
    """The certificate authorities that httpx brings along, whatever the environment says."""
    return httpx.create_ssl_context(trust_env=False)
