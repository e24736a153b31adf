"""Where a webhook may be sent: to the public internet, and nowhere into our own networks (SSRF).

A name is resolved once for each request, every address it has must be public, and the connection goes to one of
those very addresses, so that a name which answers otherwise a moment later (DNS rebinding) changes nothing.
Networks: IANA, IPv4 and IPv6 special-purpose address registries (RFC 6890).
"""

import ipaddress
import re
import socket
import threading
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings

from notifications.models.webhook import MAX_URL

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

RESOLVE_S: Final = 3.0
FIRST_FREE_PORT: Final = 1024
_PORTS: Final = {"https": 443, "http": 80}
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?|[0-9a-f:.]+", re.ASCII)
_SPACE_OR_CONTROL: Final = re.compile(r"[\x00-\x20\x7f\\]")
# everything outside of 2000::/3 is no global unicast: loopback, link-local, unique local, multicast, IPv4-mapped
# (::ffff:0:0/96), NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard, and what is not given out yet
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
REFUSED: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, and metadata at one cloud
        "127.0.0.0/8",
        "168.63.129.16/32",  # a public address that is the host itself at one cloud
        "169.254.0.0/16",  # link-local, and metadata at most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",
    )
)


class BadReceiver(Exception):
    """Not to be called; the words say why, without telling what was found there."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A URL in its parts: the host without brackets, the target as it stands in the request line."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The Host header: without the port where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def read_receiver(url: str) -> Receiver:
    """The parts of a URL that may be called by its looks. Raises BadReceiver."""
    if len(url) > MAX_URL or _SPACE_OR_CONTROL.search(url):
        raise BadReceiver("This is no URL.")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _ascii(parts.hostname or "")
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        target.encode("ascii")
    except ValueError as error:
        raise BadReceiver("This is no URL.") from error
    if parts.scheme not in _schemes():
        raise BadReceiver("The URL has to begin with https://.")
    if "@" in parts.netloc:
        raise BadReceiver("Leave name and password out of the URL.")
    if "#" in url or not _HOST.fullmatch(host):
        raise BadReceiver("This is no URL.")
    usual = _PORTS[parts.scheme]
    if port is not None and port != usual and port < FIRST_FREE_PORT:
        raise BadReceiver(f"The port has to be {usual}, or {FIRST_FREE_PORT} or above.")
    return Receiver(parts.scheme, host, port or usual, target)


def resolve(receiver: Receiver) -> list[str]:
    """The addresses to connect to, asked for now. Raises BadReceiver where there is none, or any is not public."""
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in _look_up(receiver)))
    if not addresses:
        raise BadReceiver(f"There is no address for {receiver.host}.")
    if not all(may_be_called(_address(text)) for text in addresses):
        raise BadReceiver(f"{receiver.host} is not on the public internet.")
    return addresses


def _look_up(receiver: Receiver) -> list[Any]:
    """The system's resolver can take far longer than we wait for it, so it is asked in a thread of its own."""
    answer: SimpleQueue[list[Any]] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(receiver.host, receiver.port, socket.AF_UNSPEC, socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        answer.put(found)

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        return answer.get(timeout=RESOLVE_S)
    except Empty:
        return []


def may_be_called(address: Address) -> bool:
    """Whether it is public; or this very machine, where WEBHOOK_LOOPBACK allows that."""
    return is_public(address) or (settings.EVB_WEBHOOK_LOOPBACK and address.is_loopback)


def is_public(address: Address) -> bool:
    """Whether it is a unicast address that anybody on the internet could have."""
    if address.version == 6 and address not in _UNICAST:
        return False
    return not any(address in network for network in REFUSED if network.version == address.version)


def _schemes() -> tuple[str, ...]:
    return ("https",) if settings.SECURE_ORIGIN else ("https", "http")


def _ascii(host: str) -> str:
    return host.lower() if host.isascii() else host.encode("idna").decode()


def _address(text: str) -> Address:
    """Without the zone of a link-local one (fe80::1%eth0)."""
    return ipaddress.ip_address(text.partition("%")[0])
