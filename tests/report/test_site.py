"""The site: from a number to its records, what licences let it show, whole pages."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from statistics import mean
from urllib.parse import unquote

import pytest
import small_site

from xitt.analysis import results, wording
from xitt.errors import UserError
from xitt.report import numbers
from xitt.report.site import (
    macros,
    pages,
    predictions,
    provenance,
    records,
    staging,
)
from xitt.study import profiles
from xitt.tasks import registry


@pytest.fixture(scope="module")
def found(demo) -> dict[str, numbers.Number]:
    return numbers.collect(demo)


# ------------------------------------------------------------ numbers and their records


def test_statements_on_cost_and_learning_rates_name_what_was_tried(demo):
    own = next(r for r in demo.of("target") if r["setting"] == "none")
    tried = {**own, "key": "another-rate"}
    study = results.of(demo.records, tried=[tried])
    assert tried in provenance.behind("claim/compute", study)
    rates = provenance.behind("claim/learning-rates", study)
    assert tried in rates and own in rates
    assert {(r["setting"], r["target"]) for r in rates} == {("none", own["target"])}


def zero_shot(rows: list[dict]) -> float:
    """The mean over seeds and languages without English of the headline score."""
    return mean(
        scores[row["headline"]]
        for row in rows
        for lang, scores in row["metrics"]["test"].items()
        if lang != "en"
    )


@pytest.mark.parametrize(
    "key", ["xnli/mnli/score", "panx/squad_v2/score", "udpos/none/score"]
)
def test_a_score_is_the_mean_of_the_records_behind_it(demo, found, key):
    rows = provenance.behind(key, demo)
    assert zero_shot(rows) == pytest.approx(found[key].value, abs=1e-3)


@pytest.mark.parametrize("key", ["xnli/mnli/gain", "panx/squad_v2/gain"])
def test_a_gain_is_the_difference_of_the_records_behind_it(demo, found, key):
    rows = provenance.behind(key, demo)
    base = [row for row in rows if row["setting"] == "none"]
    own = [row for row in rows if row["setting"] != "none"]
    assert {row["seed"] for row in base} == {row["seed"] for row in own}
    gain = zero_shot(own) - zero_shot(base)
    assert gain == pytest.approx(found[key].value, abs=1e-3)


def test_every_number_has_records_or_a_file(demo, found):
    lost = [
        key
        for key in found
        if not provenance.behind(key, demo)
        and provenance.page_of(key) not in provenance.FILES
        and not key.startswith(("claim/noise", "robustness/"))  # no noisy run here
    ]
    assert not lost


def test_the_page_of_a_number_links_to_the_row_and_the_row_to_the_file(demo, found):
    key = "xnli/mnli/es/gain"
    page = pages.number_page("xnli", {key: found[key]}, demo)
    known = {record["key"]: record for record in demo.records}
    assert f'id="{key}"' in page
    for record in provenance.behind(key, demo):
        assert f'href="{records.link(record, "../")}"' in page
        rows = records.page([record], known)
        assert f'id="{record["key"]}"' in rows
        assert f'href="files/{records.name(record)}"' in rows


def test_records_of_both_phases_are_listed_by_what_they_are(demo):
    trained, tested = demo.of("intermediate")[0], demo.of("target")[0]
    said = pages.listed([trained, tested], "")
    assert f"intermediate, {wording.setting(trained['setting'])}, seed" in said
    assert f"{wording.task(tested['target'])}, " in said


# ---------------------------------------------------------------------- the paper's TeX


def expand(folder: Path, text: str, demo: bool = False, **given: str) -> str:
    (folder / "main.tex").write_text(text, encoding="utf-8")
    (folder / "tables").mkdir(exist_ok=True)
    return macros.expanded(folder, folder / "tables", given, demo, provenance.link)


def test_a_looked_up_number_becomes_a_link(tmp_path):
    text = expand(tmp_path, r"a \result{avg/mnli} b", **{"avg/mnli": "5 %"})
    assert text == r"a \href{numbers/avg.html#avg/mnli}{5 \%} b"


def test_a_number_in_a_table_becomes_a_link_around_what_stands_there(tmp_path):
    (tmp_path / "tables").mkdir()
    rows = r"\begin{tabular}{l}\traced{avg/mnli}{\textbf{$-$5}} \\\end{tabular}"
    (tmp_path / "tables" / "t.tex").write_text(rows)
    text = expand(tmp_path, r"\fittable{t}", **{"avg/mnli": "−5"})
    minus = "\N{MINUS SIGN}"
    assert rf"\href{{numbers/avg.html#avg/mnli}}{{\textbf{{{minus}5}}}}" in text
    with pytest.raises(UserError, match="no number 'avg/mnli'"):
        expand(tmp_path, r"\fittable{t}")


def test_conditions_are_decided_and_nest(tmp_path):
    text = r"\ifresult{a}{x \ifresult{b}{no}{y\textbf{z}}}{no}\ifdemo d\else r\fi"
    assert expand(tmp_path, text, a="1") == r"x y\textbf{z} r"
    assert expand(tmp_path, text, demo=True, b="1") == "no d"


def test_references_are_numbered_over_sections_floats_and_the_appendix(tmp_path):
    text = (
        r"\section{One}\label{s} \ref{f} \begin{figure*}\caption{C}\label{f}"
        r"\end{figure*}\appendix\section{Two}\label{a}\ref{a}, \ref{s}"
    )
    text = expand(tmp_path, text)
    assert r"\section{1. One}" in text
    assert r"\section{A. Two}" in text
    assert r"\caption{\textbf{Figure 1.} C}" in text
    assert text.endswith(r"\href{#a}{A}, \href{#s}{1}")


def test_a_table_without_rows_keeps_its_sentence_and_its_caption(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "t.tex").write_text(r"\emph{Nothing yet.}")
    text = expand(tmp_path, r"\begin{table}\fittable{t}\caption{C}\end{table}")
    assert r"\begin{tabular}{l}\emph{Nothing yet.} \\\end{tabular}" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"\result{no/such}", "no number 'no/such'"),
        (r"\fittable{none}", "no table"),
        (r"\ref{nowhere}", "no label 'nowhere'"),
        (r"\ifresult{a}{b}{", "braces do not close"),
    ],
)
def test_what_is_looked_up_and_not_there_stops_the_page(tmp_path, text, said):
    with pytest.raises(UserError, match=said):
        expand(tmp_path, text)


# -------------------------------------------------------------------------- predictions


def answers(licence: str) -> str:
    """The page of a few answers to data of that licence."""
    return predictions.page(predictions.within_licence(small_site.entry(licence)))


def test_a_licence_that_forbids_shows_ids_only():
    page = predictions.page(
        predictions.within_licence(small_site.entry("CC BY-NC 4.0"))
    )
    assert "item-1" in page
    assert "phrase" not in page
    assert ">yes<" not in page
    assert page.count("right</small>") == page.count("wrong</small>") * 2 == 4


def test_an_open_licence_shows_texts_and_marks_what_changed():
    page = predictions.page(
        predictions.within_licence(small_site.entry("CC BY-SA 4.0"))
    )
    assert "phrase 1" in page
    assert 'data-kind="changed won"' in page
    assert 'data-kind="changed lost"' in page
    assert 'data-kind=""' in page
    assert "1 from right to wrong, 1 from wrong to right" in page


@pytest.mark.parametrize(
    ("task", "shown"),
    [("xnli", False), ("paws_x", True), ("udpos", False), ("xquad", True),
     ("bucc", False), ("tydiqa", True), ("qqp", False), ("ccg", False)],
)  # fmt: skip
def test_texts_are_shown_as_the_registry_says(task, shown):
    assert predictions.may_show(registry.get(task).licence) is shown


def test_no_licence_lets_nothing_be_shown():
    assert not predictions.may_show("")
    assert not predictions.may_show("CC BY 4.0; its questions for research use")


def test_every_number_of_the_tracked_study_is_on_a_page_with_a_title():
    study = results.read(profiles.load("small"))
    for key in numbers.collect(study):
        assert pages.number_title(provenance.page_of(key)), key


# ------------------------------------------------------------------------ staged, built


def test_links_lead_to_pages_or_to_files_that_come_along(tmp_path):
    root, staged = tmp_path / "root", tmp_path / "staged"
    (root / "docs").mkdir(parents=True)
    (root / "docs" / "a.md").write_text("")
    (root / "LICENSE").write_text("free")
    (root / "xitt").mkdir()
    text = "[a](docs/a.md#b) [l](LICENSE) [x](xitt) [web](https://b.c)"
    text += " [![badge](https://b.c/d.svg)](https://b.c) ![seen](https://b.c/d.png)"
    staging.text(root, _written(root / "README.md", text).name, staged)
    assert (staged / "README.md").read_text() == (
        "[a](docs/a.md#b) [l](LICENSE) x [web](https://b.c) [badge](https://b.c) seen"
    )
    assert (staged / "LICENSE").read_text() == "free"


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


class Page(HTMLParser):
    """What a page names, links to and loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids, self.links, self.titles, self.loaded = set(), [], 0, []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        self.ids.add(given.get("id"))
        self.titles += tag == "h1"
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag in ("script", "link", "img"):
            self.loaded.append(given.get("src") or given.get("href") or "")


def broken(site: Path) -> list[str]:
    """Links of a site that lead nowhere, and whatever it loads from elsewhere."""
    there = {path.resolve(): Page(path) for path in site.rglob("*.html")}
    lost = []
    for path, page in there.items():
        for link in page.links + page.loaded:
            name, _, fragment = unquote(link.split("?")[0]).partition("#")
            if "://" in link or link.startswith("//"):
                lost += [link] if link in page.loaded else []
                continue
            target = (path.parent / name).resolve() if name else path
            named = not fragment or target.suffix != ".html"
            if not target.exists() or not (named or fragment in there[target].ids):
                lost.append(f"{path.name}: {link}")
    return lost


def test_a_small_site_is_built_and_holds_together(demo, tmp_path):
    site, warned = small_site.build(demo, tmp_path)
    assert not warned
    assert not broken(site)
    titles = {name: Page(site / f"{name}.html").titles for name in small_site.KINDS}
    assert titles == dict.fromkeys(small_site.KINDS, 1)
    assert "A \N{DOUBLE DAGGER}: not learned" in (site / "paper.html").read_text()
