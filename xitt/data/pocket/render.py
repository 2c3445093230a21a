"""Rows of meanings as the columns of each data set, in a language.

Every function takes an ISO 639-1 code and rows, and returns one dict a row with the
columns of the real data set (`xitt.data.pocket.schema`).
"""

from __future__ import annotations

from collections.abc import Iterable

from xitt.data.pocket.choices import Choice
from xitt.data.pocket.grammar import ENTITIES, UPOS, answer, language, realise
from xitt.data.pocket.meanings import NP, Meaning
from xitt.data.pocket.nli import Pair
from xitt.data.pocket.pairs import Paraphrase
from xitt.data.pocket.reading import Reading, span, told

_POS = {tag: i for i, tag in enumerate(UPOS)}
_NER = {tag: i for i, tag in enumerate(ENTITIES)}


def _say(lang: str, meaning: Meaning) -> str:
    return realise(lang, meaning).text


def xnli(lang: str, rows: Iterable[Pair]) -> list[dict]:
    """Also the columns of SNLI."""
    return [
        {
            "premise": told(lang, row.premise)[0],
            "hypothesis": _say(lang, row.hypothesis),
            "label": row.label,
        }
        for row in rows
    ]


def mnli(lang: str, rows: Iterable[Pair]) -> list[dict]:
    empty = dict.fromkeys(
        (
            "premise_binary_parse",
            "premise_parse",
            "hypothesis_binary_parse",
            "hypothesis_parse",
        ),
        "",
    )
    return [
        {"promptID": i, "pairID": str(i), "genre": "pocket", **empty, **row}
        for i, row in enumerate(xnli(lang, rows))
    ]


def anli(lang: str, rows: Iterable[Pair]) -> list[dict]:
    return [
        {"uid": f"pocket-{i}", "reason": "", **row}
        for i, row in enumerate(xnli(lang, rows))
    ]


def qqp(lang: str, rows: Iterable[Paraphrase]) -> list[dict]:
    return [
        {
            "question1": _say(lang, row.first),
            "question2": _say(lang, row.second),
            "label": row.label,
            "idx": i,
        }
        for i, row in enumerate(rows)
    ]


def paws(lang: str, rows: Iterable[Paraphrase]) -> list[dict]:
    return [
        {
            "id": i,
            "sentence1": _say(lang, row.first),
            "sentence2": _say(lang, row.second),
            "label": row.label,
        }
        for i, row in enumerate(rows, start=1)
    ]


def xquad(lang: str, rows: Iterable[Reading]) -> list[dict]:
    """Also the columns of MLQA."""
    return [{"id": f"pocket-{i}", **span(lang, row)} for i, row in enumerate(rows)]


def squad(lang: str, rows: Iterable[Reading]) -> list[dict]:
    return [{"title": "pocket", **row} for row in xquad(lang, rows)]


def tydiqa(lang: str, rows: Iterable[Reading]) -> list[dict]:
    """The id begins with the language's English name: training takes `english` only."""
    name = language(lang).ENGLISH_NAME.lower()
    return [
        {"id": f"{name}-{i}", "title": "", **span(lang, row)}
        for i, row in enumerate(rows)
    ]


def choice_texts(lang: str, row: Choice) -> list[str]:
    """The choices of a row as texts: sentences, noun phrases or place phrases."""
    short = (NP, str)
    return [
        answer(lang, x) if isinstance(x, short) else _say(lang, x) for x in row.choices
    ]


def hellaswag(lang: str, rows: Iterable[Choice]) -> list[dict]:
    table = []
    for i, row in enumerate(rows):
        context, _ = told(lang, row.context)
        table.append(
            {
                "ind": i,
                "activity_label": answer(lang, NP(row.topic)),
                "ctx_a": context,
                "ctx_b": "",
                "ctx": context,
                "endings": choice_texts(lang, row),
                "source_id": f"pocket~{i}",
                "split": "pocket",
                "split_type": "indomain",
                "label": str(row.label),
            }
        )
    return table


def commonsense(lang: str, rows: Iterable[Choice]) -> list[dict]:
    letters = "ABCDE"
    return [
        {
            "id": f"pocket-{i}",
            "question": _say(lang, row.question),
            "question_concept": language(lang).word(row.topic),
            "choices": {"label": list(letters), "text": choice_texts(lang, row)},
            "answerKey": letters[row.label],
        }
        for i, row in enumerate(rows)
    ]


def cosmos(lang: str, rows: Iterable[Choice]) -> list[dict]:
    table = []
    for i, row in enumerate(rows):
        answers = {f"answer{j}": text for j, text in enumerate(choice_texts(lang, row))}
        context, _ = told(lang, row.context)
        question = _say(lang, row.question)
        table.append(
            {"id": f"pocket-{i}", "context": context, "question": question}
            | answers
            | {"label": row.label}
        )
    return table


def ccg(lang: str, rows: Iterable[Meaning]) -> list[dict]:
    """English only: supertags in the notation of the Parallel Meaning Bank."""
    table = []
    for i, meaning in enumerate(rows):
        tokens = realise(lang, meaning).tokens
        table.append(
            {
                "id": f"p00/d{i:04}",
                "tokens": [token.text for token in tokens],
                "supertags": [token.cat for token in tokens],
            }
        )
    return table


def udpos(lang: str, rows: Iterable[Meaning]) -> list[dict]:
    table = []
    for meaning in rows:
        tokens = realise(lang, meaning).tokens
        tags = [_POS[token.pos] for token in tokens]
        table.append({"tokens": [token.text for token in tokens], "pos_tags": tags})
    return table


def wikiann(lang: str, rows: Iterable[Meaning]) -> list[dict]:
    table = []
    for meaning in rows:
        tokens = realise(lang, meaning).tokens
        spans: list[str] = []
        for token in tokens:
            if token.ent.startswith("B-"):
                spans.append(f"{token.ent[2:]}: {token.text}")
            elif token.ent != "O":
                spans[-1] += f" {token.text}"
        table.append(
            {
                "tokens": [token.text for token in tokens],
                "ner_tags": [_NER[token.ent] for token in tokens],
                "langs": [lang] * len(tokens),
                "spans": spans,
            }
        )
    return table


def text(lang: str, rows: Iterable[Meaning]) -> list[dict]:
    return [
        {"id": f"{lang}-{i}", "text": _say(lang, meaning)}
        for i, meaning in enumerate(rows)
    ]
