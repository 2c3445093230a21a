"""Build the site: every source is staged in one folder, and Sphinx makes pages of it.

Nothing is fetched, neither here nor by the pages. Search is Sphinx's own, which works
where a page is opened as a file; one that fetches its index does not.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xitt import files, paths
from xitt.analysis.results import Results
from xitt.errors import UserError
from xitt.report import numbers, speed_report
from xitt.report.site import (
    glossary,
    macros,
    pages,
    paper,
    predictions,
    provenance,
    staging,
)
from xitt.report.site import records as record_pages
from xitt.report.tables import catalogue

TITLE = "Does more training on English help a model in Swahili?"
STATIC = Path(__file__).with_name("static")
NEEDED = ("sphinx", "myst_nb", "sphinx_book_theme", "sphinx_copybutton", "pypandoc")
TOGGLE = '<summary><span class="toctree-toggle"'
NAMED = '<summary aria-label="Pages below"><span class="toctree-toggle"'
# A second search field and second buttons, which scripts would take for the first.
HEADER = re.compile(r'<header id="pst-header".*?(?=</header>)', re.DOTALL)
EMPTY = '<header id="pst-header" class="bd-header" hidden>'  # which scripts measure
PRINTED = re.compile(r'<div id="jb-print-docs-body"[^>]*>\s*<h1>.*?</h1>', re.DOTALL)
GLOSSARY = "docs/glossary"
TEXTS = ("README.md", "CHANGELOG.md")


def build(
    study: Results, out: Path, figures: Path, answers: Sequence[dict[str, Any]] = ()
) -> list[str]:
    """Build the site of a study's records into `out`; what Sphinx warned of.

    figures: the folder of the study's figures and their numbers. answers: what
    `running.exports.answers` gathers of predictions, one entry a target and language.

    Raises:
        UserError: where a package or a figure is missing.
    """
    _ready()
    with tempfile.TemporaryDirectory(prefix="xitt-site-") as name:
        work = Path(name).resolve()
        staged = work / "source"
        stage(study, staged, work, figures, answers)
        return render(staged, work, out)


def _ready() -> None:
    from importlib.util import find_spec

    if missing := [name for name in NEEDED if not find_spec(name)]:
        raise UserError(
            f"the site needs {', '.join(missing)}; `pip install .[site]` or make read"
        )


def stage(
    study: Results,
    staged: Path,
    work: Path,
    figures: Path,
    answers: Sequence[dict[str, Any]],
) -> None:
    """Write every source of the site into `staged`; what is no page into work/extra."""
    extra = work / "extra"
    found = dict(sorted(numbers.collect(study).items()))
    text = _paper(study, found, work)
    shown = paper.figures(text)
    known = {record["key"]: record for record in study.every}
    data = _figures(shown, figures, extra / "figures")

    files.write_text(staged / "paper.md", paper.page(paper.title(paths.PAPER), text))
    files.write_text(staged / "figures.md", pages.figure_page(shown, data, known))
    trees = {
        "Read": ["The paper <paper>", "figures", *_notebooks(staged)],
        "Trace": ["numbers/index", "records/index", "predictions/index"],
        "Use": ["About <README>", *_texts(staged), "CHANGELOG"],
    }
    abstract = text[: text.index("</div>") + len("</div>")]
    abstract = abstract.replace('href="#', 'href="paper.html#')
    start = pages.landing(TITLE, abstract, shown[0], trees)
    files.write_text(staged / "index.md", start)
    _number_pages(study, found, staged)
    _record_pages(known, staged, extra)
    for name, page in predictions.pages(answers).items():
        files.write_text(staged / "predictions" / f"{name}.md", page)


def _paper(study: Results, found: Mapping[str, numbers.Number], work: Path) -> str:
    catalogue.write(study, work)
    speed_report.write(work)
    printed = {key: number.text for key, number in found.items()}
    tex = macros.expanded(
        paths.PAPER, work / "tables", printed, study.demo, provenance.link
    )
    return paper.converted(tex, paths.PAPER / "references.bib", work)


def _figures(
    shown: Sequence[paper.Figure], folder: Path, out: Path
) -> dict[str, dict[str, Any]]:
    """Copy figures with their numbers, as JSON and as CSV; the numbers by name."""
    out.mkdir(parents=True)
    data = {}
    for figure in shown:
        for suffix in (".png", ".json"):
            path = folder / f"{figure.name}{suffix}"
            if not path.exists():
                raise UserError(
                    f"no figure {paths.relative(path)}; `make figures` with the same "
                    "PROFILE draws it"
                )
            shutil.copyfile(path, out / path.name)
        own = json.loads((folder / f"{figure.name}.json").read_text("utf-8"))
        files.write_text(out / f"{figure.name}.csv", _csv(own["data"]))
        data[figure.name] = own
    return data


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    heads = list(dict.fromkeys(name for row in rows for name in row))
    written = io.StringIO()
    writer = csv.DictWriter(written, heads, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _notebooks(staged: Path) -> list[str]:
    names = sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb"))
    for name in names:
        staging.notebook(paths.ROOT, f"notebooks/{name}.ipynb", staged)
    return [f"notebooks/{name}" for name in names]


def _texts(staged: Path) -> list[str]:
    docs = sorted((paths.ROOT / "docs").glob("*.md"))
    names = [*TEXTS, "CONTRIBUTING.md", *(f"docs/{path.name}" for path in docs)]
    for name in names:
        staging.text(paths.ROOT, name, staged)
    return [name.removesuffix(".md") for name in names if name not in TEXTS]


def _number_pages(
    study: Results, found: Mapping[str, numbers.Number], staged: Path
) -> None:
    by_page: dict[str, dict[str, numbers.Number]] = {}
    for key, number in found.items():
        by_page.setdefault(provenance.page_of(key), {})[key] = number
    for name, own in by_page.items():
        page = pages.number_page(name, own, study)
        files.write_text(staged / "numbers" / f"{name}.md", page)
        if name in provenance.FILES:
            source = provenance.FILES[name]
            (staged / source).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(paths.ROOT / source, staged / source)
    about = "Every number that the paper can look up, with the records it is made of."
    titles = {name: pages.number_title(name) for name in by_page}
    index = pages.index("Numbers", about, "numbers", titles)
    files.write_text(staged / "numbers" / "index.md", index)


def _record_pages(known: dict[str, dict[str, Any]], staged: Path, extra: Path) -> None:
    by_page: dict[str, list[dict[str, Any]]] = {}
    for record in known.values():
        by_page.setdefault(record_pages.page_of(record), []).append(record)
        path = extra / "records" / "files" / record_pages.name(record)
        files.write_json(path, record)
    for name, own in by_page.items():
        page = record_pages.page(own, known)
        files.write_text(staged / "records" / f"{name}.md", page)
    about = "One record a finished run: what ran, on what, and what came out."
    titles = {
        n: f"{record_pages.title(own[0])}: {len(own)}" for n, own in by_page.items()
    }
    index = pages.index("Records", about, "records", titles)
    files.write_text(staged / "records" / "index.md", index)


def configuration(extra: Path) -> dict[str, Any]:
    """Sphinx's settings: nothing dated, nothing executed, nothing from elsewhere."""
    return {
        "project": "xitt",
        "copyright": "",
        "extensions": ["myst_nb", "sphinx_copybutton"],
        "nb_execution_mode": "off",
        "nb_ipywidgets_js": {},
        "nb_code_prompt_show": "Show what to expect",
        "nb_code_prompt_hide": "Hide what to expect",
        "myst_heading_anchors": 3,
        "myst_enable_extensions": [],
        "suppress_warnings": ["misc.highlighting_failure", "myst.header"],
        "html_theme": "sphinx_book_theme",
        "html_title": "xitt",
        "html_static_path": [str(STATIC)],
        "html_css_files": ["site.css"],
        "html_js_files": [("site.js", {"defer": "defer"})],
        "html_extra_path": [str(extra)],
        "html_copy_source": False,
        "html_show_sphinx": False,
        "html_show_copyright": False,
        "html_last_updated_fmt": None,
        "html_context": {"default_mode": "auto"},  # light or dark, as the reader has it
        "html_theme_options": {
            "use_download_button": False,
            "show_toc_level": 2,
            "home_page_in_toc": True,
        },
    }


