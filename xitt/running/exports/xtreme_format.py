"""XTREME's file formats: predictions and gold labels as its scorer reads them.

After the README, the `mock_test_data` and the readers of `evaluate.py` in XTREME's
repository (Hu et al. 2020, github.com/google-research/xtreme): a folder a task, a file
a language, `test-{lang}.tsv`, of question answering `test-{lang}.json`.

    classification  a label a line: xnli by its name, pawsx by its number
    tagging         a tag a line, an empty line between two sentences
    span            {id: answer} of all questions; labels as in SQuAD v1.1
    bitext          a line for each English sentence, the sentences sorted: the number,
                    from 0, of its nearest sentence in the language's own order
    mining          a line for each pair: two ids with a tab between them
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from xitt.data.corpora import Mining
from xitt.tasks import kinds
from xitt.tasks.schema import Task

Rows = Any  # a datasets.Dataset in normalised columns, or a Mining
Sheet = dict[str, str]  # texts of files: "predictions", "labels", "examples"

# XTREME's folder of each target, and thereby the targets that it scores.
FOLDERS = {
    "xnli": "xnli",
    "paws_x": "pawsx",
    "udpos": "udpos",
    "panx": "panx",
    "xquad": "xquad",
    "mlqa": "mlqa",
    "tydiqa": "tydiqa",
    "bucc": "bucc2018",
    "tatoeba": "tatoeba",
}
NUMBERED = ("paws_x",)  # classes that XTREME writes by number, the others by name


def ending(task: Task) -> str:
    """The ending of a task's files: json of question answering, else tsv."""
    return "json" if kinds.get(task.kind).gold == "answers" else "tsv"


def sheet(task: Task, rows: Rows, predicted: Sequence[Any]) -> Sheet:
    """The files of a task in a language: predictions, gold labels, ids of the rows.

    predicted: as `xitt.scoring` gives it: a label, a list of tags, an answer or the
        position of the nearest sentence for each row; for mining, pairs of ids.
    """
    return kinds.function(task.kind, "sheet")(task, rows, predicted)


def _lines(values: Iterable[Any]) -> str:
    return "".join(f"{value}\n" for value in values)


def classification(task: Task, rows: Rows, predicted: Sequence[int]) -> Sheet:
    names = range(len(task.labels)) if task.name in NUMBERED else task.labels
    return {
        "predictions": _lines(names[label] for label in predicted),
        "labels": _lines(names[label] for label in rows["label"]),
        "examples": _lines(rows["id"]),
    }


def tagging(task: Task, rows: Rows, predicted: Sequence[Sequence[str]]) -> Sheet:
    gold = ([task.labels[tag] for tag in tags] for tags in rows["tags"])
    return {
        "predictions": "\n".join(_lines(tags) for tags in predicted),
        "labels": "\n".join(_lines(tags) for tags in gold),
        "examples": _lines(rows["id"]),
    }


def span(task: Task, rows: Rows, predicted: Sequence[str]) -> Sheet:
    articles = [
        {
            "title": "",  # the scorer of SQuAD asks for one
            "paragraphs": [{"context": context, "qas": list(map(_question, same))}],
        }
        for context, same in itertools.groupby(rows, lambda row: row["context"])
    ]
    answers = dict(zip(rows["id"], predicted))
    return {
        "predictions": json.dumps(answers, indent=1) + "\n",
        "labels": json.dumps({"data": articles, "version": "1.1"}, indent=1) + "\n",
        "examples": _lines(rows["id"]),
    }


def _question(row: Mapping[str, Any]) -> dict[str, Any]:
    answers = zip(row["answers"], row["starts"])
    return {
        "id": row["id"],
        "question": row["question"],
        "answers": [{"text": text, "answer_start": start} for text, start in answers],
    }


def bitext(task: Task, rows: Rows, nearest: Sequence[int]) -> Sheet:
    """XTREME sorts the English side, so that the gold number is not the line's own."""
    english = [sentence.strip() for sentence in rows["target"]]
    order = sorted(range(len(english)), key=english.__getitem__)
    ids = list(rows["id"])
    return {
        "predictions": _lines(nearest[row] for row in order),
        "labels": _lines(order),
        "examples": _lines(ids[row] for row in order),
    }


def mining(task: Task, corpus: Mining, pairs: Sequence[Sequence[str]]) -> Sheet:
    """Of the examples, the sentences of both sides that were searched."""
    return {
        "predictions": _lines("\t".join(pair) for pair in pairs),
        "labels": _lines("\t".join(pair) for pair in sorted(corpus.gold)),
        "examples": _lines([*corpus.source_ids, *corpus.target_ids]),
    }
