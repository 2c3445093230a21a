"""What every perturbation keeps, in every script; and what each of them does."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from noisy import LANGUAGES, SENTENCES, dataset, pairs, texts

from xitt.data.perturbations import applying, forms, named, scripts
from xitt.data.perturbations.text import (
    clusters_of,
    edited,
    is_numeral,
    joins,
    of_tokens,
    segment,
)
from xitt.errors import UserError
from xitt.tasks import registry

EVERY = sorted(named.PERTURBATIONS)
STRENGTHS = st.sampled_from([0.05, 0.3, 1.0]) | st.floats(0, 1)

many = settings(deadline=None, max_examples=80)


def able(name: str, lang: str, kind: str = "span") -> bool:
    return name in named.names(kind, lang)


def one(
    name: str, text: str, lang: str = "en", strength: float = 1.0, **options
) -> str:
    done = applying.apply(
        pairs(text), "classification", name, strength, lang, 13, **options
    )
    return done.rows[0]["text_a"]


# --- what is kept ---------------------------------------------------------------------


@st.composite
def questions(draw: st.DrawFn) -> dict:
    """A question, with answers that begin and end anywhere in the context."""
    context = draw(texts())
    answers, starts = [], []
    for _ in range(draw(st.integers(0, 3)) if context.strip() else 0):
        start = draw(st.integers(0, len(context) - 1))
        end = draw(st.integers(start + 1, len(context)))
        answers.append(context[start:end])
        starts.append(start)
    return {"question": draw(texts()), "context": context, "answers": answers,
            "starts": starts}  # fmt: skip


@many
@given(st.lists(questions(), min_size=1, max_size=3), st.sampled_from(EVERY),
       LANGUAGES, STRENGTHS)  # fmt: skip
def test_every_answer_stands_where_it_says_and_says_something(
    rows, name, lang, strength
):
    if not able(name, lang):
        return
    done = applying.apply(dataset("span", rows), "span", name, strength, lang, 13)
    for before, after in zip(rows, done.rows):
        assert len(after["answers"]) == len(before["answers"])
        for old, new, start in zip(
            before["answers"], after["answers"], after["starts"]
        ):
            assert after["context"][start : start + len(new)] == new
            assert bool(new.strip()) == bool(old.strip())
        assert bool(after["question"].strip()) == bool(before["question"].strip())


@many
@given(st.lists(texts().filter(bool), min_size=1, max_size=8), st.sampled_from(EVERY),
       LANGUAGES, STRENGTHS)  # fmt: skip
def test_a_tagged_sentence_keeps_its_tokens(tokens, name, lang, strength):
    if not able(name, lang, "tagging"):
        return
    rows = dataset("tagging", [{"tokens": tokens, "tags": [0] * len(tokens)}])
    done = applying.apply(rows, "tagging", name, strength, lang, 13)
    after = done.rows[0]["tokens"]
    assert len(after) == len(tokens) == len(done.rows[0]["tags"])
    assert all(bool(a.strip()) == bool(b.strip()) for a, b in zip(after, tokens))


@many
@given(texts(), st.sampled_from(EVERY), LANGUAGES, STRENGTHS)
def test_no_mark_leaves_its_letter_and_no_numeral_changes(text, name, lang, strength):
    if not able(name, lang):
        return
    from random import Random

    before = segment(text)
    editor = applying.editor("span", name, strength, lang)
    edits = editor(before, Random(1))
    for i, piece in edits.items():
        cluster = before.clusters[i]
        assert not is_numeral(cluster)
        assert not piece or joins(piece[0]) <= joins(cluster[0])
    numerals = [c for c in before.clusters if is_numeral(c)]
    after = edited(before, edits).pieces
    assert [piece for piece in after if is_numeral(piece)] == numerals


@many
@given(texts(), st.sampled_from(EVERY), LANGUAGES, st.floats(0, 1), st.floats(0, 1))
def test_a_weaker_perturbation_is_part_of_a_stronger_one(text, name, lang, a, b):
    if not able(name, lang):
        return
    from random import Random

    weak, strong = (
        applying.editor("span", name, s, lang)(segment(text), Random(1))
        for s in sorted((a, b))
    )
    assert weak.items() <= strong.items()


def test_the_share_that_is_asked_for_comes_out():
    for lang, text in SENTENCES.items():
        rows = pairs(*[text] * 400)
        for name in {"keyboard", "characters"} & {*named.names("text", lang)}:
            done = applying.apply(rows, "classification", name, 0.1, lang, 13)
            assert done.share == pytest.approx(0.1, abs=0.015), (name, lang)
            assert done.changed > 300 and done.left == 0


def test_rows_change_alike_whatever_rows_are_beside_them_and_not_alike_by_seed():
    rows = pairs(*SENTENCES.values())
    whole = applying.apply(rows, "classification", "characters", 0.2, "en", 13).rows
    part = applying.apply(
        rows.select([4, 7]), "classification", "characters", 0.2, "en", 13
    ).rows
    assert part.to_list() == [whole[4], whole[7]]
    other = applying.apply(rows, "classification", "characters", 0.2, "en", 14).rows
    assert other["text_a"] != whole["text_a"]


def test_nothing_changes_at_strength_zero():
    rows = pairs(*SENTENCES.values())
    for name in EVERY:
        done = applying.apply(rows, "classification", name, 0, "de", 13)
        assert done.rows.to_list() == rows.to_list()
        assert (done.share, done.changed, done.left) == (0, 0, 0)


def test_what_would_be_empty_is_left_counted_and_said(caplog):
    row = {
        "question": "?",
        "context": "Was it 5 or -?",
        "answers": ["-"],
        "starts": [12],
    }
    done = applying.apply(dataset("span", [row]), "span", "punctuation", 1, "en", 13)
    assert done.left == 2  # the answer and the question
    assert done.rows[0]["context"] == "Was it 5 or -"
    assert done.rows[0]["answers"] == ["-"]
    assert "punctuation en: 2 parts would be empty and were left" in caplog.text


def test_an_answer_that_is_nowhere_stays_as_it_is():
    row = {"question": "who", "context": "Anna", "answers": ["Bea"], "starts": [-1]}
    done = applying.apply(dataset("span", [row]), "span", "upper", 1, "en", 13)
    assert done.rows[0]["answers"] == ["Bea"] and done.rows[0]["starts"] == [-1]


def test_choices_and_plain_text_are_perturbed_too():
    rows = dataset("choice", [{"text_a": "one", "choices": ["two", "ten"], "label": 0}])
    done = applying.apply(rows, "choice", "upper", 1, "en", 13)
    assert done.rows[0]["choices"] == ["TWO", "TEN"]
    rows = dataset("text", [{"text": "one"}])
    assert applying.apply(rows, "text", "upper", 1, "en", 13).rows[0]["text"] == "ONE"


# --- what each does -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "lang", "before", "after"),
    [
        ("upper", "tr", "Işıl iyi", "IŞIL İYİ"),
        ("upper", "en", "Işıl iyi", "IŞIL IYI"),
        ("lower", "tr", "IŞIL İYİ", "ışıl iyi"),
        ("lower", "el", "ΟΔΟΣ ΣΟΦΟΣ.", "οδος σοφος."),
        ("upper", "de", "Straße", "STRASSE"),
        ("diacritics", "fr", "L'été à Zoé, ça", "L'ete a Zoe, ca"),
        ("diacritics", "vi", "Người Việt đã ở đó", "Nguoi Viet da o do"),
        ("diacritics", "tr", "ışık çığ", "isik cig"),
        ("diacritics", "ar", "أُحِبُّ إلى آن", "احب الى ان"),
        ("diacritics", "ru", "ёжик мой", "ежик мой"),
        ("diacritics", "hi", "हिन्दी क़लम", "हिन्दी क़लम"),
        ("diacritics", "th", "น้ำท่วม", "น้ำท่วม"),
        ("diacritics", "ja", "がガ", "がガ"),
        ("punctuation", "en", "Well, it's 3.5 (or 10:30)!", "Well its 3.5 or 10:30"),
        ("punctuation", "ar", "نعم، لا؟", "نعم لا"),
        ("punctuation", "zh", "他来了，我走了。", "他来了我走了"),
        ("romanised", "ru", "Мой дом, 3 iPad", "Moy dom, 3 iPad"),
        ("romanised", "zh", "三本书", "三BenShu"),
        ("romanised", "ar", "٣ كتب", "٣ ktb"),
        ("romanised", "hi", "दुनिया", "duniya"),
        ("romanised", "ko", "한국", "HanGug"),
    ],
)  # fmt: skip
def test_a_form_is_written_so(name, lang, before, after):
    assert unicodedata.normalize("NFC", one(name, before, lang)) == (
        unicodedata.normalize("NFC", after)
    )


def test_spaces_are_left_out_or_move_into_the_word_before():
    text = "some words that one can read"
    after = one("spacing", text)
    assert after != text and after.replace(" ", "") == text.replace(" ", "")
    assert one("spacing", "5 000", "fr") == "5 000"
    assert one("spacing", "他买了书", "zh") == "他 买 了 书"


def test_twins_look_alike_and_are_of_another_script():
    assert scripts.twins("а") == ("a",) and "а" in scripts.twins("a")
    assert "力" in scripts.twins("カ")
    assert not scripts.twins("3") and not scripts.twins("é") and not scripts.twins(" ")
    assert one("homoglyphs", "paper") != "paper"
    assert len(one("homoglyphs", "paper")) == 5


def test_the_first_letter_of_a_word_can_be_protected():
    text = " ".join(SENTENCES.values())
    for protect in (True, False):
        after = one("keyboard", text, "en", 1.0, protect_first=protect)
        same = [a[:1] == b[:1] for a, b in zip(text.split(), after.split())]
        assert all(same) == protect


def test_slips_come_in_the_published_mix():
    from collections import Counter
    from random import Random

    from xitt.data.perturbations import typos

    found: Counter[str] = Counter()
    text = segment("several ordinary English words without anything odd " * 40)
    for seed in range(20):
        edits = typos.keyboard(text, Random(seed), 0.05, "en")
        swapped = 0
        for i, piece in edits.items():
            cluster = text.clusters[i]
            if piece == "":
                found["delete"] += 1
            elif len(piece) == 2:
                found["insert"] += 1
            elif piece == text.clusters[i + 1] and edits.get(i + 1) == cluster:
                swapped += 1
            elif not (piece == text.clusters[i - 1] and edits.get(i - 1) == cluster):
                found["replace"] += 1
        found["transpose"] += swapped
    total, share = sum(found.values()), sum(typos.MIX.values())
    for name, weight in typos.MIX.items():
        assert found[name] / total == pytest.approx(weight / share, abs=0.05), name


def test_which_perturbations_a_language_and_a_kind_can_have():
    assert "keyboard" not in named.names("span", "zh")
    assert "keyboard" in named.names("span", "th")
    assert "spacing" not in named.names("tagging", "en")
    for entry in named.PERTURBATIONS.values():
        assert entry.title and entry.about


# --- text -----------------------------------------------------------------------------


@many
@given(texts())
def test_a_text_is_its_clusters_and_words_are_what_split_gives(text):
    parts = segment(text)
    assert "".join(parts.clusters) == text
    words = ["".join(parts.clusters[a:b]) for a, b in parts.words]
    if all(c == c.strip() or c.isspace() for c in clusters_of(text)):
        assert words == text.split()
    assert "".join(of_tokens([text]).clusters) == f"{text} "


def test_an_answer_that_begins_inside_a_cluster_freezes_it():
    text = segment("क्षत्रिय ने", [2])
    assert text.frozen == {0} and not text.cuts
    assert next(text.pieces()).start == 1


def test_a_hindi_cluster_is_one_letter_with_its_marks():
    assert clusters_of("हिन्दी")[0] == "हि"
    assert clusters_of("น้ำ") == ["น้ำ"]


def test_marks_that_are_letters_of_their_own_are_no_diacritics():
    assert forms.bare("й") == "й" and forms.bare("ё") == "е"
    assert forms.bare("각") == "각"


# --- what is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("classification", "keybord", 0.1, "en"), "did you mean 'keyboard'"),
        (("classification", "keyboard", 1.1, "en"), "share from 0 to 1, not 1.1"),
        (("classification", "keyboard", True, "en"), "share from 0 to 1, not True"),
        (("classification", "keyboard", float("nan"), "en"), "share from 0 to 1"),
        (("classification", "keyboard", 0.1, "zh"), r"'zh'; add it to .*layouts.yaml"),
        (("classification", "keyboard", 0.1, "xx"), "unknown language 'xx'"),
        (("tagging", "spacing", 0.1, "en"), "unknown kind of task for 'spacing'"),
        (("bitext", "lower", 0.1, "en"), "unknown kind of task for 'lower'"),
        (("clasification", "lower", 0.1, "en"), "did you mean 'classification'"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(arguments, message):
    with pytest.raises(UserError, match=message) as error:
        applying.apply(pairs("one"), *arguments, 13)
    assert "\n" not in str(error.value)


def test_fifteen_languages_and_nine_perturbations_take_seconds():
    rows = [*SENTENCES.values()][:15]
    start = time.perf_counter()
    for lang, text in zip(SENTENCES, rows):
        some = pairs(*[text] * 50)
        for name in named.names("classification", lang):
            applying.apply(some, "classification", name, 0.2, lang, 13)
    assert registry.language("en") and time.perf_counter() - start < 20
