"""Where a webhook may go: never into our own networks, whatever the URL looks like and the name says next time."""

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Operator, User
from evbooking.core.errors import Invalid
from notifications.checks import check_webhook_settings
from notifications.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.services.webhooks.delivering import deliver_due
from notifications.services.webhooks.endpoints import create_webhook, ping
from notifications.tests.receiving import Receiver
from notifications.tests.webhooks.conftest import NOON
from notifications.webhooks import addresses
from notifications.webhooks.addresses import BadReceiver, is_public, read_receiver, resolve

INNER = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.8.8",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "ff02::1",
]
NETWORKS = [
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24",
    "192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4",
    "::/3 64:ff9b::/96 64:ff9b:1::/48 ::ffff:0:0/96 2001::/23 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 ff00::/8",
]


@pytest.mark.parametrize("text", INNER)
def test_no_address_of_an_inner_network_is_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@given(
    st.sampled_from(" ".join(NETWORKS).split())
    .map(ipaddress.ip_network)
    .flatmap(lambda n: st.ip_addresses(network=n))
)
def test_nothing_within_a_refused_network_is_public(address: addresses.Address) -> None:
    assert not is_public(address)


@given(st.ip_addresses())
def test_what_is_public_is_global_unicast_to_the_standard_library_too(address: addresses.Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not (address.is_multicast or address.is_reserved or address.is_private)


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"])
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    ("url", "authority", "target"),
    [
        ("https://partner.example.org", "partner.example.org", "/"),
        ("https://Partner.Example.org:8443/a/b?c=d", "partner.example.org:8443", "/a/b?c=d"),
        ("https://bücher.example/hook", "xn--bcher-kva.example", "/hook"),
        ("https://[2606:4700::1111]:443/x", "[2606:4700::1111]", "/x"),
    ],
)
def test_a_url_is_read_into_what_is_sent(url: str, authority: str, target: str) -> None:
    read = read_receiver(url)
    assert (read.authority, read.target) == (authority, target)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "partner.example.org",
        "ftp://partner.example.org/",
        "file:///etc/passwd",
        "gopher://partner.example.org/",
        "https://",
        "https:///path",
        "https://user@partner.example.org/",
        "https://user:password@partner.example.org/",
        "https://:@partner.example.org/",
        "https://partner.example.org:22/",
        "https://partner.example.org:99999/",
        "https://partner.example.org:x/",
        "https://partner.example.org/#fragment",
        "https://partner.example.org/\r\nHost: x",
        "https://partner.example.org/ a",
        "https://partner.example.org\\@evil.example/",
        "https://[::1/",
        "https://partner_%41.example.org/",
        "https://partner.example.org/ü",
        "https://" + "a" * 500 + ".example.org/",
    ],
)
def test_what_is_no_usable_url_is_refused(url: str) -> None:
    with pytest.raises(BadReceiver):
        read_receiver(url)


def test_http_is_for_demos_only(settings: Any) -> None:
    assert read_receiver("http://partner.example.org/").port == 80
    settings.SECURE_ORIGIN = True
    with pytest.raises(BadReceiver, match="https"):
        read_receiver("http://partner.example.org/")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "localhost",
        "[::1]",
        "0",
        "[::ffff:7f00:1]",
    ],
)
def test_this_machine_is_refused_by_any_of_its_names(host: str) -> None:
    with pytest.raises(BadReceiver, match="not on the public internet"):
        resolve(read_receiver(f"https://{host}:8443/"))


def test_loopback_is_reached_only_where_the_setting_says_so_and_nothing_else_inside(settings: Any) -> None:
    settings.EVB_WEBHOOK_LOOPBACK = True
    assert resolve(read_receiver("https://127.0.0.1:8443/")) == ["127.0.0.1"]
    with pytest.raises(BadReceiver):
        resolve(read_receiver("https://10.0.0.1:8443/"))


def test_production_refuses_the_setting(settings: Any) -> None:
    settings.EVB_WEBHOOK_LOOPBACK = True
    assert check_webhook_settings(None) == []
    settings.SECURE_ORIGIN = True
    assert [found.id for found in check_webhook_settings(None)] == ["notifications.E001"]
    settings.EVB_WEBHOOK_LOOPBACK = False
    assert check_webhook_settings(None) == []


class Names:
    """A name server whose answers change from one question to the next."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, *_: Any) -> list[Any]:
        found = [host]  # an address is its own answer: the socket asks again
        if not host[0].isdigit():
            self.asked.append(host)
            found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


def test_one_inner_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(["8.8.8.8", "10.0.0.1"]))
    with pytest.raises(BadReceiver):
        resolve(read_receiver("https://partner.example.org/"))


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_a_name_that_turns_inwards_after_it_was_saved_is_not_called(
    operator: Operator, owner: User, receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EVB_WEBHOOK_LOOPBACK = False
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", names)
    port = receiver.server.server_address[1]
    endpoint = create_webhook(
        operator, url=f"http://rebind.example:{port}/", events=["booking.created"], actor=owner, now=NOON
    )
    ping(endpoint, actor=owner, now=NOON)
    deliver_due(1)
    assert names.asked == ["rebind.example", "rebind.example"]
    assert receiver.got == []
    assert WebhookAttempt.objects.get().error == "rebind.example is not on the public internet."


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_the_connection_goes_to_the_address_that_was_looked_at(
    operator: Operator, owner: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever resolved a second time would be led elsewhere: there is no second time."""
    port = receiver.server.server_address[1]
    names = Names(["127.0.0.1"], ["127.0.0.1"], ["10.255.255.1"])
    monkeypatch.setattr(socket, "getaddrinfo", names)
    endpoint = create_webhook(
        operator, url=f"http://rebind.example:{port}/x", events=["booking.created"], actor=owner, now=NOON
    )
    ping(endpoint, actor=owner, now=NOON)
    deliver_due(1)
    assert [one.headers["host"] for one in receiver.got] == [f"rebind.example:{port}"]
    assert names.asked.count("rebind.example") == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_without_the_guard_an_inner_address_would_be_called(
    operator: Operator, owner: User, receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EVB_WEBHOOK_LOOPBACK = False
    monkeypatch.setattr(addresses, "is_public", lambda address: True)
    endpoint = create_webhook(
        operator, url=f"{receiver.url}/", events=["booking.created"], actor=owner, now=NOON
    )
    ping(endpoint, actor=owner, now=NOON)
    deliver_due(1)
    assert len(receiver.got) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("url", ["https://10.0.0.1/", "https://[fd00::1]/", "https://169.254.169.254/latest"])
def test_an_inner_url_is_not_saved(operator: Operator, owner: User, url: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_webhook(operator, url=url, events=["booking.created"], actor=owner, now=NOON)
    assert [(error.field, error.code) for error in refused.value.errors] == [("url", "invalid")]
    assert not WebhookEndpoint.objects.exists()
    assert not WebhookDelivery.objects.exists()
