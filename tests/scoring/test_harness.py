"""The protocol `lm-eval` asks and scores as lm-evaluation-harness does.

The harness is no dependency: it holds python-dateutil at a version that others have
left behind. Its own copy stands in pytest's cache, brought by pip when it is missing;
where pip has no index to ask, these tests are skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xitt.data import examples
from xitt.errors import UserError
from xitt.running.benchmark import harness as peer
from xitt.scoring.causal import causal_evaluation, likelihood
from xitt.scoring.protocols import solving, tables
from xitt.tasks import kinds, registry

XCOPA = {
    "en": [
        ("The item was packaged in bubble wrap.", "It was fragile.", "It was small."),
        ("I emptied my pockets.", "I retrieved a ticket stub.", "I found a weapon."),
    ],
    "et": [("Ese oli mullikilesse pakitud.", "See oli habras.", "See oli väike.")],
    "ta": [("பொருள் குமிழி உறையில் வைக்கப்பட்டது", "அது உடையக்கூடியது", "அது சிறியது")],
    "th": [("สิ่งของถูกห่อไว้ในพลาสติก ", "มันบอบบาง", "มันเล็ก")],
    "tr": [("Işık açıldı.", "İp koptu.", "Irmak taştı.")],
    "zh": [("这件物品用气泡膜包着。", "它很脆弱。", "它很小。")],
}
STORY = {
    "en": [
        "Ann ran. ",
        "She fell.",
        "It hurt.",
        "She cried.",
        "Bob came.",
        "Tea grew.",
    ],
    "zh": ["安跑了。", "她摔倒了。", "很疼。", "她哭了。", "鲍勃来了。", "茶长大了。"],
}
WINOGRAD = {
    "en": ("The men met Bob because _ feared him.", "The men", "Bob"),
    "jp": ("猫は犬を見た。_は怖がった。", "猫", "犬"),
    "zh": ("市政府拒绝给示威者许可证，因_担心暴力。 ", "市政府", "示威者"),
}
PROBLEMS = {
    "en": "Ann has 3 pens and buys 2. How many has she?",
    "de": "Anna hat 3 Stifte und kauft 2. Wie viele hat sie?",
    "fr": "Anne a 3 stylos et en achète 2. Combien en a-t-elle ?",
    "ja": "アンはペンを3本持っていて2本買います。何本ありますか？",
    "sw": "Ana ana kalamu 3 na ananunua 2. Ana ngapi?",
}


@pytest.fixture(scope="module")
def harness(request) -> Path:
    """A folder from which lm_eval can be imported."""
    folder = request.config.cache.mkdir(peer.NAME.replace("==", "-"))
    try:
        return peer.ensure(Path(folder))
    except UserError as error:
        pytest.skip(str(error))


class Asked(NamedTuple):
    """What the harness made of files: `names` are its tasks, and ours with language."""

    folder: Path
    names: dict[str, tuple[str, str]]
    found: dict

    def rows(self, name: str):
        task, lang = self.names[name]
        return examples.load(task, lang, "test", source=self.folder)

    def theirs(self, name: str) -> list[dict]:
        """The rows of a task, in order; two filters of an answer give each twice."""
        rows = {row["doc_id"]: row for row in self.found[name]["rows"]}
        return [rows[place] for place in sorted(rows)]

    def score(self, name: str, model, tokenizer, task: str, lang: str):
        return causal_evaluation.score(
            registry.get(task), model, tokenizer, {("test", lang): self.rows(name)},
            protocol="lm-eval", token_budget=2048, precision="fp32", draws=3,
        )  # fmt: skip


@pytest.fixture(scope="module", params=["generated", "real"])
def asked(request, tmp_path_factory, harness) -> Asked:
    """What the harness asks a tiny model, and how it scores it."""
    folder = tmp_path_factory.mktemp("harness")
    if request.param == "real":
        names = taken(folder, request.getfixturevalue("mirror"))
    else:
        names = write(folder)
    tiny_model(folder / "model")
    script = Path(__file__).with_name("harness.py")
    ran = subprocess.run(
        [sys.executable, str(script), str(folder), ",".join(names)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(harness)},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    found = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    return Asked(folder, names, found)


@pytest.fixture(scope="module")
def decoder(asked):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(asked.folder / "model").eval()
    return model, AutoTokenizer.from_pretrained(asked.folder / "model")


def taken(folder: Path, mirror: Path) -> dict[str, tuple[str, str]]:
    """The first rows of the mirror's files; the harness asks for a training split."""
    names = {"copa": ("xcopa", "en")}
    few = {"aps/super_glue/copa": 6}
    for lang in registry.get("xcopa").languages[1:]:
        few[f"cambridgeltl/xcopa/{lang}"] = 6
        names[f"xcopa_{lang}"] = ("xcopa", lang)
    for lang in ("en", "fr", "jp", "pt", "ru", "zh"):
        few[f"Muennighoff/xwinograd/{lang}"] = 6
        names[f"xwinograd_{lang}"] = ("xwinograd", {"jp": "ja"}.get(lang, lang))
    for lang in ("en", "ru", "zh"):
        few[f"juletxara/mgsm/{lang}"] = 1
        names[f"mgsm_direct_{lang}"] = ("mgsm", lang)
    for place, number in few.items():
        rows = pq.read_table(mirror / place / "test.parquet").slice(0, number)
        for split in ("train", "validation", "test"):
            put(folder / place / f"{split}.parquet", rows.to_pylist())
    return names


