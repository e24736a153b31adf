"""ASGI application of the live process: `GET /api/v1/live` as Server-Sent Events, `GET /livez`.

Run by `uvicorn evbooking.live.asgi:application`.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evbooking.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402

from evbooking.live.hub import Hub  # noqa: E402
from evbooking.live.sse import answer, serve_events  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

hub = Hub(settings.REDIS_URL)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Route one connection: there are only two paths, so a router would be more than they need."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"].rstrip("/") == "/api/v1/live":
        await serve_events(hub, scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == "/livez":
        await answer(send, 200, b"ok", content_type=b"text/plain")
    elif scope["type"] == "http":
        await answer(send, 404, b"Only /api/v1/live is served here.", content_type=b"text/plain")
    else:
        await send({"type": "websocket.close", "code": 1008})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await hub.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            await hub.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
