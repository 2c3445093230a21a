"""The first mention of a term leads to its meaning; code, links and heads are left."""

from __future__ import annotations

from xitt import paths
from xitt.report.site import glossary

PAGE = paths.PACKAGE / "docs" / "glossary.md"
KNOWN = {"target task": "what is tested", "setting": 'one "choice"', "task": "a thing"}


def explained(page: str) -> str:
    return glossary.explained(page, KNOWN, "g.html")


def link(term: str, words: str) -> str:
    meaning = KNOWN[term].replace('"', "&quot;")
    address = f"g.html#term-{term.replace(' ', '-')}"
    return f'<a class="term" href="{address}" title="{meaning}">{words}</a>'


def test_the_first_mention_in_a_paragraph_is_a_link_and_no_other():
    page = "<p>Two settings, one\nsetting.</p>\n<p>Setting</p>"
    linked = link("setting", "settings")
    assert explained(page) == page.replace("settings", linked)


def test_a_longer_term_goes_before_a_shorter_one_in_it():
    page = "<p>A <b>target\ntask</b> and a task.</p>"
    linked = page.replace("target\ntask", link("target task", "target\ntask"))
    assert explained(page) == linked.replace("a task.", f"a {link('task', 'task')}.")


def test_code_links_heads_tables_and_other_words_are_left_alone():
    page = (
        "<h2>setting</h2><p><code>setting</code> <a href='x'>setting</a> resetting "
        "multi-task</p><table><tr><td><p>task</p></td></tr></table><div>task</div>"
    )
    assert explained(page) == page


def test_places_hold_behind_entities_and_unclosed_tags():
    page = "<p>a &amp; b<br>&ndash; setting\n<p>task"
    assert explained(page) == (
        f"<p>a &amp; b<br>&ndash; {link('setting', 'setting')}\n"
        f"<p>{link('task', 'task')}"
    )


def test_every_term_has_a_meaning_and_an_address_on_its_page():
    known = glossary.terms(PAGE)
    assert len(known) > 10 and all(len(meaning) > 20 for meaning in known.values())
    names = [line[2:].split(" |")[0] for line in PAGE.read_text().splitlines()
             if line.startswith("| ") and not line.startswith("| term")]  # fmt: skip
    assert names == sorted(names, key=str.casefold) and set(names) == set(known)
    written = (term.replace("'", "\u2019").replace("@", "&#64;") for term in known)
    page = "".join(f"<td><p>{term}</p></td>" for term in written)
    assert glossary.anchored(page, known).count('<td id="term-') == len(known)
