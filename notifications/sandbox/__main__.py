"""`python -m notifications.sandbox`: starts the servers, loudly, and never beside Twilio's own address."""

from __future__ import annotations

import argparse
import socket
import sys
from pathlib import Path

import uvicorn
from aiosmtpd.controller import Controller

from notifications.sandbox.callbacks import Reporter
from notifications.sandbox.mails import Mailbox
from notifications.sandbox.server import Sandbox, make_app
from notifications.sandbox.store import Store
from notifications.sandbox.texts import Texts


def main() -> int:
    options = _options()
    listener = socket.create_server((options.host, options.port), backlog=512)
    url = options.public_url or f"http://127.0.0.1:{listener.getsockname()[1]}"
    store = Store(options.state)
    reporter = Reporter(Texts(store, options.account), store, options.token, options.inbound_url)
    box = Sandbox(store, url, options.account, options.token, reporter)
    mail = Controller(Mailbox(store), hostname=options.host, port=options.smtp_port or _free_port())
    mail.start()
    sys.stdout.write(
        f"*** MESSAGE SANDBOX at {url}, mail at {options.host}:{mail.port}: NOTHING IS DELIVERED ***\n"
    )
    sys.stdout.flush()
    config = uvicorn.Config(
        make_app(box, mail), log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m notifications.sandbox", description=__doc__)
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to bind; the default is this machine only"
    )
    parser.add_argument("--port", type=int, default=12112, help="of HTTP; 0 takes a free one")
    parser.add_argument("--smtp-port", type=int, default=12125, help="of mail; 0 takes a free one")
    parser.add_argument(
        "--public-url", default="", help="where it is reached (default http://127.0.0.1:PORT)"
    )
    parser.add_argument("--account", default="AC" + "5" * 32, help="the account sid that may send")
    parser.add_argument("--token", default="sandbox", help="its auth token, which also signs the callbacks")
    parser.add_argument("--inbound-url", default="", help="where answers of recipients are posted")
    parser.add_argument(
        "--state", type=Path, default=None, help="SQLite file that survives a restart (default memory)"
    )
    return parser.parse_args()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


if __name__ == "__main__":
    sys.exit(main())
