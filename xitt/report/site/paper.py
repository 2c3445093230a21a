"""The paper as a page of the site: pandoc reads what `macros` wrote out.

pandoc comes with the package pypandoc_binary, so that every machine has the same one.
The HTML is cut at its headings, which become those of the page: the theme lists them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from xitt.report.site.markup import AFTER, BEFORE, raw

PANDOC = ("--citeproc", "--wrap=none", "--standalone", "--metadata=link-citations:true")
# The title is the page's own; the abstract is metadata, so that a template must ask.
TEMPLATE = '<div class="abstract">$abstract$</div>\n$body$\n'
FIGURE = re.compile(
    r'<figure id="(?P<label>[^"]+)"[^>]*>\s*<img src="figures/(?P<name>[\w-]+)\.png"'
    r"[^>]*/>\s*<figcaption>(?P<caption>.*?)</figcaption>\s*</figure>",
    re.DOTALL,
)
TINTED = re.compile(
    r'<(td|th)(?: style="([^"]*)")?>\s*(<strong>)?\u27e6(gain|loss)(\d+)\u27e7'
)
# A paragraph's own heading stands in its first line, as in print.
RUN_IN = re.compile(r'<h4 id="([^"]+)"[^>]*>(.*?)</h4>\s*<p>', re.DOTALL)
HEADING = re.compile(r'<h([12]) id="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)


class Figure(NamedTuple):
    """A figure of the paper: its label, the name of its files, its caption in HTML."""

    label: str
    name: str
    caption: str

    @property
    def alt(self) -> str:
        """What the figure shows, in plain text: its caption without the notebook."""
        text = re.sub(r'<a href="notebooks/.*?</a>', "", self.caption)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


def converted(tex: str, bibliography: Path, work: Path) -> str:
    """`tex` in HTML: the abstract, then the sections, the references last."""
    import pypandoc

    template = work / "template.html"
    template.write_text(TEMPLATE, encoding="utf-8")
    options = [*PANDOC, f"--bibliography={bibliography}", f"--template={template}"]
    text = pypandoc.convert_text(tex, "html5", format="latex", extra_args=options)
    return _tidied(text)


def _tidied(text: str) -> str:
    """Tables that sort and scroll, tinted cells, figures with words instead of them."""
    text = TINTED.sub(
        lambda f: (
            f'<{f[1]} class="{f[4]}" style="{f[2] or ""};--depth:{f[5]}%">{f[3] or ""}'
        ),
        text,
    )
    text = text.replace("<table>", f'{BEFORE}<table class="sortable">')
    text = text.replace("</table>", f"</table>{AFTER}")
    text = RUN_IN.sub(r'<p id="\1"><strong>\2</strong> ', text)
    text = text.replace(
        '<div id="refs"', '<h1 id="references">References</h1><div id="refs"'
    )
    return FIGURE.sub(lambda f: drawn(Figure(**f.groupdict())), text)


def figures(text: str) -> list[Figure]:
    """The figures of the converted paper, in its order."""
    return [
        Figure(found[1], found[2], found[3])
        for found in re.finditer(
            r'<figure id="([^"]+)" data-name="([\w-]+)">.*?'
            r"<figcaption>(.*?)</figcaption>",
            text,
            re.DOTALL,
        )
    ]


def drawn(figure: Figure) -> str:
    """A figure in HTML, with what it shows in words, and a way to its data."""
    return (
        f'<figure id="{figure.label}" data-name="{figure.name}">'
        f'<a href="figures.html#{figure.name}"><img class="plot" loading="lazy" '
        f'src="figures/{figure.name}.png" alt="{html.escape(figure.alt)}"></a>'
        f"<figcaption>{figure.caption}</figcaption></figure>"
    )


def title(source: Path) -> str:
    """The title that `source`/main.tex gives."""
    text = (source / "main.tex").read_text(encoding="utf-8")
    found = re.search(r"\\title\{(.*?)\}", text, re.DOTALL)
    return " ".join(found[1].replace(r"\\", " ").split()) if found else "The paper"


def page(title: str, text: str) -> str:
    """A MyST page of converted HTML, its headings the page's own."""
    parts = [f"# {title}\n", *_parts(text)]
    return "\n".join(parts)


def _parts(text: str) -> Iterator[str]:
    at = 0
    for found in HEADING.finditer(text):
        yield raw(text[at : found.start()])
        yield raw(f'<span id="{found[2]}"></span>')
        yield f"{'#' * (int(found[1]) + 1)} {_words(found[3])}\n"
        at = found.end()
    yield raw(text[at:])


def _words(heading: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", heading)).strip()
