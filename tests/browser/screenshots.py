"""`make screenshots`: the pictures of the README, taken from the generated network by the project itself.

Collected by pytest only when it is named. The clock stands at tests.world.NOW: the same code makes the same pictures.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import User
from tests.browser.visitors import Visitors

FOLDER = django_settings.BASE_DIR / "docs/screenshots"
WIDE = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
COLOURS = 128
MOST_BYTES = 300_000


@pytest.fixture
def window(visitors: Visitors, settings: Settings, tmp_path: Path) -> Callable[..., Page]:
    """A window of one of the demo's people, in front of the small network."""
    settings.MEDIA_ROOT = tmp_path
    call_command("demo_data", size="small")

    def open_window(part: str, **options: Any) -> Page:
        return visitors.arrive(User.objects.get(email=f"{part}@example.org"), **options)

    return open_window


def shoot(page: Page, name: str) -> None:
    """Write docs/screenshots/NAME.png, small enough for a README."""
    path = FOLDER / f"{name}.png"
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("load")
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)
    assert path.stat().st_size < MOST_BYTES


def test_search(window: Callable[..., Page]) -> None:
    for name, options in (("search-desktop", WIDE), ("search-phone", PHONE)):
        page = window("driver", **options)
        page.goto("/")
        expect(page.locator(".pin, .cluster").first).to_be_visible()
        expect(page.locator(".map__land").first).to_be_attached()
        shoot(page, name)


def test_station_and_booking(window: Callable[..., Page]) -> None:
    page = window("driver", **WIDE)
    page.goto("/")
    page.locator(".station__name a").first.click()
    expect(page.get_by_role("heading", name="Best slots for you")).to_be_visible()
    page.get_by_role("heading", name="Choose your slot").evaluate("(one) => one.scrollIntoView()")
    shoot(page, "station")
    page.locator(".slots__grid .slot").nth(8).click()
    expect(page.get_by_role("button", name="Hold this slot")).to_be_visible()
    shoot(page, "booking")


def test_people_at_work(window: Callable[..., Page]) -> None:
    page = window("operator", **WIDE)
    page.goto("/operator/bookings/")
    expect(page.locator(".timeline")).to_be_visible()
    shoot(page, "today")
    page = window("admin", **WIDE)
    page.goto("/console/")
    expect(page.get_by_role("heading", name="To decide")).to_be_visible()
    shoot(page, "console")
