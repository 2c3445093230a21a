"""Terms lead to their meaning, once a page: links with a hint, which need no script."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path

ROW = re.compile(r"^\| (?!term )([^|]+?) \| ([^|]+?) \|$", re.MULTILINE)
# Words within these are left alone: code, headings, what leads elsewhere already.
CLOSED = ("a", "button", "code", "h1", "h2", "h3", "h4", "math", "nav", "pre", "script",
          "style", "summary", "svg", "table", "title")  # fmt: skip
CELL = re.compile(r"<td><p>([^<]*)</p></td>")
CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"  # as pages have an apostrophe
PROSE = "p"  # a term is explained where it stands in a paragraph


def terms(page: Path) -> dict[str, str]:
    """Term to meaning, of the table in docs/glossary.md, longer terms first."""
    found = dict(ROW.findall(page.read_text(encoding="utf-8")))
    plain = {term: meaning.replace("`", "") for term, meaning in found.items()}
    return dict(sorted(plain.items(), key=lambda each: -len(each[0])))


def anchored(page: str, known: Mapping[str, str]) -> str:
    """The glossary's own page, in which each term's cell has an address."""

    def cell(found: re.Match[str]) -> str:
        term = html.unescape(found[1]).replace(CURLY, "'")
        return f'<td id="{_slug(term)}">{found[0][4:]}' if term in known else found[0]

    return CELL.sub(cell, page)


def explained(page: str, known: Mapping[str, str], address: str) -> str:
    """A page in which the first mention of each term in a paragraph is a link.

    address: of the glossary, from the page.
    """
    reader = _Places(page, known)
    for start, end, term in sorted(reader.found, reverse=True):
        link = (
            f'<a class="term" href="{address}#{_slug(term)}" '
            f'title="{html.escape(known[term])}">{page[start:end]}</a>'
        )
        page = page[:start] + link + page[end:]
    return page


def _slug(term: str) -> str:
    return "term-" + re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")


class _Places(HTMLParser):
    """Where each term is first mentioned: `found` holds start, end, term."""

    def __init__(self, page: str, known: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=False)
        lengths = (len(line) + 1 for line in page.split("\n"))
        self.starts = [0, *accumulate(lengths)]  # of each line
        self.open: list[str] = []
        self.left = {term: _pattern(term) for term in known}
        self.found: list[tuple[int, int, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == PROSE or tag in CLOSED:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if PROSE not in self.open or set(CLOSED) & set(self.open):
            return
        line, column = self.getpos()
        at, taken = self.starts[line - 1] + column, []
        for term, pattern in list(self.left.items()):
            place = pattern.search(data)
            if not place or any(
                a < place.end() and place.start() < b for a, b in taken
            ):
                continue
            taken.append(place.span())
            self.found.append((at + place.start(), at + place.end(), term))
            del self.left[term]


def _pattern(term: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, term.split())).replace("'", f"['{CURLY}]")
    return re.compile(rf"(?<![\w-]){words}s?(?![\w-])", re.IGNORECASE)
