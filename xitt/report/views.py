"""What a notebook shows after a step: a row, a count, a short table."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean
from typing import TYPE_CHECKING, Any

from xitt import paths
from xitt.analysis import layers, wording
from xitt.analysis.results import Results
from xitt.study import records

if TYPE_CHECKING:
    import pandas as pd


def scores(record: dict[str, Any]) -> pd.DataFrame:
    """A record's scores in points, one row a split and language (or validated task)."""
    import pandas as pd

    rows = []
    for split, cells in record["metrics"].items():
        for name, values in cells.items():
            shown = {k: v for k, v in values.items() if isinstance(v, int | float)}
            rows.append({"split": split, "": name, **shown})
    return pd.DataFrame(rows).set_index(["split", ""]).round(1)


def headline(record: dict[str, Any]) -> dict[str, float]:
    """Language to the headline score on the test split."""
    key = record["headline"]
    return {lang: values[key] for lang, values in record["metrics"]["test"].items()}


def answer(
    own: dict[str, Any],
    stem: str,
    show: Callable[[dict[str, Any]], pd.DataFrame] = scores,
) -> pd.DataFrame | str:
    """What an exercise ends with: its run's record, as `show` shows one.

    Says before whether `own` is that run, and came out the same. `stem` is the run's;
    without its record, which a bare copy of the notebooks lacks, a sentence says so.
    """
    path = paths.EXPECTED / f"{stem}.json"
    if not path.exists():
        return f"no record of the exercise in {paths.relative(paths.EXPECTED)}"
    wanted = records.read(path)
    print(agreement(own, wanted))
    return show(wanted)


def agreement(own: dict[str, Any], wanted: dict[str, Any]) -> str:
    """Whether a record is the wanted one over again, in a line.

    Compared are the headline scores, by split (or variant) and language.
    """
    if own["key"] != wanted["key"]:
        return "This run is not the exercise's: here are the scores to expect of that."
    if own["metrics"] == wanted["metrics"]:
        return "The same as expected, to the last digit."
    here, there = _headlines(own), _headlines(wanted)
    places = [place for place in there if not wording.missing(there[place])]
    apart = {place: abs(here[place] - there[place]) for place in places}
    place = max(places, key=apart.get)
    mean = fmean(here.values()) - fmean(there.values())
    return (
        f"Not to the last digit: at most {apart[place]:.1f} points apart, in "
        f"{', '.join(place)}; {wording.gain(mean)} in the mean."
    )


def _headlines(record: dict[str, Any]) -> dict[tuple[str, str], float]:
    """Split (or variant) and language (or task) to the headline score."""
    return {
        (split, name): values[values.get("headline", record["headline"])]
        for split, cells in record["metrics"].items()
        for name, values in cells.items()
    }


def picture(figure: Any, width: int = 560) -> Any:
    """A figure as an image that any notebook viewer shows."""
    import io

    from IPython.display import Image

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=200)
    return Image(buffer.getvalue(), width=width)


def loss_curve(record: dict[str, Any]) -> Any:
    """The training loss over the optimizer steps of a record, as an image.

    Retrieval trains nothing; then it is a sentence that says so.
    """
    if record["training"] is None:
        return f"{record['target']} trains nothing: there is no loss to show"
    import matplotlib as mpl
    from matplotlib.figure import Figure

    from xitt.report import style

    steps, losses = zip(*record["training"]["loss"], strict=True)
    with mpl.rc_context(style.RC):
        figure = Figure(figsize=(style.PAGE * 0.6, 1.8), layout="constrained")
        ax = figure.subplots()
        ax.plot(steps, losses, color=style.INK)
        ax.set_xlabel("optimizer step")
        ax.set_ylabel("loss")
        ax.set_ylim(bottom=0)
        return picture(figure)


def layer_choice(found: Results, fixed: int) -> pd.DataFrame | str:
    """Development score by layer, with the best layer and the `fixed` one marked.

    Columns: a retrieval task each, `mean`, `choice`.
    """
    table = layers.development(found)
    if table.empty:
        return "no retrieval run with development pairs yet"
    best = layers.choose_layer(list(table["mean"]))
    marks = {best: "best", fixed: "fixed"} if best != fixed else {best: "best, fixed"}
    return table.round(1).assign(choice=[marks.get(i, "") for i in table.index])
