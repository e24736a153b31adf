"""Drawings of stations, made with Pillow: a sky, a place, charging posts; one set per kind of station."""

from io import BytesIO
from random import Random

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from evbooking.demo.kinds import Kind

SIZE = (960, 540)
VARIANTS = 3
SKIES = (("#cfe6e4", "#f4f8f7"), ("#f6dfc4", "#fbf6ee"), ("#24343b", "#4a6470"))
GROUND = ("#8b9794", "#7e8986", "#39464a")
POST, SCREEN, CABLE = "#0b645f", "#bfe8df", "#15211f"


def drawing(kind: Kind, variant: int) -> str:
    """The stored name of a drawing of this kind of station, drawn once."""
    name = f"stations/demo/{kind.name}-{variant + 1}.webp"
    if not default_storage.exists(name):
        buffer = BytesIO()
        _draw(kind, variant).save(buffer, "WEBP", quality=82)
        default_storage.save(name, ContentFile(buffer.getvalue()))
    return name


def _draw(kind: Kind, variant: int) -> Image.Image:
    random = Random(f"{kind.name}{variant}")  # noqa: S311 — a drawing, no secret
    image = _gradient(*SKIES[variant % len(SKIES)])
    pen = ImageDraw.Draw(image)
    horizon = 360
    _skyline(pen, kind, random, horizon, dark=variant == 2)
    pen.rectangle((0, horizon, *SIZE), fill=GROUND[variant % len(GROUND)])
    posts = 2 + variant if kind.name != "street" else 2
    for i in range(posts):
        x = 150 + i * (SIZE[0] - 240) // posts
        pen.polygon(
            [(x - 60, SIZE[1]), (x - 40, horizon + 30), (x - 36, horizon + 30), (x - 54, SIZE[1])],
            fill="#e9efee",
        )
        _post(pen, x, horizon, tall=bool(kind.dc_kw))
    return image


def _gradient(top: str, bottom: str) -> Image.Image:
    column = Image.new("RGB", (1, 2))
    column.putpixel((0, 0), _rgb(top))
    column.putpixel((0, 1), _rgb(bottom))
    return column.resize(SIZE, Image.Resampling.BILINEAR)


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _skyline(pen: ImageDraw.ImageDraw, kind: Kind, random: Random, horizon: int, *, dark: bool) -> None:
    tall = {"street": 150, "garage": 210, "supermarket": 90, "hub": 60, "work": 180}[kind.name]
    x = -20
    while x < SIZE[0]:
        width, height = random.randint(70, 190), int(tall * random.uniform(0.55, 1.15))
        shade = random.randint(40, 62) if dark else random.randint(168, 205)
        pen.rectangle((x, horizon - height, x + width, horizon), fill=(shade, shade + 10, shade + 12))
        for wx in range(x + 14, x + width - 14, 26):
            for wy in range(horizon - height + 16, horizon - 20, 30):
                lit = random.random() < 0.35
                pen.rectangle(
                    (wx, wy, wx + 12, wy + 16), fill="#f5e3ae" if lit and dark else (shade + 18,) * 3
                )
        x += width + random.choice((0, 0, 24))


def _post(pen: ImageDraw.ImageDraw, x: int, horizon: int, *, tall: bool) -> None:
    top = horizon - (110 if tall else 60)
    pen.rounded_rectangle((x, top, x + (64 if tall else 44), horizon + 50), radius=10, fill=POST)
    pen.rounded_rectangle((x + 10, top + 14, x + (54 if tall else 34), top + 44), radius=4, fill=SCREEN)
    bolt = [
        (x + 26, top + 56),
        (x + 16, top + 78),
        (x + 24, top + 78),
        (x + 20, top + 98),
        (x + 34, top + 72),
        (x + 25, top + 72),
    ]
    pen.polygon(bolt, fill="#ffffff")
    pen.arc((x + 36, top + 40, x + 104, horizon + 70), 270, 120, fill=CABLE, width=6)
