"""The two ports of a local run, read from the environment and tried before anything is started."""

import errno
import os
import socket
from dataclasses import dataclass

from evbooking.local.problems import Problem

ADDRESSES = (
    (socket.AF_INET, "127.0.0.1"),
    (socket.AF_INET6, "::1"),
)  # a browser may take either for localhost


@dataclass(frozen=True)
class Ports:
    """Where web and live listen, both on 127.0.0.1."""

    web: int
    live: int

    @property
    def url(self) -> str:
        """What a person opens: passkeys work over plain http at localhost only."""
        return f"http://localhost:{self.web}"


def read_ports() -> Ports:
    """PORT and LIVE_PORT, by default 8000 and 8001. Raises Problem if they are no two different ports."""
    ports = Ports(_read("PORT", 8000), _read("LIVE_PORT", 8001))
    if ports.web == ports.live:
        raise Problem(f"PORT and LIVE_PORT are both {ports.web}: set LIVE_PORT to another one")
    return ports


def _read(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise Problem(f"{name}={text} is no port: set a number from 1 to 65535")
    return int(text)


def check_free(ports: Ports) -> None:
    """Raise Problem if something listens already; granian and others would share the port without a word."""
    for name, port in (("PORT", ports.web), ("LIVE_PORT", ports.live)):
        if any(_is_taken(family, address, port) for family, address in ADDRESSES):
            raise Problem(
                f"port {port} is taken: stop what listens there, or choose another:"
                f" make run {name}={_other(port)}"
            )


def _other(port: int) -> int:
    return port + 10 if port < 65_000 else port - 10


def _is_taken(family: socket.AddressFamily, address: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(
                socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
            )  # connections that linger do not count
            probe.bind((address, port))
            probe.listen(1)
    except PermissionError as error:
        raise Problem(f"port {port} may not be used by this user: choose one above 1023") from error
    except OSError as error:
        return error.errno == errno.EADDRINUSE  # anything else: this machine has no such address
    return False
