"""Runs a notebook with parameters: a clean copy of its source to a new, executed file.

Papermill does the running. Around it stand the four things that it leaves open: unknown
and mistyped parameters are refused (it only warns), the percent script is the source
(it refuses `.py`), kernels are isolated and talk over sockets of their own (see
`kernels`; parallel starts lose notebooks to port clashes), and what stops a notebook
ends as one line.
"""

from __future__ import annotations

import ast
import logging
import os
import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from xitt import files, paths
from xitt.errors import UserError, unknown
from xitt.running import kernels
from xitt.running.grids import workflow
from xitt.tasks.settings import listed

# jupytext and papermill import jsonschema, which compiles a grammar of IRIs where it
# finds this package, for more than a second of every start. No notebook holds an IRI.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

STARTS = 3  # tries to start a kernel; only the start is tried again, never a run
REDRAWN = (  # from records
    *("50-analyse-transfer", "51-code-generation", "52-source-language"),
    *("53-noise-and-code-switching", "54-reasoning", "55-pretraining-volume"),
    *("60-draw-figures", "70-write-tables"),
)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def names() -> list[str]:
    """The notebooks' names, in reading order."""
    return sorted(path.stem for path in paths.NOTEBOOKS.glob("[0-9][0-9]-*.py"))


def source(name: str) -> Path:
    """The percent script of the notebook `name`."""
    path = paths.NOTEBOOKS / f"{name}.py"
    if not path.exists():
        raise unknown("notebook", name, names())
    return path


def parameters(name: str) -> dict[str, Any]:
    """The notebook's parameters with their defaults, read from its parameters cell."""
    import jupytext

    cells = [
        cell
        for cell in jupytext.read(source(name)).cells
        if "parameters" in cell.metadata.get("tags", [])
    ]
    if len(cells) != 1:
        raise UserError(f"{name}: needs one cell tagged 'parameters', has {len(cells)}")
    found = {}
    for statement in ast.parse(cells[0].source).body:
        if not isinstance(statement, ast.Assign):
            raise UserError(f"{name}: the parameters cell holds plain assignments only")
        found[statement.targets[0].id] = ast.literal_eval(statement.value)
    return found


