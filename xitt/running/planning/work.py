"""What a run trains on and scores, in tokens, before it starts.

Tokens are examples x epochs x tokens an example. The last is measured where a record of
any study has trained on the task, else taken to be half of the maximum length; so is
what a language model is asked. Sizes are the registry's; what the study cuts off is cut
off here.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any, NamedTuple

from xitt.errors import UserError
from xitt.scoring.programs import protocols as programs
from xitt.scoring.protocols import tables
from xitt.study import data_source, profiles
from xitt.study.run import Run
from xitt.tasks import kinds, registry
from xitt.tasks.schema import Task

SENTENCE = 32  # tokens of a sentence that is looked for; a row of retrieval has two
UNKNOWN = 1000  # rows of a test set whose size the registry does not know


class Scored(NamedTuple):
    """What a run scores.

    examples: rows, of all languages and splits. read: tokens that go through the model
        side by side. written: those that it generates one after another, at the most.
    text: tokens of a prompt with what is written after it, where anything is.
    """

    examples: int
    read: float
    written: float = 0.0
    text: float = 0.0

    @property
    def tokens(self) -> float:
        """All tokens that are computed."""
        return self.read + self.written


def trained(run: Run, measured: Mapping[str, float]) -> float:
    """Tokens that a run trains on. measured: tokens an example, by task.

    Raises:
        UserError: for a task of no known size in a study that takes all of it.
    """
    recipes = run.params.get("recipes") or {run.target: run.params.get("recipe")}
    shared = run.params.get("recipe")  # of several tasks; else the task's own
    total, items = 0.0, 0
    for name, recipe in recipes.items():
        if recipe is None:  # retrieval trains nothing, nor who is asked as it is
            continue
        task = registry.get(name)
        rows = task.rows.get("train") or registry.get(task.train_from or name).rows.get(
            "train"
        )
        examples = min(filter(None, (recipe["max_train"], rows)), default=0)
        if not examples:
            raise UserError(f"{name}: no size known; set max_train in its recipe")
        if cap := run.params.get("multi_cap"):
            examples = min(examples, cap)
        length = measured.get(name, recipe["max_length"] / 2)
        passed = examples * (shared or recipe)["epochs"]
        total += passed * length
        items += passed
    if mlm := run.params.get("mlm"):  # sentences, for a share of all steps
        total += items * mlm["share"] / (1 - mlm["share"]) * mlm["max_length"] / 2
    return total


def scored(run: Run, measured: Mapping[str, float]) -> Scored:
    """What a run scores. measured: tokens an example, by task."""
    if run.phase == "intermediate":
        return _validated(run, measured)
    task = registry.get(run.target)
    examples = _perturbed(run, task) if run.phase == "perturbed" else _tested(run, task)
    if "asked" in run.params:
        return _asked(run, task, examples)
    if kinds.get(task.kind).retrieves:
        return Scored(examples, examples * 2 * SENTENCE)
    return Scored(examples, examples * measured.get(task.name, _half(run, task)))


def _validated(run: Run, measured: Mapping[str, float]) -> Scored:
    """The English validation rows of every task of an intermediate run."""
    most, examples, read = run.params["validation"]["max_validation"], 0, 0.0
    for name, recipe in run.params["recipes"].items():
        rows = _fewer(most, registry.get(name).rows.get("validation"))
        examples += rows
        read += rows * measured.get(name, recipe["max_length"] / 2)
    return Scored(examples, read)


def _half(run: Run, task: Task) -> float:
    return profiles.recipe(run.profile, "target", task.name)["max_length"] / 2


def _fewer(limit: int, rows: int | None) -> int:
    """Rows of a split: as many as there are, or as a limit leaves (0: all)."""
    return min(filter(None, (limit, rows or UNKNOWN)))


def _tested(run: Run, task: Task) -> int:
    """Examples of every language's test rows, and of those a model is chosen on."""
    kind, limits = kinds.get(task.kind), profiles.limits(run.profile, task.name)
    found = len(_languages(run, task, "test")) * _fewer(
        limits["test"], task.rows.get("test")
    )
    if "asked" in run.params:  # nothing is chosen
        return found
    chosen_on = 1 if kind.trains else len(_languages(run, task, "validation"))
    rows = _fewer(limits["validation"], task.rows.get("validation"))
    return found + chosen_on * rows


def _languages(run: Run, task: Task, split: str) -> list[str]:
    """The languages of a task that are at hand, of those that the study wants."""
    source, chosen = data_source.source(run.profile), run.profile["languages"]
    have = task.languages
    if isinstance(source, str):  # the pocket suite may not be written yet
        have = data_source.languages(run.profile, task.name, split)
    return [lang for lang in have if chosen == "all" or lang in chosen]


def _perturbed(run: Run, task: Task) -> int:
    """Examples of all variants, in every language, of a run on perturbed input."""
    params = run.params
    strengths = sum(map(len, params["strengths"].values()))
    # Each rate in English and in the language; then the two languages of a pair.
    switched = 2 * len(params["switching"]["rates"]) + 1 if "switching" in params else 0
    count = 1 + strengths + switched + len(params.get("variants", ()))
    items = params.get(kinds.get(task.kind).limit[1], params["max_test"])
    return count * (items or task.rows.get("test", 0)) * max(1, len(task.languages))


def _asked(run: Run, task: Task, examples: int) -> Scored:
    """What a language model is asked, by every protocol of the study.

    Where it writes, a prompt is read twice: the likelihood of the right answer is asked
    for too. What choices share is read once.
    """
    prompt, asked = _half(run, task), run.profile["asked"]
    if task.kind == "code":
        own: Mapping[str, Any] = asked["code"]
        most = own["max_new_tokens"] or programs.get(own["protocol"]).max_new_tokens
        lengths = [most] * own["samples"]
        read = 2 * prompt
    elif task.kind == "math":
        lang = task.languages[0]
        rules = [tables.get(name).rules(task, lang) for name in asked["protocols"]]
        lengths = [each["max_new_tokens"] for each in rules]
        read = 2 * prompt * len(lengths)
    else:  # of several protocols labels are asked for by the first
        lengths = []
        read = prompt * len(run.params["asked"].get("protocols", ["the first"]))
    text = prompt + fmean(lengths) if lengths else 0.0
    return Scored(examples, examples * read, examples * sum(lengths), text)
