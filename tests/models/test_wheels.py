"""A wheel is fetched as the pinned file or not at all."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from xitt.errors import UserError
from xitt.files import sha256
from xitt.models import wheels

PINNED = wheels.Wheel("some-data", "1.2.0", "any", "0" * 64, 3)


def pip(monkeypatch, content: bytes | None, errors: str = "", code: int = 0) -> list:
    """Stand in for pip: write `content` where it was told to, note the command."""
    commands = []

    def run(command, **_):
        commands.append(command)
        if content is not None:
            folder = Path(command[command.index("--dest") + 1])
            (folder / "some_data-1.2.0-py3-none-any.whl").write_bytes(content)
        return subprocess.CompletedProcess(command, code, "", errors)

    monkeypatch.setattr(wheels.subprocess, "run", run)
    return commands


def test_the_exact_version_and_platform_are_asked_for(monkeypatch, tmp_path):
    commands = pip(monkeypatch, b"content")
    with pytest.raises(UserError):
        wheels.fetch(PINNED, tmp_path)
    assert commands[0][-1] == "some-data==1.2.0"
    assert "--no-deps" in commands[0]
    assert commands[0][commands[0].index("--platform") + 1] == "any"


def test_a_file_with_the_pinned_hash_is_taken(monkeypatch, tmp_path):
    (tmp_path / "same").write_bytes(b"content")
    right = wheels.Wheel("some-data", "1.2.0", "any", sha256(tmp_path / "same"), 3)
    pip(monkeypatch, b"content")
    assert wheels.fetch(right, tmp_path).read_bytes() == b"content"


def test_a_file_with_another_hash_is_refused(monkeypatch, tmp_path):
    pip(monkeypatch, b"cut off")
    with pytest.raises(UserError, match=r"whl has the SHA-256 \w{64}, not 0{64}"):
        wheels.fetch(PINNED, tmp_path)


@pytest.mark.parametrize(
    ("errors", "message"),
    [
        ("WARNING: x\nERROR: No matching distribution found", "PIP_INDEX_URL"),
        ("ERROR: [Errno 28] No space left on device", "free some space"),
        ("/usr/bin/python3: No module named pip", "ensurepip"),
        ("", "pip fell silent"),
    ],
)
def test_a_refusal_of_pip_is_one_line_with_the_mend(
    monkeypatch, tmp_path, errors, message
):
    pip(monkeypatch, None, errors, code=1)
    with pytest.raises(UserError, match=message) as caught:
        wheels.fetch(PINNED, tmp_path)
    assert "cannot fetch some-data 1.2.0" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_member_is_read_and_a_missing_or_broken_one_refused(tmp_path):
    file = tmp_path / "x.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x/data.bin", b"12345" * 1000)
    assert wheels.member(file, "x/data.bin") == b"12345" * 1000
    with pytest.raises(UserError, match="damaged"):
        wheels.member(file, "x/other.bin")
    file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(UserError, match=r"x\.whl is damaged"):
        wheels.member(file, "x/data.bin")