def write(folder: Path) -> dict[str, tuple[str, str]]:
    """Files in the form of the data sets; names as those of `Asked`."""
    names = {}
    for lang, items in XCOPA.items():
        rows = [
            {"premise": premise, "choice1": one, "choice2": two, "idx": idx,
             "question": question, "label": idx % 2}
            for idx, (question, (premise, one, two)) in enumerate(
                product(("cause", "effect"), items)
            )
        ]  # fmt: skip
        home = "aps/super_glue/copa" if lang == "en" else f"cambridgeltl/xcopa/{lang}"
        for split in ("train", "validation", "test"):
            put(folder / home / f"{split}.parquet", rows)
        names["copa" if lang == "en" else f"xcopa_{lang}"] = ("xcopa", lang)
    for lang, texts in STORY.items():
        keys = [f"input_sentence_{i}" for i in range(1, 5)]
        rows = [
            {**dict(zip([*keys, "sentence_quiz1", "sentence_quiz2"], texts)),
             "story_id": f"s{right}", "answer_right_ending": right}
            for right in (1, 2)
        ]  # fmt: skip
        for split in ("train", "eval"):
            put(folder / f"juletxara/xstory_cloze/{lang}/{split}.parquet", rows)
        names[f"xstorycloze_{lang}"] = ("xstorycloze", lang)
    for lang, (sentence, one, two) in WINOGRAD.items():
        rows = [
            {"sentence": sentence, "option1": one, "option2": two, "answer": right}
            for right in ("1", "2")
        ]
        put(folder / f"Muennighoff/xwinograd/{lang}/test.parquet", rows)
        names[f"xwinograd_{lang}"] = ("xwinograd", {"jp": "ja"}.get(lang, lang))
    for lang, question in PROBLEMS.items():
        rows = [
            {"question": f"{question} ({i})", "answer": None, "answer_number": i,
             "equation_solution": None}
            for i in (5, 70000)
        ]  # fmt: skip
        for split in ("train", "test"):
            put(folder / f"juletxara/mgsm/{lang}/{split}.parquet", rows)
        names[f"mgsm_direct_{lang}"] = ("mgsm", lang)
    return names


def put(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)


def tiny_model(folder: Path) -> None:
    """A random decoder whose tokenizer has every byte and a few longer pieces."""
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    texts = [text for rows in XCOPA.values() for row in rows for text in row]
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(
        [*texts, *PROBLEMS.values(), "0 1 2 3 4 5 6 7 8 9"],
        vocab_size=400, min_frequency=1, special_tokens=["<|endoftext|>"],
    )  # fmt: skip
    end = "<|endoftext|>"
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=trained._tokenizer, eos_token=end, bos_token=end, pad_token=end
    )
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64,
        num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2,
        max_position_embeddings=4096, initializer_range=0.5,
        bos_token_id=0, eos_token_id=0, pad_token_id=0,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def test_every_request_is_the_harness_s_to_the_letter(asked):
    protocol = tables.get("lm-eval")
    for name, (task, lang) in asked.names.items():
        entry, rows = registry.get(task), list(asked.rows(name))
        ours = kinds.function(entry.kind, "ask")(entry, protocol, "test", lang, rows)
        for one, row in zip(ours, asked.theirs(name), strict=True):
            if task == "mgsm":
                ((prompt, options),) = row["arguments"]
                mine = solving.generation(entry, protocol, lang)
                assert one.prompt == prompt
                assert list(mine.stops) == options["until"][:3]
            else:
                assert [list(request) for request in one.requests] == row["arguments"]


def test_every_score_is_the_harness_s(asked, decoder):
    numbers = {"solved": "exact_match,flexible-extract",
               "strict": "exact_match,remove_whitespace"}  # fmt: skip
    for name, (task, lang) in asked.names.items():
        ours = asked.score(name, *decoder, task, lang).scores["test"][lang]
        scores = numbers if task == "mgsm" else {"accuracy": "acc,none"}
        for mine, their in scores.items():
            theirs = asked.found[name]["scores"][their]
            assert ours[mine] == pytest.approx(100 * theirs, abs=1e-4), (name, mine)


def test_every_answer_is_the_harness_s(asked, decoder):
    for name, (task, lang) in asked.names.items():
        ours = asked.score(name, *decoder, task, lang).predictions["test", lang]
        for mine, row in zip(ours, asked.theirs(name), strict=True):
            if task == "mgsm":
                assert mine == row["resps"][0][0]
            else:
                values = [float(answer[0][0]) for answer in row["resps"]]
                assert mine == values.index(max(values))


def test_every_log_likelihood_is_the_harness_s(asked, decoder):
    for name, (task, _) in asked.names.items():
        rows = asked.theirs(name) if task != "mgsm" else []
        requests = [
            likelihood.Request(*pair) for row in rows for pair in row["arguments"]
        ]
        ours = likelihood.score(*decoder, requests, token_budget=2048, precision="fp32")
        theirs = [float(answer[0][0]) for row in rows for answer in row["resps"]]
        assert [one.total for one in ours] == pytest.approx(theirs, abs=1e-3)
