"""Installs what `xitt` needs and is not there, and changes nothing that is there.

`python -m xitt.running.releasing.lacking`, after `pip install --no-deps` of `xitt`, on
machines such as Colab's, where what is installed has to stay as it is. Needs no more
than the standard library and `packaging`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement


def lacking() -> list[str]:
    """The requirements of `xitt` of which no version is installed."""
    return [str(need) for need in _needs() if not _version(need.name)]


def other_versions() -> list[str]:
    """The requirements of which another version is installed, with that version."""
    there = ((need, _version(need.name)) for need in _needs())
    return [
        f"{need.name} {version} (asked for: {need.specifier})"
        for need, version in there
        if version and not need.specifier.contains(version, prereleases=True)
    ]


def complete() -> int:
    """Install what is lacking; pip's exit status.

    Everything installed is a constraint: where something needs another version of it,
    pip refuses rather than to replace it.
    """
    status = 0
    if wanted := lacking():
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder, "installed.txt")
            lines = {f"{one.name}=={one.version}" for one in metadata.distributions()}
            kept.write_text("\n".join(sorted(lines)), encoding="utf-8")
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
            options = ["install", "--quiet", "--constraint", str(kept)]
            status = subprocess.run([*pip, *options, *wanted]).returncode
    if other := other_versions():
        print(f"left as they are, though xitt asks for another: {'; '.join(other)}")
    return status


def _needs() -> Iterator[Requirement]:
    for text in metadata.requires("xitt") or ():
        need = Requirement(text)
        if need.marker is None or need.marker.evaluate({"extra": ""}):
            yield need


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


if __name__ == "__main__":
    sys.exit(complete())
