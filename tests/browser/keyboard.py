"""Hands that never touch a mouse."""

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 150


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached by {MOST_TABS} presses of Tab")


def choose(page: Page, target: Locator) -> None:
    """Go there and press Enter."""
    tab_to(page, target)
    page.keyboard.press("Enter")


def write(page: Page, target: Locator, text: str) -> None:
    """Go there and type."""
    tab_to(page, target)
    page.keyboard.type(text)
