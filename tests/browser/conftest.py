"""A real browser, and pages in it whose console has to stay empty.

Skipped where the extra `browser` or Chromium is missing; `make browser` installs both.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fake_records
import pytest
import small_site

from xitt.analysis import results

WIDTHS = {"wide": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The folder of a small site."""
    study = results.of(fake_records.demo())
    return small_site.build(study, tmp_path_factory.mktemp("site"))[0]


# Not of the session: while it is there, nothing else can start an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    reason = "the extra `browser` is not installed: make browser"
    api = pytest.importorskip("playwright.sync_api", reason=reason)
    pytest.importorskip("axe_playwright_python", reason=reason)
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        pytest.skip("no Chromium is installed: make browser")
    with api.sync_playwright() as driver:
        # Its own sandbox refuses root, as whom CI runs.
        own = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield own
        own.close()


@pytest.fixture
def opened(browser) -> Iterator[Callable[..., Any]]:
    """Open a page: its file or address, `wide` or `phone`, `light` or `dark`.

    Once the test is through, no page may have had anything to complain of.
    """
    contexts, said = [], []

    def hear(page: Any) -> None:
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "console",
            lambda m: m.type in ("error", "warning") and said.append(m.text),
        )

    def load(
        where: Path | str, width: str = "wide", scheme: str = "light", **more: Any
    ) -> Any:
        size = dict(zip(("width", "height"), WIDTHS[width]))
        context = browser.new_context(viewport=size, color_scheme=scheme, **more)
        contexts.append(context)
        page = context.new_page()
        hear(page)
        page.goto(where.as_uri() if isinstance(where, Path) else where)
        return page

    yield load
    for context in contexts:
        context.close()
    assert not said
