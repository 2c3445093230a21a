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
# The same on every processor; CI runs what computes a second time in bf16.
os.environ.setdefault("XITT_PRECISION", "fp32")

MIRROR = Path(__file__).resolve().parent.parent.parent / "shared" / "mirror"


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of real data beside the checkout; tests that need it are skipped."""
    if not MIRROR.is_dir():
        pytest.skip(f"needs the offline mirror of real data at {MIRROR}")
    return MIRROR


@pytest.fixture
def one_thread():
    """torch on one thread: its sums are then the same to the bit."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def demo():
    """The results of a whole grid of made-up records."""
    import fake_records

    from xitt.analysis import results

    return results.of(fake_records.demo())


@pytest.fixture(scope="module")
def incomplete():
    """The results of a grid with gaps, of made-up records."""
    import fake_records

    from xitt.analysis import results

    return results.of(fake_records.incomplete())


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> Path:
    """A folder with a tiny encoder."""
    import tiny_study

    return tiny_study.encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """Where the data and runs of a module's tests stand."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def study(encoder, home, monkeypatch) -> dict:
    """A tiny study that leaves everything in `home`."""
    import tiny_study

    from xitt import paths

    monkeypatch.setattr(paths, "ROOT", home)
    monkeypatch.setattr(paths, "RUNS", home / "runs")
    monkeypatch.setattr(paths, "POCKET", home / "pocket")
    return tiny_study.study(encoder)
