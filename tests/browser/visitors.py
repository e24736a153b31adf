"""People in front of browsers: each visitor has a window of their own, and no page may complain about anything."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from accounts.models import User
from tests.sessions import signed_in_session

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 15_000  # a busy machine is slow, not broken
# A refusal is a page too, but Chromium writes its status to the console.
REFUSALS = re.compile(r"Failed to load resource: the server responded with a status of 4(02|09|22) ")


@dataclass
class Visitors:
    """Opens windows onto the site at `url`; `complaints` collects what their consoles said."""

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def arrive(self, user: User | None = None, **options: Any) -> Page:
        """A new window, signed in as `user`; options are those of Playwright's new_context."""
        wanted: dict[str, Any] = {"locale": "en-GB", "viewport": WIDE, "reduced_motion": "reduce", **options}
        context = self.browser.new_context(base_url=self.url, **wanted)
        context.set_default_timeout(PATIENCE_MS)
        context.tracing.start(snapshots=True)
        context.on("console", self._note)
        context.on("weberror", lambda problem: self.complaints.append(str(problem.error)))
        if user is not None:
            self.sign_in(context, user)
        self.contexts.append(context)
        return context.new_page()

    def sign_in(self, context: BrowserContext, user: User) -> None:
        """Give a window the session of somebody who has just signed in."""
        key = signed_in_session(user)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.url}])

    def leave(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def keep(self, folder: Path) -> None:
        """Write what the windows show, and a trace of how they came there."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, context in enumerate(self.contexts, start=1):
            for page in context.pages:
                page.screenshot(path=folder / f"window-{number}.png", full_page=True)
            context.tracing.stop(path=folder / f"window-{number}.zip")

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not REFUSALS.match(message.text):
            self.complaints.append(f"{message.page.url if message.page else ''}: {message.text}")


@contextmanager
def gathered(browser: Browser, url: str) -> Iterator[Visitors]:
    """Visitors who all leave again."""
    visitors = Visitors(browser, url)
    try:
        yield visitors
    finally:
        visitors.leave()
