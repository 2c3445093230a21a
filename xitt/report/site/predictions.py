"""The predictions browser: a page a target and language, items beside their answers.

What is shown of an item depends on its licence: its text and gold where they may be
passed on, else its id, and whether the answers to it are right.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from xitt.analysis import wording
from xitt.analysis.paired_samples import BASELINE
from xitt.report.site.markup import raw, row, table
from xitt.tasks import registry

# One target and language: profile, target, language, licence, items (id, text, gold),
# answers (setting -> key of the record, seed, given, right).
Entry = dict[str, Any]

OPEN = re.compile(
    r"\b(CC BY|CC0|MIT|Apache|BSD|ODC-BY|OANC|free for any purpose)", re.I
)
CLOSED = re.compile(r"\b(NC|ND|LDC|non-commercial|research|none given|Terms)\b", re.I)
KINDS = {
    "": "all",
    "changed": "changed",
    "lost": "right to wrong",
    "won": "wrong to right",
}


class Answer(NamedTuple):
    """One item with its two answers."""

    item: dict[str, Any]
    without: str | None
    with_it: str | None
    was_right: bool
    is_right: bool

    @property
    def kinds(self) -> list[str]:
        """Which filters show it."""
        changed = self.without != self.with_it or self.was_right != self.is_right
        found = ["changed"] if changed else []
        if self.was_right != self.is_right:
            found.append("won" if self.is_right else "lost")
        return found


def may_show(licence: str) -> bool:
    """Whether every part of a licence, as the registry words it, lets text be shown."""
    parts = [part for part in re.split(r"[;,]", licence) if part.strip()]
    return bool(parts) and all(
        OPEN.search(part) and not CLOSED.search(part) for part in parts
    )


def within_licence(entry: Entry) -> Entry:
    """`entry` without texts, golds and answers where its licence keeps them."""
    if may_show(entry["licence"]):
        return entry
    items = [{"id": item["id"], "text": [], "gold": None} for item in entry["items"]]
    answers = {
        setting: {**own, "given": [None] * len(own["given"])}
        for setting, own in entry["answers"].items()
    }
    return {**entry, "items": items, "answers": answers}


def pages(entries: Sequence[Entry]) -> dict[str, str]:
    """MyST pages by name, the list of them as `index`."""
    entries = [within_licence(entry) for entry in entries]
    found = {_name(entry): page(entry) for entry in entries}
    about = (
        "What models answered, item by item: without and with intermediate training."
        if found
        else "No run has kept its predictions here; `make runs` keeps them."
    )
    lines = ["# Predictions", "", about, ""]
    targets = dict.fromkeys((e["profile"], e["target"]) for e in entries)
    for profile, target in targets:
        own = [e for e in entries if (e["profile"], e["target"]) == (profile, target)]
        links = ", ".join(f"[{_language(e)}]({_name(e)}.md)" for e in own)
        lines += [f"- **{wording.task(target)}** ({profile}): {links}"]
    listed = "\n".join(found)
    lines += ["", "```{toctree}", ":hidden:", "", listed, "```", ""]
    return found | {"index": "\n".join(lines)}


def _name(entry: Entry) -> str:
    return f"{entry['profile']}-{entry['target']}-{entry['language']}"


def _language(entry: Entry) -> str:
    return registry.language_name(entry["language"])


def page(entry: Entry) -> str:
    """The page of one target and language."""
    head = f"# {wording.task(entry['target'])} in {_language(entry)}: answers\n"
    kept = "" if may_show(entry["licence"]) else (
        " It does not let the texts be passed on, so that items are named by their ids."
    )  # fmt: skip
    demo = (
        "Generated sentences and minutes of training: this shows what can be looked at "
        "and is no finding. "
        if entry["demo"]
        else ""
    )
    parts = [
        head,
        f"{demo}{len(entry['items'])} items of the profile "
        f"{entry['profile']}. Licence of the data: {entry['licence']}.{kept}\n",
        raw(_filter()),
    ]
    base = entry["answers"][BASELINE]
    for setting, own in entry["answers"].items():
        if setting != BASELINE:
            parts.append(f"## {wording.setting(setting)}, seed {own['seed']}\n")
            parts.append(raw(_compared(entry, base, own)))
    return "\n".join(parts)


def _filter() -> str:
    choices = "".join(
        f'<label><input type="radio" name="kind" value="{kind}"'
        f"{'' if kind else ' checked'}> {label}</label>"
        for kind, label in KINDS.items()
    )
    return f'<fieldset class="filter" hidden><legend>Show</legend>{choices}</fieldset>'


def _compared(entry: Entry, base: dict[str, Any], own: dict[str, Any]) -> str:
    rows = [
        Answer(item, *given, *map(bool, right))
        for item, given, right in zip(
            entry["items"],
            zip(base["given"], own["given"], strict=True),
            zip(base["right"], own["right"], strict=True),
            strict=True,
        )
    ]
    many = {kind: sum(kind in row.kinds for row in rows) for kind in KINDS if kind}
    right = sum(row.was_right for row in rows), sum(row.is_right for row in rows)
    said = (
        f"<p>Right without: {right[0]}, with: {right[1]} of {len(rows)}. "
        f"{many['changed']} changed, {many['lost']} from right to wrong, "
        f"{many['won']} from wrong to right.</p>"
    )
    lang = html.escape(entry["language"])
    heads = ("id", "item", "gold", "without", "with")
    return said + table(heads, (_row(each, lang) for each in rows))


def _row(answer: Answer, lang: str) -> str:
    texts = "<br>".join(html.escape(text) for text in answer.item["text"])
    cells = (
        html.escape(str(answer.item["id"])),
        f'<span lang="{lang}" dir="auto">{texts}</span>' if texts else wording.DASH,
        _said(answer.item["gold"], lang),
        _marked(answer.without, answer.was_right, lang),
        _marked(answer.with_it, answer.is_right, lang),
    )
    return row(cells, f'data-kind="{" ".join(answer.kinds)}"')


def _marked(answer: str | None, right: bool, lang: str) -> str:
    mark = "\N{CHECK MARK} right" if right else "\N{MULTIPLICATION X} wrong"
    return f'{_said(answer, lang)} <small class="verdict">{mark}</small>'


def _said(text: str | None, lang: str) -> str:
    if text is None:
        return ""
    return f'<span lang="{lang}" dir="auto">{html.escape(text) or "(none)"}</span>'
