"""A browser in front of templates and static files alone: no server, no database, the production CSP."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from csp.utils import build_policy
from django.conf import settings
from django.template import engines
from playwright.sync_api import Browser, Page, Route

from tests.chromium import launched

ORIGIN = "http://evbooking.test"
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".geojson": "application/json",
}


@dataclass
class Site:
    """Answers for a page: its template, the static files, and what `answers` holds by path."""

    page: Page
    html: str = ""
    answers: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, name: str, **context: object) -> Page:
        template = (Path(__file__).parent / "pages" / f"{name}.html").read_text()
        self.html = engines["django"].from_string(template).render(context)
        self.page.goto(f"{ORIGIN}/")
        return self.page

    def reply(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        self.asked.append(route.request.url.removeprefix(ORIGIN))
        if url.path.startswith("/static/"):
            path: Path = settings.BASE_DIR / url.path[1:]
            route.fulfill(body=path.read_bytes(), content_type=TYPES.get(path.suffix, "font/woff2"))
        elif url.path in self.answers:
            content_type, body = self.answers[url.path]
            route.fulfill(body=body, content_type=content_type)
        else:
            headers = {"Content-Security-Policy": build_policy(), "Content-Type": "text/html; charset=utf-8"}
            route.fulfill(body=self.html, headers=headers)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def site(chromium: Browser) -> Iterator[Site]:
    """A site whose pages may complain about nothing: a blocked style or a script's error fails the test."""
    page = chromium.new_page(locale="en-GB", viewport={"width": 1280, "height": 900})
    made = Site(page)
    note: Callable[[str], None] = made.complaints.append
    page.on("console", lambda message: note(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: note(str(error)))
    page.route("**/*", made.reply)
    yield made
    page.close()
    assert made.complaints == []
