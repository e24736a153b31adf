"""One request to a receiver: its name in Host and certificate, its time, and no proxy."""

import datetime
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifications.tests.receiving import Answer, Receiver, closed_port, receiving
from notifications.webhooks import posting
from notifications.webhooks.addresses import Receiver as Target
from notifications.webhooks.posting import NoAnswer, post

HERE = ["127.0.0.1"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def target(receiver: Receiver, scheme: str = "http", host: str = "partner.example.org") -> Target:
    return Target(scheme, host, receiver.server.server_address[1], "/hooks?a=b")


def test_the_name_of_the_url_is_sent_to_the_address_that_was_chosen(receiver: Receiver) -> None:
    answer = post(target(receiver), HERE, headers={"X-Own": "1"}, body=b"{}")
    (got,) = receiver.got
    assert (answer.status, answer.text) == (200, "ok")
    assert (got.path, got.body, got.headers["x-own"]) == ("/hooks?a=b", b"{}", "1")
    assert got.headers["host"] == f"partner.example.org:{receiver.server.server_address[1]}"


def test_the_next_address_is_tried_where_the_first_takes_no_connection(receiver: Receiver) -> None:
    assert post(target(receiver), ["127.0.0.9", *HERE], headers={}, body=b"").status == 200


def test_no_proxy_of_the_environment_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    assert post(target(receiver), HERE, headers={}, body=b"").status == 200


def test_who_does_not_answer_is_not_waited_for(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TOTAL_S", 0.3)
    release = threading.Event()
    receiver.answers = [Answer(wait=release)]
    with pytest.raises(NoAnswer, match=r"No answer within 0.3 s"):
        post(target(receiver), HERE, headers={}, body=b"")
    release.set()


def test_who_drips_its_answer_gains_no_time(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, all of them together would not."""
    monkeypatch.setattr(posting, "TOTAL_S", 0.5)
    receiver.answers = [Answer(200, b"x" * 500, drip_s=0.05)]
    with pytest.raises(NoAnswer, match="No answer within"):
        post(target(receiver), HERE, headers={}, body=b"")


@pytest.fixture
def certified(tmp_path: Path) -> Iterator[tuple[Receiver, ssl.SSLContext]]:
    """A receiver with a certificate of partner.example.org, and a context that trusts its maker."""
    path = _certificate(tmp_path, "partner.example.org")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with receiving() as running:
        running.server.socket = context.wrap_socket(running.server.socket, server_side=True)
        yield running, ssl.create_default_context(cafile=str(path))


def _certificate(folder: Path, host: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "both.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


def test_the_certificate_has_to_be_the_urls_names(certified: tuple[Receiver, ssl.SSLContext]) -> None:
    receiver, context = certified
    assert post(target(receiver, "https"), HERE, headers={}, body=b"{}", context=context).status == 200
    for host in ("other.example.org", "127.0.0.1"):
        with pytest.raises(NoAnswer, match="certificate"):
            post(target(receiver, "https", host), HERE, headers={}, body=b"{}", context=context)
    assert len(receiver.got) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(certified: tuple[Receiver, Any]) -> None:
    receiver, _ = certified
    with pytest.raises(NoAnswer, match="self-signed certificate"):
        post(target(receiver, "https"), HERE, headers={}, body=b"{}")
    assert receiver.got == []


def test_what_is_no_http_is_a_failure(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    def babble(self: Any) -> None:
        self.wfile.write(b"\x00\x01 no HTTP at all\r\n\r\n")
        self.close_connection = True

    monkeypatch.setattr(receiver.server.RequestHandlerClass, "do_POST", babble)
    with pytest.raises(NoAnswer, match="RemoteProtocolError"):
        post(target(receiver), HERE, headers={}, body=b"")
