"""The results of language models, language by language, as CSV for other studies.

A row a model, protocol or source, setting, target, measure and language; points, or
nats where the measure is a log-likelihood; four decimals.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from xitt import files
from xitt.analysis.questions.language_models import recorded
from xitt.analysis.results import Results

ROW = ["model", "setting", "target", "language", "measure"]
ESTIMATE = ["mean", "low", "high", "n_examples", "n_seeds"]


def write(study: Results, name: str, folder: Path) -> list[Path]:
    """Write `folder`/NAME.csv of FRAMES; nothing where nothing is recorded."""
    frame = FRAMES[name](study)
    if frame.empty:
        return []
    text = frame.to_csv(index=False, float_format="%.4f")
    return [files.write_text(Path(folder) / f"{name}.csv", text)]


def _code(study: Results) -> pd.DataFrame:
    stamps = ", ".join(recorded.protocols(study.code.records))
    parts = (study.code.scores, study.code.gains)
    return _both(*(part.assign(protocol=stamps) for part in parts), ["protocol"])


def _source(study: Results) -> pd.DataFrame:
    columns = ["model", "base", "source", "target", "language", "measure"]
    return study.source_language.matrix[[*columns, *ESTIMATE, "p_holm"]]


def _reasoning(study: Results) -> pd.DataFrame:
    found = study.reasoning
    main = found.scores[found.scores["causal"].astype(bool)]
    named = recorded.protocol([r for r in found.records if recorded.is_causal(r)])
    gains = found.gains[found.gains["model"].isin(set(main["model"]))]
    gains = gains.assign(protocol=named, chance=float("nan"))
    return _both(main, gains, ["protocol", "chance"])


def _both(scores: pd.DataFrame, gains: pd.DataFrame, more: list[str]) -> pd.DataFrame:
    """Scores, then gains over no intermediate task, told apart by `quantity`."""
    columns = [*ROW, *more, "quantity", *ESTIMATE]
    parts = [scores.assign(quantity="score"), gains.assign(quantity="gain")]
    parts = [part[columns] for part in parts if len(part)]
    return pd.concat(parts) if parts else pd.DataFrame(columns=columns)


FRAMES = {
    "code-languages": _code,
    "source-languages": _source,
    "reasoning-languages": _reasoning,
}
