"""Many notebooks, eight at a time: each ends in a copy of its own, and none is lost.

XITT_TEST_NOTEBOOKS says how many, 40 where it says nothing.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from xitt import paths
from xitt.running import notebooks

COUNT = int(os.environ.get("XITT_TEST_NOTEBOOKS") or 40)
AT_A_TIME = 8
NOTEBOOK = """
# %% tags=["parameters"]
number = 0
# %%
print("this is", number)
"""


def execute(project: Path, number: int) -> str:
    """What the notebook says that was executed with a number."""
    paths.NOTEBOOKS = paths.ROOT = project
    tempfile.tempdir = str(project / "tmp")
    output = project / "executed" / f"{number}.ipynb"
    notebooks.run("90-say", output, {"number": number})
    cells = json.loads(output.read_text())["cells"]
    outputs = [each for cell in cells for each in cell.get("outputs", [])]
    return "".join("".join(each.get("text", "")) for each in outputs)


@pytest.mark.timeout(60 + 6 * COUNT)
def test_of_many_notebooks_at_a_time_none_is_lost(tmp_path):
    (tmp_path / "90-say.py").write_text(NOTEBOOK)
    (tmp_path / "tmp").mkdir()
    own = multiprocessing.get_context("spawn")  # a fork would inherit this one's loops
    with ProcessPoolExecutor(AT_A_TIME, mp_context=own) as pool:
        said = list(pool.map(execute, [tmp_path] * COUNT, range(COUNT)))
    assert said == [f"this is {number}\n" for number in range(COUNT)]
    executed = {path.name for path in (tmp_path / "executed").iterdir()}
    assert executed == {f"{number}.ipynb" for number in range(COUNT)}
    assert not list((tmp_path / "tmp").glob("xitt*"))
