"""XTREME's scorer, written again from its behaviour: the reference of our exports.

It reads files as `evaluate.py` of github.com/google-research/xtreme does, and has its
names, languages and scores. Tagging is seqeval's, as there; the two scorers of answers
are those that XTREME fetches (`install_tools.sh`): SQuAD's evaluate-v1.1 and MLQA's
mlqa_evaluation_v1. Nothing of `xitt` is used here.
"""

from __future__ import annotations

import json
import re
import string
import unicodedata
import warnings
from pathlib import Path

# evaluate.py: TASK2LANGS
LANGUAGES = {
    "pawsx": "de en es fr ja ko zh",
    "xnli": "ar bg de el en es fr hi ru sw th tr ur vi zh",
    "panx": "ar he vi id jv ms tl eu ml ta te af nl en de el bn hi mr ur fa fr it pt "
    "es bg ru ja ka ko th sw yo my zh kk tr et fi hu",
    "udpos": "af ar bg de el en es et eu fa fi fr he hi hu id it ja kk ko mr nl pt ru "
    "ta te th tl tr ur vi yo zh",
    "bucc2018": "de fr ru zh",
    "tatoeba": "ar he vi id jv tl eu ml ta te af nl de el bn hi mr ur fa fr it pt es "
    "bg ru ja ka ko th sw zh kk tr et fi hu",
    "xquad": "en es de el ru tr ar vi th zh hi",
    "mlqa": "en es de ar hi vi zh",
    "tydiqa": "en ar bn fi id ko ru sw te",
}
ANSWERS = ("xquad", "mlqa", "tydiqa")


def evaluate_one_task(
    prediction_file: str | Path,
    label_file: str | Path,
    task: str,
    language: str | None = None,
) -> dict[str, float]:
    """evaluate.py: evaluate_one_task, with its two refusals."""
    read = {"panx": tags, "udpos": tags}.get(
        task, answers if task in ANSWERS else lines
    )
    predicted, gold = read(prediction_file), read(label_file)
    if task not in ("bucc2018", *ANSWERS):
        assert len(predicted) == len(gold)
    if task in ("panx", "udpos"):
        return chunk_scores(gold, predicted)
    if task == "bucc2018":
        return pair_scores(gold, predicted)
    if task in ANSWERS:
        if task == "mlqa" and language not in LANGUAGES["mlqa"].split():
            raise ValueError(f"Unknown Language {language}")
        return answer_scores(gold, predicted, language if task == "mlqa" else None)
    right = [p == g for p, g in zip(predicted, gold)]
    return {"accuracy": 100 * sum(right) / len(predicted)}


# ----------------------------------------------------------------- evaluate.py: read_*


def lines(file: str | Path) -> list[str]:
    """read_label: whole lines without their ends."""
    return [line.strip() for line in Path(file).read_text("utf-8").splitlines()]


def tags(file: str | Path) -> list[list[str]]:
    """read_tag: an empty line ends a sentence, the end of the file another."""
    sentences: list[list[str]] = [[]]
    for line in lines(file):
        if line:
            sentences[-1].append(line)
        else:
            sentences.append([])
    return sentences if sentences[-1] else sentences[:-1]


def answers(file: str | Path) -> dict | list:
    """read_squad: what is under `data`, or all of it."""
    content = json.loads(Path(file).read_text("utf-8"))
    return content.get("data", content)


# ------------------------------------------------------------ evaluate.py: f1, bucc_f1


def chunk_scores(gold: list[list[str]], predicted: list[list[str]]) -> dict[str, float]:
    """f1: seqeval's micro averages."""
    from seqeval.metrics import f1_score, precision_score, recall_score

    scores = {"f1": f1_score, "precision": precision_score, "recall": recall_score}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tags that are none of IOB2
        return {name: 100 * score(gold, predicted) for name, score in scores.items()}


def pair_scores(gold: list[str], predicted: list[str]) -> dict[str, float]:
    """bucc_f1: pairs are sets of the fields of a line."""
    right = {tuple(x.split("\t")) for x in gold} & {
        tuple(x.split("\t")) for x in predicted
    }
    if not right:
        return {"f1": 0.0, "precision": 0.0, "recall": 0.0}
    precision = len(right) / len(set(predicted))
    recall = len(right) / len(set(gold))
    f1 = 2 * precision * recall / (precision + recall)
    return {"f1": 100 * f1, "precision": 100 * precision, "recall": 100 * recall}


# ------------------------------- third_party/evaluate_squad.py, .../evaluate_mlqa.py


def answer_scores(
    articles: list[dict], predicted: dict[str, str], lang: str | None
) -> dict[str, float]:
    """evaluate of both: means over all questions of the best gold answer's score."""
    total, exact, f1 = 0, 0.0, 0.0
    for article in articles:
        assert "title" in article  # SQuAD's writes it of every wrong answer
        for question in (q for p in article["paragraphs"] for q in p["qas"]):
            total += 1
            if question["id"] not in predicted:
                continue
            given = normalised(predicted[question["id"]], lang)
            right = [normalised(a["text"], lang) for a in question["answers"]]
            exact += max(given == answer for answer in right)
            f1 += max(overlap(given.split(), answer.split()) for answer in right)
    return {"exact_match": 100 * exact / total, "f1": 100 * f1 / total}


def overlap(given: list[str], right: list[str]) -> float:
    """f1_score: tokens are matched one to one."""
    left = list(right)
    for token in given:
        if token in left:
            left.remove(token)
    same = len(right) - len(left)
    if not same:
        return 0.0
    precision, recall = same / len(given), same / len(right)
    return 2 * precision * recall / (precision + recall)


# MLQA's remove_articles; Arabic's is a prefix, Hindi and Chinese have none.
ARTICLES = {
    "en": "a an the",
    "es": "un una unos unas el la los las",
    "vi": "của là cái chiếc những",
    "de": "ein eine einen einem eines einer der die das den dem des",
}


def normalised(text: str, lang: str | None) -> str:
    """normalize_answer: SQuAD's without `lang`, else MLQA's.

    Lower case; no punctuation (of Unicode too in MLQA); no articles; single spaces, and
    in Chinese one around every character of U+4E00 to U+9FA5.
    """
    text = "".join(
        c
        for c in text.lower()
        if c not in string.punctuation
        and (lang is None or not unicodedata.category(c).startswith("P"))
    )
    words = ARTICLES.get(lang or "en", "").split()
    if words:
        text = re.sub(rf"\b({'|'.join(words)})\b", " ", text)
    if lang == "ar":
        text = re.sub(r"\sال^|ال", " ", text)
    if lang == "zh":
        text = "".join(f" {c} " if "\u4e00" <= c <= "\u9fa5" else c for c in text)
    return " ".join(text.split())
