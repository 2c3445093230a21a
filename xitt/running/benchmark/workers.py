"""Processes that train what they are sent, each with a model of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from xitt.errors import UserError


@dataclass(frozen=True)
class Worker:
    """A process, asked through a pipe."""

    name: str
    pipe: Any

    def begin(self, items: np.ndarray) -> None:
        """Have it train on some items."""
        self.pipe.send(items)

    def answer(self) -> tuple[float, int]:
        """Seconds that its last work took, and the peak of its memory in MiB."""
        try:
            return self.pipe.recv()
        except EOFError as error:
            raise UserError(
                f"the contender '{self.name}' died, perhaps of memory; its error is "
                f"above"
            ) from error


@contextmanager
def workers(
    wanted: Mapping[str, tuple[str, str, Any, int]], threads: int = 0
) -> Iterator[dict[str, Worker]]:
    """A process for each entry, its model loaded.

    wanted: by name the arguments of `contenders.contender`. threads: of each (0: as
    many as torch takes).
    """
    context = multiprocessing.get_context("spawn")
    ready, processes = {}, []
    try:
        for name, job in wanted.items():
            pipe, end = context.Pipe()
            process = context.Process(
                target=_work, args=(end, threads, *job), daemon=True
            )
            process.start()
            processes.append(process)
            end.close()  # so that a dead worker is noticed
            ready[name] = Worker(name, pipe)
            ready[name].answer()
        yield ready
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _work(pipe: Any, threads: int, *job: Any) -> None:
    """Train on the items that arrive; answer with seconds and peak memory in MiB."""
    import logging
    import time

    import torch

    from xitt.running.benchmark import contenders
    from xitt.study import provenance
    from xitt.training import devices

    logging.disable(logging.WARNING)
    if threads:
        torch.set_num_threads(threads)
    train = contenders.contender(*job)
    pipe.send((0.0, provenance.peak_memory_mib()))
    while True:
        items = pipe.recv()
        start = time.perf_counter()
        train(items)
        seconds = time.perf_counter() - start
        devices.release()  # or the contenders together would fill the memory
        pipe.send((seconds, provenance.peak_memory_mib()))
