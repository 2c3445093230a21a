"""One slope on volume from all tasks and settings at once, a language counted once.

A language occurs in many rows: in each task that has it, with each setting. Taken for
independent they would make certain what rests on forty languages at most. So languages
have a random effect, and each pair of a language and a task another one, since the
settings of a task share its test examples and its baseline (restricted maximum
likelihood; statsmodels' MixedLM).
"""

from __future__ import annotations

import contextlib
import warnings
from typing import Any

import numpy as np
import pandas as pd

# Without gradients: those that follow one stop short where a variance is near zero.
OPTIMISERS = ("powell", "nm")
WITHOUT, WITH, OTHER = "without", "with", "of another seed"


def slope(rows: pd.DataFrame, *covariates: str) -> dict[str, Any]:
    """The slope of the gain on log_gib, points a tenfold volume.

    Args:
        rows: columns language, target, setting, gain, log_gib and the covariates; rows
            with a gap are left out. Tasks and settings have levels of their own, and
            covariates are taken as they differ from the mean of their task.

    Returns:
        slope, low, high (95%, Student's with the languages less two as degrees of
        freedom, since volume differs between languages alone), p, n (languages),
        n_rows. NaN where fewer than four languages are left, or the fit fails.
    """
    from scipy import stats

    wanted = ["language", "target", "setting", "gain", "log_gib", *covariates]
    rows = rows[wanted].dropna().reset_index(drop=True)
    n = int(rows["language"].nunique())
    counted = {"n": n, "n_rows": len(rows)}
    failed = {"slope": np.nan, "low": np.nan, "high": np.nan, "p": np.nan}
    if n < 4 or np.ptp(rows["log_gib"]) == 0:
        return failed | counted
    fitted = _fit(rows, covariates)
    if fitted is None:
        return failed | counted
    found, se = float(fitted.fe_params["log_gib"]), float(fitted.bse_fe["log_gib"])
    if not se > 0:
        return failed | counted
    half = stats.t.ppf(0.975, n - 2) * se
    p = float(2 * stats.t.sf(abs(found) / se, n - 2))
    return {"slope": found, "low": found - half, "high": found + half, "p": p} | counted


def _fit(rows: pd.DataFrame, covariates: tuple[str, ...]) -> Any:
    """The fitted model; None where it cannot be fitted."""
    from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec

    fixed = _dummies(rows, "target", "setting")
    fixed["log_gib"] = rows["log_gib"] - rows["log_gib"].mean()
    for name in covariates:
        task_mean = rows.groupby("target")[name].transform("mean")
        fixed[name] = rows[name] - task_mean
    places = rows.groupby("language", sort=True).indices
    tasks = {
        lang: pd.get_dummies(rows["target"].iloc[where]).astype(float)
        for lang, where in places.items()
    }
    components = VCSpec(
        ["task"],
        [[list(own.columns) for own in tasks.values()]],
        [[own.to_numpy() for own in tasks.values()]],
    )
    several = rows.groupby(["language", "target"]).size().max() > 1
    model = MixedLM(
        rows["gain"],
        fixed,
        groups=rows["language"],
        exog_re=np.ones((len(rows), 1)),
        exog_vc=components if several else None,
    )
    with warnings.catch_warnings():
        # A variance of zero is at the edge of what there can be, and no fault.
        warnings.simplefilter("ignore")
        found = None
        for method in OPTIMISERS:
            with contextlib.suppress(np.linalg.LinAlgError, ValueError):
                found = model.fit(reml=True, method=[method])
                if found.converged and np.isfinite(found.bse_fe["log_gib"]):
                    break
    return found


def _dummies(rows: pd.DataFrame, *names: str) -> pd.DataFrame:
    """An intercept, and the levels of each name but its first."""
    parts = [pd.get_dummies(rows[name], prefix=name, drop_first=True) for name in names]
    fixed = pd.concat(parts, axis=1).astype(float)
    fixed.insert(0, "intercept", 1.0)
    return fixed
