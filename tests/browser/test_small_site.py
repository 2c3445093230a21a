"""A small site at two widths, light and dark, by keys alone, without a script."""

from __future__ import annotations

import json
import re

import pytest
import seen
import small_site


@pytest.mark.parametrize(("width", "scheme"), seen.VIEWS)
@pytest.mark.parametrize("name", small_site.KINDS)
def test_a_page_fits_and_has_no_serious_fault(opened, site, name, width, scheme):
    page = opened(site / f"{name}.html", width, scheme)
    seen.check(page, scheme)
    assert seen.faults(page) == []


def test_figures_are_turned_over_in_the_dark(opened, site):
    asked = "getComputedStyle(document.querySelector('figure img')).filter"
    filters = [
        opened(site / "figures.html", "wide", scheme).evaluate(asked)
        for scheme in ("light", "dark")
    ]
    assert filters[0] == "none"
    assert "invert" in filters[1]


# ------------------------------------------------------------------------- keys alone


def test_the_first_key_leads_past_the_menu(opened, site):
    page = opened(site / "paper.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#main-content")


def test_the_menu_of_a_phone_opens_leads_on_and_closes(opened, site):
    page = opened(site / "index.html", "phone")
    menu = page.get_by_label("Main").locator("a[href='paper.html']")
    assert not menu.is_visible()
    seen.tab_to(page, ".primary-toggle")
    page.keyboard.press("Enter")
    menu.wait_for(state="visible")
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    page.keyboard.press("Enter")
    menu.wait_for(state="visible")
    seen.tab_to(page, "a[href='paper.html']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/paper.html")


def test_light_and_dark_are_chosen_by_keys(opened, site):
    page = opened(site / "index.html")
    seen.tab_to(page, ".theme-switch-button")
    page.keyboard.press("Enter")
    seen.tab_to(page, ".dropdown-item[data-mode=dark]", most=3)
    page.keyboard.press("Enter")
    seen.check(page, "dark")


def test_a_table_sorts_by_keys_and_says_how(opened, site):
    page = opened(site / "numbers" / "xnli.html")
    table = page.locator("table.sortable").first
    read = "rows => rows.map(row => row.cells[0].textContent)"
    before = table.locator("tbody tr").evaluate_all(read)
    assert len(set(before)) == len(before) > 2
    ordered = "words => words.sort((one, other) => one.localeCompare(other))"
    seen.tab_to(page, "th button")
    head = table.locator("th").first
    for direction, order in (("ascending", 1), ("descending", -1)):
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == direction
        now = table.locator("tbody tr").evaluate_all(read)
        assert now == page.evaluate(ordered, before)[::order]


@pytest.mark.parametrize(
    ("steps", "left"),
    [(1, ["item-0", "item-1"]), (2, ["item-1"]), (3, ["item-0"]),
     (0, ["item-0", "item-1", "item-2"])],
)  # fmt: skip
def test_answers_are_filtered_by_keys(opened, site, steps, left):
    page = opened(site / f"{small_site.PREDICTIONS}.html")
    seen.tab_to(page, ".filter input")
    for _ in range(steps):
        page.keyboard.press("ArrowDown")
    label = page.locator(".filter label:has(:checked)").inner_text().strip()
    assert label == ["all", "changed", "right to wrong", "wrong to right"][steps]
    rows = page.locator("tr[data-kind]:visible")
    assert [row.split()[0] for row in rows.all_inner_texts()] == left


def test_the_chooser_opens_by_keys(opened, site):
    page = opened(site / f"{small_site.NOTEBOOK}.html")
    table = page.locator("details table").first
    assert not table.is_visible()
    seen.tab_to(page, ".bd-article details > summary")
    page.keyboard.press("Enter")
    table.wait_for(state="visible")


def test_search_finds_a_page_by_keys(opened, site):
    page = opened(site / "index.html")
    page.keyboard.press("Control+K")
    page.keyboard.type("code-switching")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    found = page.locator("#search-results a[href^='docs/glossary.html']")
    found.first.wait_for()


# ------------------------------------------------------------------------------ clicks


def test_clicks_lead_from_a_number_of_the_paper_to_the_file_of_a_record(opened, site):
    page = opened(site / "paper.html")
    link = page.locator(".abstract a[href*='numbers/']").first
    printed = link.inner_text()
    link.click()
    row = page.locator("tr:target")
    assert row.locator("td").nth(1).inner_text() == printed
    section = page.locator("section:has(> .wide tr:target)")
    section.locator("p a[href*='records/']").first.click()
    key = re.search(r"#(\w+)$", page.url)[1]
    with page.expect_navigation():
        page.locator("tr:target a[href^='files/']").click()
    assert json.loads(page.locator("body").inner_text())["key"] == key


def test_without_a_script_everything_stands_there(opened, site):
    page = opened(site / f"{small_site.PREDICTIONS}.html", java_script_enabled=False)
    assert page.locator("tr[data-kind]:visible").count() == 3
    assert not page.locator(".filter").is_visible()
    assert page.locator("th button").count() == 0
