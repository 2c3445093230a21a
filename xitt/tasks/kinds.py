"""The kinds of task: what each one reads, and the functions that handle it.

Adding a kind is adding an entry to KINDS and writing the functions that it names. They
live in rooms above this one, so they are named here and found by the room that calls
them, with `function`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pkgutil import resolve_name
from typing import Any

from xitt.errors import unknown


@dataclass(frozen=True)
class Kind:
    """What a kind of task needs.

    required, optional: the columns that an entry of the registry maps.
    metrics: the metrics that it can be scored with.
    gold: the column of its labels; "" where there is none.
    together: the column by which rows belong together (one context, many questions).
    item: the columns whose texts make a row what it is, in its own language.
    limit: the key of a profile that cuts its test sets, and the block it stands in.
    per_token: labels, and the units of the loss, are those of tokens.
    trains: whether it is trained on; retrieval scores an encoder as it is.
    cluster: the column whose equal values make rows of a test depend on each other.
    two_sides: unaligned sides to mine, and no rows.
    functions: what is done with it, and by which function:

        read      data.readers     stored columns -> normalised columns
        perturb   data             a row, an editor of texts -> its columns after it
        tokenise  inputs           rows -> features
        collate   inputs           items of features -> what the head reads of a batch
        head      models.heads     sizes -> a head
        split     scoring          logits of a batch -> logits of each item
        decode    scoring          logits -> a prediction a row
        count     scoring          predictions and rows -> counts of the metric
        trivial   scoring          rows -> the predictions of who has learned nothing;
                                   of retrieval, the score
        retrieve  scoring          an encoder and rows -> scores of every layer
        sheet     running          predictions and rows -> XTREME's files
        ask       scoring          rows and a protocol -> what a causal model is asked
        score     scoring          a causal model and rows -> scores
        answer    scoring          what it is asked -> scores, by likelihood or by text
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ("id",)
    metrics: tuple[str, ...] = ()
    gold: str = ""
    together: str = "id"
    item: tuple[str, ...] = ()
    limit: tuple[str, ...] = ("evaluation", "max_test")
    per_token: bool = False
    trains: bool = True
    two_sides: bool = False
    cluster: str = ""
    functions: dict[str, str] = field(default_factory=dict)

    @property
    def retrieves(self) -> bool:
        """Whether sentences are looked for, by the states of a model as it is."""
        return "retrieve" in self.functions


