"""The archive of a release, for a deposit: the same bytes whenever it is built.

`runs/release/xitt-<version>.tar.gz` holds what the tag holds, the paper, the site where
one is built, and `.zenodo.json`; beside it lie the paper, the metadata and the digests.
Nothing is sent anywhere.
"""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import xitt
from xitt import files, paths
from xitt.errors import UserError
from xitt.running.releasing import metadata, outputs


def check() -> str:
    """The commit that this version's tag names, where it can be released.

    Raises:
        UserError: without a checkout, from changed files, without the tag at HEAD, for
            metadata that disagree or notebooks with stale outputs.
    """
    tag = f"v{xitt.__version__}"
    commit = _git("rev-parse", "--verify", "--quiet", "HEAD").strip()
    if not commit:
        raise UserError("a release is made from a git checkout; clone the repository")
    changed = _git("status", "--porcelain").splitlines()
    if changed:
        raise UserError(
            f"{changed[0][3:]} is not as the last commit has it; commit it or take it "
            f"away (git stash -u), then tag"
        )
    if _git("rev-parse", "--verify", "--quiet", f"{tag}^{{commit}}").strip() != commit:
        raise UserError(
            f"the tag {tag} is not at this commit; `git checkout {tag}`, or raise the "
            f"version and `git tag` it"
        )
    metadata.citation()
    if stale := outputs.stale():
        name, why = next(iter(stale.items()))
        raise UserError(
            f"{len(stale)} published notebooks have stale outputs, among them {name}: "
            f"{why}; run `make notebooks`, commit, then tag"
        )
    return commit


def build() -> list[Path]:
    """Write the release into runs/release; its files, the archive first.

    Raises:
        UserError: as `check`, and where the paper is not built or the site is older
            than what is released.
    """
    commit = check()
    made = int(_git("show", "-s", "--format=%ct", commit))
    paper, site = paths.PAPER / "main.pdf", paths.RUNS / "site"
    if not paper.exists():
        raise UserError(
            f"no {paths.relative(paper)}; run `make paper`, which needs TeX"
        )
    if (site / "index.html").exists() and (site / "index.html").stat().st_mtime < made:
        raise UserError(
            f"{paths.relative(site)} is older than the release; run `make read`, or "
            f"remove it"
        )
    about = json.dumps(metadata.zenodo(), indent=1, ensure_ascii=False) + "\n"
    added = {"paper/main.pdf": paper.read_bytes(), ".zenodo.json": about.encode()}
    if site.exists():
        added |= {f"site/{name}": data for name, data in _files(site)}
    name = f"xitt-{xitt.__version__}"
    with files.whole_folder(paths.RUNS / "release") as folder:
        whole = _packed(commit, name, added, made)
        (folder / f"{name}.tar.gz").write_bytes(whole)
        (folder / f"{name}.pdf").write_bytes(added["paper/main.pdf"])
        (folder / "zenodo.json").write_text(about, encoding="utf-8")
        sums = [
            f"{files.sha256(path)}  {path.name}" for path in sorted(folder.iterdir())
        ]
        (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")
    return sorted((paths.RUNS / "release").iterdir(), key=lambda p: p.suffix != ".gz")


def _packed(commit: str, name: str, added: dict[str, bytes], made: int) -> bytes:
    """What a commit holds and what is added, below one folder, as bytes of a .tar.gz.

    made: seconds since 1970, the time of every file.
    """
    packed = io.BytesIO(_git_bytes(
        "-c", "tar.umask=0022", "archive", "--format=tar", f"--prefix={name}/", commit
    ))  # fmt: skip
    with tarfile.open(fileobj=packed, mode="a", format=tarfile.PAX_FORMAT) as tar:
        for inside, data in sorted(added.items()):
            entry = tarfile.TarInfo(f"{name}/{inside}")
            entry.size, entry.mtime, entry.mode = len(data), made, 0o644
            tar.addfile(entry, io.BytesIO(data))
    out = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, out, mtime=0) as zipped:
        zipped.write(packed.getvalue())
    return out.getvalue()


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _git(*words: str) -> str:
    return _git_bytes(*words).decode()


def _git_bytes(*words: str) -> bytes:
    """What git says in the project's folder; nothing where it refuses, or is not."""
    try:
        done = subprocess.run(["git", *words], cwd=paths.ROOT, capture_output=True)
    except FileNotFoundError:
        return b""
    return b"" if done.returncode else done.stdout
