"""Which keys lie beside which, on the keyboards that people have."""

from __future__ import annotations

from random import Random

import pytest

from xitt.data.perturbations import keyboards
from xitt.data.perturbations.text import joins
from xitt.errors import UserError
from xitt.tasks import registry


def beside(lang: str, letter: str) -> set[str]:
    return set(keyboards.of(lang).beside[letter][0])


@pytest.mark.parametrize(
    ("lang", "letter", "near"),
    [
        ("en", "g", "fhtyvb"),
        ("de", "z", "tuhg"),
        ("de", "y", "xas"),
        ("fr", "a", "zéq"),
        ("fr", "m", "lùp"),
        ("tr", "i", "şğü"),
        ("tr", "ı", "uojk"),
        ("es", "ñ", "lp"),
        ("ru", "а", "впкесм"),
        ("bg", "р", "плнв"),
        ("el", "σ", "αδςεζχ"),
        ("ar", "ت", "انعهىة"),
        ("he", "ש", "דז"),
        ("th", "ด", "กเพะแอโ"),
        ("hi", "क", "रतगदसख"),
        ("hi", "ि", "्ुीू"),
        ("ko", "ㄹ", "ㅇㅎㄱㅅㅊㅍ"),
        ("ko", "ㅛ", "ㅕㅗ"),
    ],
)
def test_a_letter_has_these_beside_it(lang, letter, near):
    assert beside(lang, letter) == set(near)


def test_the_next_key_of_the_row_is_hit_nine_times_as_often():
    near, shares = keyboards.of("en").beside["g"]
    in_row = sum(share for n, share in zip(near, shares) if n in "fh")
    assert in_row == pytest.approx(0.9) and sum(shares) == pytest.approx(1)


@pytest.mark.parametrize("lang", sorted(keyboards.languages()))
def test_no_slip_begins_with_a_mark(lang):
    from noisy import SENTENCES

    from xitt.data.perturbations.text import clusters_of

    board, rng = keyboards.of(lang), Random(1)
    assert registry.language(lang) and len(board.beside) > 20
    for cluster in clusters_of(SENTENCES.get(lang, SENTENCES["en"])):
        if not board.has(cluster):
            assert board.slip(cluster, rng) == ""
            continue
        for _ in range(20):
            slip = board.slip(cluster, rng)
            assert slip != cluster and not joins(slip[0])
            # A sign in the place of a virama undoes a conjunct: two letters then.
            assert len(clusters_of(slip)) <= 2
            extra = board.extra(cluster, rng)
            assert not extra or not joins(extra[0])


def test_a_slip_keeps_the_case():
    board, rng = keyboards.of("tr"), Random(1)
    assert {board.slip("I", rng) for _ in range(200)} <= set("UOJK")
    assert {board.slip("İ", rng) for _ in range(200)} <= set("ŞĞÜ")


def test_a_letter_with_marks_that_no_key_writes_is_its_letter():
    board, rng = keyboards.of("vi"), Random(1)
    assert {board.slip("ế", rng) for _ in range(200)} <= set("wrsd")


def test_of_a_korean_syllable_one_jamo_is_missed():
    board, rng = keyboards.of("ko"), Random(1)
    found = {board.slip("한", rng) for _ in range(400)}
    # Beside ㅎ lie ㄹ ㅅ ㅍ, beside ㅏ ㅓ ㅣ ㅑ ㅐ ㅜ ㅡ, beside ㄴ ㅁ ㅇ ㅈ ㄷ ㅋ ㅌ.
    assert found <= set("란산판헌힌햔핸훈흔함항핮핟핰핱")
    assert {"란", "헌", "함"} <= found


def test_the_languages_of_most_speakers_have_a_layout():
    assert len(keyboards.languages()) >= 40
    with pytest.raises(UserError, match="no keyboard layout of language 'ja'; add it"):
        keyboards.of("ja")
