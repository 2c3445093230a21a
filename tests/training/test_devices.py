"""The number format: as asked for, or the quicker one, and wishes that are none."""

from __future__ import annotations

import json

import pytest
import tiny_decoder
import torch

from xitt import paths
from xitt.errors import UserError
from xitt.training import devices, progress

CPU = torch.device("cpu")
SLOW, QUICK = {"fp32": 100.0, "bf16": 100.0}, {"fp32": 100.0, "bf16": 200.0}


@pytest.fixture(autouse=True)
def measured(tmp_path, monkeypatch):
    """Measurements without a machine, kept in an empty folder."""
    monkeypatch.setattr(paths, "DATA", tmp_path)
    monkeypatch.setattr(devices, "_measured", lambda where: QUICK)
    monkeypatch.delenv("XITT_PRECISION", raising=False)
    devices.product_rates.cache_clear()
    yield
    devices.product_rates.cache_clear()


@pytest.mark.parametrize(("rates", "want"), [(SLOW, "fp32"), (QUICK, "bf16")])
def test_auto_is_what_is_quicker_here(monkeypatch, rates, want):
    monkeypatch.setattr(devices, "_measured", lambda where: rates)
    assert devices.precision("auto", CPU) == want


@pytest.mark.parametrize("wish", ["fp32", "bf16"])
def test_the_environment_says_what_auto_is_and_nothing_else(monkeypatch, wish):
    monkeypatch.setenv("XITT_PRECISION", wish)
    assert devices.precision("auto", CPU) == wish
    for said in ("fp32", "bf16"):
        assert devices.precision(said, CPU) == said


@pytest.mark.parametrize("wish", ["", "auto"])
def test_an_empty_wish_is_none(monkeypatch, wish):
    monkeypatch.setenv("XITT_PRECISION", wish)
    assert devices.precision("auto", CPU) == "bf16"


@pytest.mark.parametrize("wish", ["bf8", "FP32", "float32", "1", " "])
def test_a_wish_that_is_no_format_is_one_line(monkeypatch, wish):
    monkeypatch.setenv("XITT_PRECISION", wish)
    with pytest.raises(UserError, match=f"unknown XITT_PRECISION '{wish}'; "):
        devices.precision("auto", CPU)
    with pytest.raises(UserError, match="unknown precision 'fp16'; did you mean"):
        devices.precision("fp16", CPU)


@pytest.mark.parametrize("left", ["", "[]", "3", "null", '{"KEY": 4}', '{"KEY": {}}'])
def test_a_damaged_measurement_is_made_again(left):
    key = f"{devices.processor('cpu')}, {torch.get_num_threads()} threads, "
    key += f"torch {torch.__version__}"
    (paths.DATA / "precision.json").write_text(left.replace("KEY", key))
    assert devices.precision("auto", CPU) == "bf16"
    assert json.loads((paths.DATA / "precision.json").read_text()) == {key: QUICK}


def test_a_wish_for_a_bar_is_yes_or_no(monkeypatch):
    fresh = progress.Progress(token_budget=8, precision="fp32")
    for wish, hidden in (("0", True), ("1", False)):
        monkeypatch.setenv("XITT_PROGRESS", wish)
        with progress.bar(3, fresh) as shown:
            assert shown.disable == hidden
    monkeypatch.setenv("XITT_PROGRESS", "yes")
    with pytest.raises(
        UserError, match="unknown XITT_PROGRESS 'yes'; known: 0, 1, quiet"
    ):
        progress.bar(3, fresh)


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_weights_cast_once_give_what_autocast_gives_and_are_put_back(family):
    """To the bit; a head tied to the embeddings is theirs again afterwards."""
    model = tiny_decoder.causal(family, tie_word_embeddings=True).eval()
    before = dict(model.named_parameters(remove_duplicate=False))
    ids = torch.arange(2, 14).view(2, 6)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        want = model(input_ids=ids).logits
        with devices.cast_once(model, "bf16"):
            linear = [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
            assert {m.weight.dtype for m in linear} == {torch.bfloat16}
            assert model.get_input_embeddings().weight.dtype == torch.float32
            assert torch.equal(model(input_ids=ids).logits, want)
    after = dict(model.named_parameters(remove_duplicate=False))
    assert list(before) == list(after)
    assert all(before[name] is after[name] for name in before)


def test_weights_are_put_back_after_an_error_and_left_in_fp32():
    model = tiny_decoder.causal()
    weight = model.lm_head.weight
    with pytest.raises(ZeroDivisionError), devices.cast_once(model, "bf16"):
        raise ZeroDivisionError
    assert model.lm_head.weight is weight
    with devices.cast_once(model, "fp32"):
        assert model.lm_head.weight is weight
