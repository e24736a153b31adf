"""Pictures over the API: multipart in, a plain picture out."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from stations.models import Station, StationImage

Api = Callable[[User | None], APIClient]


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def send(client: APIClient, station: Station, content: bytes, **fields: str) -> Any:
    upload = SimpleUploadedFile("picture.png", content, "image/png")
    url = f"/api/v1/operator/stations/{station.pk}/images"
    return client.post(url, {"file": upload, **fields}, format="multipart")


def test_a_picture_is_stored_and_stands_at_its_station(api: Api, station: Station, owner: User) -> None:
    out = BytesIO()
    Image.new("RGB", (40, 20), "teal").save(out, "PNG")
    made = send(api(owner), station, out.getvalue(), alt="The entrance")
    assert made.status_code == 201
    assert (made.json()["alt"], made.json()["width"], made.json()["height"]) == ("The entrance", 40, 20)
    images = api(owner).get(f"/api/v1/operator/stations/{station.pk}").json()["images"]
    assert [image["id"] for image in images] == [made.json()["id"]]


@pytest.mark.parametrize(
    ("content", "fields", "expected"),
    [
        (b"<svg onload='alert(1)'/>", {"alt": "The entrance"}, ("file", "invalid")),
        (b"", {"alt": "The entrance"}, ("file", "invalid")),
        (b"\x89PNG", {}, ("alt", "required")),
    ],
)
def test_anything_else_is_refused_and_not_kept(
    api: Api,
    station: Station,
    owner: User,
    tmp_path: Path,
    content: bytes,
    fields: dict[str, str],
    expected: tuple[str, str],
) -> None:
    answer = send(api(owner), station, content, **fields)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [expected]
    assert not StationImage.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_json_body_is_no_picture(api: Api, station: Station, owner: User) -> None:
    url = f"/api/v1/operator/stations/{station.pk}/images"
    assert api(owner).post(url, {"alt": "x"}, format="json").status_code == 415
    assert not StationImage.objects.exists()
