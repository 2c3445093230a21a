"""Runs in the form of a logger: TensorBoard, Weights & Biases (offline), Trackio.

They are read from records, and of a training that is under way from its checkpoint, by
a command of its own: no run waits for a logger or fails with one. Records stay what
counts; what is written here can be written again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from xitt import files, paths
from xitt.errors import UserError, unknown
from xitt.study import grid, profiles, records
from xitt.study.profiles import Profile
from xitt.study.run import Run

MARK = "export.json"  # in a folder that an export made, and may replace
EXTRA = "loggers"  # of pyproject.toml
ABOUT = ("params", "encoder", "precision", "hardware", "versions", "code", "seconds")


class Told(NamedTuple):
    """A run as loggers take it.

    losses: steps and losses, a record's means of blocks or a checkpoint's of each step.
    scores: by `split/language/metric`; of an intermediate task `validation/task/...`.
    """

    run: Run
    about: dict[str, Any]
    losses: list[tuple[int, float]]
    scores: dict[str, float]

    @property
    def last(self) -> int:
        """The step at which the scores stand."""
        return self.losses[-1][0] if self.losses else 0


def export(study: Profile, to: str, out: str = "") -> tuple[Path, int]:
    """Write the runs of a study that have anything to tell; where, and how many.

    to: a name in LOGGERS. out: a folder that gets one named as the study; "" for the
        study's own. An earlier export there is replaced as a whole.

    Raises:
        UserError: for an unknown logger or one that is not installed, for a study
            without a record, and where a folder stands that no export made.
    """
    if to not in LOGGERS:
        raise unknown("logger", to, LOGGERS)
    top = paths.typed(out) if out else profiles.runs_folder(study) / "export"
    folder = top / f"{study['name']}.{to}"
    if folder.exists() and not (folder / MARK).exists():
        raise UserError(f"{folder} is none that an export made; name another --out")
    found = list(runs(study))
    if not found:
        raise UserError(f"'{study['name']}' has no record; run `make runs` first")
    with files.whole_folder(folder) as temporary:
        LOGGERS[to](study, found, temporary)
        mark = {"to": to, "profile": study["name"], "runs": len(found)}
        files.write_json(temporary / MARK, mark)
    return folder, len(found)


def runs(study: Profile) -> Iterator[Told]:
    """The runs that are recorded, and those whose training has a checkpoint."""
    for run in grid.runs(study):
        if not run.done:
            if losses := _so_far(run):
                yield Told(run, {"params": run.params}, losses, {})
            continue
        record = records.read(run.record)
        log = record["training"] or {}
        about = {key: record[key] for key in ABOUT if key in record}
        losses = [(step, loss) for step, loss in log.get("loss", ())]
        yield Told(run, about, losses, dict(_scores(record["metrics"])))


def _scores(metrics: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for split, parts in metrics.items():
        for part, summary in parts.items():
            for name, value in summary.items():
                if type(value) in (int, float):
                    yield f"{split}/{part}/{name}", float(value)


def _so_far(run: Run) -> list[tuple[int, float]]:
    """The losses in a run's checkpoint; none where it has none that can be read."""
    from xitt.training import checkpoints

    path = run.folder / "checkpoint" / checkpoints.NAME
    if not path.exists():
        return []
    import torch

    try:
        state = torch.load(path, map_location="cpu", mmap=True, weights_only=True)
    except Exception:  # replaced while we read it; the next export has it
        return []
    return list(enumerate(state["progress"]["losses"], start=1))


def _library(name: str) -> Any:
    """A logger's module, which the default environment does not hold.

    Raises:
        UserError: where it is not installed; it names the extra.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise UserError(
            f"{name.rpartition('.')[2]} is not installed; "
            f"pip install -e '.[{EXTRA}]' brings it"
        ) from error


# ------------------------------------------------------------------------- the loggers


def _tensorboard(study: Profile, found: list[Told], folder: Path) -> None:
    """Scalars in a folder a run, for `tensorboard --logdir`."""
    writer = _library("torch.utils.tensorboard").SummaryWriter
    for told in found:
        with writer(str(folder / told.run.stem)) as log:
            about = json.dumps(told.about, indent=1, ensure_ascii=False)
            log.add_text("about", f"```\n{about}\n```")
            for step, loss in told.losses:
                log.add_scalar("training/loss", loss, step)
            for name, value in told.scores.items():
                log.add_scalar(name, value, told.last)


def _wandb(study: Profile, found: list[Told], folder: Path) -> None:
    """Offline runs, for `wandb sync`; their ids are the runs' keys."""
    wandb = _library("wandb")
    quiet = wandb.Settings(silent=True, console="off", x_disable_stats=True)
    for told in found:
        run = told.run
        with wandb.init(
            project=f"xitt-{study['name']}", id=run.key, name=run.stem,
            group=run.setting, job_type=run.phase, config=told.about,
            dir=str(folder), mode="offline", settings=quiet,
        ) as log:  # fmt: skip
            _log(log.log, told)


def _trackio(study: Profile, found: list[Told], folder: Path) -> None:
    """A project in a folder, for `TRACKIO_DIR=folder trackio show`."""
    os.environ["TRACKIO_DIR"] = str(folder)  # read when it is imported
    trackio = _library("trackio")
    for told in found:
        with redirect_stdout(StringIO()):  # it tells of every run
            trackio.init(
                project=f"xitt-{study['name']}", name=told.run.stem,
                group=told.run.setting, config=told.about, embed=False,
                auto_log_gpu=False, auto_log_cpu=False,
            )  # fmt: skip
            _log(trackio.log, told)
            trackio.finish()


def _log(log: Callable[..., Any], told: Told) -> None:
    """Losses step by step, the scores with the last one."""
    values = {step: {"training/loss": loss} for step, loss in told.losses}
    values.setdefault(told.last, {}).update(told.scores)
    for step, found in values.items():
        log(found, step=step)


LOGGERS = {"tensorboard": _tensorboard, "wandb": _wandb, "trackio": _trackio}
