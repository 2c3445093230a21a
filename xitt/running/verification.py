"""Do the records hold? Digests, predictions, what is drawn, one run made again.

Each check returns findings, one line each; `verify` is all of them.
"""

from __future__ import annotations

import contextlib
import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean, variance
from typing import Any, NamedTuple

import yaml

from xitt import files, paths
from xitt.errors import UserError
from xitt.running import notebooks
from xitt.study import grid, profiles, records, rescoring, run_data
from xitt.study.checks import consistency
from xitt.study.profiles import Profile
from xitt.study.records import Record
from xitt.study.run import Run
from xitt.tasks import registry

ROUNDING = 2e-4  # of points with four decimals, computed on two machines
SIGMAS = 4  # of a difference between two runs, beyond which they disagree


class Finding(NamedTuple):
    """`holds` is None where a check could not be made."""

    holds: bool | None
    text: str


def verify(study: Profile) -> Iterator[Finding]:
    """Check the records, what stands drawn and written from them, and one cell."""
    yield from names_and_keys(profiles.folder(study, "records"))
    yield from scored_again(study)
    yield from rebuilt(study)
    yield rerun(study)


# ------------------------------------------------------------------ the records alone


def names_and_keys(folder: Path) -> Iterator[Finding]:
    """Is every record named by its key, the key and the digest those of what it holds?

    Records that are older than digests are counted: an edit of them is not seen.
    """
    paths_there = sorted(folder.glob("*.json"))
    wrong = [text for path in paths_there for text in _faults(path)]
    older = sum("digest" not in records.read(path) for path in paths_there)
    if older:
        yield Finding(
            None,
            f"{older} of {len(paths_there)} records are older than digests: "
            "an edit of them would not be seen here",
        )
    yield from (Finding(False, text) for text in wrong)
    if not paths_there:
        yield Finding(False, f"no records in {paths.relative(folder)}; see make runs")
    elif not wrong:
        yield Finding(True, f"{len(paths_there)} records: names, keys and scores")


def _faults(path: Path) -> Iterator[str]:
    record = records.read(path)
    parts = (record["phase"], record["setting"], record["target"] or "-")
    if path.stem != ".".join((*parts, str(record["seed"]), record["key"])):
        yield f"{path.name} is not named by what it holds"
    if "digest" in record and record["digest"] != records.digest(record):
        yield f"{path.name} was edited: its digest is not that of what it holds"
    if record["protocol"] != records.PROTOCOL:
        return  # of an older protocol, whose keys were other ones
    if record["key"] != records.key_of(
        {**record["params"], "parent": record["parent"]}
    ):
        yield f"{path.name}: its key is not that of its parameters"
    for split, scores in record["metrics"].items():
        for name, score in scores.items():
            headline = score[score.get("headline", record["headline"])]
            if not (0 <= headline <= 100 and score["n"] > 0):
                yield f"{path.name}: {split} of {name} is {headline} over {score['n']}"


# ----------------------------------------------------------------- kept predictions


def scored_again(study: Profile) -> Iterator[Finding]:
    """Are the recorded scores those of the predictions, where these are kept here?"""
    there: dict[str, list[Run]] = {}
    for run in grid.runs(study):
        kept = run.phase == "target" and run.done and rescoring.path_of(run).exists()
        if kept and rescoring.can_score(run):
            there.setdefault(run.target, []).append(run)
    right = 0
    for target, same in there.items():
        try:  # every setting is scored on the same rows
            rows = run_data.of_target(same[0], registry.get(target))
        except UserError as error:
            yield Finding(None, f"{target}: not scored again: {error}")
            continue
        for run in same:
            wrong = _other_scores(run, rows)
            right += not wrong
            if wrong:
                yield Finding(False, f"{run.record.name}: {wrong}")
    if right:
        yield Finding(True, f"{right} records: scores of the predictions kept here")
    elif not there:
        yield Finding(None, "no predictions are kept here, no score computed again")


