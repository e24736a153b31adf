"""The event stream itself: real Redis, the real ASGI application, one client after the other."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.db import connections

from accounts.models import User
from evbooking.core.live import EVSE_STATUS, STREAM, LiveEntry, push
from evbooking.core.redis_client import client
from evbooking.live.access import Grant, sign
from evbooking.live.hub import QUEUE_LENGTH, Connection, Hub, Message
from evbooking.live.sse import serve_events
from stations.models import Station

pytestmark = pytest.mark.django_db(transaction=True)
Event = dict[str, Any]


class Watcher:
    """A client of the stream that reads events one by one."""

    def __init__(self, hub: Hub, query: str, headers: dict[str, str]) -> None:
        scope = {
            "type": "http",
            "path": "/api/v1/live",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }

        async def application(scope: Any, receive: Any, send: Any) -> None:
            await serve_events(hub, scope, receive, send)

        self._wire = ApplicationCommunicator(application, scope)
        self._text = ""

    async def connect(self) -> int:
        await self._wire.send_input({"type": "http.request"})
        return int((await self._wire.receive_output(5))["status"])

    async def event(self) -> Event:
        """The next event: id, kind, data."""
        while "\n\n" not in self._text:
            self._text += (await self._wire.receive_output(5))["body"].decode()
        block, self._text = self._text.split("\n\n", 1)
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        if "event" not in lines:
            return await self.event()
        return {"id": lines["id"], "kind": lines["event"], "data": json.loads(lines["data"])}

    async def body(self) -> dict[str, Any]:
        return dict(json.loads((await self._wire.receive_output(5))["body"]))

    async def leave(self) -> None:
        await self._wire.send_input({"type": "http.disconnect"})
        await self._wire.wait(5)


Watch = Callable[..., Awaitable[Watcher]]


@asynccontextmanager
async def watching() -> AsyncIterator[Watch]:
    """A running hub, and a way to connect to it."""
    hub = Hub(settings.REDIS_URL)
    await hub.start()
    watchers = []

    async def connect(grant: Grant, **headers: str) -> Watcher:
        watcher = Watcher(hub, f"token={sign(grant)}", {k.replace("_", "-"): v for k, v in headers.items()})
        watchers.append(watcher)
        assert await watcher.connect() == 200
        return watcher

    try:
        yield connect
    finally:
        for watcher in watchers:
            await watcher.leave()
        await hub.stop()


def at(station: Station) -> Grant:
    return Grant(frozenset({str(station.pk)}), frozenset())


def update(station: Station, status: str, booking: str = "") -> None:
    push(LiveEntry(EVSE_STATUS, {"uid": "X", "status": status}, station=str(station.pk), booking=booking))


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        await story()
        await sync_to_async(connections.close_all)()

    asyncio.run(told())


def test_a_watcher_gets_the_present_state_and_then_each_change(station: Station) -> None:
    uids = {evse.uid for evse in station.evses.all()}

    async def story() -> None:
        async with watching() as watch:
            watcher = await watch(at(station))
            first, second = await watcher.event(), await watcher.event()
            assert {first["data"]["uid"], second["data"]["uid"]} == uids
            assert (first["kind"], first["data"]["status"]) == ("evse.status", "AVAILABLE")
            update(station, "CHARGING")
            assert (await watcher.event())["data"] == {"uid": "X", "status": "CHARGING"}

    run(story)


def test_a_client_that_returns_gets_what_it_missed_and_nothing_else(station: Station) -> None:
    async def story() -> None:
        update(station, "CHARGING")
        seen = client().xrevrange(STREAM, count=1)[0][0].decode()  # type: ignore[index]
        update(station, "RESERVED")
        update(station, "AVAILABLE")
        async with watching() as watch:
            watcher = await watch(at(station), last_event_id=seen)
            assert (await watcher.event())["data"]["status"] == "RESERVED"
            assert (await watcher.event())["data"]["status"] == "AVAILABLE"
            update(station, "CHARGING")
            assert (await watcher.event())["data"]["status"] == "CHARGING"

    run(story)


@pytest.mark.parametrize("last_id", ["1-0", "nonsense", "9" * 40])
def test_who_was_away_too_long_gets_the_present_state(station: Station, last_id: str) -> None:
    async def story() -> None:
        update(station, "CHARGING")
        async with watching() as watch:
            watcher = await watch(at(station), last_event_id=last_id)
            assert (await watcher.event())["data"]["status"] == "AVAILABLE"

    run(story)


def test_a_bookings_update_does_not_reach_those_who_watch_its_station(station: Station) -> None:
    async def story() -> None:
        async with watching() as watch:
            watcher = await watch(at(station))
            await watcher.event()
            await watcher.event()
            update(station, "SECRET", booking="ABCDEFGH")
            update(station, "CHARGING")
            assert (await watcher.event())["data"]["status"] == "CHARGING"

    run(story)


def test_without_a_token_the_live_process_asks_who_it_is(station: Station) -> None:
    async def story() -> None:
        hub = Hub(settings.REDIS_URL)
        watcher = Watcher(hub, "bookings=ABCDEFGH", {})
        assert await watcher.connect() == 401
        assert (await watcher.body())["code"] == "not_authenticated"
        await hub.stop()

    run(story)


def test_a_session_token_is_accepted_by_the_live_process_itself(
    station: Station, driver: User, session_token: Callable[[User], str]
) -> None:
    token = session_token(driver)

    async def story() -> None:
        hub = Hub(settings.REDIS_URL)
        watcher = Watcher(hub, f"stations={station.pk}", {"X-Session-Token": token})
        assert await watcher.connect() == 200
        await watcher.leave()
        await hub.stop()

    run(story)


def test_a_client_too_slow_to_read_is_let_go() -> None:
    connection = Connection(frozenset({"s"}), frozenset())
    message = Message("1-0", EVSE_STATUS, "s", "", "{}")
    for _ in range(QUEUE_LENGTH):
        connection.offer(message)
    assert not connection.overflowed.is_set()
    connection.offer(message)
    assert connection.overflowed.is_set()
