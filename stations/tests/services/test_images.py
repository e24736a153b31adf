"""Pictures of stations: stored small, removed with their files."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from accounts.models import User
from evbooking.core.errors import Invalid
from stations.models import Station, StationImage
from stations.services.images import MOST_IMAGES, add_image, remove_image
from stations.tests.trace import audited, event_data, nothing_written


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def png(width: int = 40) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (width, 20), "teal").save(out, "PNG")
    out.seek(0)
    return out


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def test_a_picture_is_stored_with_its_words(station: Station, owner: User, media: Path) -> None:
    image = add_image(station, upload=png(), alt="The entrance", actor=owner)
    assert (image.alt, image.width, image.height, image.position) == ("The entrance", 40, 20, 0)
    assert files(media) == [Path(image.file.path)]
    assert Path(image.file.path).suffix == ".jpg"
    assert event_data("station.changed")["after"]["alt"] == "The entrance"
    assert audited() == ["image.add"]


@pytest.mark.parametrize(("alt", "field"), [("  ", "alt"), ("x" * 161, "alt")])
def test_words_are_needed(station: Station, owner: User, media: Path, alt: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add_image(station, upload=png(), alt=alt, actor=owner)
    assert refused.value.field_errors[0].field == field
    assert files(media) == []
    assert nothing_written()


def test_what_is_no_picture_leaves_nothing(station: Station, owner: User, media: Path) -> None:
    with pytest.raises(Invalid) as refused:
        add_image(station, upload=BytesIO(b"<svg/>"), alt="The entrance", actor=owner)
    assert refused.value.field_errors[0].field == "file"
    assert files(media) == []
    assert not StationImage.objects.exists()


def test_too_many_pictures_are_refused_and_their_file_deleted(
    station: Station, owner: User, media: Path
) -> None:
    for number in range(MOST_IMAGES):
        add_image(station, upload=png(), alt=f"Picture {number}", actor=owner)
    with pytest.raises(Invalid) as refused:
        add_image(station, upload=png(), alt="One more", actor=owner)
    assert refused.value.field_errors[0].code == "out_of_range"
    assert len(files(media)) == MOST_IMAGES


@pytest.mark.django_db(transaction=True)
def test_a_removed_picture_takes_its_file_with_it(station: Station, owner: User, media: Path) -> None:
    remove_image(add_image(station, upload=png(), alt="The entrance", actor=owner), actor=owner)
    assert files(media) == []
    assert not StationImage.objects.exists()
    assert audited() == ["image.add", "image.remove"]
