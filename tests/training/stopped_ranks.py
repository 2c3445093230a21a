"""The training of parallel_run, where one of several processes is asked to stop.

`stopped_ranks.py FOLDER STEP KIND...`: the last process gets SIGTERM in the middle of
that step. Each that stops writes the step that it stopped after to FOLDER/stopped.RANK;
a training that ends writes FOLDER/end.json, as parallel_run does.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import parallel_run

from xitt.training import gradients, processes


def main(folder: Path, at: int, *kinds: str) -> None:
    steps, whole = [], gradients.gradients

    def interrupted(run):
        steps.append(run.progress.step)
        if run.progress.step == at and processes.rank() == processes.size() - 1:
            os.kill(os.getpid(), signal.SIGTERM)
        return whole(run)

    gradients.gradients = interrupted
    try:
        parallel_run.train(folder / "end.json", *kinds, folder=folder)
    except KeyboardInterrupt as error:
        assert error.args == (signal.SIGTERM,)
        (folder / f"stopped.{processes.rank()}").write_text(str(steps[-1]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
