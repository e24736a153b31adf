"""Uploaded pictures become small, plain and harmless, or are refused with a reason."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from stations.pictures import UnusablePicture, clean_picture


def encoded(picture: Image.Image, format_name: str, **options: object) -> BytesIO:
    out = BytesIO()
    picture.save(out, format_name, **options)
    out.seek(0)
    return out


def reopened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_a_large_picture_becomes_a_jpeg_of_1600_pixels(format_name: str) -> None:
    picture = clean_picture(encoded(Image.new("RGB", (3200, 1000), "teal"), format_name))
    assert picture.suffix == ".jpg"
    assert reopened(picture.content).format == "JPEG"
    assert reopened(picture.content).size == (1600, 500)


def test_a_small_picture_keeps_its_size() -> None:
    assert reopened(clean_picture(encoded(Image.new("L", (20, 30)), "PNG")).content).size == (20, 30)


def test_a_transparent_picture_becomes_webp_and_stays_transparent() -> None:
    picture = clean_picture(encoded(Image.new("RGBA", (10, 10), (0, 0, 0, 0)), "PNG"))
    assert picture.suffix == ".webp"
    assert reopened(picture.content).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_metadata_such_as_the_place_is_dropped_and_the_picture_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90 degrees
    exif[0x010F] = "a camera"
    picture = reopened(clean_picture(encoded(Image.new("RGB", (40, 20)), "JPEG", exif=exif)).content)
    assert picture.size == (20, 40)
    assert dict(picture.getexif()) == {}
    assert "exif" not in picture.info


def gif() -> BytesIO:
    return encoded(Image.new("RGB", (10, 10)), "GIF")


def truncated() -> BytesIO:
    whole = encoded(Image.effect_noise((200, 200), 50), "JPEG").getvalue()
    return BytesIO(whole[: len(whole) // 2])


def script() -> BytesIO:
    return BytesIO(b"<svg onload='alert(1)'/>")


@pytest.mark.parametrize("upload", [gif, truncated, script, BytesIO])
def test_what_is_no_complete_jpeg_png_or_webp_is_refused(upload: Callable[[], BytesIO]) -> None:
    with pytest.raises(UnusablePicture, match="no complete JPEG, PNG or WebP"):
        clean_picture(upload())


def test_more_than_40_million_pixels_are_refused_from_the_header() -> None:
    with pytest.raises(UnusablePicture, match="40 million"):
        clean_picture(encoded(Image.new("1", (8000, 5001)), "PNG"))


def test_more_than_8_megabytes_are_refused() -> None:
    with pytest.raises(UnusablePicture, match="8 MB"):
        clean_picture(BytesIO(b"\xff" * (8 * 1024 * 1024 + 1)))
