"""The hub of one live process: one reader of the stream, many connections that each see their part."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from evbooking.core.live import STREAM

logger = logging.getLogger(__name__)
QUEUE_LENGTH = 256
BLOCK_MS = 5_000
RECONNECT_SECONDS = 1.0
Entries = list[tuple[bytes, dict[bytes, bytes]]]


@dataclass(frozen=True, slots=True)
class Message:
    """One update as it is sent: `id` to resume from, `kind` the event's name, `data` its JSON text."""

    id: str
    kind: str
    station: str
    booking: str
    data: str
    user: str = ""

    @classmethod
    def from_entry(cls, entry_id: bytes, fields: dict[bytes, bytes]) -> "Message":
        text = {key.decode(): value.decode() for key, value in fields.items()}
        return cls(
            entry_id.decode(),
            text["kind"],
            text["station"],
            text["booking"],
            text["data"],
            text.get("user", ""),
        )

    def as_sse(self) -> bytes:
        """The message in the event stream format of the HTML standard."""
        return f"id: {self.id}\nevent: {self.kind}\ndata: {self.data}\n\n".encode()


@dataclass(eq=False, slots=True)
class Connection:
    """What one client watches, and what waits to be sent to it."""

    stations: frozenset[str]
    bookings: frozenset[str]
    user: str = ""
    queue: asyncio.Queue[Message] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))
    overflowed: asyncio.Event = field(default_factory=asyncio.Event)

    def wants(self, message: Message) -> bool:
        """A person's update goes to them alone, a booking's to its watchers, whatever station it is at."""
        if message.user:
            return message.user == self.user
        if message.booking:
            return message.booking in self.bookings
        return message.station in self.stations

    def offer(self, message: Message) -> None:
        """Queue a message; a client too slow to read is dropped and resumes by Last-Event-ID."""
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            self.overflowed.set()


class Hub:
    """Reads the stream once per process and hands each entry to the connections that want it."""

    def __init__(self, redis_url: str) -> None:
        self.redis = Redis.from_url(redis_url, socket_timeout=None)  # XREAD blocks
        self.connections: set[Connection] = set()
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._reader = asyncio.create_task(self._read_for_ever())

    async def stop(self) -> None:
        if self._reader:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        await self.redis.aclose()

    async def newest_id(self) -> str:
        """The id of the stream's newest entry, "0-0" when it is empty."""
        newest: Entries = await self.redis.xrevrange(STREAM, count=1)  # type: ignore[assignment]  # no RESP3 here
        return newest[0][0].decode() if newest else "0-0"

    async def since(self, last_id: str) -> list[Message] | None:
        """Entries after `last_id`, oldest first; None when some of them are no longer kept."""
        oldest: Entries = await self.redis.xrange(STREAM, count=1)  # type: ignore[assignment]
        if not oldest or _order(oldest[0][0].decode()) > _order(last_id):
            return None
        newer: Entries = await self.redis.xrange(STREAM, min=f"({last_id}")  # type: ignore[assignment]
        return _messages(newer)

    async def _read_for_ever(self) -> None:
        last_id: str | None = None
        while True:
            try:
                last_id = last_id or await self.newest_id()
                answer: Any = await self.redis.xread({STREAM: last_id}, block=BLOCK_MS)
            except (RedisError, OSError):
                logger.warning("live updates: Redis cannot be reached, trying again")
                await asyncio.sleep(RECONNECT_SECONDS)
                continue
            for _, entries in _streams(answer):
                messages = _messages(entries)
                self._deliver(messages)
                last_id = messages[-1].id

    def _deliver(self, messages: Iterable[Message]) -> None:
        for message in messages:
            for connection in self.connections:
                if connection.wants(message):
                    connection.offer(message)


def _streams(answer: Any) -> list[tuple[bytes, Entries]]:
    """XREAD's answer: a list of pairs under RESP2, a mapping to lists of entries under RESP3."""
    if isinstance(answer, dict):
        return [(name, [entry for part in parts for entry in part]) for name, parts in answer.items()]
    return answer or []


def _messages(entries: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> list[Message]:
    return [Message.from_entry(entry_id, fields) for entry_id, fields in entries]


def _order(entry_id: str) -> tuple[int, int]:
    milliseconds, _, sequence = entry_id.partition("-")
    return int(milliseconds), int(sequence or 0)
