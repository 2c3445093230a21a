"""The paper's TeX with its looked-up numbers and our own macros written out.

What is left is LaTeX that pandoc reads: main.tex stays the one source of the text. A
number becomes a link to the records that it is made of, a table its `tabular`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from xitt.errors import UserError
from xitt.report.latex import tex

TINT = "\u27e6{}{}\u27e7"  # in the text of a cell; `paper` makes it a colour
CHARACTERS = {
    "$-$": "\N{MINUS SIGN}",
    r"$\pm$": "±",
    r"$\times$": "×",
    r"$\ast$": "*",
    r"\starred{}": r"\textsuperscript{*}",
    r"\examplesonly": r"\emph{e}",
    r"\textsuperscript{\dag}": "†",
    r"\ddag": "‡",
}
NUMBERED = re.compile(
    r"\\(?:(section)\{|(appendix)\b|begin\{(figure|table)\*?\}|(caption)\{|"
    r"label\{([^}]+)\})"
)


def replaced(text: str, name: str, count: int, write: Callable[..., str]) -> str:
    r"""`text` with each `\name{..}` of `count` groups replaced by `write` of them."""
    out, at = [], 0
    for found in re.finditer(rf"\\{name}(?![a-zA-Z])\s*(?=\{{)", text):
        if found.start() < at:
            continue  # inside of one that was replaced
        out.append(text[at : found.start()])
        at, groups = found.end(), []
        for _ in range(count):
            group, at = _group(text, at)
            groups.append(group)
        out.append(replaced(write(*groups), name, count, write))
    return "".join(out) + text[at:]


def _group(text: str, at: int) -> tuple[str, int]:
    """What stands in the braces that open at or behind `at`, and where they end."""
    start = at + len(text[at:]) - len(text[at:].lstrip())
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return text[start + 1 : found.start()], found.end()
    raise UserError(f"paper: braces do not close: {text[start : start + 60]!r}")


def expanded(
    source: Path,
    tables: Path,
    numbers: Mapping[str, str],
    demo: bool,
    link: Callable[[str], str],
) -> str:
    """The text of `source`/main.tex, written out.

    tables: the folder of the generated tables. numbers: key to the printed text.
    demo: what `\\ifdemo` asks. link: the address of a number's records.

    Raises:
        UserError: for a number or a table that is looked up and not there.
    """
    text = _without_comments((source / "main.tex").read_text(encoding="utf-8"))
    text = text.replace(r"\input{numbers}", "")
    text = replaced(text, "input", 1, lambda name: _input(source, tables, name))
    text = re.sub(
        r"\\ifdemo\b(.*?)(?:\\else\b(.*?))?\\fi\b",
        lambda found: found[1] if demo else found[2] or "",
        text,
        flags=re.DOTALL,
    )

    def traced(key: str, shown: str) -> str:
        if key not in numbers:
            raise UserError(f"paper: no number '{key}'; numbers.json lists the keys")
        return rf"\href{{{link(key)}}}{{{shown}}}"

    def number(key: str) -> str:
        return traced(key, tex(numbers.get(key, "")))

    text = replaced(
        text,
        "IfFileExists",
        3,
        lambda name, then, other: then if (tables.parent / name).exists() else other,
    )
    text = replaced(
        text, "ifresult", 3, lambda key, then, other: then if key in numbers else other
    )
    text = replaced(text, "result", 1, number)
    text = replaced(text, "fittable", 1, lambda name: _table(tables, name))
    text = replaced(text, "traced", 2, traced)
    return _numbered(_known(text))


def _without_comments(text: str) -> str:
    return re.sub(r"(?<!\\)%.*\n[ \t]*", "", text)


def _input(source: Path, tables: Path, name: str) -> str:
    if name.startswith("tables/"):
        return _table(tables, name.removeprefix("tables/"))
    return _without_comments((source / f"{name}.tex").read_text(encoding="utf-8"))


def _table(folder: Path, name: str) -> str:
    path = folder / f"{name}.tex"
    if not path.exists():
        raise UserError(f"paper: no table {path}; make tables")
    text = _without_comments(path.read_text(encoding="utf-8"))
    if r"\begin{tabular}" in text:
        return text
    # A sentence that says that nothing is recorded; pandoc drops a float without rows.
    return rf"\begin{{tabular}}{{l}}{text.strip()} \\\end{{tabular}}"


def _known(text: str) -> str:
    """`text` with the macros of xitt.sty put into ones that pandoc knows."""

    def plain(words: str) -> str:
        return words.replace(r"\\", " ")

    def notebook(name: str) -> str:
        return rf" \href{{notebooks/{name}.html}}{{[{name}]}}"

    text = re.sub(r"\s*\\figsource", r"\\figsource", text)
    for name, count, write in (
        ("figsource", 1, notebook),
        ("spread", 2, lambda mean, half: rf"{mean} \textsubscript{{±{half}}}"),
        ("languageblock", 2, r"\subsection{{{}}}{}".format),
        ("tint", 2, TINT.format),
        ("head", 1, plain),
        ("turned", 1, plain),
        ("source", 1, r"\textsuperscript{{{}}}".format),
        ("dataset", 2, r"\href{{{}}}{{{}}}".format),
        ("hypersetup", 1, lambda _: ""),
        ("setlength", 2, lambda *_: ""),
    ):
        text = replaced(text, name, count, write)
    for macro, characters in CHARACTERS.items():
        text = text.replace(macro, characters)
    text = re.sub(r"\\(begin|end)\{(figure|table)\*\}", r"\\\1{\2}", text)
    text = re.sub(r"@\{(?:[^{}]|\{[^{}]*\})*\}", "", text)
    text = re.sub(r"\\(xitt)\{\}|\\xitt\b", "xitt", text)
    layout = "stackspreads|onecolumn|FloatBarrier|medskip|maketitle"
    return re.sub(rf"\\({layout})\b", "", text)


def _numbered(text: str) -> str:
    """`text` with sections and floats numbered, each reference a link to its own."""
    counts = {"section": 0, "figure": 0, "table": 0}
    letters, kind, last, labels, starts = False, "", "", {}, []
    for found in NUMBERED.finditer(text):
        section, appendix, floating, caption, label = found.groups()
        if appendix:
            letters, counts["section"] = True, 0
        elif label:
            labels[label] = last
        elif caption:
            starts.append((found.end(), rf"\textbf{{{kind.capitalize()} {last}.}} "))
        else:
            kind = section or floating
            counts[kind] += 1
            number = counts[kind]
            spelt = section and letters
            last = chr(ord("A") + number - 1) if spelt else str(number)
            if section:
                starts.append((found.end(), f"{last}. "))
    for at, number in reversed(starts):
        text = text[:at] + number + text[at:]
    missing = set(re.findall(r"\\ref\{([^}]+)\}", text)) - labels.keys()
    if missing:
        raise UserError(f"paper: no label '{sorted(missing)[0]}'")
    return re.sub(
        r"\\ref\{([^}]+)\}", lambda f: rf"\href{{#{f[1]}}}{{{labels[f[1]]}}}", text
    )
