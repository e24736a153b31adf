"""Uploaded pictures are served, and nothing else is."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _stored(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    default_storage.save("stations/a.webp", ContentFile(b"picture"))
    default_storage.save("stations/a.html", ContentFile(b"<script>"))
    (tmp_path / "secret.webp").write_bytes(b"secret")


def test_a_picture_is_served_for_good(client: Client) -> None:
    answer = client.get("/media/stations/a.webp")
    assert (answer.status_code, answer["Content-Type"], answer.getvalue()) == (200, "image/webp", b"picture")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path", ["stations/b.webp", "stations/a.html", "stations", "../secret.webp", "%2e%2e/secret.webp"]
)
def test_nothing_else_is_served(client: Client, path: str, db: None) -> None:
    assert client.get(f"/media/{path}").status_code == 404


def test_only_reading_is_allowed(client: Client, db: None) -> None:
    assert client.post("/media/stations/a.webp").status_code == 405
