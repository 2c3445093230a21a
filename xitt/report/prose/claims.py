"""The verdicts on claims, in sentences that follow the records."""

from __future__ import annotations

from collections.abc import Sequence

from xitt.analysis import verdicts, wording
from xitt.analysis.results import Results
from xitt.analysis.verdicts import FAILS, HOLDS, OPEN, UNCLEAR, UNTESTED, Verdict
from xitt.report.prose.changes import clause


def of(study: Results) -> dict[str, str]:
    """The verdicts on the original's claims in words, by key."""
    return told(verdicts.of(study), "claims of the original")


def told(found: Sequence[Verdict], claims: str) -> dict[str, str]:
    """Verdicts in words, by key; only those for which there is a claim.

    `claims` says what is counted, `claims of the original`.
    """
    by_status = {
        status: [verdict for verdict in found if verdict.status == status]
        for status in (HOLDS, FAILS, UNCLEAR, UNTESTED, OPEN)
    }
    if len(by_status[OPEN]) == len(found):
        return {}
    number = wording.number_word
    smaller = sum(verdict.size == "smaller" for verdict in found)
    hold = "" if by_status[HOLDS] else " hold"
    parts = {
        HOLDS: clause(len(by_status[HOLDS]), "hold", "holds"),
        FAILS: clause(len(by_status[FAILS]), f"do not{hold}", f"does not{hold}"),
        UNCLEAR: clause(len(by_status[UNCLEAR]), "are not clear", "is not clear"),
        UNTESTED: clause(
            len(by_status[UNTESTED]),
            "are not tested (one seed)",
            "is not tested (one seed)",
        ),
        OPEN: clause(len(by_status[OPEN]), "are not run", "is not run"),
    }
    if smaller:
        parts[HOLDS] += f" ({number(smaller)} with a smaller gain)"
    said = wording.listing(text for status, text in parts.items() if by_status[status])
    opening = {
        "holds": "What holds here: ",
        "fails": "What does not hold here: ",
        "unclear": "What is not clear here: ",
        "untested": "Of one seed, and not tested: ",
        "open": "Not run yet: ",
    }
    sentences = {"verdicts": f"Of {number(len(found))} {claims}, {said}."}
    for (key, words), own in zip(opening.items(), by_status.values()):
        if own:
            listed = "; ".join(_item(verdict) for verdict in own)
            sentences[f"verdict-{key}"] = f"{words}{listed}."
    return sentences


def _item(verdict: Verdict) -> str:
    """A claim in a list: with what was found here, where that is against it or open."""
    if verdict.status == HOLDS:
        return (
            f"{verdict.claim}, a {verdict.size} one" if verdict.size else verdict.claim
        )
    return f"{verdict.claim} ({verdict.here})" if verdict.here else verdict.claim
