"""What no page's form accepts, as a browser or a program could send it: no fault, and nothing is changed."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from tests.bad_input.unchanged import unchanged
from tests.security.pages import ADDRESSES, PAGES
from tests.security.walk import PEOPLE, address, cookies
from tests.world import World

TOKEN = "a" * 32
FORM = "application/x-www-form-urlencoded"
SHUT_OUT = {"login", "403", "404", "405"}
# These read no form: the signed link or code is the permission, and mail programs post to it (RFC 8058).
BY_LINK = {"notifications/unsubscribe/<str:signed>/", "n/<str:code>/", "watches/end/<str:watch_link>/"}
FORMS = [route for route, (_, row) in PAGES.items() if set(row.split()) - SHUT_OUT and route not in BY_LINK]


def submit(route: str, world: World, known: dict[str, str], body: bytes, **environ: Any) -> int:
    """The status of the answer to somebody whom the table lets in."""
    row = PAGES[route][1].split()
    person = next(each for each, status in zip(PEOPLE, row, strict=True) if status not in SHUT_OUT)
    browser = Client(enforce_csrf_checks=True)
    browser.cookies[settings.SESSION_COOKIE_NAME] = known[person]
    browser.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    where = ADDRESSES.get(route) or address(route, world, {"pk": "1"})
    return int(browser.post(where, body, content_type=FORM, **environ).status_code)


def test_a_form_of_five_megabytes_is_refused_by_every_page(world: World) -> None:
    known = cookies(world)
    with unchanged(), Path("/dev/zero").open("rb", buffering=0) as zeros:  # nobody keeps the bytes
        form = {"wsgi.input": zeros, "CONTENT_LENGTH": "5000000"}
        found = {route: submit(route, world, known, b"name=", **form) for route in FORMS}
    assert found == dict.fromkeys(FORMS, 400)


def test_a_form_from_another_site_is_refused_by_every_page(world: World) -> None:
    known = cookies(world)
    with unchanged():
        found = {route: submit(route, world, known, b"name=x") for route in FORMS}
    assert found == dict.fromkeys(FORMS, 403)
