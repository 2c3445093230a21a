"""Generated programs, run apart: each in a sandbox of its own, and judged by its tests.

What is covered. A program runs in a process group and namespaces of its own, as nobody
in particular, in an empty folder, with no environment and no network. It sees the
system and the interpreter's files, read-only, no home and no other process. Time,
memory, processes, the size of a file and of all files are limited; what it prints is
dropped; what it reads is empty. When its time is over, or it ends, all that it started
is killed. bubblewrap does it where it is installed; else `unshare` and the harness do.

What is not covered. The kernel is shared with the program: a fault in it, or a channel
through the hardware, is open. A limit on memory is one of each process. The verdict
comes behind a token that a program is not told, after the last test: printing, exiting
and closing do not forge it, but a program that searches the interpreter's own frames,
or answers every comparison with yes, could. It is made for what models write by chance,
not for an adversary who studies it. Programs find the standard library alone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import IO, NamedTuple

from xitt.errors import UserError
from xitt.training import machine

HARNESS = Path(__file__).with_name("harness.py").read_text(encoding="utf-8")
VARIABLE = "XITT_SANDBOX"
CONSENT = "none, run what models write with all my rights"
NOBODY = 100_000  # user ids from here on belong to nobody, on common systems
START = 20.0  # seconds that a busy machine may take to start an interpreter
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64")
_CHANNEL = 4096  # bytes of the channel that are read: a verdict has a hundred


class Limits(NamedTuple):
    """What a program may use; bytes, and processes and threads together."""

    memory: int = 1 << 30
    processes: int = 16
    file: int = 16 << 20
    folder: int = 64 << 20


class Outcome(NamedTuple):
    """What became of a program.

    verdict: `passed`, `wrong` (a test's assertion failed), `syntax`, `error NAME` (of
        the exception), `timeout`, or `ended` where it stopped before its tests did.
    seconds: wall time from when it was parsed.
    """

    verdict: str
    parsed: bool
    seconds: float

    @property
    def passed(self) -> bool:
        return self.verdict == "passed"

    @property
    def ran(self) -> bool:
        """Whether it ran to an answer, right or wrong."""
        return self.verdict in ("passed", "wrong")


def run_all(
    programs: Sequence[str],
    seconds: Sequence[float],
    *,
    workers: int = 0,
    limits: Limits = Limits(),  # noqa: B008 - a tuple, never changed
    way: str = "",
) -> list[Outcome]:
    """The outcome of each program, in order; see `run`.

    seconds: the time limit of each.
    workers: how many run at a time; 0 for as many as this process has cores.
    """
    way = way or available()
    with ThreadPoolExecutor(workers or machine.cores()) as pool:
        jobs = [
            pool.submit(run, program, limit, limits=limits, way=way)
            for program, limit in zip(programs, seconds, strict=True)
        ]
        return [job.result() for job in jobs]


def run(
    program: str,
    seconds: float,
    *,
    limits: Limits = Limits(),  # noqa: B008
    way: str = "",
) -> Outcome:
    """The outcome of one program: Python source that ends with its tests.

    seconds: of wall time that it may take; twice that of processor time.
    way: `bwrap`, `unshare` or `none`; "" for what `available` finds.

    Raises:
        UserError: where there is no sandbox and nobody agreed to do without.
    """
    way = way or available()
    token = secrets.token_hex(16)
    source = program.encode("utf-8", "surrogatepass")
    reader, writer = os.pipe()
    with (
        open(reader, "rb", 0) as ear,
        open(writer, "wb", 0) as end,
        _folder(way) as folder,
    ):
        root = folder if way == "unshare" else ""
        head = _settings(token, writer, seconds, limits, root, way)
        with _started(_command(way, limits), writer, folder) as process:
            end.close()
            heard = _converse(process, head + source, ear, token, seconds)
            if not heard.words:
                process.kill()
                said = process.stderr.read().decode(errors="replace").strip()
                said = said.split("\n")[-1] or "no word from it"
                raise UserError(f"the sandbox ({way}) did not start: {said}")
    return _outcome(heard)


@cache
def available() -> str:
    """How programs are kept apart here: `bwrap`, `unshare`, or by consent `none`.

    Raises:
        UserError: where neither works, unless the variable XITT_SANDBOX says in words
            that programs may run without.
    """
    given = os.environ.get(VARIABLE, "")
    if given == CONSENT:
        return "none"
    if given:
        raise UserError(
            f"{VARIABLE} is '{given}'; leave it away, or to run generated programs "
            f"without a sandbox set it to '{CONSENT}'"
        )
    for way in ("bwrap", "unshare"):
        if works(way):
            return way
    raise UserError(
        "no sandbox for generated programs: install bubblewrap (apt-get install "
        "bubblewrap), or allow user namespaces; to run them with all your rights set "
        f"{VARIABLE}='{CONSENT}'"
    )


@cache
def works(way: str) -> bool:
    """Whether a program passes, and a wrong one does not, in this way, here."""
    if sys.platform != "linux" or shutil.which(way) is None:
        return False
    try:
        verdicts = [run(text, START, way=way).verdict for text in ("", "assert 0")]
    except UserError:
        return False
    return verdicts == ["passed", "wrong"]


# --------------------------------------------------------------------------- the start


def _command(way: str, limits: Limits) -> list[str]:
    """The command that runs the harness, kept apart in one of the ways."""
    python = os.path.realpath(sys._base_executable)
    harness = [python, "-s", "-S", "-P", "-B", "-X", "utf8", "-c", HARNESS]
    superuser = os.getuid() == 0
    if way == "unshare":
        user = [] if superuser else ["--user", "--map-root-user"]
        spaces = "--mount --pid --net --ipc --uts --fork --kill-child=KILL"
        return ["unshare", *user, *spaces.split(), *harness]
    if way == "none":
        return harness
    # The superuser of a machine is not bound by the limit on processes, so that the
    # harness becomes somebody else, which needs two capabilities and no user namespace.
    spaces = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    rights = ["--cap-drop", "ALL"]
    if superuser:
        rights += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        spaces.append("--unshare-user")
    files = []
    for path in dict.fromkeys((*_SYSTEM, sys.base_prefix)):
        if os.path.islink(path):
            files += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            above = [str(parent) for parent in Path(path).parents][-2::-1]
            for parent in above:  # else these are closed to all but their owner
                files += ["--perms", "0755", "--dir", parent]
            files += ["--ro-bind", path, path]
    # Whatever can be written is of a limited size: /tmp alone.
    files += ["--dev", "/dev", "--remount-ro", "/dev", "--perms", "1777"]
    files += ["--size", str(limits.folder), "--tmpfs", "/tmp", "--chdir", "/tmp"]
    alone = ["--die-with-parent", "--new-session", "--remount-ro", "/"]
    return ["bwrap", *spaces, *rights, *files, *alone, *harness]


@contextlib.contextmanager
def _started(
    command: list[str], writer: int, folder: str
) -> Iterator[subprocess.Popen]:
    """The sandbox in a session and an environment of its own; killed in the end."""
    process = subprocess.Popen(
        [shutil.which(command[0]), *command[1:]],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,  # of the start: what the program writes is dropped
        pass_fds=(writer,),
        cwd=folder or "/",
        env={"PYTHONHASHSEED": "0", "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stderr.close()


def _settings(
    token: str, writer: int, seconds: float, limits: Limits, root: str, way: str
) -> bytes:
    """The line that the harness reads before the program."""
    cpu = int(2 * seconds) + 2  # a backstop: the clock on the wall decides
    user = NOBODY + secrets.randbelow(1 << 30) if _becomes_another(way) else 0
    memory, processes, size, folder = limits
    line = (token, writer, cpu, memory, processes, size, folder, user, root)
    return ("\t".join(map(str, (*line, sys.base_prefix))) + "\n").encode()


def _becomes_another(way: str) -> bool:
    return os.getuid() == 0 and way != "none"


@contextlib.contextmanager
def _folder(way: str) -> Iterator[str]:
    """An empty folder where the way needs one: the new root, or where to work."""
    if way == "bwrap":
        yield ""
        return
    with tempfile.TemporaryDirectory(prefix="xitt-", ignore_cleanup_errors=True) as at:
        yield at


# ------------------------------------------------------------------------- the verdict


class _Heard(NamedTuple):
    """The harness's words, and the time since the program was parsed."""

    words: list[str]
    seconds: float


