"""What made a record: sources, versions, hardware, memory."""

from __future__ import annotations

import hashlib
import platform
import sys
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from xitt import files

PACKAGES = ("torch", "transformers", "tokenizers", "datasets", "evaluate", "numpy",
            "pandas", "papermill", "snakemake")  # fmt: skip


def source_hashes(notebook: Path | None = None) -> dict[str, str]:
    """Hashes of the package's source, and of the notebook that ran, for a record."""
    hashes = {"xitt": _package_hash()}
    if notebook is not None:
        hashes[notebook.stem] = files.sha256(notebook)[:16]
    return hashes


@cache
def _package_hash() -> str:
    digest = hashlib.sha256()
    package = Path(__file__).parent.parent
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.yaml")]):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0")
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
    import os

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
