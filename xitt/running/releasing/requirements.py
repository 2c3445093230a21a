"""The exact versions of what the project needs, and of nothing else that is installed.

What is needed is what pyproject.toml names, and what that requires, and so on, as far
as it is installed for this system and Python.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata

from xitt import paths
from xitt.errors import UserError

EXTRAS = ("dev",)  # of ours that the lock holds, for `make test`
HEAD = """\
# Exact versions, written by `make lock`: of what pyproject.toml and the tests need. The
# CUDA libraries of a machine with a GPU follow from torch's own pins.
"""
# Of torch's build for a GPU; never named, so that the lock holds on every machine.
_CUDA = ("nvidia-", "cuda-", "triton")


def lines() -> list[str]:
    """`name==version` of each package that is needed, in the order of their names.

    Raises:
        UserError: for one that is needed and not installed.
    """
    found = _reached([(text, "xitt") for text in _own()])
    return sorted(found.values(), key=str.lower)


def _own() -> list[str]:
    """The requirements that pyproject.toml names, those of EXTRAS included."""
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    wanted = (text for extra in EXTRAS for text in extras[extra])
    return [*project["project"]["dependencies"], *wanted]


def _reached(asked: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Canonical name -> `name==version` of all that is reached.

    asked: requirements as they are written, and who has them.
    """
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()  # package and extra
    waiting = [(Requirement(text), by) for text, by in asked]
    while waiting:
        wanted, by = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name.startswith(_CUDA):
            continue
        try:
            there = metadata.distribution(name)
        except metadata.PackageNotFoundError as error:
            raise UserError(
                f"{wanted.name} is needed by {by} and not installed; "
                f"`pip install {wanted.name}`"
            ) from error
        found[name] = f"{there.name}=={there.version.split('+')[0]}"
        for extra in {"", *wanted.extras} - {e for n, e in seen if n == name}:
            seen.add((name, extra))
            waiting += [(needed, there.name) for needed in _of(there, extra)]
    return found


def _of(there: metadata.Distribution, extra: str) -> Iterator:
    """What a package requires here, with one of its extras or ("") with none."""
    from packaging.requirements import Requirement

    for text in there.requires or ():
        needed = Requirement(text)
        if needed.marker is None or needed.marker.evaluate({"extra": extra}):
            yield needed
