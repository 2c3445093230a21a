"""What a run has done so far: its log, its bar, and the block of its record."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from xitt.errors import UserError, unknown
from xitt.inputs.mixture import Step

CURVE = 50  # points of a loss curve in a record
EVERY = 60.0  # seconds between two lines where no bar is shown
WRITTEN_S = 2.0  # between two writings for who watches a grid


@dataclass
class Progress:
    """The counters of a run: with the weights, all that a checkpoint holds."""

    token_budget: int  # halved where memory runs out
    precision: str
    step: int = 0
    examples: int = 0
    tokens: int = 0  # real ones
    padded: int = 0
    seconds: float = 0.0  # of training, not of checkpoints
    losses: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Pending:
    """A step whose loss has not been read from the device yet.

    values: loss and gradient norm. parts: rows and unit losses of each micro-batch.
    """

    step: int
    values: torch.Tensor
    parts: list[tuple[np.ndarray, torch.Tensor]]


def read(pending: list[Pending], progress: Progress, plan: Sequence[Step]) -> None:
    """Move pending losses into the log.

    Raises:
        UserError: names the step, its task and the rows behind a loss of NaN or inf.
    """
    if not pending:
        return
    values = torch.stack([each.values for each in pending]).tolist()
    for each, (loss, norm) in zip(pending, values, strict=True):
        if not np.isfinite(loss) or not np.isfinite(norm):
            what = "gradient" if np.isfinite(loss) else f"loss {loss}"
            raise UserError(
                f"{what} is not a finite number at step {each.step} of {len(plan)} "
                f"({plan[each.step].task}, {_blamed(each)}); lower lr, or look at "
                f"these rows; the last good checkpoint, if there is one, is kept"
            )
        progress.losses.append(loss)
    pending.clear()


def _blamed(pending: Pending) -> str:
    """The rows whose loss is not finite, or else all of the step."""
    bad: list[int] = []
    for rows, losses in pending.parts:
        good = losses.isfinite().cpu().numpy()
        # one loss an item tells items apart; one loss a token blames the micro-batch
        each = good if len(good) == len(rows) else np.full(len(rows), good.all())
        bad += rows[~each].tolist()
    bad = bad or [row for rows, _ in pending.parts for row in rows.tolist()]
    more = ", ..." if len(bad) > 8 else ""
    return f"rows {', '.join(map(str, sorted(bad)[:8]))}{more}"


def bar(total: int, progress: Progress) -> Any:
    """A progress bar where somebody watches: a terminal, or a notebook by hand.

    XITT_PROGRESS=0 hides it, as the runner of notebooks does, and tells a line a
    minute; `quiet` does neither, for a grid that shows all its runs; 1 shows it
    anywhere. XITT_PROGRESS_FILE is written in any case.
    """
    shown = _bar(total, "step", progress.step)
    shown.total, shown.told, shown.note = total, time.monotonic(), Note()
    return shown


def _bar(total: int, unit: str, done: int = 0) -> Any:
    wish = os.environ.get("XITT_PROGRESS") or None
    if wish not in (None, "0", "1", "quiet"):
        raise unknown("XITT_PROGRESS", wish, ["0", "1", "quiet"])
    notebook = "ipykernel" in sys.modules
    watched = sys.stderr.isatty() or notebook
    hidden = not watched if wish is None else wish != "1"
    if notebook and not hidden:
        from tqdm.auto import tqdm  # a widget, where the notebook can show one
    else:
        from tqdm import tqdm
    return tqdm(
        total=total,
        initial=done,
        disable=hidden,
        unit=unit,
        mininterval=1.0,
        leave=False,
    )


class Note:
    """How far a run is, in the file that XITT_PROGRESS_FILE names.

    The line of a log with its numbers. It stops no run: a disk may be full.
    """

    def __init__(self) -> None:
        name = os.environ.get("XITT_PROGRESS_FILE")
        self.path, self.written = Path(name) if name else None, 0.0

    def write(self, done: int, total: int, told: str) -> None:
        """Write it, where the last time is long enough ago."""
        now = time.monotonic()
        if self.path and now - self.written >= WRITTEN_S:
            self.written = now
            with suppress(OSError):
                text = json.dumps({"done": done, "total": total, "told": told})
                self.path.write_text(text, encoding="utf-8")

    def close(self) -> None:
        """Take it back: what comes next says how far that is."""
        if self.path:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)


class Count:
    """How much of `total` is done: a bar where somebody watches, or a line a minute."""

    def __init__(self, total: int, unit: str):
        self.total, self.unit, self.done, self.own = total, unit, 0, 0
        self.bar = _bar(total, unit)
        self.began = self.told = time.monotonic()
        self.note = Note()

    def add(self, number: int, computed: bool = True) -> None:
        """`number` more are done; computed: now, and not before a stop."""
        self.done += number
        self.own += number * computed
        self.bar.update(number)
        now = time.monotonic()
        if self.done >= self.total:
            self.bar.close()
            self.note.close()
            return
        line = f"{self.done:,} of {self.total:,} {self.unit}s"
        if self.own:
            left = (now - self.began) / self.own * (self.total - self.done)
            line += f", about {max(1, round(left / 60))} min left"
        self.note.write(self.done, self.total, line)
        if self.bar.disable and self.own and now - self.told >= EVERY:
            self.told = now
            _say(line)


def advance(shown: Any, progress: Progress) -> None:
    """One step on: loss, real tokens a second, time left; as lines where no bar is."""
    recent = np.mean(progress.losses[-20:]) if progress.losses else np.nan
    speed = progress.tokens / max(progress.seconds, 1e-9)
    state = f"loss {recent:.3f}, {speed:,.0f} tokens/s"
    left = progress.seconds / progress.step * (shown.total - progress.step)
    line = (
        f"step {progress.step:,} of {shown.total:,}, {state}, "
        f"about {max(1, round(left / 60))} min left"
    )
    shown.note.write(progress.step, shown.total, line)
    if progress.step >= shown.total:
        shown.note.close()
    if not shown.disable:
        shown.set_postfix_str(state, refresh=False)
        shown.update()
    elif time.monotonic() - shown.told >= EVERY:
        shown.told = time.monotonic()
        _say(line)


def _say(line: str) -> None:
    if os.environ.get("XITT_PROGRESS") != "quiet":
        print(f"  {line}", file=sys.stderr)


def record(progress: Progress, plan: Sequence[Step]) -> dict[str, Any]:
    """The counters as a record keeps them, the loss curve in means of CURVE blocks."""
    losses = np.asarray(progress.losses)
    blocks = np.array_split(np.arange(len(losses)), min(CURVE, len(losses)))
    own: dict[str, list[float]] = {}
    for step, loss in zip(plan, progress.losses, strict=True):
        own.setdefault(step.task, []).append(loss)
    return {
        "steps": progress.step,
        "examples": progress.examples,
        "tokens": progress.tokens,
        "padding_efficiency": progress.tokens / progress.padded,
        "loss": [[int(b[-1]) + 1, float(losses[b].mean())] for b in blocks],
        "by_task": {
            # the loss of a task: the mean of its last tenth of steps
            task: {"steps": len(x), "loss": float(np.mean(x[-max(1, len(x) // 10) :]))}
            for task, x in own.items()
        },
        "tokens_per_second": progress.tokens / progress.seconds,
        "seconds": progress.seconds,
        "precision": progress.precision,
        "token_budget": progress.token_budget,
    }
