"""The sandbox as a process and a receiver of its webhooks, both over real HTTP."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import stripe

ROOT = Path(__file__).resolve().parents[3]
SECRET = "whsec_for_these_tests"
DAY = 86_400


@dataclass
class Running:
    """A started sandbox: `url` for the stripe library, `control` for /_sandbox."""

    url: str
    process: subprocess.Popen[str]

    def client(self, key: str = "sk_test_any", *, retries: int = 0) -> stripe.StripeClient:
        return stripe.StripeClient(key, base_addresses={"api": self.url}, max_network_retries=retries)

    def control(self, path: str, **form: object) -> Any:
        """POST /_sandbox/<path>. Raises for anything but success."""
        answer = httpx.post(f"{self.url}/_sandbox/{path}", data=form, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()

    def advance(self, seconds: int) -> None:
        self.control("clock", advance=seconds)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "payments.sandbox", "--port", "0", *arguments]


def start(*arguments: str) -> Running:
    """Starts a sandbox on a free port; it listens before it prints its first line."""
    process = subprocess.Popen(
        command(*arguments),
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "STRIPE_SECRET_KEY": ""},
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    assert "PAYMENT SANDBOX at " in first, first
    address = first.split(" at ")[1].split(": NO")[0]
    return Running(address.replace("localhost", "127.0.0.1"), process)


@dataclass
class Receiver:
    """A webhook endpoint that keeps what it got. `answers` are the statuses of the next requests; then 200."""

    url: str = ""
    got: list[tuple[bytes, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.got]

    def ids(self) -> list[str]:
        return [json.loads(body)["id"] for body, _ in self.got]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append((body, self.headers["Stripe-Signature"]))
            self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Silence: the test reads what came."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
