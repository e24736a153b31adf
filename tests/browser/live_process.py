"""The live process of these tests: uvicorn with the real application, in a thread, so that its clock travels too."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from asgiref.sync import sync_to_async
from django.db import connections


@contextmanager
def running() -> Iterator[str]:
    """The live process's address."""
    from evbooking.live.asgi import (
        application,  # it calls django.setup(), which must not run while tests are collected
    )

    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(_serve(server, listener)), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    await server.serve(sockets=[listener])
    await sync_to_async(connections.close_all)()
