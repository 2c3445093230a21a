"""Many notebooks, eight at a time: each ends in a copy of its own, and none is lost.

XITT_TEST_NOTEBOOKS says how many, 40 where it says nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
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


def execute(project: Path, numbers: range) -> None:
    """Execute the notebook with each number, one after another."""
    paths.NOTEBOOKS = paths.ROOT = project
    tempfile.tempdir = str(project / "tmp")
    for number in numbers:
        output = project / "executed" / f"{number}.ipynb"
        notebooks.run("90-say", output, {"number": number})


def said(path: Path) -> str:
    cells = json.loads(path.read_text())["cells"]
    outputs = [each for cell in cells for each in cell.get("outputs", [])]
    return "".join("".join(each.get("text", "")) for each in outputs)


@pytest.mark.timeout(60 + 6 * COUNT)
def test_of_many_notebooks_at_a_time_none_is_lost(tmp_path):
    (tmp_path / "90-say.py").write_text(NOTEBOOK)
    (tmp_path / "tmp").mkdir()
    # Processes of their own, as Snakemake starts them, that leave nothing in this one.
    at_work = [
        subprocess.Popen([sys.executable, __file__, tmp_path, str(first)])
        for first in range(AT_A_TIME)
    ]
    assert [each.wait() for each in at_work] == [0] * AT_A_TIME
    executed = {path.name: said(path) for path in (tmp_path / "executed").iterdir()}
    assert executed == {f"{n}.ipynb": f"this is {n}\n" for n in range(COUNT)}
    assert not list((tmp_path / "tmp").glob("xitt*"))


if __name__ == "__main__":
    execute(Path(sys.argv[1]), range(int(sys.argv[2]), COUNT, AT_A_TIME))
