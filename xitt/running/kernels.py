"""The kernel of one notebook: a process of its own that nothing else reaches into.

It is this interpreter, whatever `python3` is called on JUPYTER_PATH; it reads no
start-up files, no further folders of packages and no display of the machine; and it
talks over sockets in a private folder, which is removed even after a killed run.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from xitt import paths
from xitt.errors import UserError
from xitt.running import cluster

SOCKET_BYTES = (
    100  # of a socket's path: 108 on Linux, 104 on macOS, with the end's zero
)
NAME_BYTES = len("/xitt-12345678/k-5")
PATIENCE_S = 25  # for a kernel to save: clusters kill after 30
MEMORY = (
    "the system does so where memory runs out: lower training.token_budget or run "
    "fewer at a time"
)
# What would bring another interpreter's packages, start-up files or display with it.
FOREIGN = ("PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "MPLBACKEND",
           "JUPYTER_PATH", "JUPYTER_CONFIG_PATH")  # fmt: skip
# glibc gives large blocks back to the system at once, which has to clear them anew: a
# fifth to a third of the time that a language model takes for long texts. Kept, they
# are used again, and the peak of memory is the same.
KEPT = {"MALLOC_MMAP_THRESHOLD_": str(2**32), "MALLOC_TRIM_THRESHOLD_": str(2**33)}

# Threads that wait for each other hold a core for 300,000 rounds. With fewer of them
# a training beside another process is twice as quick, and alone as quick as before.
WAITING = {"GOMP_SPINCOUNT": "10000"}
# Python looks for garbage after every 700 new objects, and an import makes a million: a
# tenth of a notebook's start.
RARELY = "__import__('gc').set_threshold(10_000)"


def environment() -> dict[str, str]:
    """The environment of what we start: without what would reach into it."""
    own = {k: v for k, v in paths.environment().items() if k not in FOREIGN}
    return {
        **KEPT,
        **WAITING,
        **own,
        "PYTHONPATH": str(paths.PACKAGE),
        "PYTHONNOUSERSITE": "1",
    }


@contextmanager
def kernel(own: dict[str, str] | None = None) -> Iterator[Any]:
    """The manager of a kernel that is killed in the end.

    own: environment variables of the kernel alone.
    It is started before Papermill is imported, so that both come up at the same time.
    """
    from jupyter_client.asynchronous import AsyncKernelClient
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import KernelManager

    with _private_folder() as folder:
        manager = KernelManager(
            kernel_name="python3",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            transport="ipc",
            ip=f"{folder}/k",
            connection_file=f"{folder}/kernel.json",
            client_factory=AsyncKernelClient,
        )
        try:
            manager.start_kernel(
                cwd=paths.ROOT,
                env={**environment(), "IPYTHONDIR": f"{folder}/ipython", **(own or {})},
                extra_arguments=[
                    "--HistoryManager.enabled=False",
                    f"--IPKernelApp.exec_lines={RARELY}",
                ],
            )
            yield manager
        finally:
            if manager.has_kernel:
                manager.shutdown_kernel(now=True)


@contextmanager
def stopping(process: Any) -> Iterator[list[int]]:
    """Pass on what stops us to a kernel's `process`, and give it time to save.

    Papermill and Jupyter do not: they would leave the kernel alone, or kill it. SIGINT,
    SIGTERM, SIGHUP and the coming end of our cluster job's time (SIGALRM) all reach it
    as SIGTERM, on which training and evaluation save and stop. Where it does not end in
    time, or SIGINT comes twice, KeyboardInterrupt is raised here.

    Yields the signals that came, in a list.
    """
    came: list[int] = []

    def note(number: int, frame: Any) -> None:
        came.append(number)
        if (came[1:] and number == signal.SIGALRM) or came.count(signal.SIGINT) > 1:
            raise KeyboardInterrupt(came[0])
        if not came[1:]:
            process.send_signal(signal.SIGTERM)  # to none, where it is dead
            signal.setitimer(signal.ITIMER_REAL, PATIENCE_S)

    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    before = {
        number: signal.signal(number, note)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
        if signal.getsignal(number) != signal.SIG_IGN
    }
    signal.setitimer(signal.ITIMER_REAL, cluster.seconds_to_notice())
    try:
        yield came
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def end(process: Any) -> str:
    """In words, how the process of a kernel that is gone ended."""
    with suppress(Exception):  # it is dying, or somebody else has waited for it
        process.wait(timeout=5)
    code = process.returncode
    if not code:
        return "its process ended by itself"
    if code > 0:
        return f"its process ended with status {code}"
    name = signal.Signals(-code).name
    return f"its process was killed ({name})" + f"; {MEMORY}" * (name == "SIGKILL")


@contextmanager
def _private_folder() -> Iterator[Path]:
    """A folder for sockets that goes in the end; those that killed runs left go now.

    It is locked while its process lives, and has its name only once it is locked.
    """
    base = _base()
    _sweep(base)
    made = Path(tempfile.mkdtemp(prefix="xitt.", dir=base))
    folder = made.with_name(made.name.replace(".", "-", 1))
    try:
        with open(made / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            made.rename(folder)
            yield folder
    finally:
        for path in (made, folder):
            shutil.rmtree(path, ignore_errors=True)


def _base() -> Path:
    """A folder for temporary files whose path is short enough for a socket's."""
    usual = tempfile.gettempdir()
    for base in (usual, "/tmp", "/var/tmp"):
        short = len(os.fsencode(base)) + NAME_BYTES <= SOCKET_BYTES
        if short and os.access(base, os.W_OK | os.X_OK):
            return Path(base)
    raise UserError(
        f"TMPDIR '{usual}' is too long for the path of a socket and /tmp cannot be "
        f"written; set TMPDIR to a folder with a shorter path"
    )


def _sweep(base: Path) -> None:
    for left in base.glob("xitt-*"):
        try:
            with open(left / "lock") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # its process is at work, or it is not ours
            continue
        shutil.rmtree(left, ignore_errors=True)
