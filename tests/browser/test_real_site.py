"""The real study's site, where `make read` has built it: every page, every kind."""

from __future__ import annotations

from pathlib import Path

import pytest
import seen

from xitt import paths

SITE = paths.RUNS / "site"
PICTURES = paths.RUNS / "screenshots"  # to be looked at
# A page of each kind; of numbers, records and answers the first that there is.
KINDS = ("index", "paper", "figures", "notebooks/50-analyse-transfer", "numbers/*",
         "records/*-*", "predictions/*-*", "docs/tasks", "README",
         "CHANGELOG")  # fmt: skip
ALIKE = ("numbers", "records", "predictions")  # made alike: one of each is looked at

pytestmark = pytest.mark.skipif(
    not SITE.is_dir(), reason="no site has been built: make read"
)


def first(kind: str) -> Path:
    """The page of a kind."""
    return min(SITE.glob(f"{kind}.html"))


@pytest.mark.parametrize(("width", "scheme"), seen.VIEWS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_fits_and_has_no_serious_fault(opened, kind, width, scheme):
    page = opened(first(kind), width, scheme)
    seen.check(page, scheme)
    page.screenshot(path=PICTURES / f"{kind.split('/')[0]}-{width}-{scheme}.png")
    # Long pages take axe long; it sees each kind in both views on the small site.
    assert width == "wide" or seen.faults(page) == []


def test_every_page_fits_a_phone_and_complains_of_nothing(opened):
    page = opened(SITE / "index.html", "phone", "light")
    kept = {first(kind) for kind in KINDS}
    wide, nameless = {}, {}
    for path in sorted(SITE.rglob("*.html")):
        if path.parent.name in ALIKE and path not in kept:
            continue
        page.goto(path.as_uri())
        if (over := page.evaluate(seen.OVERHANG)) > 0:
            wide[path.relative_to(SITE).as_posix()] = over
        if found := page.evaluate(seen.NAMELESS):
            nameless[path.relative_to(SITE).as_posix()] = found
    assert (wide, nameless) == ({}, {})
