"""What a deposit says of a release; CITATION.cff is where it is written.

Zenodo's keys are those of its deposit API (developers.zenodo.org, "Deposit metadata").
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import xitt
from xitt import paths
from xitt.errors import UserError
from xitt.tasks import yaml_files

NEEDED = ("title", "version", "license", "authors", "keywords", "abstract",
          "date-released")  # fmt: skip


def citation() -> dict[str, Any]:
    """What CITATION.cff says, checked against the package and the changelog.

    Raises:
        UserError: for a key that is lacking, another version than the package's, a date
            that is none, or a changelog without the version.
    """
    found = yaml_files.read(paths.ROOT / "CITATION.cff")
    for key in NEEDED:
        if not found.get(key):
            raise UserError(f"CITATION.cff lacks the key '{key}'; add it")
    if str(found["version"]) != xitt.__version__:
        raise UserError(
            f"CITATION.cff has version {found['version']} and xitt/__init__.py "
            f"{xitt.__version__}; write the same into both"
        )
    try:
        date.fromisoformat(str(found["date-released"]))
    except ValueError as error:
        raise UserError(
            f"CITATION.cff: date-released is a day such as 2026-11-29, not "
            f"'{found['date-released']}'"
        ) from error
    _check_changelog()
    return found


def _check_changelog() -> None:
    """The changelog has this version, and nothing that is in no version yet."""
    text = (paths.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## (\S+)", text, re.M)
    if xitt.__version__ not in heads:
        raise UserError(f"CHANGELOG.md has no heading '## {xitt.__version__}'; add it")
    if heads[0] != xitt.__version__:
        raise UserError(
            f"CHANGELOG.md has '{heads[0]}' above {xitt.__version__}; give it the "
            f"version of this release, here, in CITATION.cff and xitt/__init__.py"
        )


def zenodo() -> dict[str, Any]:
    """The metadata of a deposit, as `.zenodo.json` holds them."""
    cited = citation()
    return {
        "upload_type": "software",
        "title": cited["title"],
        "version": str(cited["version"]),
        "publication_date": str(cited["date-released"]),
        "license": cited["license"],
        "creators": [{"name": _name(author)} for author in cited["authors"]],
        "keywords": list(cited["keywords"]),
        "description": " ".join(cited["abstract"].split()),
        "related_identifiers": [
            {"identifier": each["url"], "relation": "references"}
            for each in cited.get("references", [])
        ],
    }


def _name(author: dict[str, str]) -> str:
    """`Family, Given` of a person, the name of a group."""
    if "name" in author:
        return author["name"]
    return f"{author['family-names']}, {author['given-names']}"
