"""Uploaded pictures: read only what really is one, and written anew without anything but the picture."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

if TYPE_CHECKING:
    from PIL import Image

LARGEST_BYTES: Final = 8 * 1024 * 1024
LARGEST_PIXELS: Final = 40_000_000
LONGEST_EDGE: Final = 1600
_FORMATS: Final = ("JPEG", "PNG", "WEBP")


class UnusablePicture(ValueError):
    """The upload is no JPEG, PNG or WebP picture, or is too large; the text says which."""


class Picture(NamedTuple):
    """An encoded picture and the file name ending of its format."""

    content: bytes
    suffix: str


def clean_picture(upload: BinaryIO) -> Picture:
    """The picture upright, at most 1600 px along its longer edge, without metadata: JPEG, or WebP where
    parts are transparent. Raises UnusablePicture for more than 8 MB or 40 million pixels, and for all that
    is no JPEG, PNG or WebP.
    """
    from PIL import Image, ImageOps  # here, for it takes 2 MB and most web processes see no upload

    data = upload.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise UnusablePicture("The picture is larger than 8 MB. Choose a smaller one.")
    picture = ImageOps.exif_transpose(_decoded(data))
    picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
    if picture.has_transparency_data:
        return Picture(_encoded(picture.convert("RGBA"), "WEBP"), ".webp")
    return Picture(_encoded(picture.convert("RGB"), "JPEG"), ".jpg")


def _decoded(data: bytes) -> Image.Image:
    """The first frame. The size is read from the header, so a bomb is refused before it is unpacked."""
    from PIL import Image

    try:
        picture: Image.Image = Image.open(BytesIO(data), formats=_FORMATS)
        if picture.width * picture.height > LARGEST_PIXELS:
            raise Image.DecompressionBombError
        picture.load()
    except Image.DecompressionBombError as error:
        raise UnusablePicture("The picture has more than 40 million pixels. Choose a smaller one.") from error
    except (OSError, SyntaxError, ValueError, IndexError) as error:
        raise UnusablePicture("This file is no complete JPEG, PNG or WebP picture.") from error
    return picture


def _encoded(picture: Image.Image, format_name: str) -> bytes:
    """The pixels alone: nothing of the upload's own metadata is handed on."""
    out = BytesIO()
    picture.info = {}
    picture.save(out, format_name, quality=82, optimize=True)
    return out.getvalue()
