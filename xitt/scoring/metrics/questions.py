"""F1 and exact match of answers, by SQuAD's rules and by MLQA's.

SQuAD (Rajpurkar et al. 2016, evaluate-v1.1, which XTREME uses for XQuAD and TyDiQA too;
questions without an answer as in Rajpurkar et al. 2018, evaluate-v2.0). MLQA (Lewis et
al. 2020, mlqa_evaluation_v1): articles by language, punctuation by Unicode category,
Chinese by characters. Both compare bags of tokens and take the best gold answer.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, partial

import numpy as np

from xitt.errors import UserError
from xitt.scoring.metrics.base import Scores, percent
from xitt.scoring.metrics.checks import (
    check_lengths,
    check_placeholder,
)

# MLQA's own lists. A language without articles has none to remove. The Arabic article
# is a prefix and goes wherever its two letters stand, inside a word as well.
ARTICLES = {
    "en": r"\b(a|an|the)\b",
    "es": r"\b(un|una|unos|unas|el|la|los|las)\b",
    "hi": None,
    "vi": r"\b(của|là|cái|chiếc|những)\b",
    "de": r"\b(ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b",
    "ar": "ال",
    "zh": None,
}
HAN = re.compile("([\u4e00-\u9fa5])")
ASCII_PUNCTUATION = frozenset(string.punctuation)
Normaliser = Callable[[str], list[str]]


def squad_tokens(text: str) -> list[str]:
    """Tokens of an answer: lower case, no ASCII punctuation, no English articles."""
    kept = "".join(c for c in text.lower() if c not in ASCII_PUNCTUATION)
    return re.sub(ARTICLES["en"], " ", kept).split()


def mlqa_tokens(text: str, lang: str) -> list[str]:
    """Tokens of an answer in `lang`; Chinese characters are tokens of their own.

    MLQA defines seven languages. Any other is taken as one without articles whose words
    stand apart, so that a data set in MLQA's format can have more languages.
    """
    if not re.fullmatch("[a-z]{2}", lang or ""):
        raise UserError(f"language {lang!r} is no ISO 639-1 code such as 'en' or 'zh'")
    kept = "".join(c for c in text.lower() if not _is_punctuation(c))
    articles = ARTICLES.get(lang)
    if articles is not None:
        kept = re.sub(articles, " ", kept)
    if lang == "zh":
        kept = HAN.sub(r" \1 ", kept)
    return kept.split()


@cache
def _is_punctuation(character: str) -> bool:
    if character in ASCII_PUNCTUATION:  # with $ + < = > ^ ` | ~, symbols in Unicode
        return True
    return unicodedata.category(character).startswith("P")


def token_f1(predicted: list[str], gold: list[str]) -> float:
    """F1 of two bags of tokens; 0 where they share none, two empty ones included."""
    same = sum((Counter(predicted) & Counter(gold)).values())
    return 2 * same / (len(predicted) + len(gold)) if same else 0.0


def squad_counts(
    predictions: Sequence[str], references: Sequence[Sequence[str]]
) -> np.ndarray:
    """(questions, 3): F1, exact match, 1; each the best over the gold answers.

    Args:
        predictions: one answer a question, "" for no answer.
        references: gold answers of each question; none where it has no answer, and then
            F1 and exact match are 1 if nothing was predicted, else 0.
    """
    return _counts(predictions, references, squad_tokens)


def mlqa_counts(
    predictions: Sequence[str], references: Sequence[Sequence[str]], lang: str = ""
) -> np.ndarray:
    """(questions, 3) as `squad_counts`, by the normaliser of the answers' language."""
    return _counts(predictions, references, partial(mlqa_tokens, lang=lang))


def _counts(
    predictions: Sequence[str], references: Sequence[Sequence[str]], tokens: Normaliser
) -> np.ndarray:
    check_lengths(predictions, references)
    for at, (prediction, answers) in enumerate(zip(predictions, references)):
        if not isinstance(prediction, str):
            raise UserError(
                f"prediction {at} is {prediction!r}, not a string; no answer is ''"
            )
        if isinstance(answers, str) or not all(isinstance(a, str) for a in answers):
            raise UserError(
                f"answers of question {at} are {answers!r}, not a list of strings"
            )
    check_placeholder([list(answers) for answers in references])
    rows = [_question(tokens(p), [tokens(a) for a in g])
            for p, g in zip(predictions, references)]  # fmt: skip
    return np.array(rows)


def _question(predicted: list[str], gold: list[list[str]]) -> list[float]:
    if not gold:
        return [float(not predicted), float(not predicted), 1.0]
    f1 = max(token_f1(predicted, answer) for answer in gold)
    return [f1, float(predicted in gold), 1.0]


# ------------------------------------------------------------- questions and bitext


def question_scores(sums: np.ndarray) -> Scores:
    """XTREME's average of F1 and exact match is the score of a question set."""
    f1, em = percent(sums[..., 0], sums[..., 2]), percent(sums[..., 1], sums[..., 2])
    return {"score": (f1 + em) / 2, "f1": f1, "em": em}
