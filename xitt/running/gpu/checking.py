"""All checks of a GPU in one call, one after another, each told by itself.

A process of its own makes them, and a new one takes its place where a check fails or
takes too long: a kernel that goes wrong leaves no device behind that can be used. What
is found is written after every check, so that nothing is lost where all of it ends.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from xitt import files, paths
from xitt.errors import UserError
from xitt.running.gpu.material import SHAPES, Setting

OUT = paths.RUNS / "gpu.json"
SECONDS = 450  # of all checks
TOLD = 300  # characters of an error
STARTING_S = 60  # of a process: imports, the device


class Check(NamedTuple):
    """A module of this room, its function, what that is given; seconds it may take."""

    module: str
    function: str
    given: tuple = ()
    limit: float = 40

    @property
    def name(self) -> str:
        said = [self.function, *("+".join(x) if isinstance(x, tuple) else str(x)
                                 for x in self.given)]  # fmt: skip
        return " ".join(said)


def checks() -> list[Check]:
    """Equality first, then speed, compiled peers last: time may run out before."""
    equal = partial(Check, "equality")
    speed = partial(Check, "throughput", limit=60)
    kinds = ("classification", "choice", "tagging", "span")
    shapes = tuple(SHAPES)
    return [
        *(equal("predicts", (kind, "fp32")) for kind in kinds),
        *(equal("predicts", (kind, "bf16")) for kind in kinds),
        *(equal("trains", ((kind,),)) for kind in kinds),
        equal("trains", (("classification", "tagging", "mlm"),)),
        equal("drops"),
        equal("resumes"),
        equal("embeds"),
        equal("mines"),
        equal("scores_choices"),
        speed("peak"),
        *(speed("ours", (shape,)) for shape in shapes),
        *(speed("trainer", (shape, False)) for shape in shapes),
        speed("memory", (shapes[-1],)),
        *(speed("trainer", (shape, True), limit=90) for shape in shapes),
    ]


def check(
    device: str,
    *,
    rehearse: bool = False,
    encoder: str = "e5-small",
    out: Path = OUT,
    seconds: float = SECONDS,
    say: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Make every check on `device`, within `seconds`, and write what is found to `out`.

    rehearse: all of it with tiny sizes, where `device` may be `cpu`.

    Returns:
        `checks` by name: `outcome` (passed, failed, out of time, not reached), seconds,
        limit, and what was found or why it failed; `passed` and `failed`: how many.

    Raises:
        UserError: where there is no such device.
    """
    setting = Setting(device, encoder, rehearse)
    _there(setting)
    found: dict[str, Any] = {**asdict(setting), "seconds": seconds, "checks": {}}
    end = time.monotonic() + seconds
    worker = _Worker(setting)
    try:
        for each in checks():
            told = worker.ask(each, end - time.monotonic())
            found["checks"][each.name] = told
            outcomes = [x["outcome"] for x in found["checks"].values()]
            found |= {k: outcomes.count(k) for k in ("passed", "failed")}
            files.write_json(out, found)
            why = f": {told['why']}" if "why" in told else ""
            say(f"  {told['outcome']:>11} {told['seconds']:6.1f} s  {each.name}{why}")
    finally:
        worker.end()
    return found


def _there(setting: Setting) -> None:
    import torch

    if setting.device not in ("cpu", "cuda"):
        raise UserError(f"--device {setting.device}: give cuda, or cpu with --rehearse")
    if setting.device == "cpu" and not setting.rehearse:
        raise UserError("--device cpu is for a rehearsal; add --rehearse")
    if setting.device == "cuda" and not torch.cuda.is_available():
        raise UserError(
            "torch sees no CUDA device here; rehearse with --device cpu --rehearse"
        )


class _Worker:
    """A process that makes checks, started when one is asked for."""

    def __init__(self, setting: Setting):
        self.setting = setting
        self.process: Any = None

    def ask(self, one: Check, left: float) -> dict[str, Any]:
        """The outcome of a check, for which `left` seconds are left."""
        told: dict[str, Any] = {"limit": one.limit}
        if left <= 0:
            return {**told, "outcome": "not reached", "seconds": 0.0}
        start = time.monotonic()
        limit = one.limit + (STARTING_S if self.process is None else 0)
        try:
            self._start()
            self.pipe.send(one)
            if self.pipe.poll(min(limit, left)):
                told |= self.pipe.recv()
            else:
                told |= {"outcome": "out of time"}
        except (EOFError, OSError) as error:
            told |= {"outcome": "failed", "why": f"its process died ({error!r})"}
        if told["outcome"] != "passed":
            self.end()
        return {**told, "seconds": round(time.monotonic() - start, 2)}

    def _start(self) -> None:
        if self.process is None:
            context = multiprocessing.get_context("spawn")
            self.pipe, end = context.Pipe()
            self.process = context.Process(
                target=_make, args=(end, self.setting), daemon=True
            )
            self.process.start()
            end.close()

    def end(self) -> None:
        """Leave no process behind."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.pipe.close()
            self.process = None


def _make(pipe: Any, setting: Setting) -> None:
    """Make the checks that arrive, and answer with the outcome of each."""
    import logging
    from importlib import import_module

    logging.disable(logging.WARNING)
    while True:
        one: Check = pipe.recv()
        try:
            module = import_module(f"{__package__}.{one.module}")
            found = getattr(module, one.function)(setting, *one.given)
            pipe.send({"outcome": "passed", "found": found})
        except Exception as error:
            why = " ".join(f"{type(error).__name__}: {error}".split())[:TOLD]
            pipe.send({"outcome": "failed", "why": why})
