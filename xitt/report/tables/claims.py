"""The tables of claims, with what was found here."""

from __future__ import annotations

from collections.abc import Sequence

from xitt.analysis import wording
from xitt.analysis.results import Results
from xitt.analysis.verdicts import Verdict, of
from xitt.analysis.wording import DASH
from xitt.report.latex import tabular, tex


def table(study: Results) -> str:
    """Each claim of the original with what was found here, and the verdict."""
    return written(of(study))


def written(verdicts: Sequence[Verdict], published: bool = True) -> str:
    """Each claim with the published gain, what was found here, and the verdict."""
    rows = [
        [
            tex(verdict.claim[0].upper() + verdict.claim[1:]),
            *([tex(wording.gain(verdict.published))] if published else []),
            tex(verdict.here or DASH),
            tex(verdict.shown),
        ]
        for verdict in verdicts
    ]
    ragged = r">{\raggedright\arraybackslash}p"
    columns = rf"{ragged}{{0.36\textwidth}}{'r' * published}{ragged}{{0.38\textwidth}}l"
    head = ["The original's claim", "published"] if published else ["Claim"]
    return tabular(columns, [*head, "here", ""], rows)
