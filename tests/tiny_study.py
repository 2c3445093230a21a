"""A study of the demo's shape with next to no data, and an encoder of two layers."""

from __future__ import annotations

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
