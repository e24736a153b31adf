"""The HTTP face: Starlette routes to the API, the control endpoints and the pages."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from payments.sandbox import browsing, control, pages
from payments.sandbox.api import Incoming, answer
from payments.sandbox.box import Box
from payments.sandbox.browsing import Page
from payments.sandbox.calls import Call, Endpoint
from payments.sandbox.due import advance_clock, run_due, turn_back
from payments.sandbox.errors import ApiError, Json
from payments.sandbox.params import Params, decode_form
from payments.sandbox.rendering import public
from payments.sandbox.resources import (
    charges,
    connect,
    customers,
    payment_intents,
    payment_methods,
    setup_intents,
)

from payments.sandbox.resources import catalog, subscriptions  # isort: skip
from payments.sandbox.webhooks import Deliverer

LOUD = {"Sandbox": "evbooking payment sandbox, no real money", "Cache-Control": "no-store"}
CLOCK_STEP = 5.0
MODULES = (
    customers,
    payment_methods,
    payment_intents,
    setup_intents,
    charges,
    connect,
    catalog,
    subscriptions,
)
Handler = Callable[[Request], Awaitable[Response]]


def make_app(box: Box, deliverer: Deliverer) -> Starlette:
    """The whole server: API and control endpoints from their tables, the pages, and two background threads."""
    endpoints = [endpoint for module in MODULES for endpoint in module.ROUTES]
    routes = [Route(each.path, _api(box, each), methods=[each.method]) for each in endpoints]
    routes += [Route(each.path, _control(box, each), methods=[each.method]) for each in control.ROUTES]
    routes += _time_routes(box, deliverer) + _page_routes(box)
    return Starlette(routes=routes, lifespan=_lifespan(box, deliverer), exception_handlers={404: _not_found})


def _api(box: Box, endpoint: Endpoint) -> Handler:
    async def handle(request: Request) -> Response:
        raw = request.url.query if request.method == "GET" else (await request.body()).decode()
        incoming = Incoming(
            request.method, request.url.path, dict(request.path_params), raw, dict(request.headers)
        )
        outgoing = await run_in_threadpool(answer, box, endpoint, incoming)
        if outgoing.hang:
            await asyncio.sleep(outgoing.hang)
        return JSONResponse(outgoing.body, outgoing.status, {**outgoing.headers, **LOUD})

    return handle


def _control(box: Box, endpoint: Endpoint) -> Handler:
    async def handle(request: Request) -> Response:
        values = decode_form((await request.body()).decode())
        call = Call(box, Params(values), dict(request.path_params), path=request.url.path)
        return await run_in_threadpool(_guarded, box, call, endpoint.handler)

    return handle


def _guarded(box: Box, call: Call, handler: Callable[[Call], Json]) -> Response:
    try:
        with box.store.transaction():
            body = handler(call)
            call.params.refuse_unread()
    except ApiError as error:
        return JSONResponse(error.as_json(), error.status, LOUD)
    return JSONResponse(public(body), 200, LOUD)


def _time_routes(box: Box, deliverer: Deliverer) -> list[Route]:
    """The two acts that are no single transaction: moving the clock, and delivering events now."""

    async def advance(request: Request) -> Response:
        params = Params(decode_form((await request.body()).decode()))
        move, name = (turn_back, "back") if "back" in params else (advance_clock, "advance")
        try:
            await run_in_threadpool(move, box, params.required_integer(name))
        except ApiError as error:
            return JSONResponse(error.as_json(), error.status, LOUD)
        return JSONResponse(control.read_clock(Call(box, Params({}))), 200, LOUD)

    async def flush(request: Request) -> Response:
        everything = request.query_params.get("all") == "true"
        tried = await run_in_threadpool(deliverer.flush_all if everything else deliverer.flush)
        return JSONResponse({"object": "list", "data": tried}, 200, LOUD)

    return [
        Route("/_sandbox/clock", advance, methods=["POST"]),
        Route("/_sandbox/deliveries/flush", flush, methods=["POST"]),
    ]


def _page_routes(box: Box) -> list[Route]:
    def front(_: Request) -> Page:
        return Page(pages.front_page(box.store.find("event")[:20], box.url))

    def show_pay(request: Request) -> Page:
        return_url = request.query_params.get("return_url", "")
        return browsing.show_pay(box, request.path_params["secret"], return_url)

    return [
        Route("/", _show(front)),
        Route("/_sandbox", _show(front)),
        Route("/_sandbox/pay/{secret}", _show(show_pay), methods=["GET"]),
        Route("/_sandbox/pay/{secret}", _submit(box, browsing.pay), methods=["POST"]),
        Route(
            "/_sandbox/challenge/{secret}",
            _show(lambda r: browsing.show_challenge(box, r.path_params["secret"])),
        ),
        Route("/_sandbox/challenge/{secret}", _submit(box, browsing.challenge), methods=["POST"]),
        Route(
            "/_sandbox/onboarding/{secret}",
            _show(lambda r: browsing.show_onboarding(box, r.path_params["secret"])),
        ),
        Route("/_sandbox/onboarding/{secret}", _submit(box, browsing.onboard), methods=["POST"]),
        Route("/_sandbox/invoices/{id}", _show(lambda r: browsing.show_invoice(box, r.path_params["id"]))),
    ]


def _show(make: Callable[[Request], Page]) -> Handler:
    async def handle(request: Request) -> Response:
        return await run_in_threadpool(_page_response, lambda: make(request))

    return handle


def _submit(box: Box, act: Callable[[Box, str, Json], Page]) -> Handler:
    async def handle(request: Request) -> Response:
        form: Json = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        return await run_in_threadpool(_page_response, lambda: act(box, request.path_params["secret"], form))

    return handle


def _page_response(make: Callable[[], Page]) -> Response:
    try:
        made = make()
    except ApiError as error:
        made = browsing.problem(error)
    if made.location:
        return RedirectResponse(made.location, 303, LOUD)
    return HTMLResponse(made.html, made.status, LOUD)


async def _not_found(request: Request, _: Exception) -> Response:
    message = (
        f"Unrecognized request URL ({request.method}: {request.url.path}): the sandbox does not know it."
    )
    return JSONResponse({"error": {"type": "invalid_request_error", "message": message}}, 404, LOUD)


def _lifespan(
    box: Box, deliverer: Deliverer
) -> Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        stop = threading.Event()
        threads = [
            threading.Thread(target=deliverer.run, daemon=True),
            threading.Thread(target=_keep_time, args=(box, stop), daemon=True),
        ]
        for thread in threads:
            thread.start()
        yield
        stop.set()
        await run_in_threadpool(deliverer.stop)
        for thread in threads:
            thread.join(timeout=CLOCK_STEP)
        box.store.close()

    return running


def _keep_time(box: Box, stop: threading.Event) -> None:
    while not stop.wait(CLOCK_STEP):
        with box.store.transaction():
            run_due(box)
