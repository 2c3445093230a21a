"""What breaks a run, and what comes of it.

Each ends with the record of an undisturbed run, or says in one line what to do. What
kills trainings, grids and kernels is in tests/training and tests/running.
"""

from __future__ import annotations

import errno
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from xitt import files, paths
from xitt.errors import UserError
from xitt.running import notebooks
from xitt.scoring import prediction
from xitt.study import grid, phases, records
from xitt.training import keeping

CHANGING = ("seconds", "peak_memory_mib", "digest", "code")  # of equal runs


def told(record: dict) -> dict:
    """A record without what clocks and memory say."""
    plain = {k: v for k, v in record.items() if k not in CHANGING}
    spent = ("seconds", "tokens_per_second")
    plain["training"] = {k: v for k, v in record["training"].items() if k not in spent}
    return json.loads(json.dumps(plain))


@pytest.fixture
def run(study, home):
    """A run of the tiny study that is not recorded."""
    made = grid.target(study, "none", "udpos", 13)
    made.record.unlink(missing_ok=True)
    return made


@pytest.fixture
def undisturbed(run):
    """The record of the run, which is made again then."""
    record = phases.transfer(run)
    run.record.unlink()
    return told(record)


def full(path: Path) -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EMFILE])
def test_a_record_that_cannot_be_written_is_written_by_the_same_command(
    run, undisturbed, monkeypatch, fault
):
    """Its disk is full, or the process has no file descriptors left."""
    whole = files._sync

    def broken(path):
        if run.record.name in path.name:
            raise OSError(fault, os.strerror(fault), str(path))
        whole(path)

    with monkeypatch.context() as patched, pytest.raises((UserError, OSError)):
        patched.setattr(files, "_sync", broken)
        phases.transfer(run)
    assert [path.name for path in run.record.parent.glob(f"*{run.key}*")] == []
    assert told(phases.transfer(run)) == undisturbed


@pytest.mark.parametrize("cut", ["never", "before", "after"])
def test_a_slow_rename_as_on_nfs_ends_in_the_record_of_an_undisturbed_run(
    run, undisturbed, monkeypatch, cut
):
    """No record is seen before it is there, whole, whenever the run is killed."""
    whole, seen = os.replace, []

    def slow(source, target):
        record = Path(target) == run.record
        seen.append(run.record.exists())
        time.sleep(0.2)
        if record and cut == "before":
            raise KeyboardInterrupt
        whole(source, target)
        if record and cut == "after":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", slow)
        if cut == "never":
            phases.transfer(run)
        else:
            with pytest.raises(KeyboardInterrupt):
                phases.transfer(run)
    assert seen and not any(seen)
    assert run.done == (cut != "before")
    assert told(phases.transfer(run)) == undisturbed


def test_a_process_without_file_descriptors_leaves_what_the_next_one_makes(
    run, undisturbed
):
    """Not made up: the system lends none beyond those that are open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = [os.open(os.devnull, os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (taken[0] + 1, hard))
    try:
        with suppress(OSError):
            while True:  # those below that number that are free
                taken.append(os.dup(taken[0]))
        with pytest.raises((UserError, OSError)):
            phases.transfer(run)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for each in taken:
            os.close(each)
    assert not run.done
    assert told(phases.transfer(run)) == undisturbed


def test_a_clock_that_is_set_back_between_two_starts_changes_no_record(
    run, undisturbed, monkeypatch
):
    whole = prediction.encode

    def killed(*arguments):
        raise MemoryError

    with monkeypatch.context() as patched, pytest.raises(MemoryError):
        patched.setattr(prediction, "encode", killed)
        phases.transfer(run)
    assert prediction.encode is whole
    monkeypatch.setattr(time, "time", lambda: 86_400.0)  # 1970, and standing still
    assert told(phases.transfer(run)) == undisturbed


def test_a_scoring_that_is_killed_ends_in_the_record_of_an_undisturbed_one(
    run, undisturbed, monkeypatch
):
    whole, begun = prediction.encode, []

    def encode(*arguments):
        begun.append(1)
        if len(begun) == 3:
            raise MemoryError
        return whole(*arguments)

    monkeypatch.setattr(keeping, "EVERY_S", 0.0)
    monkeypatch.setitem(run.profile["evaluation"], "token_budget", 256)
    with monkeypatch.context() as patched, pytest.raises(MemoryError):
        patched.setattr(prediction, "encode", encode)
        phases.transfer(run)
    assert len(list((run.folder / "logits").glob("*.npz"))) == 2
    again = told(phases.transfer(run))
    assert again["metrics"] == undisturbed["metrics"]
    assert list((run.folder / "logits").iterdir()) == []


def test_half_a_record_is_named_with_the_mend(run, undisturbed):
    whole = files.write_json(run.record, undisturbed).read_text()
    run.record.write_text(whole[: len(whole) // 2])
    with pytest.raises(UserError, match=r"is not a record .*; delete it and run again"):
        records.read(run.record)
    run.record.unlink()
    assert told(phases.transfer(run)) == undisturbed


def test_every_test_that_the_page_on_clusters_names_is_there():
    root = Path(__file__).parents[2]
    page = (root / "docs" / "cluster.md").read_text(encoding="utf-8")
    found = sorted((root / "tests").rglob("test_*.py"))
    text = "".join(path.read_text(encoding="utf-8") for path in found)
    named = re.findall(r"`(test_\w+)`", page)
    assert len(named) > 20
    assert [name for name in named if f"def {name}(" not in text] == []


# --------------------------------------------------------------------------- notebooks

SAVES = """
# %% tags=["parameters"]
what = "save"
# %%
import time
from pathlib import Path
from xitt.training import stopping
Path("begun").touch()
with stopping.deferred_signals() as asked:
    while what == "save" and not asked:
        time.sleep(0.05)
Path("saved").write_text(str(asked))
if asked:
    raise stopping.error(asked[0])
"""


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "90-save.py").write_text(SAVES)
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_runner_lets_its_kernel_save(project, number):
    runner = subprocess.Popen(
        [sys.executable, "-m", "xitt", "notebook", "90-save", f"{project}/o.ipynb"],
        cwd=paths.PACKAGE, env={**os.environ, "XITT_ROOT": str(project)},
        stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )  # fmt: skip
    end = time.monotonic() + 60
    while not (project / "begun").exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    time.sleep(0.2)
    runner.send_signal(number)
    _, said = runner.communicate(timeout=60)
    assert (project / "saved").read_text() == f"[{int(signal.SIGTERM)}]"
    assert runner.returncode == 128 + number
    assert said == "xitt: interrupted; the same command continues\n"
    assert not list(project.glob("o.*"))


def test_a_notebook_on_a_full_disk_is_one_line_and_leaves_none(project, monkeypatch):
    from papermill import execute

    def write(notebook, path):
        raise full(Path(path))

    monkeypatch.setattr(execute, "write_ipynb", write)
    with pytest.raises(UserError, match=r"disk full while writing .*free some space"):
        notebooks.run("90-save", project / "o.ipynb", {"what": "nothing"})
    monkeypatch.undo()
    assert not list(project.glob("o*"))
