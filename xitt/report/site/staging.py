"""The project's own texts as sources of the site: notebooks, README, docs, changelog.

They are laid out as in the repository, so that links between them hold. What is linked
and is no page is carried along; a folder that is no page keeps its words alone.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from xitt import files

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
BADGE = re.compile(r"\[!\[([^\]]*)\]\([a-z]+:[^)]*\)\]")  # a picture from elsewhere
PAGES = {  # folders, and the page that lists what is in them
    "results/records": "records/index.md",
    "notebooks": "notebooks/00-start-here.ipynb",
    "figures": "figures.md",
}


def text(root: Path, name: str, staged: Path) -> None:
    """Stage one Markdown file of the repository."""
    words = (root / name).read_text(encoding="utf-8")
    files.write_text(staged / name, relinked(words, root, name, staged))


def notebook(root: Path, name: str, staged: Path) -> None:
    """Stage one executed notebook; its pictures are named by what stands above them."""
    content = json.loads((root / name).read_text(encoding="utf-8"))
    above = ""
    for cell in content["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            cell["source"] = relinked(source, root, name, staged)
            above = _plain(source)
        elif cell["cell_type"] == "code":
            cell["metadata"]["mystnb"] = {"image": {"alt": above}}
    files.write_text(staged / name, json.dumps(content, ensure_ascii=False))


def relinked(words: str, root: Path, name: str, staged: Path) -> str:
    """Markdown whose links lead to pages or to files that are carried along."""

    def link(found: re.Match[str]) -> str:
        picture, shown, target = found.groups()
        if re.match(r"[a-z]+:|#", target):  # no page shows what lies elsewhere
            return shown if picture else found[0]
        path = target.partition("#")[0]
        place = (root / name).parent / path
        inside = place.resolve().relative_to(root.resolve()).as_posix()
        up = "../" * name.count("/")
        if inside in PAGES:
            return f"[{shown}]({up}{PAGES[inside]})"
        if not place.is_file():
            return shown
        if not (staged / inside).exists() and place.suffix not in (".md", ".ipynb"):
            (staged / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(place, staged / inside)
        return f"{picture}[{shown}]({target})"

    return LINK.sub(link, BADGE.sub(r"[\1]", words))


def _plain(markdown: str) -> str:
    """A cell's words in one line, cut after a sentence or two."""
    words = re.sub(r"^\s*[#>|*-]+\s*", "", markdown, flags=re.MULTILINE)
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", words)
    words = " ".join(re.sub(r"[*`_]", "", words).split())
    return words if len(words) <= 300 else words[:300].rsplit(" ", 1)[0] + " \u2026"
