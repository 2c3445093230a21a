"""A kill at any step leaves the old file or folder, or the new one, whole."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from xitt import files
from xitt.errors import UserError

DRIVER = """
    import os, shutil, sys
    from pathlib import Path
    from xitt import files

    what, exchanges, home = sys.argv[1], sys.argv[2] == "exchanges", Path(sys.argv[3])
    if not exchanges:
        files._exchange = lambda one, other: False
    place, parts = home / "kept", ["a", "b/c"]

    def write(version):
        if what == "file":
            files.write_text(place, version * 9)
            return
        with files.whole_folder(place) as folder:
            for part in parts:
                (folder / part).parent.mkdir(exist_ok=True)
                (folder / part).write_text(version * 9)

    def seen(at):
        "old, new, or what is neither."
        if not at.exists():
            return "missing"
        found = [at] if what == "file" else [at / part for part in parts]
        texts = {p.read_text() if p.exists() else "" for p in found}
        return {"o" * 9: "old", "n" * 9: "new"}.get(texts.pop(), "half") if (
            len(texts) == 1) else "half"

    def killed_at(step):
        "Whether the child was killed before its step number `step`."
        child = os.fork()
        if child == 0:
            left = [step]
            fsync = os.fsync

            def tick(event, *_):
                if event == "open" or event.split(".")[0] in ("os", "shutil"):
                    left[0] -= 1
                    if left[0] == 0:
                        os._exit(9)

            def counted(handle):
                tick("os.fsync")
                fsync(handle)

            os.fsync = counted
            sys.addaudithook(tick)
            write("n")
            tick("os.end")
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9

    step, states = 1, []
    while True:
        for path in home.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        write("o")
        assert seen(place) == "old"
        killed = killed_at(step)
        state = seen(place)
        if state == "missing" and not exchanges:  # beside its place, and brought back
            try:
                with files.whole_folder(place):
                    raise KeyboardInterrupt
            except KeyboardInterrupt:
                state = "back:" + seen(place)
        states.append(state)
        if not killed:
            break
        write("n")  # whatever a kill left, the next writing works
        assert seen(place) == "new"
        step += 1
    print(*states)
"""


def states(what: str, exchanges: str, home: Path) -> list[str]:
    """What stands in the place after a kill before each step, and after none."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(DRIVER), what, exchanges, str(home)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills children of a fork")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_kill_at_any_step_leaves_the_old_or_the_new(what, tmp_path):
    if what == "folder" and not _can_exchange(tmp_path):
        pytest.skip("this disk exchanges no folders in one step")
    found = states(what, "exchanges", tmp_path)
    assert len(found) > 6, "every step is tried"
    assert set(found) == {"old", "new"} and found[-1] == "new"
    assert found == sorted(found, reverse=True), "once new, it stays new"


def _can_exchange(home: Path) -> bool:
    one, other = home / "one", home / "other"
    one.mkdir(), other.mkdir()
    return files._exchange(one, other)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills children of a fork")
def test_where_folders_are_not_exchanged_the_old_one_is_brought_back(tmp_path):
    found = states("folder", "one after the other", tmp_path)
    assert set(found) == {"old", "back:old", "new"} and found[-1] == "new"


def test_what_is_written_is_on_the_disk_before_it_takes_its_place(
    tmp_path, monkeypatch
):
    steps = []
    names = {}
    opened, synced, replaced = os.open, os.fsync, os.replace

    def note_open(path, *rest, **more):
        names[handle := opened(path, *rest, **more)] = Path(path)
        return handle

    monkeypatch.setattr(os, "open", note_open)
    monkeypatch.setattr(os, "fsync", lambda h: (steps.append(names[h]), synced(h))[1])
    monkeypatch.setattr(
        os, "replace", lambda a, b: (steps.append("replace"), replaced(a, b))[1]
    )
    files.write_text(tmp_path / "r.json", "{}")
    temporary, *rest = steps
    assert temporary.name.startswith(".r.json.") and rest == ["replace", tmp_path]
    steps.clear()
    with files.whole_folder(tmp_path / "encoder") as folder:
        (folder / "weights").write_bytes(b"1")
        (folder / "more").mkdir()
    *before, replace, after = steps
    assert {path.name for path in before} == {"weights", "more", folder.name}
    assert (replace, after) == ("replace", tmp_path)


def test_an_error_while_writing_leaves_the_old_and_nothing_beside_it(tmp_path):
    place = tmp_path / "encoder"
    with files.whole_folder(place) as folder:
        (folder / "weights").write_text("old")
    with pytest.raises(ValueError), files.whole_folder(place) as folder:
        (folder / "weights").write_text("half")
        raise ValueError
    assert (place / "weights").read_text() == "old"
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_is_replaced_and_nothing_is_left_beside_it(
    tmp_path, monkeypatch, exchanges
):
    if not exchanges:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    place = tmp_path / "encoder"
    for version in ("one", "two"):
        with files.whole_folder(place) as folder:
            (folder / version).touch()
    assert [path.name for path in place.iterdir()] == ["two"]
    assert list(tmp_path.iterdir()) == [place]


def test_a_digest_is_of_the_value_and_not_of_its_order():
    assert files.digest({"b": (1, 2), "a": {10: 0.1, 9: 1}}) == files.digest(
        {"a": {"9": 1, "10": 0.1}, "b": [1, 2]}
    )
    assert files.digest([1.0]) != files.digest([1.1])


# ------------------------------------------------------------- what cannot be written


def in_the_way(where: str, folder: Path) -> Path:
    """A path that cannot be written, for the reason `where`."""
    if where == "a file for a folder":
        (folder / "file").write_text("here")
        return folder / "file" / "inside.json"
    if where == "a folder for a file":
        (folder / "taken.json").mkdir()
        return folder / "taken.json"
    return folder / "deep" / "er" / "a.json"


@pytest.mark.parametrize("where", ["a file for a folder", "a folder for a file"])
def test_what_stands_in_the_way_is_one_line_and_nothing_is_left(where, tmp_path):
    path = in_the_way(where, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match="move it away") as error:
        files.write_json(path, {"a": 1})
    assert "\n" not in str(error.value) and str(path) in str(error.value)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("number", "mend"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "free some space"),
        (errno.EACCES, "give yourself the right to"),
        (errno.EROFS, "choose another folder"),
    ],
)
@pytest.mark.parametrize("write", [files.whole_file, files.whole_folder])
def test_a_disk_that_refuses_is_one_line_and_nothing_is_left(
    write, number, mend, tmp_path
):
    path = tmp_path / "result"
    with pytest.raises(UserError, match=mend), write(path):
        raise OSError(number, os.strerror(number))
    assert list(tmp_path.iterdir()) == []


def test_a_verb_whose_output_cannot_be_written_ends_in_one_line(tmp_path):
    (tmp_path / "data").write_text("a file")
    done = subprocess.run(
        [sys.executable, "-m", "xitt", "encoder"],
        env={**os.environ, "XITT_DATA": str(tmp_path / "data")},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "move it away" in done.stderr
