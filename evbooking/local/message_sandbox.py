"""The message sandbox as a child process: a demo sends mails, text messages and pushes without anybody's keys.

Mail goes there unless EMAIL_URL or EMAIL_BACKEND names a server, text messages unless TWILIO_ACCOUNT_SID does. What
it has received lies in var/, and is shown at /sandbox/outbox/.
"""

import base64
import hashlib
import os
import socket
import sys
import urllib.request

from evbooking.local.environment import inherited, kept_secret
from evbooking.local.places import CHECKOUT, Places
from evbooking.local.ports import Ports
from evbooking.local.problems import Problem
from evbooking.local.processes import Child, spawn, stop, wait_until

ACCOUNT = f"AC{'5' * 32}"
SERVICE = f"MG{'5' * 32}"
TRIES = 3  # another process may take a free port between our look and the server's start
START_SECONDS = 20


def is_wanted() -> bool:
    """Whether the sandbox stands in: in a demo."""
    return (os.environ.get("EVB_DEMO") or "1") == "1"


def start_message_sandbox(places: Places, ports: Ports) -> tuple[Child, dict[str, str]]:
    """Start it; returns it and the variables of whoever talks to it. Raises Problem where it cannot."""
    token = kept_secret(places, "message_sandbox_token")
    for _ in range(TRIES):
        http, smtp = _free_port(), _free_port()
        command = _command(places, ports, http, smtp, token)
        child = spawn("messages", command, places=places, env=inherited(), cwd=CHECKOUT)
        if _comes_up(child, http):
            return child, _variables(places, http, smtp, token)
        stop([child], seconds=2)
    raise Problem("the message sandbox did not start", log=places.log / "messages.log")


def _command(places: Places, ports: Ports, http: int, smtp: int, token: str) -> list[str]:
    where = ["--port", str(http), "--smtp-port", str(smtp), "--state", str(places.var / "messages.sqlite3")]
    account = ["--account", ACCOUNT, "--token", token]
    answers = ["--inbound-url", f"http://localhost:{ports.web}/notifications/twilio/inbound"]
    return [sys.executable, "-m", "notifications.sandbox", *where, *account, *answers]


def _variables(places: Places, http: int, smtp: int, token: str) -> dict[str, str]:
    url = f"http://127.0.0.1:{http}"
    variables = {"MESSAGE_SANDBOX_URL": url, "WEBHOOK_LOOPBACK": "1"}
    if not (os.environ.get("EMAIL_URL") or os.environ.get("EMAIL_BACKEND")):
        variables["EMAIL_URL"] = f"smtp://127.0.0.1:{smtp}"
    if not os.environ.get("TWILIO_ACCOUNT_SID"):
        variables |= {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": token,
            "TWILIO_MESSAGING_SERVICE_SID": SERVICE,
            "TWILIO_API_URL": url,
        }
    if not os.environ.get("VAPID_PRIVATE_KEY"):
        variables["VAPID_PRIVATE_KEY"] = _vapid_key(places)
    return variables


def _vapid_key(places: Places) -> str:
    """A private key of P-256 as py_vapid takes it: base64url of 32 bytes, the same for as long as var/ is kept."""
    secret = kept_secret(places, "push_secret")
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).rstrip(b"=").decode()


def _comes_up(child: Child, port: int) -> bool:
    up = wait_until(lambda: child.has_ended() or _answers(port), seconds=START_SECONDS)
    return up and not child.has_ended()


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/_sandbox/received", timeout=5).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
