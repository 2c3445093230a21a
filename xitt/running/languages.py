"""What is measured of languages for the question of pretraining volume, once.

The tokenizer is run over test sentences here, so that what is made of records needs
neither data nor a tokenizer: it reads the small files that are left in
`results/languages` (see `xitt.analysis.questions.volume.facts`).
"""

from __future__ import annotations

from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xitt import files
from xitt.analysis.questions.volume import facts
from xitt.errors import UserError
from xitt.study import data_source
from xitt.study.profiles import Profile
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable

PARALLEL = "tatoeba"  # its sentences stand beside their English translation
TAGGED = "panx"  # the target of the most languages, in text that nobody translated
SENTENCES = 1000  # of a language, at most


def measure(study: Profile) -> Path:
    """Write what the study's tokenizer makes of each language; the path of the file.

    premium: pieces of the sentences for each piece of their English translation, on
    PARALLEL; Petrov et al. (2023, arXiv 2305.15425) call it the tokenization premium.
    overlap: share of a language's pieces, as they occur in the test text of TAGGED, of
    a kind that occurs in the English text too, bare spaces apart. Both count as many
    sentences of a language as there are, up to SENTENCES; Tatoeba's are another sample
    each.

    Raises:
        UserError: where the data of neither task, or no tokenizer, can be had, and for
            a study without an encoder: volumes are those of an encoder's pretraining.
    """
    from xitt.models import encoders

    if "encoder" not in study:
        raise UserError(
            f"{study['name']} has no encoder, whose tokenizer is measured; take a "
            "profile that has one (PROFILE=small)"
        )
    _, tokenizer = encoders.load(study["encoder"])
    source = data_source.source(study)

    def pieces(texts: Iterable[str]) -> list[list[int]]:
        kept = {"add_special_tokens": False, "verbose": False}
        return tokenizer(list(texts), **kept)["input_ids"]

    found: dict[str, dict[str, Any]] = {}
    space = tokenizer.convert_tokens_to_ids("▁")  # before a character that is a piece
    for measured in (_premiums(pieces, source), _overlaps(pieces, source, space)):
        for lang, values in measured.items():
            found.setdefault(lang, {}).update(values)
    if not found:
        raise UserError(f"no data of {PARALLEL} or {TAGGED}; see make plan")
    return files.write_json(
        facts.tokenizer_file(encoders.recorded_as(study["encoder"])),
        {
            "encoder": study["encoder"],
            "premium": f"pieces a piece of the English translation, {PARALLEL} test",
            "overlap": f"share of pieces that English has too, {TAGGED} test",
            "data": data_source.revision(study, PARALLEL, TAGGED),
            "languages": dict(sorted(found.items())),
        },
    )


Pieces = "Callable[[Iterable[str]], list[list[int]]]"


def _premiums(pieces: Pieces, source: Any) -> dict[str, dict[str, Any]]:
    found = {}
    for lang, rows in _rows(PARALLEL, source):
        here, english = (
            sum(map(len, pieces(rows[side]))) for side in ("source", "target")
        )
        found[lang] = {"premium": round(here / english, 4), "premium_n": len(rows)}
    return found


def _overlaps(pieces: Pieces, source: Any, space: int) -> dict[str, dict[str, Any]]:
    ids = {}
    for lang, rows in _rows(TAGGED, source):
        joint = " " if registry.language(lang).spaces else ""
        ids[lang] = pieces(joint.join(words) for words in rows["tokens"])
    if ENGLISH not in ids:
        return {}
    shared = np.setdiff1d(np.concatenate(ids[ENGLISH]), [space])
    return {
        lang: {
            "overlap": round(_share(np.concatenate(own), shared, space), 4),
            "overlap_n": len(own),
        }
        for lang, own in ids.items()
        if lang != ENGLISH
    }


def _share(own: np.ndarray, shared: np.ndarray, space: int) -> float:
    return float(np.isin(own[own != space], shared).mean())


def _rows(task: str, source: Any) -> Iterable[tuple[str, Any]]:
    """Test rows of every language of a task that the source holds."""
    from xitt.data import examples, inventory

    for lang in inventory.languages(task, "test", source=source):
        yield lang, examples.load(task, lang, "test", source=source, limit=SENTENCES)


# ---------------------------------------------------------------- typological distance


def write_distances() -> Path | None:
    """Write every language's syntactic distance from English; None without urielplus.

    The share of the syntactic features of URIEL (Littell et al. 2017), joined over its
    sources, in which two languages differ, counted over those that are known of both,
    whose number stands beside it. The wheel of urielplus carries the table; its own
    classes compute distances over imputed features as well, which these are not.
    """
    try:
        table = resources.files("urielplus") / "database/original_uriel/features.npz"
        version = metadata.version("urielplus")
    except (ModuleNotFoundError, metadata.PackageNotFoundError):
        return None
    with table.open("rb") as stream, np.load(stream) as held:
        row = {code: place for place, code in enumerate(held["langs"])}
        syntax = [place for place, f in enumerate(held["feats"]) if f[:2] == "S_"]
        known = held["data"][:, syntax].max(axis=2)  # -1 where no source tells
    found = {
        lang.code: apart(known[row[lang.iso3]], known[row["eng"]])
        for lang in registry.languages().values()
        if lang.iso3 in row and lang.code != ENGLISH
    }
    return files.write_json(
        facts.DISTANCES,
        {
            "source": f"derived from the syntactic features of urielplus {version}",
            "licence": "CC BY-SA 4.0, as the table that it is derived from",
            "features": len(syntax),
            "languages": {lang: pair for lang, pair in found.items() if pair},
        },
    )


def apart(one: np.ndarray, other: np.ndarray) -> dict[str, Any]:
    """Share of features, 0 or 1 and -1 for unknown, that differ; {} without any."""
    both = (one >= 0) & (other >= 0)
    if not both.any():
        return {}
    share = float((one != other)[both].mean())
    return {"distance": round(share, 4), "features": int(both.sum())}