def render(staged: Path, work: Path, out: Path) -> list[str]:
    """Make HTML in `out` of the sources in `staged`; each warning that Sphinx gave.

    work: a folder for what Sphinx keeps; what is in its `extra` goes into `out` as it
    is.
    """
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")  # no page carries a date
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    warned = io.StringIO()
    html = work / "html"
    with docutils_namespace():
        Sphinx(
            staged, None, html, work / "doctrees", "html",
            confoverrides=configuration(work / "extra"), status=None, warning=warned,
        ).build()  # fmt: skip
    _mend(html)
    _explain(html, staged)
    with files.whole_folder(out) as folder:
        shutil.copytree(html, folder, dirs_exist_ok=True)
    text = warned.getvalue().replace(f"{staged}/", "")
    return [line for line in text.splitlines() if line.strip()]


def _explain(html: Path, staged: Path) -> None:
    """Terms of the glossary in the paper and in notebooks lead there."""
    source = staged / f"{GLOSSARY}.md"
    if not source.exists():
        return
    known, own = glossary.terms(source), html / f"{GLOSSARY}.html"
    files.write_text(own, glossary.anchored(own.read_text("utf-8"), known))
    for path in (html / "paper.html", *(html / "notebooks").glob("*.html")):
        up = "../" * (len(path.relative_to(html).parts) - 1)
        page = path.read_text(encoding="utf-8")
        page = glossary.explained(page, known, f"{up}{GLOSSARY}.html")
        files.write_text(path, page)


def _mend(html: Path) -> None:
    """One title and menu a page, toggles with names, no file that nobody needs."""
    for name in (".buildinfo", "objects.inv", "_static/webpack-macros.html",
                 "_static/sbt-webpack-macros.html"):  # fmt: skip
        (html / name).unlink(missing_ok=True)
    for path in html.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for printed in PRINTED.findall(text):
            plain = printed.replace("<h1>", '<p class="h1">').replace("</h1>", "</p>")
            text = text.replace(printed, plain)
        text = HEADER.sub(EMPTY, text).replace(TOGGLE, NAMED)
        path.write_text(text, encoding="utf-8")
