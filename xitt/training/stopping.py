"""Being asked to stop, between two steps of what can be saved.

Training and evaluation listen alike: what asks is a signal, from a person, from a
cluster that wants its node, or from the runner of notebooks, which sends it before the
time of a job is over.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def deferred_signals() -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM in a list, so that a step is never cut in two.

    A second SIGINT is not deferred: somebody at a keyboard insists. A second SIGTERM
    is the first once more, for a cluster sends it to a process and to those that pass
    it on; who insists there kills. Outside the main thread, where Python delivers no
    signals, the list stays empty.
    """
    asked: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def note(number: int, frame: Any) -> None:
        asked.append(number)
        if number == signal.SIGINT:
            signal.signal(number, before[number])

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    for each in before:
        signal.signal(each, note)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def error(number: int) -> KeyboardInterrupt:
    """What to raise for a signal that was deferred; the command line knows its number.

    No SystemExit, of which a notebook's kernel makes a warning.
    """
    return KeyboardInterrupt(number)