def _converse(
    process: subprocess.Popen, text: bytes, ear: IO[bytes], token: str, seconds: float
) -> _Heard:
    """Give the harness its program and hear its words, until the last or too late.

    The time of the program counts from when it has been parsed, so that the start of
    an interpreter on a busy machine takes nothing from it.
    """
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(text)
        process.stdin.close()
    heard, words, began = b"", [], time.monotonic()
    parsed, deadline = False, began + START
    while len(heard) < _CHANNEL:
        left = max(0.0, deadline - time.monotonic())
        if not select.select([ear], [], [], left)[0]:
            words.append("timeout")
            break
        got = ear.read(_CHANNEL)
        heard += got
        words = _words(heard, token)
        if "parsed" in words and not parsed:  # once: the program may write here too
            parsed, began = True, time.monotonic()
            deadline = began + seconds
        if not got or words[-1:] not in ([], ["ready"], ["parsed"]):
            break
    return _Heard(words, time.monotonic() - began)


def _words(heard: bytes, token: str) -> list[str]:
    """What the harness said; whatever else came by the channel is none of its words."""
    lines = heard.decode("utf-8", "replace").split("\n")[:-1]
    ending = f"\t{token}"
    return [line.removesuffix(ending) for line in lines if line.endswith(ending)]


def _outcome(heard: _Heard) -> Outcome:
    last = heard.words[-1]
    verdict = "ended" if last in ("ready", "parsed") else last
    return Outcome(verdict, "parsed" in heard.words, heard.seconds)
