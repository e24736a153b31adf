"""The HTTP face: Twilio's API, the push service, and what tests and the demo ask of the sandbox itself."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from aiosmtpd.controller import Controller
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from notifications.sandbox import hooks, mails, pushes
from notifications.sandbox.callbacks import Reporter
from notifications.sandbox.store import Json, Store
from notifications.sandbox.texts import API_VERSION, ApiError, Texts

SHOWN = 20
LOUD = {"Sandbox": "evbooking message sandbox, nothing leaves this machine"}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Everything one process of the sandbox holds."""

    store: Store
    url: str
    account: str
    token: str
    reporter: Reporter

    @property
    def texts(self) -> Texts:
        return self.reporter.texts


def make_app(box: Sandbox, mail: Controller) -> Starlette:
    """The HTTP server, which also opens the mail server and reports in the background while it runs."""
    messages = f"/{API_VERSION}/Accounts/{{account}}/Messages.json"
    one = f"/{API_VERSION}/Accounts/{{account}}/Messages/{{sid}}.json"
    routes = [
        Route(messages, _twilio(box, _create), methods=["POST"]),
        Route(messages, _twilio(box, _list), methods=["GET"]),
        Route(one, _twilio(box, _fetch), methods=["GET"]),
        Route("/push/{id}", _taken(box, pushes.receive), methods=["POST"]),
        Route("/hooks/{id}", _taken(box, hooks.receive), methods=["POST"]),
        *(Route(path, _control(box, act), methods=[method]) for path, method, act in _CONTROLS),
    ]
    return Starlette(routes=routes, lifespan=_lifespan(box, mail))


def _create(box: Sandbox, _request: Request, form: dict[str, str]) -> Response:
    return JSONResponse(box.texts.create(form), 201, LOUD)


def _list(box: Sandbox, request: Request, _form: dict[str, str]) -> Response:
    size = int(request.query_params.get("PageSize", "50"))
    return JSONResponse(box.texts.listed(request.query_params.get("To", ""), size), 200, LOUD)


def _fetch(box: Sandbox, request: Request, _form: dict[str, str]) -> Response:
    return JSONResponse(box.texts.fetch(request.path_params["sid"]), 200, LOUD)


def _twilio(box: Sandbox, act: Callable[[Sandbox, Request, dict[str, str]], Response]) -> Any:
    """One call of the API: the account's own credentials, armed faults, then the act itself."""

    async def handle(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        try:
            _authenticate(box, request)
            fault = box.store.take_fault("text", form.get("To", "")) if request.method == "POST" else None
            if fault and fault["seconds"]:
                await asyncio.sleep(fault["seconds"])
            if fault and not fault["after"]:
                raise _as_error(fault)
            answer = await run_in_threadpool(act, box, request, form)
            if fault:
                raise _as_error(fault)
        except ApiError as error:
            return JSONResponse(error.as_json(), error.status, LOUD)
        return answer

    return handle


def _authenticate(box: Sandbox, request: Request) -> None:
    wanted = base64.b64encode(f"{box.account}:{box.token}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {wanted}":
        raise ApiError(401, 20003, "Authenticate")


def _as_error(fault: Json) -> ApiError:
    return ApiError(int(fault["status"]), int(fault["code"]), "The sandbox was asked to fail.")


def _taken(box: Sandbox, receive: Callable[[Store, str, bytes, dict[str, str]], int]) -> Any:
    """What is only kept: `receive` gives the status."""

    async def handle(request: Request) -> Response:
        body, headers = await request.body(), dict(request.headers)
        status = await run_in_threadpool(receive, box.store, request.path_params["id"], body, headers)
        return Response(status_code=status, headers=LOUD)

    return handle


def _received(box: Sandbox, _request: Request, body: Json) -> Json:
    limit = int(body.get("limit", SHOWN))
    kinds = (("mails", "mail"), ("texts", "text"), ("pushes", "push"), ("hooks", "hook"))
    return {name: box.store.newest(kind, limit=limit) for name, kind in kinds}


def _one_mail(box: Sandbox, request: Request, _body: Json) -> Json | None:
    return mails.find(box.store, request.path_params["id"])


def _make_device(box: Sandbox, _request: Request, body: Json) -> Json:
    return pushes.make_device(box.store, body.get("id") or uuid4().hex, box.url)


def _arm(box: Sandbox, _request: Request, body: Json) -> Json:
    """The next `times` requests to `target` ("text", "mail", "mail-answer", "push", "hook", "callback") go wrong."""
    fault = {
        "id": uuid4().hex,
        "target": body["target"],
        "match": body.get("match", ""),
        "times": body.get("times", 1),
        "status": body.get("status", 500),
        "code": body.get("code", 0),
        "seconds": body.get("seconds", 0),
        "after": body.get("after", False),
        "statuses": body.get("statuses", []),
    }
    box.store.save("fault", fault["id"], fault)
    return fault


def _flush(box: Sandbox, _request: Request, _body: Json) -> Json:
    return {"sent": box.reporter.flush()}


def _settings(box: Sandbox, _request: Request, body: Json) -> Json:
    box.reporter.paused = bool(body.get("paused", box.reporter.paused))
    box.reporter.inbound_url = str(body.get("inbound_url", box.reporter.inbound_url))
    return {"paused": box.reporter.paused, "inbound_url": box.reporter.inbound_url}


def _answer(box: Sandbox, _request: Request, body: Json) -> Json:
    return box.reporter.answer(body["number"], body["body"])


def _forget(box: Sandbox, _request: Request, _body: Json) -> Json:
    for kind in ("mail", "text", "push", "hook", "fault", "stopped", "callback", "device"):
        box.store.remove(kind)
    return {}


Act = Callable[[Sandbox, Request, Json], Json | None]
_CONTROLS: tuple[tuple[str, str, Act], ...] = (
    ("/_sandbox/received", "GET", _received),
    ("/_sandbox/mails/{id}", "GET", _one_mail),
    ("/_sandbox/devices", "POST", _make_device),
    ("/_sandbox/faults", "POST", _arm),
    ("/_sandbox/callbacks/flush", "POST", _flush),
    ("/_sandbox/settings", "POST", _settings),
    ("/_sandbox/answers", "POST", _answer),
    ("/_sandbox/everything", "DELETE", _forget),
)


def _control(box: Sandbox, act: Act) -> Any:
    async def handle(request: Request) -> Response:
        sent = await request.body()
        body = await request.json() if sent else dict(request.query_params)
        answer = await run_in_threadpool(act, box, request, body)
        return JSONResponse(answer, 200, LOUD) if answer is not None else JSONResponse({}, 404, LOUD)

    return handle


def _lifespan(
    box: Sandbox, mail: Controller
) -> Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        thread = threading.Thread(target=box.reporter.run, daemon=True)
        thread.start()
        yield
        await run_in_threadpool(box.reporter.stop)
        await run_in_threadpool(mail.stop)
        thread.join()
        box.store.close()

    return running
