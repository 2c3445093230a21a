"""An intermediate setting as it is written, `mnli+mlm`, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from xitt.errors import UserError, unknown
from xitt.tasks.registry import multi, names


@dataclass(frozen=True)
class Setting:
    """An intermediate training: its tasks, MLM mixed in or not, translated or not."""

    name: str
    tasks: tuple[str, ...]
    mlm: bool = False
    translated: bool = False


def parse_setting(text: str) -> Setting:
    """Read a setting: `none`, `multi` or a task, then `+mlm` and `+translated`.

    `none+mlm` is MLM alone. The suffixes may come in any order; `name` has this one.

    >>> parse_setting("mnli+mlm")
    Setting(name='mnli+mlm', tasks=('mnli',), mlm=True, translated=False)
    """
    base, *suffixes = (part.strip() for part in text.split("+"))
    single = names("intermediate")
    if base not in ("none", "multi", *single):
        raise unknown("intermediate setting", base, ["none", "multi", *single])
    for suffix in suffixes:
        if suffix not in ("mlm", "translated"):
            raise unknown("variant", suffix, ["mlm", "translated"])
    if len(set(suffixes)) < len(suffixes):
        raise UserError(f"setting '{text}' repeats a variant; write each once")
    mlm, translated = "mlm" in suffixes, "translated" in suffixes
    if base == "none" and translated:
        raise UserError(
            f"setting '{text}': without a task there is nothing to translate"
        )
    mixed = {"none": (), "multi": multi()}.get(base, (base,))
    name = base + "+mlm" * mlm + "+translated" * translated
    return Setting(name, mixed, mlm, translated)


def listed(text: str) -> list[str]:
    """The items of a list as it is typed: `a,b`, `a, b` or `[a, b]`, quoted or not.

    >>> listed("['xnli', udpos]")
    ['xnli', 'udpos']
    """
    inner = text.strip().removeprefix("[").removesuffix("]")
    items = (item.strip().strip("'\"") for item in inner.split(","))
    return [item for item in items if item]