KINDS = {
    "classification": Kind(
        required=("text_a", "label"),
        optional=("id", "text_b"),
        metrics=("accuracy",),
        gold="label",
        together="text_a",
        item=("text_a", "text_b"),
        functions={
            "read": "xitt.data.readers:classification",
            "perturb": "xitt.data.perturbations.applying:classification",
            "tokenise": "xitt.inputs.tokenising:classification",
            "collate": "xitt.inputs.collation:for_sequences",
            "head": "xitt.models.heads:Classification",
            "split": "xitt.scoring.prediction:whole",
            "decode": "xitt.scoring.decoding:label_of_each",
            "count": "xitt.scoring.evaluation:count_labels",
            "trivial": "xitt.scoring.trivial:commonest_label",
            "score": "xitt.scoring.causal.causal_evaluation:score",
            "answer": "xitt.scoring.causal.causal_evaluation:by_ranking",
            "sheet": "xitt.running.exports.xtreme_format:classification",
        },
    ),
    "choice": Kind(
        required=("text_a", "choices", "label"),
        optional=("id", "question"),
        metrics=("accuracy",),
        gold="label",
        together="text_a",
        item=("text_a", "choices"),
        functions={
            "read": "xitt.data.readers:choice",
            "perturb": "xitt.data.perturbations.applying:choice",
            "tokenise": "xitt.inputs.tokenising:choice",
            "collate": "xitt.inputs.collation:for_choices",
            "head": "xitt.models.heads:Choice",
            "split": "xitt.scoring.prediction:by_choices",
            "decode": "xitt.scoring.decoding:label_of_each",
            "count": "xitt.scoring.evaluation:count_labels",
            "trivial": "xitt.scoring.trivial:commonest_label",
            "ask": "xitt.scoring.protocols.ranking:choice",
            "score": "xitt.scoring.causal.causal_evaluation:score",
            "answer": "xitt.scoring.causal.causal_evaluation:by_ranking",
        },
    ),
    "cloze": Kind(
        required=("sentence", "choices", "label"),
        metrics=("accuracy",),
        gold="label",
        together="sentence",
        item=("sentence", "choices"),
        trains=False,
        cluster="choices",  # Winograd's schemas are twins: a word, and another answer
        functions={
            "read": "xitt.data.readers:cloze",
            "ask": "xitt.scoring.protocols.ranking:cloze",
            "score": "xitt.scoring.causal.causal_evaluation:score",
            "answer": "xitt.scoring.causal.causal_evaluation:by_ranking",
        },
    ),
    "math": Kind(
        required=("question", "answer"),
        metrics=("solved",),
        gold="answer",
        together="question",
        item=("question",),
        trains=False,
        functions={
            "read": "xitt.data.readers:math",
            "ask": "xitt.scoring.protocols.solving:math",
            "score": "xitt.scoring.causal.causal_evaluation:score",
            "answer": "xitt.scoring.causal.causal_evaluation:by_solving",
        },
    ),
    "tagging": Kind(
        required=("tokens", "tags"),
        metrics=("chunk_f1", "accuracy"),
        gold="tags",
        item=("tokens",),
        per_token=True,
        functions={
            "read": "xitt.data.readers:tagging",
            "perturb": "xitt.data.perturbations.applying:tagging",
            "tokenise": "xitt.inputs.tokenising:tagging",
            "collate": "xitt.inputs.collation:for_words",
            "head": "xitt.models.heads:Tagging",
            "split": "xitt.scoring.prediction:by_words",
            "decode": "xitt.scoring.decoding:tags_of_each",
            "count": "xitt.scoring.evaluation:count_tags",
            "trivial": "xitt.scoring.trivial:commonest_tag",
            "sheet": "xitt.running.exports.xtreme_format:tagging",
        },
    ),
    "span": Kind(
        required=("question", "context", "answers", "starts"),
        metrics=("squad", "mlqa"),
        gold="answers",
        together="context",
        item=("question", "context"),
        limit=("evaluation", "max_questions"),
        functions={
            "read": "xitt.data.readers:span",
            "perturb": "xitt.data.perturbations.applying:span",
            "tokenise": "xitt.inputs.tokenising:span",
            "collate": "xitt.inputs.collation:for_spans",
            "head": "xitt.models.heads:Span",
            "split": "xitt.scoring.prediction:by_tokens",
            "decode": "xitt.scoring.decoding:answer_of_each",
            "count": "xitt.scoring.evaluation:count_answers",
            "trivial": "xitt.scoring.trivial:no_answer",
            "sheet": "xitt.running.exports.xtreme_format:span",
        },
    ),
    "bitext": Kind(
        required=("source", "target"),
        metrics=("retrieval_accuracy",),
        item=("source",),
        limit=("retrieval", "max_pairs"),
        trains=False,
        functions={
            "read": "xitt.data.readers:bitext",
            "retrieve": "xitt.scoring.retrieval_tasks:bitext",
            "count": "xitt.scoring.evaluation:count_nearest",
            "trivial": "xitt.scoring.trivial:random_neighbour",
            "sheet": "xitt.running.exports.xtreme_format:bitext",
        },
    ),
    "mining": Kind(
        required=("id", "sentence", "source", "target"),
        optional=(),
        metrics=("mining_f1",),
        item=("source",),
        limit=("retrieval", "max_mining"),
        trains=False,
        two_sides=True,
        functions={
            "retrieve": "xitt.scoring.retrieval_tasks:mining",
            "count": "xitt.scoring.evaluation:count_pairs",
            "trivial": "xitt.scoring.trivial:random_pairs",
            "sheet": "xitt.running.exports.xtreme_format:mining",
        },
    ),
    "code": Kind(
        required=("prompt", "tests", "solution"),
        optional=("id", "entry_point"),
        metrics=("pass_at_k",),
        gold="solution",
        together="prompt",
        item=("prompt",),
        functions={
            "read": "xitt.data.code_readers:code",
            "score": "xitt.scoring.causal.code_evaluation:score",
        },
    ),
    "dictionary": Kind(  # a word of English (target) and one of a language (source)
        required=("source", "target"),
        item=("source",),
        trains=False,
        functions={"read": "xitt.data.readers:bitext"},
    ),
    "text": Kind(
        required=("text",),
        item=("text",),
        per_token=True,
        functions={
            "read": "xitt.data.readers:text",
            "perturb": "xitt.data.perturbations.applying:text",
            "tokenise": "xitt.inputs.tokenising:text",
            "collate": "xitt.inputs.collation:for_text",
            "head": "xitt.models.heads:MaskedLM",
        },
    ),
}

# No kind of task, but what rows of one become for a causal language model.
VERBALISED = "verbalised"
KINDS[VERBALISED] = Kind(
    required=(),
    per_token=True,
    functions={
        "collate": "xitt.inputs.collation:for_answers",
        "split": "xitt.scoring.prediction:by_answers",
    },
)


def get(name: str) -> Kind:
    """The kind `name`; an unknown one is a UserError."""
    if name not in KINDS:
        raise unknown("kind of task", name, KINDS)
    return KINDS[name]


@cache
def function(name: str, what: str) -> Callable[..., Any]:
    """The function, or class, that does `what` with tasks of the kind `name`.

    Raises:
        UserError: for an unknown kind, or one with which that cannot be done.
    """
    if what not in get(name).functions:
        able = [kind for kind, entry in KINDS.items() if what in entry.functions]
        raise unknown(f"kind of task to {what}:", name, able)
    return resolve_name(KINDS[name].functions[what])
