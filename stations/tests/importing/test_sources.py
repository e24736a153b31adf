"""Fetching bytes and reading JSON of unknown origin."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from stations.importing import UnusableSource, fetch, sources
from stations.importing.hamburg_geojson import parse
from stations.importing.json_text import read_json


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/sites.json")
        elif self.path == "/circle":
            self.send_response(302)
            self.send_header("Location", "/circle")
        else:
            self.send_response(200 if self.path == "/sites.json" else 404)
        self.end_headers()
        self.wfile.write(b'{"a": 1}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silence: the suite's output is pytest's."""


@pytest.fixture
def site() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "sites.json").write_bytes(b"[]")
    assert fetch(str(tmp_path / "sites.json")) == b"[]"


@pytest.mark.parametrize("path", ["/sites.json", "/moved"])
def test_an_address_is_fetched_over_redirects(site: str, path: str) -> None:
    assert fetch(site + path) == b'{"a": 1}'


@pytest.mark.parametrize(
    ("path", "said"), [("/other", "/other answered 404"), ("/circle", "Exceeded maximum allowed redirects")]
)
def test_an_address_without_the_file_is_told(site: str, path: str, said: str) -> None:
    with pytest.raises(UnusableSource, match=said):
        fetch(site + path)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("http://127.0.0.1:1/", "cannot be fetched"),
        ("http://[", "cannot be fetched"),
        ("ftp://example.org/sites.json", "ftp: addresses are not supported"),
        ("file:///etc/hostname", "file: addresses are not supported"),
        ("missing.json", "missing.json cannot be read: No such file or directory"),
        (".", "cannot be read: Is a directory"),
    ],
)
def test_what_cannot_be_fetched_is_told(source: str, said: str) -> None:
    with pytest.raises(UnusableSource, match=said):
        fetch(source)


def test_no_more_than_the_limit_is_read(site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_BYTES", 7)
    (tmp_path / "eight").write_bytes(b"12345678")
    for source in (str(tmp_path / "eight"), f"{site}/sites.json"):
        with pytest.raises(UnusableSource, match="Split the file and import the parts"):
            fetch(source)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"features": [{"type": "Fea', "Unterminated string .* It seems to be cut off"),
        (b'{"features": [', "line 1, column 15. It seems to be cut off"),
        (b"", "line 1, column 1. It seems to be cut off"),
        (b"<html></html>", "not JSON: Expecting value, line 1, column 1.$"),
        (b'{"coordinates": [NaN, 1]}', "not JSON: JSON has no NaN"),
        (b"[Infinity]", "not JSON: JSON has no Infinity"),
        (b'"\xff"', r"not UTF-8 text \(byte 1\)"),
        (b"[" * 200_000, "nested too deeply"),
        (b"1" * 5_000, "not JSON: Exceeds the limit"),
        (b"[" + b"{}," * 1_000_001, "more than 1,000,000 objects. Split it"),
    ],
)
def test_what_is_no_json_is_refused_in_one_line(content: bytes, said: str) -> None:
    with pytest.raises(UnusableSource, match=said) as refusal:
        read_json(content)
    assert "\n" not in str(refusal.value)


def test_a_million_features_are_refused() -> None:
    features = ",".join(["1"] * 1_000_000)
    document = read_json(f'{{"type": "FeatureCollection", "features": [{features}]}}'.encode())
    with pytest.raises(UnusableSource, match=r"holds 1,000,000 records, more than 20,000\. Split it"):
        parse(document)


@pytest.mark.parametrize(
    "document", [[], {"type": "Feature"}, {"type": "FeatureCollection", "features": 1}, "x"]
)
def test_another_document_is_refused(document: object) -> None:
    with pytest.raises(UnusableSource):
        parse(document)
