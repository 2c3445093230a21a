"""The paper's sentences on what of the evaluation data was trained on before."""

from __future__ import annotations

from collections.abc import Iterable

from xitt.analysis import wording
from xitt.analysis.cautions import contamination
from xitt.analysis.results import Results
from xitt.tasks import registry

MOST = 3  # languages that are named one by one

# (setting, target) -> language -> the largest share over the seeds
Found = dict[tuple[str, str], dict[str, float]]


def said(study: Results) -> str:
    """Which settings were trained on what they are chosen or scored on, and what then.

    "" without target records.
    """
    runs = study.of("target")
    if not runs:
        return ""
    unchecked = [run for run in runs if not contamination.checked(run)]
    trained = [run for run in runs if run["setting"] != "none"]
    if trained and len(unchecked) == len(trained):
        return (
            "Whether the intermediate data overlap with the development and test data "
            "was not checked when these runs were made."
        )
    limit = f"{100 * contamination.LIMIT:.0f}%"
    parts = [
        "Intermediate data were compared with development and test data by their texts "
        "and by the ids that parallel data sets share."
    ]
    found = {split: _found(study, split) for split in ("validation", "test")}
    for opening, listed in (
        (
            f"Trained on more than {limit} of the development data, and never chosen "
            "on them: ",
            _large(study, found["validation"], "validation"),
        ),
        (
            f"Trained on more than {limit} of a language's test data, which leaves "
            "their means and gains and the baseline's beside them: ",
            _large(study, found["test"], "test"),
        ),
        (
            "Trained on in smaller shares, or as the English side of retrieval, and "
            "left in: ",
            _small(study, found),
        ),
    ):
        if words := _listed(listed):
            parts.append(f"{opening}{words}.")
    if len(parts) == 1:
        parts.append("No setting was trained on what it is chosen or scored on.")
    if unchecked:
        many = wording.plural(len(unchecked), "run")
        parts.append(f"Of {many} it is not known: they were made before the check.")
    return " ".join(parts)


def _found(study: Results, split: str) -> Found:
    found: Found = {}
    for run in study.of("target"):
        largest = found.setdefault((run["setting"], run["target"]), {})
        for lang, share in contamination.shares(run, split).items():
            largest[lang] = max(share, largest.get(lang, 0.0))
    return found


def _scored(study: Results, split: str) -> set[tuple[str, str]]:
    """Targets with the languages that they are scored in."""
    return {
        (run["target"], lang)
        for run in study.of("target")
        for lang in run["metrics"].get(split, {})
    }


def _large(study: Results, found: Found, split: str) -> Found:
    """The contaminated languages."""
    scored = _scored(study, split)
    return {
        (setting, target): {
            lang: share
            for lang, share in shares.items()
            if share > contamination.LIMIT and (target, lang) in scored
        }
        for (setting, target), shares in found.items()
    }


def _small(study: Results, found: dict[str, Found]) -> Found:
    """What has no consequence: smaller shares, the English side of retrieval."""
    rest: Found = {}
    for split, of_split in found.items():
        large = _large(study, of_split, split)
        for cell, shares in of_split.items():
            own = rest.setdefault(cell, {})
            for lang in shares.keys() - large[cell].keys():
                own[lang] = max(shares[lang], own.get(lang, 0.0))
    return rest


def _listed(found: Found) -> str:
    """`MNLI + translated on XNLI (English 100%)`, and so on; "" for none."""
    settings, targets = (set(names) for names in zip(*found))
    return "; ".join(
        f"{wording.setting(setting)} on {wording.task(target)} ({_languages(shares)})"
        for setting in wording.ordered_settings(settings)
        for target in wording.ordered_targets(targets)
        if (shares := found.get((setting, target)))
    )


def _languages(shares: dict[str, float]) -> str:
    if len(shares) > MOST:
        most = _percent(shares.values())
        return f"{wording.plural(len(shares), 'language')}, at most {most}"
    return ", ".join(
        f"{registry.language_name(lang)} {_percent([shares[lang]])}"
        for lang in wording.ordered_languages(shares)
    )


def _percent(shares: Iterable[float]) -> str:
    value = 100 * max(shares)
    if value < 0.1:
        return "under 0.1%"
    return f"{value:.1f}%" if value < 10 else f"{value:.0f}%"
