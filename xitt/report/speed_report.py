"""What `make speed` measured, as a figure, a table and numbers for the paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from xitt import files, paths
from xitt.report.latex import tabular, tex

RATIOS = {
    "ratio_padded_fp32": "padded_fp32",
    "ratio_trainer_dynamic": "trainer_dynamic",
    "ratio_trainer_best_flags": "trainer_best",
}
RESULT = paths.SPEED

NAMES = {
    "ours": "ours",
    "trainer_best": "Trainer, best flags",
    "trainer_dynamic": "Trainer, dynamic padding",
    "padded_fp32": "padded recipe, fp32",
}
NOT_YET = "not measured yet: make speed"


def load(path: Path = RESULT) -> dict[str, Any] | None:
    """The last result, or None where nothing was measured yet."""
    if not path.exists():
        return None
    return json.loads(path.read_text(encoding="utf-8"))


def frame(result: dict[str, Any] | None) -> pd.DataFrame:
    """Real tokens a second, ratio and memory of each contender, ours first."""
    if not result:
        return pd.DataFrame(columns=["contender", "tokens_per_second", "ratio", "mib"])
    rows = result["contenders"]
    ratios = {name: result[key] for key, name in RATIOS.items()}
    return pd.DataFrame(
        [
            {
                "contender": name,
                "tokens_per_second": rows[name]["tokens_per_second"],
                "ratio": ratios.get(name, 1.0),
                "mib": rows[name]["peak_memory_mib"],
            }
            for name in NAMES
        ]
    )


def table(result: dict[str, Any]) -> str:
    """Contenders with speed, ratio and memory."""
    rows = [
        [
            tex(NAMES[row.contender]),
            f"{row.tokens_per_second:,.0f}",
            "" if row.contender == "ours" else rf"{row.ratio:.1f}$\times$",
            f"{row.mib:,.0f}",
        ]
        for row in frame(result).itertuples()
    ]
    return tabular("lrrr", ["", "tokens/s", "ours is", "MiB"], rows)


def write(folder: Path) -> list[Path]:
    """Write `folder`/tables/speed.tex, where something was measured."""
    result = load()
    path = Path(folder) / "tables" / "speed.tex"
    return [files.write_text(path, table(result))] if result else []


def numbers(result: dict[str, Any] | None) -> dict[str, tuple[str, float | None]]:
    """Text and value of each number that the paper's words use, by key."""
    if not result:
        return {}
    found: dict[str, tuple[str, float | None]] = {
        f"speed/{key}": (f"{result[key]:.1f}", result[key]) for key in RATIOS
    }
    fraction, peak = result["fraction_of_gemm_peak"], result["peak_gflops"]
    fixed, further = result["run_fixed_seconds"], result["further_run_seconds"]
    mining = result["retrieval"]
    return found | {
        "speed/fraction": (f"{fraction:.2f}", fraction),
        "speed/peak": (f"{max(peak.values()):,.0f}", max(peak.values())),
        "speed/precision": (max(peak, key=peak.get), None),
        "speed/faiss": (f"{result['ratio_faiss_margin']:.1f}",
                        result["ratio_faiss_margin"]),
        "speed/sentences": (f"{mining['sentences']:,}", mining["sentences"]),
        "speed/fixed": (f"{fixed:.1f}", fixed),
        "speed/further": (f"{further:.1f}", further),
        "speed/tokens-per-pair": (f"{result['tokens_per_pair']:.0f}",
                                  result["tokens_per_pair"]),
        "speed/data": (result["data"], None),
        "speed/encoder": (result["encoder"], None),
        "speed/processor": (result["hardware"]["processor"], None),
        "speed/cores": (str(result["hardware"]["cores"]), result["hardware"]["cores"]),
    }  # fmt: skip
