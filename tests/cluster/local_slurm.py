#!/usr/bin/env python
"""A whole Slurm on this machine, for as long as a command runs.

    python tests/cluster/local_slurm.py make runs PROFILE=demo ON=slurm

munged, slurmctld and slurmd live in one temporary folder and on ports that are free.
Snakemake's jobs forget SLURM_CONF, so that their `srun` finds the configuration by a
link in /etc/slurm alone: root makes it, and where there is a configuration already, the
machine is a part of a cluster and is left alone. Jobs are told apart by their process
tree, which needs no control groups. The node has two GPUs that are none, and lends them
as a real one would.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PACKAGES = ("slurm-wlm", "munge")  # of Debian and Ubuntu
DAEMONS = ("munged", "slurmctld", "slurmd")
START_S = 30
USUAL = Path("/etc/slurm/slurm.conf")  # where Slurm's commands look
CONFIGURATION = """
ClusterName=local
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=defer,bf_interval=1,sched_interval=1
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
KillWait=10
MinJobAge=600
GresTypes=gpu
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory} Gres=gpu:2
PartitionName=main Nodes=ALL Default=YES MaxTime=60 OverTimeLimit=0 State=UP
"""


def lacking() -> str:
    """Why there can be no Slurm here, after trying to install it; "" where it can be.

    It is installed by root where apt-get is, as the Makefile does with TeX.
    """
    search = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    if _missing(search) and shutil.which("apt-get") and not os.getuid():
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, **quiet,
        )  # fmt: skip
    if missing := _missing(search):
        return f"no {missing[0]} here (Debian's {' and '.join(PACKAGES)})"
    if os.getuid():
        return f"only root may write {USUAL}"
    return f"{USUAL} is there: the machine is a cluster's" if USUAL.exists() else ""


def _missing(search: str) -> list[str]:
    return [
        name for name in (*DAEMONS, "sbatch") if not shutil.which(name, path=search)
    ]


@contextmanager
def slurm() -> Iterator[dict[str, str]]:
    """Environment variables with which Slurm's commands find a cluster of this machine.

    Raises:
        RuntimeError: where a daemon does not come up, with the end of what they say.
    """
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))  # short: a socket lies in it
    environment = {
        **os.environ,
        "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin",
    }
    _configure(folder)
    started: list[subprocess.Popen] = []
    try:
        for call in _calls(folder):
            own = {**environment, "SLURM_CONF": str(folder / "slurm.conf")}
            with open(folder / f"{call[0]}.out", "wb") as log:
                started.append(subprocess.Popen(
                    call, env=own, stdout=log, stderr=log, start_new_session=True
                ))  # fmt: skip
            if call[0] == "munged":
                _until((folder / "munge.socket").exists, folder)
        _until(lambda: _idle(environment), folder)
        yield environment
    finally:
        _stop(started, environment)
        USUAL.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path) -> None:
    for name in ("state", "spool"):
        (folder / name).mkdir()
    folder.chmod(0o755)  # munge's clients come in, and refuse what others may write
    (folder / "munge.key").write_bytes(os.urandom(1024))
    (folder / "munge.key").chmod(0o400)
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    controller, node = _free_ports(2)
    (folder / "slurm.conf").write_text(CONFIGURATION.format(
        folder=folder, controller=controller, node=node, host=_host(),
        user=pwd.getpwuid(os.getuid()).pw_name, cores=os.cpu_count(),
        memory=int(0.9 * pages / 2**20),
    ))  # fmt: skip
    (folder / "gres.conf").write_text(
        "Name=gpu File=/dev/null\nName=gpu File=/dev/zero\n"
    )
    (folder / "cgroup.conf").write_text("CgroupAutomount=no\n")
    USUAL.parent.mkdir(exist_ok=True)
    USUAL.unlink(missing_ok=True)  # dead, of one that was killed
    USUAL.symlink_to(folder / "slurm.conf")


def _host() -> str:
    return socket.gethostname().split(".")[0]


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    for each in held:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def _calls(folder: Path) -> Iterator[list[str]]:
    own = {"key-file": "munge.key", "socket": "munge.socket", "pid-file": "munge.pid",
           "log-file": "munge.log", "seed-file": "munge.seed"}  # fmt: skip
    options = [f"--{option}={folder / name}" for option, name in own.items()]
    yield ["munged", "--foreground", "--force", *options]
    yield ["slurmctld", "-D"]
    yield ["slurmd", "-D"]


def _idle(environment: dict[str, str]) -> bool:
    asked = subprocess.run(["sinfo", "--noheader", "--format=%T"], env=environment,
                           capture_output=True, text=True)  # fmt: skip
    return asked.stdout.strip() == "idle"


def _until(there, folder: Path) -> None:
    end = time.monotonic() + START_S
    while not there():
        if time.monotonic() > end:
            logs = [path.read_text(errors="replace") for path in folder.glob("*.out")]
            last = [line for text in logs for line in text.splitlines()[-4:]]
            raise RuntimeError("Slurm does not come up: " + " | ".join(last))
        time.sleep(0.2)


def _stop(started: list[subprocess.Popen], environment: dict[str, str]) -> None:
    """End the jobs, then the daemons, the last one first."""
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(
            ["scancel", "--full", "--state=RUNNING"], env=environment, timeout=10
        )
    for process in reversed(started):
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def main() -> int:
    """Run a command in a cluster of its own; its exit status is ours."""
    if reason := lacking():
        print(f"no Slurm: {reason}", file=sys.stderr)
        return 3
    with slurm() as environment:
        return subprocess.run(sys.argv[1:], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
