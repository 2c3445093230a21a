"""Typeset the paper: main.tex, numbers, tables and figures become one PDF.

The same main.tex is built for the demo and for the real study; what differs is the
folder that numbers.tex, tables/ and figures/ come from. TeX runs in a folder of its
own, so no auxiliary file is left behind and a failed run leaves an older PDF as it was.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from xitt import files, paths
from xitt.errors import UserError

# What a Debian or Ubuntu machine needs, all of it in the ordinary archive.
PACKAGES = (
    "texlive-latex-recommended",
    "texlive-latex-extra",
    "texlive-fonts-recommended",
    "latexmk",
)
WRITTEN = (  # by hand
    *("main.tex", "language-models.tex", "references.bib", "xitt.sty", ".latexmkrc"),
)
GENERATED = ("numbers.tex", "tables", "figures")  # from records
TIMEOUT_S = 300

# The PDF carries no date: the same input gives the same bytes.
ENVIRONMENT = {
    "SOURCE_DATE_EPOCH": "0",
    "FORCE_SOURCE_DATE": "1",
    "TZ": "UTC",
    "max_print_line": "1000",  # an error is one line of the log
}
LATEX = ("-interaction=nonstopmode", "-halt-on-error", "-file-line-error")


def available() -> bool:
    """Whether a LaTeX is installed."""
    return shutil.which("pdflatex") is not None


def build(
    folder: Path, source: Path = paths.PAPER, again: str = "make paper"
) -> Path | None:
    """Typeset `folder`/main.pdf from what is written in `source`.

    `folder` holds numbers.tex, tables/ and figures/; it may be `source` itself.
    Returns the PDF's path. Where no TeX, or not all of the packages that it needs, is
    installed, returns None and prints the one command that completes the PDF: the
    installation, then `again`.

    Raises:
        UserError: where an input is missing or LaTeX refuses it; with its first error.
    """
    folder, source = Path(folder).resolve(), Path(source).resolve()
    for base, name in [(source, n) for n in WRITTEN] + [(folder, n) for n in GENERATED]:
        if not (base / name).exists():
            raise UserError(
                f"no {name} in {base}; `make figures tables` makes what is generated"
            )
    if not available():
        return _without_tex("no LaTeX is installed", again)
    with tempfile.TemporaryDirectory(prefix="xitt-paper-") as name:
        work = Path(name)
        _gather(work, folder, source)
        log = _run_latex(work)
        lacking = re.search(r"File `([^']+\.(?:sty|cls|def|fd))' not found", log)
        if lacking:
            return _without_tex(f"this TeX lacks {lacking[1]}", again)
        error = first_error(log)
        pdf = work / "main.pdf"
        if error or not pdf.exists():
            raise _refusal(folder, log, error or "no PDF came out")
        with files.whole_file(folder / "main.pdf") as temporary:
            shutil.copyfile(pdf, temporary)
        (folder / "main.log").unlink(missing_ok=True)
    return folder / "main.pdf"


def first_error(log: str) -> str | None:
    """The first line of a log that makes the PDF wrong; undefined names do, too."""
    errors = r"^(?:(?:\./)?[\w./-]+\.(?:tex|sty|bbl):\d+: |! ).+$"
    warnings = (
        r"^(?:LaTeX|Package natbib) Warning: "
        r"(?:(?:Reference|Citation) .+ undefined|Label .+ multiply defined).*$"
    )
    for pattern in (errors, warnings):
        if found := re.search(pattern, log, flags=re.MULTILINE):
            return found[0]
    return None


def _gather(work: Path, folder: Path, source: Path) -> None:
    for name in WRITTEN:
        shutil.copyfile(source / name, work / name)
    for name in GENERATED:
        copy = shutil.copytree if (folder / name).is_dir() else shutil.copyfile
        copy(folder / name, work / name)


def _run_latex(work: Path) -> str:
    """Run latexmk, or the passes it would make, in `work`; the text of the log."""
    log = work / "main.log"
    if shutil.which("latexmk"):
        _call(work, "latexmk", "-pdf", "-silent", *LATEX, "main.tex")
    # No latexmk, or one that could not start (it needs Perl). One pass writes the
    # citations, BibTeX reads them, two more settle the references.
    if not log.exists() and _call(work, "pdflatex", *LATEX, "main.tex"):
        _call(work, "bibtex", "main")
        for _ in range(2):
            _call(work, "pdflatex", *LATEX, "main.tex")
    return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""


def _call(work: Path, *command: str) -> bool:
    """Whether `command` ended well; its words are in the log."""
    try:
        done = subprocess.run(
            command,
            cwd=work,
            env={**os.environ, **ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(f"{command[0]} did not end within {TIMEOUT_S} s") from error
    return done.returncode == 0


def _refusal(folder: Path, log: str, error: str) -> UserError:
    path = files.write_text(folder / "main.log", log)
    return UserError(f"LaTeX stopped: {' '.join(error.split())} (log: {path})")


def _without_tex(why: str, again: str) -> None:
    install = f"sudo apt-get install -y {' '.join(PACKAGES)}"
    print(f"The PDF is not built: {why}. This completes it:\n  {install} && {again}")
