"""The table of the original's claims, with what was found here."""

from __future__ import annotations

from xitt.analysis import wording
from xitt.analysis.results import Results
from xitt.analysis.verdicts import of
from xitt.analysis.wording import DASH
from xitt.report.latex import tabular, tex


def table(study: Results) -> str:
    """Each claim with the published gain, what was found here, and the verdict."""
    rows = [
        [
            tex(verdict.claim[0].upper() + verdict.claim[1:]),
            tex(wording.gain(verdict.published)),
            tex(verdict.here or DASH),
            tex(verdict.shown),
        ]
        for verdict in of(study)
    ]
    ragged = r">{\raggedright\arraybackslash}p"
    columns = rf"{ragged}{{0.36\textwidth}}r{ragged}{{0.38\textwidth}}l"
    return tabular(columns, ["The original's claim", "published", "here", ""], rows)
