"""What axe-core and a ruler find wrong with the page in a window, in both widths and both colour schemes."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.visitors import PHONE, WIDE

RUN = """async (rules) => {
    const options = {resultTypes: ["violations"], ...(rules ? {runOnly: rules} : {})};
    const found = await axe.run(document, options);
    return found.violations.map(({id, impact, nodes}) => ({
        id, impact, nodes: nodes.map(({target, any}) => `${target.join(" ")} ${any[0]?.message ?? ""}`)
    }));
}"""
TOO_WIDE = """() => {
    const edge = document.documentElement.clientWidth + 1;
    const scrolls = (one) => getComputedStyle(one).overflowX !== "visible";
    const boxed = (one) => one && one !== document.body && (scrolls(one) || boxed(one.parentElement));
    return [...document.body.querySelectorAll("*")]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > edge && !boxed(one.parentElement))
        .map((one) => `${one.tagName} ${one.className} ends at ${one.getBoundingClientRect().right}`).slice(0, 5);
}"""
BAD = {"serious", "critical"}
COLOURS = ["color-contrast"]


def faults_of(page: Page) -> list[str]:
    """One line for each serious or critical violation, and for what reaches out of a phone.

    All rules run wide and light, and on a dark phone; the other two pairs differ only in colours.
    """
    page.evaluate(AXE_SCRIPT)
    faults = []
    for viewport, scheme, rules in (
        (WIDE, "light", None),
        (WIDE, "dark", COLOURS),
        (PHONE, "dark", None),
        (PHONE, "light", COLOURS),
    ):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]  # a dict of width and height
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        where = f"{viewport['width']} {scheme}"
        found: list[dict[str, Any]] = page.evaluate(RUN, rules)
        faults += [
            f"{where}: {one['id']}: {node}" for one in found if one["impact"] in BAD for node in one["nodes"]
        ]
    return faults + [f"too wide: {one}" for one in page.evaluate(TOO_WIDE)]
