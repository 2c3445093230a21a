"""What made a record: commit, sources, versions, hardware, memory."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from xitt import files, paths
from xitt.errors import UserError

PACKAGE = Path(__file__).parent.parent
# What decides a result. Records, figures and executed notebooks are made by runs, so
# they change while the code that makes them is clean.
DECIDING = ("xitt", "notebooks", "requirements.lock", ":(exclude)notebooks/*.ipynb")

PACKAGES = ("torch", "transformers", "tokenizers", "datasets", "evaluate", "numpy",
            "pandas", "papermill", "snakemake")  # fmt: skip


class Begun(NamedTuple):
    """What is known when a run begins: the code must not be asked for at its end."""

    started: float  # seconds of a monotonic clock
    code: dict[str, Any]
    sources: dict[str, str]


def begin(record: Path, folder: Path | None = None) -> Begun:
    """What will make `record`, asked before anything trains.

    folder: the run's own; where it continues from a checkpoint there that other code
        wrote, `began` in the code names that too.

    Raises:
        UserError: where the record is a tracked one and no commit holds the code that
            would make it; XITT_DIRTY=1 asks for it nevertheless.
    """
    code = commit()
    tracked = Path(record).is_relative_to(paths.RECORDS)
    if tracked and code["clean"] is False and os.environ.get("XITT_DIRTY") != "1":
        raise UserError(
            f"a record in {paths.relative(paths.RECORDS)} needs code that a commit "
            f"holds, and {code['changed'][0]} is not committed; commit it, or add "
            f"DIRTY=1 (XITT_DIRTY=1) to record it all the same"
        )
    if folder and (others := _began(Path(folder), code)):
        code = {**code, "began": others}
    notebook = os.environ.get("XITT_NOTEBOOK")
    sources = source_hashes(Path(notebook) if notebook else None)
    return Begun(time.monotonic(), code, sources)


def _began(folder: Path, code: dict[str, Any]) -> list[dict[str, Any]]:
    """The other code that was at work on the run before it was killed."""
    path, now = folder / "began.json", {**code, "xitt": _hash_at_first()}
    continues = any((folder / "checkpoint").glob("*")) and path.exists()
    earlier = json.loads(path.read_text(encoding="utf-8")) if continues else []
    others = [each for each in earlier if each != now]
    files.write_json(path, [*others, now])
    return others


def commit() -> dict[str, Any]:
    """The commit of the code that runs, and whether it is all that runs.

    Returns:
        `commit`, `clean`, and where that is False `changed`: which files are not as in
        the commit. Both are None where git knows nothing of the code; `why` says so.
    """
    found = _git("rev-parse", "HEAD") if _git("ls-files", PACKAGE.name) else ""
    if not found:
        return {"commit": None, "clean": None, "why": "no git checkout"}
    lines = _git("status", "--porcelain", "-uall", "--", *DECIDING).splitlines()
    changed = [line[3:] for line in lines]
    if not changed and _package_hash() != _hash_at_first():
        changed = ["what this process loaded before an edit (start it again)"]
    code = {"commit": found.strip(), "clean": not changed}
    return code | ({"changed": changed} if changed else {})


def told(record: dict[str, Any]) -> str:
    """Which commit made a record, and which scored it again, in a few words."""
    text = _told(record.get("code"))
    if again := record.get("rescored"):
        text += f", scored again by {_told(again['code'])}"
    return text


def _told(code: dict[str, Any] | None) -> str:
    if code is None:
        return "no commit recorded"
    if not code["commit"]:
        return code["why"]
    text = code["commit"][:7] + ("" if code["clean"] else " and changes")
    return text + "".join(f", begun by {_told(each)}" for each in code.get("began", []))


def _git(*words: str) -> str:
    """What git says of the checkout that the package lies in; nothing without one."""
    try:
        done = subprocess.run(
            ["git", "-c", "core.quotePath=false", *words],
            cwd=PACKAGE.parent, capture_output=True, text=True,
        )  # fmt: skip
    except FileNotFoundError:
        return ""
    return "" if done.returncode else done.stdout


def source_hashes(notebook: Path | None = None) -> dict[str, str]:
    """Hashes of the package's source, and of the notebook that ran, for a record."""
    hashes = {"xitt": _hash_at_first()}
    if notebook is not None:
        hashes[notebook.stem] = files.sha256(notebook)[:16]
    return hashes


@cache
def _hash_at_first() -> str:
    """The hash of what this process runs: a later edit is not loaded any more."""
    return _package_hash()


def _package_hash() -> str:
    digest = hashlib.sha256()
    sources = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.yaml")]
    for path in sorted(path for path in sources if paths.CARRIED not in path.parents):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    """Python's and the packages' versions that a result depends on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        found[name] = metadata.version(name)
    return found


def hardware() -> dict[str, Any]:
    """What the run ran on; torch must be at hand."""
    import torch

    from xitt.training import devices

    found: dict[str, Any] = {
        "machine": platform.machine(),
        "processor": devices.processor("cpu"),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
    }
    if torch.cuda.is_available():
        found["accelerator"] = torch.cuda.get_device_name()
    return found


def peak_memory_mib() -> int:
    """The largest resident memory of this process so far, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the parent held before the start
        lines = status.read_text().splitlines()
        return int(next(x for x in lines if x.startswith("VmHWM")).split()[1]) >> 10
    try:
        import resource
    except ImportError:  # not on Windows
        import psutil

        return psutil.Process().memory_info().peak_wset >> 20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak >> (20 if sys.platform == "darwin" else 10)
