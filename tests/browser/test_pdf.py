"""From numbers of the built PDF to the files of their records, by clicks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from xitt import paths

PDF = paths.PAPER / "main.pdf"
SITE = paths.RUNS / "site"
KINDS = {
    "a score of the text or of a table": r"(\w+)/none/score$",
    "a gain of a table": r"(\w+)/(?!none)[\w+]+/gain$",
    "a language's gain of a table": r"(\w+)/[\w+]+/(?!en/)[a-z]{2}/gain$",
}
AVERAGES = "avg"  # of more records than a page names one by one

pytestmark = pytest.mark.skipif(
    not PDF.exists() or not SITE.is_dir(), reason="no PDF or no site: make paper read"
)


@pytest.fixture(scope="module")
def links() -> dict[str, tuple[Path, str]]:
    """Key of a number to the page that its link names, and to the text around it."""
    pypdf = pytest.importorskip("pypdf", reason="make browser installs pypdf")
    found: dict[str, tuple[Path, str]] = {}
    for page in pypdf.PdfReader(PDF).pages:
        text = page.extract_text()
        for note in page.get("/Annots") or ():
            address = note.get_object().get("/A", {}).get("/URI", "")
            name, _, key = address.partition("#")
            if "numbers/" in name:
                found.setdefault(key, ((PDF.parent / name).resolve(), text))
    return found


def test_every_link_of_a_number_leads_to_its_row(links):
    assert len(links) > 100
    pages = {path: path.read_text(encoding="utf-8") for path, _ in links.values()}
    lost = [key for key, (path, _) in links.items() if f'id="{key}"' not in pages[path]]
    assert not lost


@pytest.mark.parametrize("kind", KINDS)
def test_three_numbers_agree_with_records_that_clicks_lead_to(opened, links, kind):
    keys = [key for key in links if re.match(KINDS[kind], key)]
    key = next(key for key in keys if not key.startswith(AVERAGES))
    path, text = links[key]
    page = opened(f"{path.as_uri()}#{key}")
    _, printed, value = page.locator("tr:target td").all_inner_texts()
    assert printed in text.replace("\u2212 ", "\u2212")
    records = followed(page)
    assert records
    lang = (re.search(r"/([a-z]{2})/gain$", key) or [None, None])[1]
    assert computed(records, lang) == pytest.approx(float(value), abs=2e-3)


def followed(page: Any) -> list[dict]:
    """The records that the section of a number names, each by two clicks."""
    section = page.locator("section:has(> .wide tr:target)").last
    named = section.locator("p a[href*='records/']")
    records = []
    for at in range(named.count()):
        named.nth(at).click()
        page.locator("tr:target a[href^='files/']").click()
        page.wait_for_url("**/files/*.json")
        records.append(json.loads(page.locator("body").inner_text()))
        page.go_back()
        page.go_back()
    return records


def computed(records: list[dict], lang: str | None) -> float:
    """A score, or a gain where there are two settings, from files alone."""
    own = [r for r in records if r["setting"] != "none"]
    base = [r for r in records if r["setting"] == "none"]
    return scored(own, lang) - scored(base, lang) if own else scored(base, lang)


def scored(records: list[dict], lang: str | None) -> float:
    """The mean over seeds of one language, or of all languages but English."""
    return mean(
        scores[record["headline"]]
        for record in records
        for code, scores in record["metrics"]["test"].items()
        if (code == lang if lang else code != "en")
    )
