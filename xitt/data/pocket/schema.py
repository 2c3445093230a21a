"""Parquet files that `datasets` reads with the features of the Hub's data sets.

Features are described in small: a dtype ("string", "int32"), a tuple of class names,
a one-element list of any of these, or a dict of them. Written with pyarrow alone, so
that making the data needs no heavy import.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from xitt.data.pocket.grammar import ENTITIES, UPOS

NLI = ("entailment", "neutral", "contradiction")
ANSWERS = {"text": ["string"], "answer_start": ["int32"]}
XNLI_COLUMNS = {"premise": "string", "hypothesis": "string", "label": NLI}
MNLI_COLUMNS = {
    "promptID": "int32", "pairID": "string", "premise": "string",
    "premise_binary_parse": "string", "premise_parse": "string",
    "hypothesis": "string", "hypothesis_binary_parse": "string",
    "hypothesis_parse": "string", "genre": "string", "label": NLI,
}  # fmt: skip
ANLI_COLUMNS = {"uid": "string", **XNLI_COLUMNS, "reason": "string"}
QQP_COLUMNS = {
    "question1": "string", "question2": "string",
    "label": ("not_duplicate", "duplicate"), "idx": "int32",
}  # fmt: skip
PAWS_COLUMNS = {
    "id": "int32", "sentence1": "string", "sentence2": "string", "label": ("0", "1"),
}  # fmt: skip
SQUAD_COLUMNS = {
    "id": "string", "title": "string", "context": "string", "question": "string",
    "answers": ANSWERS,
}  # fmt: skip
XQUAD_COLUMNS = {k: SQUAD_COLUMNS[k] for k in ("id", "context", "question", "answers")}
MLQA_COLUMNS = {k: SQUAD_COLUMNS[k] for k in ("context", "question", "answers", "id")}
HELLASWAG_COLUMNS = {
    "ind": "int32", "activity_label": "string", "ctx_a": "string", "ctx_b": "string",
    "ctx": "string", "endings": ["string"], "source_id": "string", "split": "string",
    "split_type": "string", "label": "string",
}  # fmt: skip
COMMONSENSE_COLUMNS = {
    "id": "string", "question": "string", "question_concept": "string",
    "choices": {"label": ["string"], "text": ["string"]}, "answerKey": "string",
}  # fmt: skip
COSMOS_COLUMNS = {
    "id": "string", "context": "string", "question": "string", "answer0": "string",
    "answer1": "string", "answer2": "string", "answer3": "string", "label": "int32",
}  # fmt: skip
CCG_COLUMNS = {"id": "string", "tokens": ["string"], "supertags": ["string"]}
POS_COLUMNS = {"tokens": ["string"], "pos_tags": [tuple(UPOS)]}
NER_COLUMNS = {
    "tokens": ["string"], "ner_tags": [tuple(ENTITIES)], "langs": ["string"],
    "spans": ["string"],
}  # fmt: skip
BITEXT_COLUMNS = {
    "source_sentence": "string", "target_sentence": "string", "source_lang": "string",
    "target_lang": "string",
}  # fmt: skip
SENTENCE_COLUMNS = {"id": "string", "sentence": "string"}
TEXT_COLUMNS = {"id": "string", "text": "string"}
HUMANEVAL_XL_COLUMNS = {
    "task_id": "string", "prompt": "string", "entry_point": "string", "test": "string",
    "language": "string", "canonical_solution": "string", "natural_language": "string",
    "description": "string",
}  # fmt: skip
MBPP_COLUMNS = {
    "task_id": "int32", "text": "string", "code": "string", "test_list": ["string"],
    "test_setup_code": "string", "challenge_test_list": ["string"],
}  # fmt: skip
COPA_COLUMNS = {
    "premise": "string", "choice1": "string", "choice2": "string", "question": "string",
    "idx": "int32", "label": ("choice1", "choice2"),
}  # fmt: skip
XCOPA_COLUMNS = {
    "premise": "string", "choice1": "string", "choice2": "string", "question": "string",
    "label": "int32", "idx": "int32", "changed": "bool",
}  # fmt: skip
MGSM_COLUMNS = {
    "question": "string", "answer": "string", "answer_number": "int64",
    "equation_solution": "string",
}  # fmt: skip
XWINOGRAD_COLUMNS = {
    "sentence": "string", "option1": "string", "option2": "string", "answer": "string",
}  # fmt: skip

_DTYPES = {
    "string": pa.string(), "int32": pa.int32(), "int64": pa.int64(), "bool": pa.bool_(),
}  # fmt: skip


def _arrow(feature: Any) -> pa.DataType:
    if isinstance(feature, str):
        return _DTYPES[feature]
    if isinstance(feature, tuple):
        return pa.int64()
    if isinstance(feature, list):
        return pa.list_(pa.field("element", _arrow(feature[0])))
    return pa.struct([(name, _arrow(inner)) for name, inner in feature.items()])


def _hugging_face(feature: Any) -> Any:
    if isinstance(feature, str):
        return {"dtype": feature, "_type": "Value"}
    if isinstance(feature, tuple):
        return {"names": list(feature), "_type": "ClassLabel"}
    if isinstance(feature, list):
        return {"feature": _hugging_face(feature[0]), "_type": "List"}
    return {name: _hugging_face(inner) for name, inner in feature.items()}


def write_rows(path: Path, rows: list[dict], columns: dict[str, Any]) -> None:
    """Write rows as Parquet, with `columns` as the features in the metadata."""
    info = {"info": {"features": _hugging_face(columns)}}
    fields = [(name, _arrow(feature)) for name, feature in columns.items()]
    schema = pa.schema(fields, metadata={"huggingface": json.dumps(info)})
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows, schema=schema)
    pq.write_table(table, path)


_DEFAULTS = ("default", "plain_text", "squad_v2", "secondary_task")


def write_card(folder: Path) -> None:
    """The README.md that tells `datasets.load_dataset(folder, config)` its files."""
    lines = ["---", "configs:"]
    for config in sorted(path for path in folder.iterdir() if path.is_dir()):
        lines.append(f'- config_name: "{config.name}"')
        if config.name in _DEFAULTS:
            lines.append("  default: true")
        lines.append("  data_files:")
        for file in sorted(config.glob("*.parquet")):
            split = file.stem.replace(".", "_")
            lines.append(f'  - split: "{split}"')
            lines.append(f'    path: "{config.name}/{file.name}"')
    name = "/".join(folder.parts[-2:])
    lines += ["---", "", f"# Pocket suite: a stand-in for {name}, made by xitt", ""]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")
