"""Rows of every target in every language that XTREME scores, made from a seed.

They are exported by `xitt.running.exports.submission`, with predictions that are right
in part. XTREME's own evaluate.py scored the files once, and xtreme_scores.json keeps
what it said, with the commit that it is of. To make it anew, where the cases were
changed:

    git clone https://github.com/google-research/xtreme FOLDER
    PYTHONPATH=.:tests:tests/running python tests/running/xtreme_cases.py FOLDER
"""

from __future__ import annotations

import importlib.metadata
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset
from recorded_runs import demo, finish, here

from xitt import files
from xitt.data.corpora import Mining
from xitt.running.exports import submission, xtreme_format
from xitt.study import grid, run_data
from xitt.tasks import registry
from xitt.tasks.schema import Task

KEPT = Path(__file__).with_name("xtreme_scores.json")
SEED = 2020
ROWS = 24
OURS = {"exact_match": "em"}  # XTREME's name of a score: ours

# The first article of the Universal Declaration of Human Rights: articles, accents,
# and scripts with and without spaces, which scorers of answers take apart.
TEXTS = {
    "ar": "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.",
    "bn": "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।",
    "de": "Alle Menschen sind frei und gleich an der Würde und den Rechten geboren.",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια.",
    "en": "All the human beings are born free, and equal in a dignity and an oath.",
    "es": "Todos los seres humanos nacen libres e iguales en la dignidad, ¿no?",
    "fi": "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan.",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता प्राप्त है।",
    "id": "Semua orang dilahirkan merdeka dan mempunyai martabat yang sama.",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "ru": "Все люди рождаются свободными и равными в своём достоинстве.",
    "sw": "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa.",
    "te": "ప్రతిపత్తిస్వత్వముల విషయమున మానవులెల్లరును జన్మతః స్వతంత్రులును సమానులును.",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar.",
    "vi": "Mọi của những cái người sinh ra đều được tự do và bình đẳng.",
    "zh": "人人生而自由，在尊严和权利上一律平等。",
}
MIXED = ' (2018年, "Rio-92", 7 %)'


def rows(task: Task, lang: str) -> Any:
    """The test rows of a target in a language, in the columns of its kind."""
    rng = random.Random(f"{task.name}/{lang}/{SEED}")
    ids = [f"{lang}-{number}" for number in range(ROWS)]
    if task.kind == "mining":
        gold = list(zip(ids, (f"en-{n}" for n in rng.sample(range(ROWS), ROWS // 2))))
        english = [f"en-{number}" for number in range(ROWS)]
        return Mining(ids, ids, english, english, set(gold))
    if task.kind == "bitext":
        english = rng.sample([f"sentence {number}" for number in range(99)], ROWS)
        return Dataset.from_dict({"id": ids, "source": ids, "target": english})
    if task.kind == "classification":
        labels = [rng.randrange(len(task.labels)) for _ in ids]
        return Dataset.from_dict({"id": ids, "label": labels})
    if task.kind == "tagging":
        lengths = [rng.randint(1, 9) for _ in ids]
        tags = [[rng.randrange(len(task.labels)) for _ in range(n)] for n in lengths]
        return Dataset.from_dict({"id": ids, "tags": tags})
    return Dataset.from_list([_question(name, lang, rng) for name in ids])


def _question(name: str, lang: str, rng: random.Random) -> dict[str, Any]:
    """A question with one to three right answers, pieces of the text as they fall."""
    context = TEXTS[lang] + MIXED
    starts = [rng.randrange(len(context) - 12) for _ in range(rng.randint(1, 3))]
    answers = [context[start:][: rng.randint(2, 24)] for start in starts]
    return {"id": name, "question": "?", "context": context, "answers": answers,
            "starts": starts}  # fmt: skip


def export(home: Path) -> tuple[Path, dict[str, dict[str, dict[str, float]]]]:
    """Export the cases below `home`: the folder, and our exact scores of each target.

    The scores are by target and language, under our names.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        here(monkeypatch, home, home / "pocket")
        study = demo(targets=list(xtreme_format.FOLDERS))
        run_data.prepare(study)  # the sizes are recorded of it, the rows are ours
        monkeypatch.setattr(
            run_data,
            "of_target",
            lambda run, task: {
                ("test", lang): rows(task, lang) for lang in task.languages
            },
        )
        ours = {
            name: finish(grid.target(study, "none", name, 13), SEED)
            for name in study["targets"]
        }
        ((folder, _),) = submission.export(study).items()
    return folder, ours


def sides(folder: Path, target: str, lang: str) -> list[Path]:
    """The exported file of predictions and that of labels."""
    ending = xtreme_format.ending(registry.get(target))
    name = f"{xtreme_format.FOLDERS[target]}/test-{lang}.{ending}"
    return [folder / side / name for side in ("predictions", "labels")]


def digests(folder: Path) -> dict[str, str]:
    """Of the files of each target, so that scores are compared of the same files."""
    return {
        target: files.digest([
            [files.sha256(path) for path in sides(folder, target, lang)]
            for lang in registry.get(target).languages
        ])
        for target in xtreme_format.FOLDERS
    }  # fmt: skip


def main(xtreme: Path) -> None:
    """Score the cases with XTREME's evaluate.py in the folder `xtreme`; keep it."""
    sys.path.insert(0, str(xtreme))
    from evaluate import evaluate_one_task

    head = subprocess.run(
        ["git", "-C", xtreme, "rev-parse", "HEAD"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as home:
        folder, _ = export(Path(home))
        kept = {
            "scorer": "evaluate.py of github.com/google-research/xtreme",
            "commit": head.stdout.strip(),
            "seqeval": importlib.metadata.version("seqeval"),
            "seed": SEED,
            "files": digests(folder),
            "scores": {
                target: {
                    lang: evaluate_one_task(
                        *map(str, sides(folder, target, lang)), task, language=lang
                    )
                    for lang in registry.get(target).languages
                }
                for target, task in xtreme_format.FOLDERS.items()
            },
        }
    files.write_json(KEPT, kept)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
