"""lm-evaluation-harness on local files: what it asks, and what it makes of the answers.

    python harness.py FOLDER TASK,TASK,...

Run by `test_harness.py` in a process of its own, where lm_eval can be imported. FOLDER
holds `model`, and data laid out `<owner>/<name>/<config>/<split>.parquet`; `found.json`
is left there: of each task its scores, of each row its requests, answers and scores.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

WANTED = ("xcopa", "xstorycloze", "xwinograd", "mgsm/direct", "super_glue/copa")


def local(folder: Path):
    """A `datasets.load_dataset` that reads a data set from a folder."""
    import datasets

    def load_dataset(path: str, name: str | None = None, **_):
        there = sorted((folder / path / (name or "default")).glob("*.parquet"))
        return datasets.DatasetDict({
            file.stem: datasets.Dataset.from_parquet(
                str(file), cache_dir=str(folder / "cache")
            )
            for file in there
        })  # fmt: skip

    return load_dataset


def main(folder: Path, tasks: list[str]) -> None:
    import datasets
    import lm_eval
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager
    from transformers import AutoModelForCausalLM, AutoTokenizer

    datasets.load_dataset = local(folder)
    model = HFLM(
        pretrained=AutoModelForCausalLM.from_pretrained(folder / "model"),
        tokenizer=AutoTokenizer.from_pretrained(folder / "model"),
        device="cpu",
        batch_size=8,
    )
    there = Path(lm_eval.__file__).parent / "tasks"
    known = TaskManager(  # reading the files of all its tasks takes half a minute
        include_path=[str(there / name) for name in WANTED], include_defaults=False
    )
    ran = lm_eval.simple_evaluate(
        model, tasks=tasks, task_manager=known, bootstrap_iters=0, log_samples=True
    )
    found = {
        task: {"scores": ran["results"][task], "rows": ran["samples"][task]}
        for task in tasks
    }
    text = json.dumps(found, default=str, ensure_ascii=False)
    (folder / "found.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2].split(","))