def check(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """`given`, each value of the type of the parameter's default.

    Raises:
        UserError: for an unknown parameter (with the nearest name) or a wrong type.
    """
    known = parameters(name)
    checked = {}
    for key, value in given.items():
        if key not in known:
            raise unknown(f"parameter of {name}:", key, known)
        default = known[key]
        if isinstance(default, float) and type(value) is int:
            value = float(value)
        if isinstance(default, str) and isinstance(value, list):
            value = ",".join(map(str, value))
        if isinstance(default, str) and type(value) in (int, float):
            value = str(value)
        if type(value) is not type(default):
            raise UserError(
                f"{name}: {key}={value!r} is {type(value).__name__}, not "
                f"{type(default).__name__} as in {key}={default!r}"
            )
        checked[key] = value
    return checked


def read(name: str, pairs: list[str]) -> dict[str, Any]:
    """Parameters as they are typed, `name=value`, each of its default's type.

    A text stays what was typed: `no` and `2026-11-26` are names of profiles, and
    `[xnli, udpos]` is a list of names.

    Raises:
        UserError: as `check`, and for a pair without `=`.
    """
    known, given = parameters(name), {}
    for pair in pairs:
        key, separator, text = pair.partition("=")
        if not separator:
            raise UserError(f"'{pair}' is no parameter; write it as name=value")
        if isinstance(known.get(key), str):
            given[key] = _text(text.strip())
        else:
            given[key] = _number(text, known.get(key))
    return check(name, given)


def _text(text: str) -> str:
    """`text` without the brackets of a list or the quotes around it."""
    if text.startswith("[") and text.endswith("]"):
        return ",".join(listed(text))
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text


def _number(text: str, default: Any) -> Any:
    """`text` as the number or truth value that `default` is, else as it is."""
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text


def run(name: str, output: Path, given: dict[str, Any], *, threads: int = 0) -> float:
    """Execute notebook `name` with the parameters `given`; return the seconds it took.

    The executed copy goes to `output`; of a failed run it goes to `output` with
    `.failed.ipynb`, for reading, so that only finished runs have a notebook. The
    notebook works in the project's folder. `threads` limits its CPU threads (0: all).

    Raises:
        UserError: for unknown parameters, and for one that the notebook itself raises.
    """
    given = check(name, given)
    output = Path(output)
    if output.is_dir():
        raise UserError(f"{output} is a folder; name the file of the executed notebook")
    output.parent.mkdir(parents=True, exist_ok=True)
    if threads:
        os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ["XITT_NOTEBOOK"] = str(source(name))  # its hash goes into the records
    os.environ.setdefault("XITT_PROGRESS", "0")  # bars would fill the copy with lines
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    started = time.monotonic()
    for attempt in range(1, STARTS + 1):
        try:
            _execute(name, output, given)
            return time.monotonic() - started
        except RuntimeError as error:
            if "Kernel died before replying" not in str(error):
                raise
            if attempt == STARTS:
                raise UserError(
                    f"{name}: its kernel did not start, {STARTS} times; what stopped "
                    f"it shows `{sys.executable} -m ipykernel_launcher`"
                ) from error
            print(f"{name}: the kernel did not start; trying again", file=sys.stderr)
    raise AssertionError("unreachable")


def _execute(name: str, output: Path, given: dict[str, Any]) -> None:
    failed = output.with_suffix(".failed.ipynb")
    running = output.with_suffix(workflow.RUNNING)
    progress = workflow.progress_of(running)
    with kernels.kernel({"XITT_PROGRESS_FILE": str(progress.absolute())}) as kernel:
        import jupytext
        import papermill
        from nbclient.exceptions import DeadKernelError
        from papermill.exceptions import PapermillExecutionError

        logging.getLogger("papermill").setLevel(logging.CRITICAL)  # we say why
        process = kernel.provisioner.process  # the manager forgets one that is dead
        notebook = jupytext.read(source(name))
        notebook.metadata["kernelspec"] = {
            "name": "python3", "display_name": "Python 3", "language": "python",
        }  # fmt: skip
        came: list[int] = []
        try:
            with files.disk_errors(running), kernels.stopping(process) as came:
                papermill.execute_notebook(
                    notebook,
                    running,
                    given,
                    kernel_name="python3",
                    km=kernel,
                    progress_bar=False,
                    stderr_file=sys.stderr,
                    start_timeout=120,
                )
            os.replace(running, output)
            failed.unlink(missing_ok=True)
        except (PapermillExecutionError, DeadKernelError) as error:
            if came:  # it did as it was told
                raise KeyboardInterrupt(came[0]) from error
            dead = isinstance(error, DeadKernelError)
            told = (
                UserError(f"{name}: {kernels.end(process)}")
                if dead
                else _told(error, name, failed)
            )
            _keep(running, failed, "killed" if dead else "failed", str(told))
            raise told from error
        finally:
            running.unlink(missing_ok=True)
            progress.unlink(missing_ok=True)


def _keep(running: Path, failed: Path, state: str, why: str) -> None:
    """Keep what a run left, with the reason why it stopped, for `status`."""
    import nbformat

    notebook = nbformat.read(running, as_version=4)
    notebook.metadata["xitt"] = {"state": state, "why": why}
    with files.whole_file(failed) as temporary:
        nbformat.write(notebook, temporary)


def _told(error: Any, name: str, failed: Path) -> UserError:
    """What stopped a notebook, in one line: our own errors as they are."""
    text = " ".join(_ANSI.sub("", str(error.evalue)).split())
    if error.ename == "UserError":
        return UserError(text)
    return UserError(
        f"{name} failed in cell {error.exec_count} with {error.ename}: {text}; "
        f"see {paths.relative(failed)}"
    )