def _other_scores(run: Run, rows: dict[tuple[str, str], Any]) -> str:
    """Where a record's scores are not those of its predictions, if anywhere."""
    record, kept = records.read(run.record), rescoring.predictions(run)
    digest = record.get("predictions", {}).get("sha256")
    if digest not in (None, rescoring.digest(kept)):
        return f"{paths.relative(rescoring.path_of(run))} is not what was scored"
    try:
        found = _flat(rescoring.scores(run, kept, rows))
    except (KeyError, UserError) as error:
        return f"its predictions do not fit the data: {error}"
    recorded = _flat(record["metrics"])
    for key in sorted(found.keys() | recorded.keys()):
        if key.endswith("/threshold"):  # of mining, tuned before there are pairs
            continue
        old, new = recorded.get(key), found.get(key)
        if key.endswith("/trivial") and None in (old, new):
            continue  # of retrieval, or recorded before it was
        if old is None or new is None or abs(old - new) > ROUNDING:
            return f"{key[1:]} is {old}, of its predictions {new}"
    return ""


# ------------------------------------------------------------- what is made of records


def rebuilt(study: Profile) -> Iterator[Finding]:
    """Redraw everything elsewhere and compare it, file by file, with what stands."""
    with _elsewhere(study) as anew:
        for name in notebooks.REDRAWN:
            executed = profiles.runs_folder(anew) / f"{name}.ipynb"
            notebooks.run(name, executed, {"profile": anew["origin"]})
        for which in ("figures", "paper"):
            yield from _compared(
                profiles.folder(anew, which), profiles.folder(study, which), which
            )


def _compared(made: Path, stands: Path, which: str) -> Iterator[Finding]:
    equal = 0
    for path in sorted(path for path in made.rglob("*") if path.is_file()):
        name = path.relative_to(made)
        there = stands / name
        if not there.exists():
            if which == "figures":
                yield Finding(False, f"figures/{name} is missing; make figures")
            continue
        if there.read_bytes() == path.read_bytes():
            equal += 1
        else:
            yield Finding(False, f"{which}/{name} differs{_where(path, there)}")
    if equal:
        yield Finding(True, f"{equal} files of {which}/, rebuilt to the byte")
    elif which == "paper":
        yield Finding(None, "paper/: not built here, nothing to compare; make paper")


def _where(made: Path, stands: Path) -> str:
    """The first item that differs, of a file of numbers."""
    if made.suffix != ".json":
        return ""
    new, old = (_flat(json.loads(path.read_text("utf-8"))) for path in (made, stands))
    for key in sorted(new.keys() | old.keys()):
        if new.get(key) != old.get(key):
            return f": {key} is {old.get(key)}, rebuilt {new.get(key)}"
    return ""


