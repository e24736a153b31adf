"""axe-core on every page of the URL resolver, and on the states a page can be in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests.browser.accessibility import faults_of
from tests.browser.visitors import Visitors
from tests.routes import PLAYED_BY, ROUTES, html_routes
from tests.world import World, make_world

pytestmark = pytest.mark.browser

PAGES = {
    name: PLAYED_BY[ROUTES[name].audience] or "nobody"
    for name in html_routes()
    if ROUTES[name].page and ROUTES[name].status in {200, 302}
}
STATES = ("held", "pending", "reserved", "arriving", "charging")
STATIONS = ("station", "draft_station", "submitted_station", "suspended_station")
SPOIL = """() => {
    const main = document.querySelector("main");
    main.querySelector("p").style.color = "#888";
    main.append(document.createElement("button"), Object.assign(document.createElement("table"), {width: 900}));
}"""


@pytest.fixture
def world(visitors: Visitors, settings: Settings, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    Image.new("RGB", (1, 1)).save(tmp_path / "none.jpg")  # the picture of the world's station
    return make_world()


@pytest.fixture
def window(visitors: Visitors, world: World) -> Callable[[str], Page]:
    """A window of the person who plays a part."""
    return lambda part: visitors.arrive(world.people.get(part))


def faults_by_page(page: Page, addresses: dict[str, str]) -> dict[str, list[str]]:
    """Only the pages that have any."""
    found = {}
    for name, address in addresses.items():
        answer = page.goto(address)
        assert answer and answer.ok, name
        found[name] = faults_of(page)
    return {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize("part", sorted(set(PAGES.values())))
def test_every_page_is_accessible(part: str, window: Callable[[str], Page], world: World) -> None:
    addresses = {name: ROUTES[name].address(name, world) for name, player in PAGES.items() if player == part}
    assert faults_by_page(window(part), addresses) == {}


def test_every_state_of_a_booking_is_accessible(window: Callable[[str], Page], world: World) -> None:
    mine = {state: reverse("bookings:detail", args=[world.ids[state]]) for state in STATES}
    theirs = {state: reverse("desk:booking", args=[world.ids[state]]) for state in STATES}
    assert faults_by_page(window("driver"), mine) == {}
    assert faults_by_page(window("staff"), theirs) == {}


def test_every_state_of_a_station_is_accessible(window: Callable[[str], Page], world: World) -> None:
    for part, route in (("owner", "operator:station"), ("administrator", "console:station")):
        addresses = {name: reverse(route, args=[world.ids[name]]) for name in STATIONS}
        assert faults_by_page(window(part), addresses) == {}


def test_empty_pages_are_accessible(window: Callable[[str], Page], world: World) -> None:
    personal = {route: reverse(route) for route in ("bookings:list", "accounts:vehicles", "operator:home")}
    assert faults_by_page(window("newcomer"), personal | {"search": "/?q=nowhere"}) == {}
    at_work = {route: reverse(route) for route in ("operator:home", "operator:tariffs", "desk:today")}
    assert faults_by_page(window("rival"), at_work) == {}


def test_a_form_that_was_refused_is_accessible(visitors: Visitors) -> None:
    page = visitors.arrive()
    page.goto("/accounts/signup/")
    page.get_by_label("Email").fill("somebody@example.com")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("group", name="What to correct")).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_error_pages_are_accessible(status: int, visitors: Visitors, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.browser.failing_urls"
    page = visitors.arrive()
    answer = page.goto(f"/fails/{status}/")
    assert answer and answer.status == status
    assert faults_of(page) == []
    assert [f"status of {status} " in one for one in visitors.complaints] == [True]
    visitors.complaints.clear()


def test_what_is_wrong_is_found(visitors: Visitors) -> None:
    page = visitors.arrive()
    page.goto("/accounts/login/")
    page.evaluate(SPOIL)
    found = " ".join(faults_of(page))
    for fault in (
        "1280 light: button-name",
        "1280 light: color-contrast",
        "390 dark: button-name",
        "too wide: TABLE",
    ):
        assert fault in found
