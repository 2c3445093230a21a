"""One fine-tuned model, scored on every perturbation: nothing is trained for each.

    run = grid.perturbed(profiles.load("demo"), "mnli", "xnli", seed=13)
    record = perturb(run)

The model is that of the run's target run: kept by it, else trained again. A row that a
perturbation leaves as it is keeps its clean prediction and is not computed again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xitt.data import examples
from xitt.data.perturbations import named
from xitt.data.perturbations import training as perturbed_training
from xitt.errors import UserError
from xitt.scoring import evaluation
from xitt.scoring.metrics import named as metrics
from xitt.study import (
    data_source,
    finetuning,
    grid,
    overlap,
    phases,
    provenance,
    records,
    run_data,
)
from xitt.study.checks import limits
from xitt.study.finetuning import Finetuned
from xitt.study.perturbing import tuned_models, variants
from xitt.study.perturbing.variants import CLEAN, Rows, Variant
from xitt.study.profiles import Profile
from xitt.study.records import Record
from xitt.study.run import Run
from xitt.study.run_data import Material
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH
from xitt.training import checkpoints, devices

TEST = "test"  # whose resamples all variants share, so that differences are paired
PLACES = 2  # decimals of a replicate, of which a record of many variants holds many


def each(runs: list[Run]) -> list[Record]:
    """`perturb` of every run; one that fails does not stop those behind it."""
    return phases.each(runs, perturb)


def complete(study: Profile) -> None:
    """Make the runs on perturbed input that a study lacks, and what they start from."""
    for run in grid.runs(study):
        if run.phase == "perturbed" and not run.done:
            start = run.starts_from
            if start and not start.encoder.is_dir():
                phases.train_intermediate(start)
            perturb(run)


def perturb(run: Run) -> Record:
    """Score a target's model on all variants of its test set, and record it.

    Raises:
        UserError: where the model is not kept and the encoder that it starts from is
            not trained yet.
    """
    if run.done:
        return records.read(run.record)
    start = run.starts_from
    if start and not start.encoder.is_dir():
        raise UserError(
            f"the encoder of '{start.setting}' (seed {run.seed}) is not trained yet; "
            f"run 20-train-intermediate with intermediate={start.setting}, or `make "
            f"runs`"
        )
    with phases.alone(run):
        begun = provenance.begin(run.record, run.folder)
        limits.of_model(run.profile)
        run_data.prepare(run.profile)
        clean = variants.clean_rows(run)
        model, origin = _model(run)
        scorer = Scorer(run, model)
        found = {each.name: scorer.score(each) for each in variants.of(run)}
        record = phases.finish(run, begun, _result(run, found, clean, origin))
    tuned_models.release(run.parent)
    return record


def _result(
    run: Run, found: dict[str, dict], clean: dict[str, Rows], origin: Origin
) -> Record:
    scores = {
        name: {lang: each["scores"] for lang, each in langs.items()}
        for name, langs in found.items()
    }
    other_rows = {
        f"{name}:{CLEAN}": {
            lang: each["clean"] for lang, each in langs.items() if "clean" in each
        }
        for name, langs in found.items()
    }
    parts = {(TEST, lang): rows for lang, rows in clean.items()}
    counts = {CLEAN: run_data.sizes(parts)[TEST]}
    shares = overlap.shares(run.parent, parts).get(TEST, {})
    return {
        "headline": metrics.get(registry.get(run.target).metric).headline,
        "metrics": scores | {name: own for name, own in other_rows.items() if own},
        "perturbed": {
            name: {lang: each["facts"] for lang, each in langs.items()}
            for name, langs in found.items()
            if name != CLEAN
        },
        "model": origin.model,
        "training": origin.training,
        "data": {
            **run_data.described(run, origin.n_train, counts),
            "overlap": dict.fromkeys(scores, shares) if shares else {},
        },
    }


# ------------------------------------------------------------------------- the model


class Origin(NamedTuple):
    """Where a model comes from, as the record says it.

    training, n_train: of one that was trained for this run, its log and its rows.
    """

    model: str
    training: dict[str, Any] | None = None
    n_train: int = 0


def _model(run: Run) -> tuple[tuple[Any, Any, Any], Origin]:
    """Model, head and tokenizer, and where they come from."""
    if run.trained_on != "clean":
        fitted = _trained_otherwise(run)
        log_of_last = fitted.log  # of the last stage, where there are several
        return _parts(fitted), Origin("trained", log_of_last, fitted.n_train)
    target, fitted = run.parent, finetuning.last(run.parent)
    if fitted is None:
        kept = tuned_models.load(target)
        if kept is not None:
            finetuning.forget()
            return kept, Origin("kept")
        rows = {ENGLISH: run_data.of_training(target)}
        fitted = finetuning.finetuned(target, Material({target.target: rows}, {}))
        checkpoints.clear(target.folder / "checkpoint")
    return _parts(fitted), Origin(phases.again(target, fitted.log))


def _parts(fitted: Finetuned) -> tuple[Any, Any, Any]:
    return fitted.model, fitted.head, fitted.tokenizer


def _trained_otherwise(run: Run) -> Finetuned:
    """A model fine-tuned on noisy or ever more code-switched English.

    Of switched English each stage has its equal share of the rows, so that in all as
    many examples are read as without: the first as they are, then at rising rates.
    """
    target, kind = run.parent, registry.get(run.target).kind
    rows = run_data.of_training(target)
    source = data_source.source(run.profile)
    if run.trained_on == "noised":
        spec = run.params["noise"]
        able = [n for n in spec["noise"] if n in named.names(kind, ENGLISH)]
        stages = [
            perturbed_training.perturbed(
                rows, kind, able, spec["strength"], run.seed
            ).rows
        ]
    else:
        into = run.params["switching"]["into"]
        done = perturbed_training.progressive(rows, kind, into, run.seed, source=source)
        sets = [rows, *(stage.rows for stage in done)]
        order = np.random.default_rng(run.seed).permutation(len(rows))
        shares = np.array_split(order, len(sets))
        stages = [variants.some(rows, own) for rows, own in zip(sets, shares)]
    finetuning.forget()
    folder = run.folder / "checkpoint"
    fitted = finetuning.train(target, stages, folder, {})
    for number in range(1, len(stages)):
        checkpoints.clear(folder / str(number))
    devices.release()
    return fitted


# ------------------------------------------------------------------------ the scores


class Scorer:
    """Scores variants with one model; it holds the clean predictions."""

    def __init__(self, run: Run, model: tuple[Any, Any, Any]) -> None:
        self.run, self.model = run, model
        self.known: dict[str, dict[str, Any]] = {}  # language -> id -> prediction

    def score(self, variant: Variant) -> dict[str, dict[str, Any]]:
        """By language: scores, facts, and the clean scores of other rows than CLEAN."""
        if variant.name == CLEAN:
            predicted = self._predict(variant, variant.rows)
            for lang, rows in variant.rows.items():
                self.known[lang] = dict(zip(rows["id"], predicted[lang]))
            return {
                lang: {"scores": self._summary(variant, lang, rows, predicted[lang])}
                for lang, rows in variant.rows.items()
            }
        before = self._clean(variant)
        after = self._changed(variant, before)
        return {
            lang: self._language(variant, lang, before.get(lang), after[lang])
            for lang in variant.rows
        }

    def _language(
        self, variant: Variant, lang: str, before: list | None, after: list
    ) -> dict[str, Any]:
        rows, facts = variant.rows[lang], dict(variant.facts.get(lang, {}))
        found = {"scores": self._summary(variant, lang, rows, after), "facts": facts}
        if before is None:
            return found
        own = variant.clean[lang]
        moved = self._items(variant, lang, rows, after) - self._items(
            variant, lang, own, before
        )
        facts |= {
            "n": len(rows),
            "lost": int((moved < 0).sum()),
            "won": int((moved > 0).sum()),
        }
        same = variant.task == self.run.target and not variant.matrix
        if not same or len(own) < len(self.known[lang]):
            found["clean"] = self._summary(variant, lang, own, before)
        return found

    def _clean(self, variant: Variant) -> dict[str, list]:
        """The predictions of the clean rows, computed where they are other rows."""
        if variant.task != self.run.target:
            return self._predict(variant, variant.clean) if variant.clean else {}
        return {
            lang: [self.known[variant.matrix or lang][i] for i in rows["id"]]
            for lang, rows in variant.clean.items()
        }

    def _changed(self, variant: Variant, before: dict[str, list]) -> dict[str, list]:
        """The predictions of a variant's rows: of those that changed, and the others'.

        Only rows that read otherwise than their clean ones are computed.
        """
        item = kinds.get(registry.get(variant.task).kind).item
        places = {
            lang: _apart(rows, variant.clean.get(lang), item)
            for lang, rows in variant.rows.items()
        }
        some = {
            lang: variants.some(variant.rows[lang], own)
            for lang, own in places.items()
            if own
        }
        new = self._predict(variant, some) if some else {}
        found = {}
        for lang in variant.rows:
            found[lang] = list(before.get(lang, [None] * len(variant.rows[lang])))
            for place, value in zip(places[lang], new.get(lang, ())):
                found[lang][place] = value
        return found

    def _predict(self, variant: Variant, rows: dict[str, Rows]) -> dict[str, list]:
        how = phases.how(self.run)
        del how["draws"]
        predicted, _ = evaluation.predicted(
            registry.get(variant.task),
            self._labels(variant),
            *self.model,
            {(TEST, lang): some for lang, some in rows.items()},
            recipe=self.run.parent.params["recipe"],
            **how,
        )
        return {lang: values for (_, lang), values in predicted.items()}

    def _summary(
        self, variant: Variant, lang: str, rows: Rows, predicted: list
    ) -> dict[str, Any]:
        part = (TEST, variant.matrix or lang)
        scores = evaluation.summaries(
            registry.get(variant.task),
            self._labels(variant),
            {part: predicted},
            {part: rows},
            phases.how(self.run)["draws"],
        )[TEST][part[1]]
        scores["replicates"] = [round(x, PLACES) for x in scores["replicates"]]
        return scores

    def _items(self, variant: Variant, lang: str, rows: Rows, predicted: list) -> Any:
        task, labels = registry.get(variant.task), self._labels(variant)
        matrix = variant.matrix or lang
        return evaluation.of_items(task, labels, matrix, predicted, rows)

    def _labels(self, variant: Variant) -> tuple[str, ...]:
        return examples.labels(variant.task, data_source.source(self.run.profile))


def _apart(rows: Rows, clean: Rows | None, item: tuple[str, ...]) -> list[int]:
    """The places of rows that read otherwise than the clean ones."""
    if clean is None:
        return list(range(len(rows)))
    ours, theirs = ([some[column] for column in item] for some in (rows, clean))
    pairs = zip(zip(*ours), zip(*theirs))
    return [i for i, (one, other) in enumerate(pairs) if one != other]
