"""`python -m payments.sandbox`: starts the server, loudly, and never beside live keys."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

import uvicorn

from payments.sandbox.box import Box
from payments.sandbox.server import make_app
from payments.sandbox.store import Store
from payments.sandbox.webhooks import Deliverer

KEY_VARIABLES = ("STRIPE_SECRET_KEY", "STRIPE_API_KEY", "STRIPE_PUBLISHABLE_KEY")
LIVE_PREFIXES = ("sk_live_", "rk_live_", "pk_live_")


def main() -> int:
    options = _options()
    live = [name for name in KEY_VARIABLES if os.environ.get(name, "").startswith(LIVE_PREFIXES)]
    if live:
        sys.stderr.write(
            f"payment sandbox: {', '.join(live)} holds a live Stripe key. It does not start beside one.\n"
        )
        return 2
    listener = _listen(options.host, options.port)
    url = options.public_url or f"http://localhost:{listener.getsockname()[1]}"
    box = Box(Store(options.state), url, options.webhook_url, options.webhook_secret)
    sys.stdout.write(_greeting(url, options))
    sys.stdout.flush()
    config = uvicorn.Config(
        make_app(box, Deliverer(box)), log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    """Bound before anything is printed. The protocol is named, else asyncio leaves Nagle's 40 ms on."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(512)
    return listener


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m payments.sandbox", description=__doc__)
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to bind; the default is this machine only"
    )
    parser.add_argument("--port", type=int, default=12111, help="0 takes a free one")
    parser.add_argument(
        "--public-url", default="", help="where browsers reach it (default http://localhost:PORT)"
    )
    parser.add_argument("--webhook-url", default="", help="where events are posted; none without it")
    parser.add_argument("--webhook-secret", default="whsec_sandbox", help="signs the events")
    parser.add_argument(
        "--state", type=Path, default=None, help="SQLite file that survives a restart (default memory)"
    )
    return parser.parse_args()


def _greeting(url: str, options: argparse.Namespace) -> str:
    kept = options.state or "memory only"
    return (
        f"*** PAYMENT SANDBOX at {url}: NO REAL MONEY MOVES HERE ***\n"
        f"    API {url}/v1 with any sk_test_ key · state: {kept} · events to: {options.webhook_url or 'nobody'}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
