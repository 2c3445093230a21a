"""A study of the demo's shape with next to no data, and an encoder of two layers."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import tiny
import yaml

from xitt import paths
from xitt.study import profiles

SMALL = {"lr": 1e-3, "epochs": 1, "batch": 8, "max_train": 32, "max_length": 200}


def encoder(folder: Path) -> Path:
    """A folder with an encoder of two layers that knows letters and a few words."""
    shape = tiny.shape(dropout=0.1) | {"max_position_embeddings": 258}
    tiny.torch.manual_seed(0)
    config = tiny.BertConfig(**shape)
    tiny.BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tiny.tokenizer().save_pretrained(folder)
    return folder


def study(encoder: Path) -> profiles.Profile:
    """The demo with little data, a tiny encoder and three languages."""
    spec = yaml.safe_load((paths.PROFILES / "demo.yaml").read_text())
    spec["encoder"] = str(encoder)
    spec["pocket"] = {"seed": 7, "train": 32, "validation": 12, "test": 12}
    spec["intermediate"]["recipe"] = spec["target"]["recipe"] = dict(SMALL)
    spec["intermediate"]["multi_cap"] = 8
    spec["training"]["precision"] = "fp32"
    spec["tasks"] = {}
    spec["retrieval"]["layer"] = 1
    spec["languages"] = ["en", "de", "zh"]
    profiles.check(spec, "test")
    return {"name": "test", "origin": "test", **spec}


def long(encoder: Path, folder: Path) -> Path:
    """`long.yaml` in a folder: its one training takes twenty seconds or more."""
    spec = study(encoder)
    spec["training"]["checkpoint_seconds"] = 0.5
    spec["target"]["recipe"]["epochs"] = 300
    spec |= {key: f"runs/long/{key}" for key in ("records", "figures", "paper")}
    for key in ("name", "origin", "perturbed", "language_models"):
        del spec[key]
    (folder / "long.yaml").write_text(yaml.safe_dump(spec))
    return folder / "long.yaml"


def steps(folder: Path) -> int:
    """How far the only training of a grid says that it is."""
    for path in folder.glob("notebooks/*.progress.json"):
        with suppress(ValueError, OSError):
            return json.loads(path.read_text())["done"]
    return 0


def saved(folder: Path) -> int:
    """How far the only training is in its checkpoint; 0 without one."""
    for path in folder.glob("cells/*/checkpoint/checkpoint.pt"):
        state = tiny.torch.load(path, weights_only=True)
        return state["progress"]["step"]
    return 0


def assert_equal(again: dict, undisturbed: dict) -> None:
    """Two records are of one run, to the bit of a CPU."""
    for field in ("key", "metrics", "predictions"):
        assert again[field] == undisturbed[field], field
    for field in ("steps", "examples", "tokens", "loss"):
        assert again["training"][field] == undisturbed["training"][field], field
