"""A browser without scripts: forms are read from the page and sent as they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User

NOW = datetime(2026, 12, 1, 7, 50, tzinfo=UTC)  # 08:50 in Hamburg, a Tuesday
NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)  # 10:00 in Hamburg

Browse = Callable[[User | None], Client]


@pytest.fixture(autouse=True)
def _ten_to_nine() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browse(db: None) -> Browse:
    """`browse(user)` is signed in as that user, `browse(None)` as nobody."""

    def client(user: User | None) -> Client:
        made = Client()
        if user is not None:
            made.force_login(user)
        return made

    return client


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.forms.append({"action": values.get("action"), "fields": {}, "buttons": []})
        elif self.forms and tag == "input" and "name" in values:
            self.forms[-1]["fields"][values["name"]] = values.get("value") or ""
        elif self.forms and tag == "button" and "name" in values:
            self.forms[-1]["buttons"].append((values["name"], values["value"]))


def form_of(answer: Any, action: str) -> dict[str, Any]:
    """The fields of the page's last form with that action, and the buttons in it that carry a value."""
    parser = _Forms()
    parser.feed(answer.content.decode())
    found: dict[str, Any] = [form for form in parser.forms if form["action"] == action][-1]
    found["fields"].pop("csrfmiddlewaretoken", None)
    return found


def text_of(answer: Any) -> str:
    """What a reader sees of the main part, with single spaces."""
    parser = _Text()
    parser.feed(answer.content.decode().split("<main", 1)[1].split(">", 1)[1])
    return " ".join(" ".join(parser.parts).split())


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
