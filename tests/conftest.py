"""Fixtures that several test files share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Before any import of a Hugging Face library: no test may wait for a network.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# Tiny models are slower on two threads than on one, and far slower beside other work.
os.environ.setdefault("OMP_NUM_THREADS", "1")

MIRROR = Path(__file__).resolve().parent.parent.parent / "shared" / "mirror"


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of real data beside the checkout; tests that need it are skipped."""
    if not MIRROR.is_dir():
        pytest.skip(f"needs the offline mirror of real data at {MIRROR}")
    return MIRROR


@pytest.fixture(scope="module")
def demo():
    """The results of a whole grid of made-up records."""
    import fake_records

    from xitt import results

    return results.of(fake_records.demo())


@pytest.fixture(scope="module")
def incomplete():
    """The results of a grid with gaps, of made-up records."""
    import fake_records

    from xitt import results

    return results.of(fake_records.incomplete())
