"""What `make speed` measured, as a figure, a table and numbers for the paper.

A result belongs to a processor and to the number format that is quicker there, so that
one with bf16 units and one without stand side by side.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from xitt import files, paths
from xitt.report.latex import tabular, tex

Result = dict[str, Any]
Results = dict[str, Result]

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
FORMATS = {"bf16": "with bf16 units", "fp32": "without bf16 units"}
NOT_YET = "not measured yet: make speed"


# ------------------------------------------------------------------------------ results


def load(path: Path | None = None) -> Results:
    """The results by `key`; none where nothing was measured yet. None: `RESULT`."""
    path = path or RESULT
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def key(result: Result) -> str:
    """What a result belongs to: the hardware, and the format that is quicker there."""
    found = result["hardware"]
    where = found.get("accelerator") or f"{found['processor']}, {found['cores']} cores"
    return f"{where}, {result['precision']}"


def newest(results: Results) -> Result | None:
    """The result that was measured last; of one day the last by key."""
    ordered = sorted(results.items(), key=lambda each: (each[1]["measured"], each[0]))
    return ordered[-1][1] if ordered else None


def by_format(results: Results) -> Results:
    """The newest result of a processor with bf16 units, and of one without."""
    found = {
        name: newest({k: v for k, v in results.items() if v["precision"] == name})
        for name in FORMATS
    }
    return {name: result for name, result in found.items() if result}


def sharing(processor: str, cores: int) -> dict[str, Any] | None:
    """What was measured there of two processes beside one; None: nothing was."""
    here = {
        name: result
        for name, result in load().items()
        if result["hardware"]["processor"] == processor
        and result.get("sharing", {}).get("cores") == cores
    }
    last = newest(here)
    return last["sharing"] if last else None


# ---------------------------------------------------------------------- frame and table


def frame(results: Results) -> pd.DataFrame:
    """`contenders` of the newest result of each format, and the `format`."""
    columns = ["format", "contender", "tokens_per_second", "ratio", "mib"]
    rows = [
        row.assign(format=name)
        for name, result in by_format(results).items()
        for row in [contenders(result)]
    ]
    found = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()
    return found.reindex(columns=columns)


def contenders(result: Result) -> pd.DataFrame:
    """Real tokens a second, ratio and memory of each contender, ours first."""
    ratios = {name: result[key] for key, name in RATIOS.items()}
    rows = result["contenders"]
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


class Row(NamedTuple):
    """A line of the table: its words, and its number in a result as text."""

    words: str
    value: Callable[[Result], str]


def _times(key: str) -> Callable[[Result], str]:
    return lambda result: rf"{result[key]:.1f}$\times$"


def _speed(contender: str) -> Callable[[Result], str]:
    return lambda r: f"{r['contenders'][contender]['tokens_per_second']:,.0f}"


def _memory(contender: str) -> Callable[[Result], str]:
    return lambda r: f"{r['contenders'][contender]['peak_memory_mib']:,.0f}"


ROWS = [
    *(Row(f"{NAMES[name]}: tokens/s", _speed(name)) for name in NAMES),
    *(Row(f"ours is, of {NAMES[name]}", _times(key)) for key, name in RATIOS.items()),
    Row("share of the product peak", lambda r: f"{r['fraction_of_gemm_peak']:.2f}"),
    *(Row(f"{NAMES[name]}: MiB", _memory(name)) for name in ("ours", "trainer_best")),
    Row("predicting, of Trainer's", _times("ratio_predict")),
    Row("with its best flags", _times("ratio_predict_best_flags")),
    Row("choices, of the harness", _times("ratio_harness")),
    Row("texts, of generate", _times("ratio_generate")),
    Row("mining, of faiss flat", _times("ratio_faiss_margin")),
    Row("mining, of faiss IVF", lambda r: _times("ratio_ivf")(r["retrieval"])),
    Row("an empty run: seconds", lambda r: f"{r['run_fixed_seconds']:.1f}"),
]


def table(results: Results) -> str:
    """What was measured, a line each; a column a format. A dash: not measured there."""
    columns = by_format(results)
    rows = []
    for row in ROWS:
        cells = [_cell(row, result) for result in columns.values()]
        if any(cells):
            rows.append([tex(row.words), *(cell or "--" for cell in cells)])
    heads = ["", *(name for name in columns)]
    return tabular("l" + "r" * len(columns), heads, rows)


def _cell(row: Row, result: Result) -> str:
    try:
        return row.value(result)
    except KeyError:  # an older result, or a peer that could not be had
        return ""


def write(folder: Path) -> list[Path]:
    """Write `folder`/tables/speed.tex, where something was measured."""
    results = load()
    path = Path(folder) / "tables" / "speed.tex"
    return [files.write_text(path, table(results))] if results else []


# ------------------------------------------------------------------------------ numbers


def numbers(results: Results) -> dict[str, tuple[str, float | None]]:
    """Text and value of each number that the paper's words use, by key.

    `speed/bf16/...` of a processor with bf16 units, `speed/fp32/...` of one without.
    """
    return {
        f"speed/{name}/{key}": found
        for name, result in by_format(results).items()
        for key, found in _numbers(result).items()
    }


def _numbers(result: Result) -> dict[str, tuple[str, float | None]]:
    peak, machine = max(result["peak_gflops"].values()), result["hardware"]
    measured = {
        key: (f"{result[key]:.1f}", result[key])
        for key in result
        if key.startswith("ratio_") or key.endswith("_seconds")
    }
    found = measured | {
        "fraction": (f"{result['fraction_of_gemm_peak']:.2f}",
                     result["fraction_of_gemm_peak"]),
        "peak": (f"{peak:,.0f}", peak),
        "sentences": (f"{result['retrieval']['sentences']:,}",
                      result["retrieval"]["sentences"]),
        "tokens-per-pair": (f"{result['tokens_per_pair']:.0f}",
                            result["tokens_per_pair"]),
        "data": (result["data"], None),
        "encoder": (result["encoder"], None),
        "processor": (machine["processor"], None),
        "cores": (str(machine["cores"]), machine["cores"]),
    }  # fmt: skip
    if told := result.get("evaluation"):
        found["languages"] = (str(told["languages"]), told["languages"])
        same = 100 * told["equal_predictions"]
        found["equal-predictions"] = (f"{same:.1f}", same)
    if told := result.get("choices", {}).get("model"):
        found["causal"] = (told, None)
    if told := result.get("texts"):
        same = 100 * told["equal_texts"]
        found["equal-texts"] = (f"{same:.0f}", same)
    return found
