"""JupyterLab, as `make lab` starts it: notebooks are opened and run to their ends."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from xitt import paths

# Of recorded runs, which every checkout has; each draws figures or shows menus.
NOTEBOOKS = ("00-start-here", "50-analyse-transfer", "55-pretraining-volume")
PATIENCE_S = 120  # for a server to answer, and for a notebook to end


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Copies of the notebooks, without what they put out before."""
    folder = tmp_path_factory.mktemp("lab")
    for name in NOTEBOOKS:
        content = nbformat.read(paths.NOTEBOOKS / f"{name}.ipynb", as_version=4)
        for cell in content.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(content, folder / f"{name}.ipynb")
    return folder


@pytest.fixture(scope="module")
def address(folder, tmp_path_factory) -> Iterator[str]:
    """Where JupyterLab answers; nobody's settings are read."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    options = {
        "ServerApp.ip": "127.0.0.1", "ServerApp.port": port,
        "ServerApp.allow_root": True, "ServerApp.open_browser": False,
        "IdentityProvider.token": "",
        "LabServerApp.user_settings_dir": home, "LabServerApp.workspaces_dir": home,
    }  # fmt: skip
    said = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(folder)]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")}
    environment = {
        **kept, "HOME": str(home), "IPYTHONDIR": str(home),
        "PYTHONPATH": str(paths.PACKAGE),
    }  # fmt: skip
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, *said], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait(f"http://127.0.0.1:{port}/api", server, home / "log")
        yield f"http://127.0.0.1:{port}/lab/tree"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(home)


def _wait(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(PATIENCE_S * 2):
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address).close()
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text())


def run_all(page: Any, path: Path) -> list[Any]:
    """The code cells of a notebook that is open in `page`, after they have run."""
    idle = page.get_by_text("(ipykernel) | Idle")
    idle.wait_for()  # none runs before
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    for _ in range(PATIENCE_S):
        done = idle.is_visible()  # a cell has its number before its last output
        page.keyboard.press("Control+S")
        page.wait_for_timeout(1000)
        cells = [c for c in nbformat.read(path, as_version=4).cells if c.source]
        cells = [cell for cell in cells if cell.cell_type == "code"]
        outputs = [output for cell in cells for output in cell.outputs]
        failed = [o for o in outputs if o.output_type == "error"]
        if failed or (done and all(cell.execution_count for cell in cells)):
            assert not failed
            return cells
    raise AssertionError(f"{path.name} does not come to its end")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_in_the_lab_and_draws_its_figures(
    browser, address, folder, name
):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/{name}.ipynb?reset")  # no other notebook is open in it
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.locator(".jp-Notebook .jp-Cell").first.click()
    cells = run_all(page, folder / f"{name}.ipynb")
    data = [o.get("data", {}) for cell in cells for o in cell.outputs]
    drawn = sum("image/png" in each for each in data)
    menus = any("application/vnd.jupyter.widget-view+json" in each for each in data)
    assert drawn or menus
    seen = page.locator(".jp-OutputArea img").evaluate_all(
        "pictures => pictures.filter(img => img.naturalWidth > 99).length"
    )
    assert seen == drawn
    if menus:
        check_menus(page)
    page.close()


def check_menus(page: Any) -> None:
    """Another setting in the menu is another table below it."""
    page.locator(".widget-dropdown select").nth(1).select_option(index=0)
    table = page.locator(".widget-html table").first
    table.get_by_text("mean without English").wait_for(state="attached")
