"""pass@k, and what else is counted of the programs that a model wrote for a problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from xitt.errors import UserError
from xitt.scoring.metrics.base import Scores, percent

KS = (1, 10)


class Attempts(NamedTuple):
    """What a model made of one problem.

    samples: programs that it wrote, of which so many passed, parsed, and ran to an
        answer, right or wrong.
    likelihood: log-likelihood of the canonical solution, in nats, of so many tokens.
    """

    samples: int
    passed: int
    parsed: int
    ran: int
    likelihood: float
    tokens: int


def pass_at_k(samples: int, passed: int, k: int) -> float:
    """The chance that one of k of the samples passes, drawn without replacement.

    The unbiased estimator 1 - C(n-c, k) / C(n, k) of Chen et al. (2021, arXiv
    2107.03374, sec. 2.1), as the product that does not overflow.

    >>> round(pass_at_k(4, 2, 2), 4)  # 1 - 1/6
    0.8333
    """
    if not 0 <= passed <= samples or not 1 <= k <= samples:
        raise UserError(
            f"pass@{k} of {samples} samples, {passed} of them right: k is from 1 to "
            f"the number of samples"
        )
    if samples - passed < k:
        return 1.0
    return float(1 - np.prod(1 - k / np.arange(samples - passed + 1, samples + 1)))


def program_counts(
    predictions: Sequence[Attempts], references: Sequence[object] = ()
) -> np.ndarray:
    """(n, 8), a row a problem: pass@1, pass@10 and 1 where there are ten samples, the
    shares that parse and that run, the solution's log-likelihood and tokens, and 1.
    """
    if not predictions:
        raise UserError("no problems to score; check split and subset")
    rows = []
    for at, one in enumerate(predictions):
        if not np.isfinite(one.likelihood) or one.tokens < 1:
            raise UserError(
                f"the solution of problem {at} has a log-likelihood of "
                f"{one.likelihood} on {one.tokens} tokens; try precision fp32"
            )
        many = one.samples >= KS[1]
        several = pass_at_k(one.samples, one.passed, KS[1]) if many else 0
        first = pass_at_k(one.samples, one.passed, KS[0])
        shares = (one.parsed / one.samples, one.ran / one.samples)
        rows.append([first, several, many, *shares, one.likelihood, one.tokens, 1])
    return np.array(rows, dtype=float)


def program_scores(sums: np.ndarray) -> Scores:
    """Points, but for `loglikelihood_per_token`: nats. pass@10 only where sampled."""
    sums = np.asarray(sums, dtype=float)
    first, several, many, parsed, ran, likelihood, tokens, n = np.moveaxis(sums, -1, 0)
    return {
        "pass@1": percent(first, n),
        **({"pass@10": percent(several, many)} if many.any() else {}),
        "parsed": percent(parsed, n),
        "ran": percent(ran, n),
        "loglikelihood_per_token": likelihood / np.maximum(tokens, 1),
    }
