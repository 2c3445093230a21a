"""A target beyond XTREME, for an encoder: from a folder to the record."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from xitt.study import grid, phases, profiles


def write(folder, place: str, premise: str, number: int) -> None:
    rows = [
        {"premise": premise, "choice1": "a dog ran", "choice2": "a cat sat",
         "question": ("cause", "effect")[i % 2], "idx": i, "label": i // 2 % 2}
        for i in range(number)
    ]  # fmt: skip
    path = folder / f"{place}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)


def test_an_encoder_learns_english_copa_and_is_scored_in_every_language(
    study, tmp_path, monkeypatch
):
    for split, number in (("train", 16), ("validation", 8), ("test", 8)):
        write(tmp_path, f"aps/super_glue/copa/{split}", "the cat sat", number)
    write(tmp_path, "cambridgeltl/xcopa/et/test", "the dog ran", 8)
    monkeypatch.setenv("XITT_MIRROR", str(tmp_path))
    spec = {**study, "source": "mirror", "targets": ["xcopa"], "languages": "all"}
    profiles.check({k: v for k, v in spec.items() if k not in ("name", "origin")}, "t")
    record = phases.transfer(grid.target(spec, "none", "xcopa", seed=13))
    assert set(record["metrics"]["test"]) == {"en", "et"}
    assert set(record["metrics"]["validation"]) == {"en"}
    assert record["headline"] == "accuracy"