def _flat(value: Any, at: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        return {at: value}
    found: dict[str, Any] = {}
    for key, item in items:
        found |= _flat(item, f"{at}/{key}")
    return found


# ------------------------------------------------------------------- one run once more


def rerun(study: Profile) -> Finding:
    """Make the quickest recorded fine-tuning again; are its scores the recorded ones?

    Of the baseline, so that no intermediate encoder is needed. On the same hardware and
    versions it is equal; elsewhere it may differ as two samples of test examples and
    seeds do.
    """
    recorded = [
        (run, records.read(run.record))
        for run in grid.runs(study)
        if run.done and run.phase == "target" and not run.parent
    ]
    trained = [(run, record) for run, record in recorded if record["training"]]
    if not trained:
        return Finding(None, "no fine-tuning of 'none' is recorded; none made again")
    run, old = min(trained, key=lambda pair: _seconds(pair[1]))
    what = f"{run.setting} x {run.target}, seed {run.seed}"
    with _elsewhere(study, "records") as anew, _threads(old["hardware"].get("threads")):
        from xitt.study import phases

        # In the number format of the record, whatever this machine would choose.
        if old.get("precision"):
            training = {**anew["training"], "precision": old["precision"]}
            anew = {**anew, "training": training}
        again = grid.target(anew, run.setting, run.target, run.seed)
        try:
            new = phases.transfer(again)
        except UserError as error:
            return Finding(None, f"{what}: not made again: {error}")
    return _agreement(what, old, new, *_seed_variances(study, run))


@contextlib.contextmanager
def _threads(count: int | None) -> Iterator[None]:
    """Within it as many as a run had: the bits of a sum depend on who shares it."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _seconds(record: Record) -> float:
    """What a run takes by itself: of two that shared a training one was without it."""
    return max(record["seconds"], record["training"].get("seconds", 0.0))


def _seed_variances(study: Profile, run: Run) -> tuple[float, float]:
    """How much a cell varies over its recorded seeds; nought for one seed.

    The variance of a single language, pooled over the languages, and that of their
    mean, which is less as far as languages vary by themselves.
    """
    same = [
        records.read(other.record)
        for other in grid.runs(study)
        if other.done
        and (other.phase, other.setting, other.target)
        == (run.phase, run.setting, run.target)
    ]
    if len(same) < 2:
        return 0.0, 0.0
    scores = [
        [record["metrics"]["test"][lang][record["headline"]] for record in same]
        for lang in same[0]["metrics"]["test"]
    ]
    return fmean(map(variance, scores)), variance(map(_mean, same))


def _agreement(
    what: str, old: Record, new: Record, single: float, together: float
) -> Finding:
    """Compare the test scores of two records of one run, and their means.

    single, together: variance over seeds of a language's score, and of the mean.

    A score of no examples wrong has no standard error; one example may then differ.
    """
    name = old["headline"]
    before, after = old["metrics"]["test"], new["metrics"]["test"]
    if before.keys() != after.keys():
        return Finding(False, f"{what}: other languages than recorded")
    apart = {lang: abs(after[lang][name] - before[lang][name]) for lang in before}
    worst = max(apart, key=apart.get)
    if not apart[worst]:
        return Finding(True, f"{what}: {len(apart)} languages, equal to the last digit")
    for lang, distance in apart.items():
        se, n = before[lang].get("se") or 0.0, before[lang]["n"]
        room = SIGMAS * math.sqrt(2 * (se**2 + single)) + 100 / n
        if distance > room:
            return Finding(
                False, f"{what}: {lang} differs by {distance:.2f}, more than {room:.2f}"
            )
    mean, count = _mean(new) - _mean(old), len(before)
    errors = [(x.get("se") or 0.0, 100 / x["n"]) for x in before.values()]
    examples = sum(se**2 for se, _ in errors) / count**2
    room = SIGMAS * math.sqrt(2 * (examples + together)) + fmean(e for _, e in errors)
    if abs(mean) > room:
        return Finding(
            False, f"{what}: the mean differs by {mean:+.2f}, more than {room:.2f}"
        )
    return Finding(
        True,
        f"{what}: {len(apart)} languages within the spread; mean {mean:+.2f}, "
        f"at most {apart[worst]:.2f} ({worst})",
    )


def _mean(record: Record) -> float:
    scores = [score[record["headline"]] for score in record["metrics"]["test"].values()]
    return sum(scores) / len(scores)


# --------------------------------------------------------------------------- elsewhere


@contextlib.contextmanager
def _elsewhere(study: Profile, *further: str) -> Iterator[Profile]:
    """The study with figures and paper in a folder of its own, removed at the end.

    further: `records`, where they too are to be written there and not read.
    """
    name = f"{study['name']}-verify"
    folder = paths.RUNS / name
    shutil.rmtree(folder, ignore_errors=True)
    added = (*profiles.ADDED, "extends", "runs")  # it is whole, and elsewhere
    whole = consistency.of_its_grid(study)
    own = {key: value for key, value in whole.items() if key not in added}
    there = {which: str(folder / which) for which in ("figures", "paper", *further)}
    path = files.write_text(folder / f"{name}.yaml", yaml.safe_dump({**own, **there}))
    try:
        yield profiles.load(str(path))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def show(findings: Iterator[Finding]) -> int:
    """Print findings as they come; the exit status: 1 where something does not hold."""
    words = {True: "ok", False: "DIFFERS", None: "skipped"}
    status = 0
    for finding in findings:
        print(f"  {words[finding.holds]:8} {finding.text}", flush=True)
        status |= finding.holds is False
    return int(status)
