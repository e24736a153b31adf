"""The payment sandbox as a child process: no Stripe key is needed to book and pay in a demo.

It keeps its objects in var/ beside the database whose payments name them, on a port the kernel chose.
"""

import os
import socket
import sys
import urllib.request
from collections.abc import Mapping

from evbooking.local.environment import inherited, kept_secret
from evbooking.local.places import CHECKOUT, Places
from evbooking.local.ports import Ports
from evbooking.local.problems import Problem
from evbooking.local.processes import Child, spawn, stop, wait_until

KEYS = ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_API_KEY")
LIVE = ("sk_live_", "rk_live_", "pk_live_")
TRIES = 3  # another process may take the free port between our look and the server's start
START_SECONDS = 20


def check_keys() -> None:
    """Raise Problem beside a live key: a demo's passwords are public, and a sandbox beside it invites mistakes."""
    live = [name for name in KEYS if os.environ.get(name, "").startswith(LIVE)]
    if live and _is_demo():
        raise Problem(
            f"{', '.join(live)} holds a live Stripe key, and this is a demo whose passwords are public:"
            " set test keys, or none to pay in the sandbox"
        )


def is_wanted() -> bool:
    """Whether the sandbox stands in for Stripe: in a demo without a key."""
    return _is_demo() and not os.environ.get("STRIPE_SECRET_KEY")


def start_payment_sandbox(places: Places, ports: Ports) -> tuple[Child, dict[str, str]]:
    """Start it; returns it and the variables of whoever talks to it. Raises Problem where it cannot."""
    secret = kept_secret(places, "stripe_webhook_secret", prefix="whsec_")
    for _ in range(TRIES):
        port = _free_port()
        child = spawn(
            "sandbox", _command(places, ports, port, secret), places=places, env=inherited(), cwd=CHECKOUT
        )
        if _comes_up(child, port):
            return child, _variables(port, secret)
        stop([child], seconds=2)
    raise Problem("the payment sandbox did not start", log=places.log / "sandbox.log")


def banner(env: Mapping[str, str]) -> str:
    """What a person is told of it; empty where it does not run."""
    url = env.get("STRIPE_SANDBOX_URL")
    return f"payment sandbox {url}: no real money, pay with card 4242 4242 4242 4242" if url else ""


def _command(places: Places, ports: Ports, port: int, secret: str) -> list[str]:
    where = ["--port", str(port), "--state", str(places.var / "sandbox.sqlite3")]
    webhook = f"http://127.0.0.1:{ports.web}/payments/stripe/webhook"
    told = ["--webhook-url", webhook, "--webhook-secret", secret]
    return [sys.executable, "-m", "payments.sandbox", *where, *told]


def _variables(port: int, secret: str) -> dict[str, str]:
    return {
        "STRIPE_SECRET_KEY": "sk_test_sandbox",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_sandbox",
        "STRIPE_WEBHOOK_SECRET": secret,
        "STRIPE_API_BASE": f"http://127.0.0.1:{port}",
        "STRIPE_SANDBOX_URL": f"http://localhost:{port}",
    }


def _is_demo() -> bool:
    return (os.environ.get("EVB_DEMO") or "1") == "1"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _comes_up(child: Child, port: int) -> bool:
    up = wait_until(lambda: child.has_ended() or _answers(port), seconds=START_SECONDS)
    return up and not child.has_ended()


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/_sandbox/clock", timeout=5).close()
    except OSError:
        return False
    return True
