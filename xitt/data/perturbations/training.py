"""English training data as a model of noisy input may see them: for baselines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from xitt.data.perturbations import applying, named, switching
from xitt.data.perturbations.applying import Perturbed
from xitt.data.perturbations.switching import Relevance, Switched
from xitt.data.perturbations.text import Edits, Text, clusters_of, is_letter
from xitt.errors import UserError
from xitt.tasks import kinds
from xitt.tasks.registry import ENGLISH

if TYPE_CHECKING:
    from datasets import Dataset

RATES = (0.25, 0.5, 0.75)  # of the words that are switched, stage by stage


def progressive(
    rows: Dataset,
    kind: str,
    into: Sequence[str],
    seed: int,
    rates: Sequence[float] = RATES,
    relevance: Relevance | None = None,
    source: str | Path = "auto",
) -> list[Switched]:
    """English rows in stages of ever more code-switching (Li et al. 2024, PCS).

    What is switched first is what matters least to the prediction (arXiv 2406.13361);
    each stage switches what the one before it did, and more. The paper measures how
    much a word matters by relevance propagated through a trained model, which a caller
    gives as `relevance`; without it, a word matters the more the rarer it is in the
    rows. When to go on to the next stage is for the training to decide.

    Raises:
        UserError: as `switching.apply`, or for rates that do not rise.
    """
    if list(rates) != sorted(set(rates)) or not rates:
        raise UserError(f"rates rise from stage to stage, as in {RATES}, not {rates!r}")
    measure = relevance or rarity(rows, kind)
    return [
        switching.apply(rows, kind, rate, ENGLISH, into, seed, source, measure)
        for rate in rates
    ]


def rarity(rows: Dataset, kind: str) -> Relevance:
    """How rare each word is in rows: minus the times that it occurs."""
    counts: Counter[str] = Counter()
    for column in kinds.get(kind).item:
        for text in rows[column]:
            words = text.split() if isinstance(text, str) else text
            counts.update(map(_core, words))
    return lambda words: [-counts[word] for word in words]


def _core(word: str) -> str:
    """A word in lower case, without what is around it."""
    clusters = clusters_of(word)
    letters = [i for i, cluster in enumerate(clusters) if is_letter(cluster)]
    if not letters:
        return ""
    return "".join(clusters[letters[0] : letters[-1] + 1]).lower()


def perturbed(
    rows: Dataset,
    kind: str,
    names: Sequence[str],
    strength: float,
    seed: int,
    lang: str = ENGLISH,
    clean: float = 0.5,
) -> Perturbed:
    """Training rows, each text under one of the perturbations or, at `clean`, as it is.

    clean: the expected share of the texts that stay; which ones follows from the seed,
        the id and the column.

    Raises:
        UserError: as `applying.apply`, or for no perturbation.
    """
    named.check_share("clean", clean)
    if isinstance(names, str) or not names:
        raise UserError(f"names is a list of perturbations, not {names!r}")
    editors = [applying.editor(kind, name, strength, lang) for name in names]

    def any_of_them(text: Text, rng: Random) -> Edits:
        stays, which = rng.random() < clean, int(rng.random() * len(editors))
        return {} if stays else editors[which](text, rng)

    name = f"{'+'.join(names)} {lang}"
    return applying.edit_rows(rows, kind, any_of_them, name, seed)
