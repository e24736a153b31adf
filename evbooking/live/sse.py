"""One event stream: who asks, what they missed, and then each update as it comes."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from allauth.core.internal.sessionkit import get_session_user
from allauth.headless.internal.sessionkit import lookup_session
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import close_old_connections

from bookings.live import snapshot
from evbooking.core.errors import DomainError
from evbooking.live.access import Grant, authorize, read_token
from evbooking.live.hub import Connection, Hub, Message

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEARTBEAT_SECONDS = 15.0
STREAM_ID = re.compile(r"\d{1,15}-\d{1,10}")


async def answer(send: Send, status: int, body: bytes, *, content_type: bytes) -> None:
    """Send a short, complete answer."""
    await _begin(send, status, content_type)
    await send({"type": "http.response.body", "body": body})


async def serve_events(hub: Hub, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one GET /api/v1/live until the client leaves or cannot keep up."""
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
    try:
        grant = await sync_to_async(_grant)(headers, query)
    except DomainError as error:
        body = json.dumps(error.as_problem()).encode()
        await answer(send, error.status, body, content_type=b"application/problem+json")
        return
    connection = Connection(grant.stations, grant.bookings, grant.user)
    hub.connections.add(connection)
    try:
        await _begin(send, 200, b"text/event-stream")
        await _catch_up(hub, connection, _resume_from(headers, query), send)
        await _stream(connection, receive, send)
    finally:
        hub.connections.discard(connection)


def _grant(headers: dict[str, str], query: dict[str, str]) -> Grant:
    granted = read_token(query.get("token", ""))
    if granted:
        return granted
    close_old_connections()
    session = lookup_session(_session_key(headers))
    user = get_session_user(session) if session else None
    return authorize(
        user or AnonymousUser(),
        stations=query.get("stations", ""),
        bookings=query.get("bookings", ""),
        inbox=query.get("inbox", ""),
    )


def _session_key(headers: dict[str, str]) -> str:
    bearer = headers.get("authorization", "").removeprefix("Bearer ")
    cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    return headers.get("x-session-token") or bearer or (cookie.value if cookie else "")


def _resume_from(headers: dict[str, str], query: dict[str, str]) -> str:
    last_id = headers.get("last-event-id") or query.get("last_event_id", "")
    return last_id if STREAM_ID.fullmatch(last_id) else ""


async def _begin(send: Send, status: int, content_type: bytes) -> None:
    headers = [
        (b"content-type", content_type),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"access-control-allow-origin", settings.PUBLIC_URL.encode()),
        (b"vary", b"Origin"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _catch_up(hub: Hub, connection: Connection, last_id: str, send: Send) -> None:
    """Send what was missed since `last_id`, or, when that is unknown or too long ago, the present state."""
    missed = await hub.since(last_id) if last_id else None
    if missed is None:
        newest = await hub.newest_id()
        entries = await sync_to_async(snapshot)(connection.stations, connection.bookings)
        missed = [
            Message(newest, entry.kind, entry.station, entry.booking, entry.fields()["data"])
            for entry in entries
        ]
    body = b"retry: 3000\n\n" + b"".join(one.as_sse() for one in missed if connection.wants(one))
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _stream(connection: Connection, receive: Receive, send: Send) -> None:
    left = asyncio.create_task(_wait_for_disconnect(receive))
    try:
        while not left.done() and not connection.overflowed.is_set():
            message = await _next(connection, left)
            body = message.as_sse() if message else b": still here\n\n"
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except OSError:
        pass  # the client closed its side while we were writing
    finally:
        left.cancel()


async def _next(connection: Connection, left: "asyncio.Task[None]") -> Message | None:
    """The next message, or None after a quiet while or when the client has left."""
    getter = asyncio.create_task(connection.queue.get())
    done, _ = await asyncio.wait(
        {getter, left}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
    )
    if getter in done:
        return getter.result()
    getter.cancel()
    return None


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
