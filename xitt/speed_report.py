"""What `make speed` measured, as a figure, a table and numbers for the paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from xitt import files
from xitt.figures import save
from xitt.labels import tex
from xitt.latex import tabular
from xitt.speed import RATIOS, RESULT
from xitt.style import COLUMN, FAINT, INK, QUIET, Figure, blank_figure, styled

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


def bars(ax: Axes, data: pd.DataFrame) -> Axes:
    """Tokens a second of each contender, and how many times ours is quicker."""
    places = range(len(data))
    colours = [INK if name == "ours" else FAINT for name in data["contender"]]
    speeds = data["tokens_per_second"]
    ax.barh(places, speeds, color=colours, height=0.66)
    for place, speed, ratio in zip(places, speeds, data["ratio"]):
        times = "" if ratio == 1 else f"  (ours {ratio:.1f}×)"
        ax.text(speed, place, f" {speed:,.0f}{times}", va="center", fontsize=7)
    ax.set_yticks(places, [NAMES[name] for name in data["contender"]])
    ax.set(xlim=(0, speeds.max() * 1.2), xlabel="real tokens a second, fine-tuning")
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    return ax


def curves(axes: list[Axes], scaling: dict[str, list[dict[str, float]]]) -> None:
    """How cost grows with examples, length and languages."""
    shown = [
        ("examples", "seconds", "examples", "seconds"),
        ("length", "tokens_per_second", "tokens a sequence", "tokens/s"),
        ("languages", "seconds", "languages", "seconds"),
    ]
    for ax, (what, measured, x, y) in zip(axes, shown):
        points = pd.DataFrame(scaling[what])
        ax.plot(points.iloc[:, 0], points[measured], color=INK, marker="o", ms=3)
        ax.set(xlabel=x, ylabel=y, ylim=(0, points[measured].max() * 1.15))
        if what == "length":
            ax.set_xscale("log", base=2)
        else:
            ax.set_xlim(left=0)
        ends = points.iloc[:, 0].iloc[[0, len(points) // 2, -1]]
        ax.set_xticks(ends, ends)
        ax.grid(axis="y")


@styled
def figure(result: dict[str, Any] | None) -> Figure:
    """Bars above, curves below; one column wide."""
    if not result:
        return blank_figure(COLUMN, NOT_YET)
    made = Figure(figsize=(COLUMN, 2.7), layout="constrained")
    # Each row by itself: the long names of the bars must not narrow the curves.
    above, under = made.subfigures(2, 1, height_ratios=(1.2, 1))
    bars(above.subplots(), frame(result))
    below = list(under.subplots(1, 3))
    curves(below, result["scaling"])
    for ax in below:
        ax.xaxis.label.set_fontsize(7)
        ax.yaxis.label.set_fontsize(7)
        ax.tick_params(labelsize=6.5, colors=INK)
        for spine in ax.spines.values():
            spine.set_color(QUIET)
    return made


def draw(folder_png: Path, folder_pdf: Path) -> tuple[Figure, list[Path]]:
    """Save the figure `speed`; the figure, and its PNG, PDF and JSON.

    Nothing is saved where nothing was measured, and the paper leaves its section out.
    """
    result = load()
    made = figure(result)
    if not result:
        return made, []
    return made, save(made, "speed", folder_png, folder_pdf, frame(result), [])


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
