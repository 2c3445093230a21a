"""What is asked of every page of the site, in a real browser."""

from __future__ import annotations

from typing import Any

VIEWS = (("wide", "light"), ("phone", "dark"))
# Text is whole in its width, whatever scrolls by itself in it.
OVERHANG = "document.scrollingElement.scrollWidth - innerWidth"
NAMELESS = """[...document.querySelectorAll(".bd-article img")]
    .filter(img => img.alt.trim().length < 10).map(img => img.src)"""
BACKGROUND = (
    "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
)
# Sheets are not fetched anew, which a page that is a file may not do.
OPTIONS = {"resultTypes": ["violations"], "preload": False}


def faults(page: Any) -> list[str]:
    """What axe calls serious or critical, each with the first place of it."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{each['id']}: {len(each['nodes'])} such as {each['nodes'][0]['html'][:120]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def check(page: Any, scheme: str) -> None:
    """The page is as wide as the window, light or dark, and its pictures have words."""
    assert page.evaluate(OVERHANG) <= 0
    assert page.evaluate(NAMELESS) == []
    assert (sum(page.evaluate(BACKGROUND)) < 3 * 128) == (scheme == "dark")


def tab_to(page: Any, selector: str, most: int = 150) -> None:
    """Press Tab until what `selector` names has the focus."""
    asked = "selector => document.activeElement.matches(selector)"
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(asked, selector):
            return
    raise AssertionError(f"{selector} is out of the keyboard's reach")
