"""Every HTML page of ours as those who may see it get it."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.test import Client

from tests.security.pages import ADDRESSES, PAGES
from tests.security.walk import PEOPLE, address, cookies
from tests.world import World


def html_pages(world: World) -> Iterator[tuple[str, Any]]:
    """`route as person` and the answer, for each page that answers one of them with 200 and HTML."""
    known = cookies(world)
    for route, (row, _) in PAGES.items():
        for person, status in zip(PEOPLE, row.split(), strict=True):
            if status != "200":
                continue
            browser = Client(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={known[person]}"})
            answer = browser.get(ADDRESSES.get(route) or address(route, world, {"pk": "1"}))
            if answer["Content-Type"].startswith("text/html"):
                yield f"/{route} as {person}", answer


class Parsed(HTMLParser):
    """A document's tags, attributes by name, and all text of it and of its attributes."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.texts += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
