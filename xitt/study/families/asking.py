"""How a causal language model is asked a target task, and how the answers are scored.

A target is asked as the model is, by the protocol of its kind (`xitt.scoring`), unless
the study tunes the model on the target's English examples first (`target.tuned`).
Labels are asked for in the words of an English template, in whatever language the rows
are: that is what the model was trained to read.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from xitt.scoring.programs import protocols as programs
from xitt.scoring.protocols import tables
from xitt.study import data_source
from xitt.study.profiles import Profile
from xitt.tasks import kinds, verbalisation
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import Task

if TYPE_CHECKING:
    from xitt.scoring.evaluation import Rows, Scored

PROGRAMS, LABELS = "code", "classification"  # kinds that are asked in ways of their own


def tunes(profile: Profile, task: Task) -> bool:
    """Whether the study tunes its model on the target's English examples."""
    return task.name in profile["target"].get("tuned", ())


def params(profile: Profile, task: Task) -> dict[str, Any]:
    """What decides how a target is asked, for a run's key."""
    asked = profile["asked"]
    if task.kind == PROGRAMS:
        stamp = programs.get(asked[PROGRAMS]["protocol"]).stamp
        return {"asked": {**asked[PROGRAMS], "protocol": stamp}}
    stamps = [tables.get(name).stamp for name in asked["protocols"]]
    if task.kind == LABELS:
        said = verbalisation.digests(task.name, [ENGLISH])
        return {"asked": {"protocol": stamps[0], "templates": said}}
    return {"asked": {"protocols": stamps}}


def score(
    profile: Profile,
    task: Task,
    model: Any,
    tokenizer: Any,
    parts: dict[tuple[str, str], Rows],
    *,
    seed: int,
    **how: Any,
) -> Scored:
    """Scores and predictions of every part; of several protocols the first one's count.

    how: token_budget, precision, draws and folder.
    """
    asked, compute = profile["asked"], kinds.function(task.kind, "score")
    this = task, model, tokenizer, parts
    if task.kind == PROGRAMS:
        return compute(*this, seed=seed, **asked[PROGRAMS], **how)
    main, *others = asked["protocols"]
    # Here, so that a grid is planned without a model library.
    from xitt.data import examples
    from xitt.inputs import verbalising
    from xitt.scoring.causal import causal_evaluation

    if task.kind == LABELS:
        labels = examples.labels(task.name, data_source.source(profile))
        verbalise = partial(verbalising.asked, task=task.name, labels=labels)
        return compute(*this, protocol=main, verbalise=verbalise, **how)
    how["known"] = {}  # of all protocols
    found = compute(*this, protocol=main, **how)
    further = {name: compute(*this, protocol=name, **how) for name in others}
    return causal_evaluation.beside(found, further) if further else found
