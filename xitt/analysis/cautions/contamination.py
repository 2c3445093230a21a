"""Which scores are of items that the setting was trained on, as the records say.

A target record holds, of each split and language, the share of its items that the
intermediate phase trained on (`xitt.study.overlap`). Above LIMIT the language is
contaminated: no setting is chosen on it, and it leaves the means and the gains of the
setting, on the baseline's side too. A smaller share is named and left in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Record = dict[str, Any]

LIMIT = 0.01  # of a language's items


def checked(record: Record) -> bool:
    """Whether the overlap was looked for; with no intermediate task there is none."""
    return record["setting"] == "none" or record["data"].get("overlap") is not None


def shares(record: Record, split: str) -> dict[str, float]:
    """The share of items trained on by language, where it is above zero and known."""
    return (record.get("data", {}).get("overlap") or {}).get(split, {})


def contaminated(records: Iterable[Record], split: str, lang: str) -> bool:
    """Whether any of the records was trained on more than LIMIT of a language."""
    return any(shares(record, split).get(lang, 0.0) > LIMIT for record in records)
