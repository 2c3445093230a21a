"""The command line behind the Makefile: `python -m xitt VERB`."""

from __future__ import annotations

import os
import re
import signal
import sys
from typing import Any, NoReturn

# What takes time to import is imported inside `main`, where Ctrl-C is one line too.


def main(argv: list[str] | None = None) -> int:
    """Run one verb; a UserError is printed as one line and gives exit status 2.

    Stopped by a signal it ends what it started, and its status is 128 and the signal's
    number. A reader of its output who has left (`| head`) ends it without a word.
    """
    try:
        try:
            _at_the_door()
            return _run(sys.argv[1:] if argv is None else argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more when it ends, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except (Exception, KeyboardInterrupt) as error:
        number = _interrupted(error)
        if not number:
            raise
        if number == signal.SIGALRM:
            return _out_of_time()
        print("xitt: interrupted; the same command continues", file=sys.stderr)
        return 128 + number


def _interrupted(error: BaseException | None) -> int:
    """The signal behind an error, which a library may have wrapped; 0: none."""
    while error and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return (error.args[0] if error.args else signal.SIGINT) if error else 0


def _out_of_time() -> int:
    """End before the job's time does, with the status of a failure that passes.

    It is sysexits.h's, and asks whoever started us to do so again.
    """
    from xitt.running import cluster

    how = "it is queued again" if cluster.requeued() else "the same command continues"
    print(f"xitt: saved before the time of the job is over; {how}", file=sys.stderr)
    return os.EX_TEMPFAIL


def _run(argv: list[str]) -> int:
    from xitt.errors import UserError, unknown

    try:
        from xitt.running import commands

        if argv and not argv[0].startswith("-") and argv[0] not in commands.VERBS:
            raise unknown("verb", argv[0], commands.VERBS)
        arguments = _parser().parse_args(argv)
        _within_reach(arguments)
        return commands.VERBS[arguments.verb](arguments)
    except UserError as error:
        said = str(error)
    except OSError as error:  # a name too long, a folder where a file should be
        if error.filename is None or isinstance(error, BrokenPipeError):
            raise
        said = f"{error.filename}: {error.strerror}"
    print("xitt:", " ".join(said.splitlines()), file=sys.stderr)
    return 2


def _within_reach(arguments: Any) -> None:
    """Refuse what needs more of the repository than an installed package carries."""
    import xitt
    from xitt import paths
    from xitt.errors import UserError
    from xitt.running import commands

    kept = getattr(arguments, "keep", False)  # a plan, for the paper
    verb = f"{arguments.verb}{' --keep' * kept}"
    if paths.INSTALLED and (kept or arguments.verb in commands.OF_THE_REPOSITORY):
        raise UserError(
            f"'{verb}' needs the repository, and this is an installed package; run it "
            f"in a checkout of v{xitt.__version__}"
        )


def _at_the_door() -> None:
    """Make signals, terminals and folders of any machine fit for what comes."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores the second
            signal.signal(number, _stop)
    for stream in (sys.stdout, sys.stderr):  # a terminal of ASCII shows ? for an accent
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    os.environ["MPLBACKEND"] = "agg"  # no verb opens a window
    if not os.access(os.path.expanduser("~"), os.W_OK):
        from xitt import paths

        for name in ("XDG_CACHE_HOME", "HF_HOME", "MPLCONFIGDIR"):
            os.environ.setdefault(name, str(paths.DATA / "cache" / name.lower()))


def _stop(number: int, _: object) -> None:
    raise KeyboardInterrupt(number)


def _parser() -> Any:
    import argparse

    from xitt.errors import UserError

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise UserError(f"{message}; `{self.prog} --help` tells more")

    parser = Parser(prog="python -m xitt", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    _notebook(verbs)
    _of_studies(verbs)
    _of_profiles(verbs)
    _others(verbs)
    return parser


def _notebook(verbs: Any) -> None:
    from pathlib import Path

    notebook = verbs.add_parser("notebook", help="execute one notebook with parameters")
    notebook.add_argument("name")
    notebook.add_argument("output", type=Path)
    notebook.add_argument("given", nargs="*", metavar="PARAMETER=VALUE")
    notebook.add_argument(
        "--threads", type=_count, default=0, help="CPU threads; 0: all"
    )


def _of_studies(verbs: Any) -> None:
    for name, text in {
        "grid": "run what is missing of a study, then redraw it",
        "rescore": "score kept predictions again, where a metric was mended",
        "run": "make runs here, without notebooks; also under accelerate launch",
        "status": "which runs are done, missing, failed or made by older code",
        "plan": "runs, tokens, hours and disk before anything starts",
        "export": "recorded runs for TensorBoard, Weights & Biases or Trackio",
        "submission": "predictions of recorded runs in XTREME's submission layout",
    }.items():
        verb = verbs.add_parser(name, help=text)
        _study(verb)
        if name == "grid":
            verb.add_argument("--on", default="local", help="local, or a cluster")
            verb.add_argument("--runs-only", action="store_true", help="nothing drawn")
        if name in ("grid", "plan"):
            verb.add_argument(
                "--jobs", type=_count, default=0, help="0: what the cores allow"
            )
            verb.add_argument("--price", type=_price, default=0.0, help="of its hour")
        if name == "status":
            verb.add_argument("--verbose", action="store_true", help="a line a run")
            verb.add_argument("--json", action="store_true", help="for machines")
        if name == "export":
            verb.add_argument("--to", required=True, help="tensorboard, wandb, trackio")
            verb.add_argument("--out", default="", help="a folder; none: the study's")
        if name == "plan":
            verb.add_argument("--gpu", default="", help="its name, such as A100")
            verb.add_argument("--keep", action="store_true", help="for the paper")


def _of_profiles(verbs: Any) -> None:
    for name, text in {
        "read": "the site: paper, notebooks and the records behind every number",
        "redraw": "figures, tables and numbers of a study, from its records",
        "typeset": "the paper of a study as PDF",
        "languages": "what the tokenizer makes of each language; typological distances",
        "sample": "predictions kept here, with their items, to be tracked for the site",
        "summary": "a study's scores as a table on the terminal and as summary.csv",
        "speed": "ours against its peers and the machine, into results/speed.json",
        "verify": "a study's records, what is made of them, and one run made again",
    }.items():
        verb = verbs.add_parser(name, help=text)
        verb.add_argument("--profile", default="demo")
        if name == "redraw":
            verb.add_argument("--only", default="", help="part of a notebook's name")


def _others(verbs: Any) -> None:
    verbs.add_parser("lock", help="write requirements.lock: what we need, as installed")
    verbs.add_parser("tasks", help="the registry as a table, into docs/tasks.md")
    release = verbs.add_parser("release", help="the archive of this version's tag")
    release.add_argument("--check", action="store_true", help="only whether it can be")
    translate = verbs.add_parser(
        "translate", help="an intermediate task into other languages, by a model"
    )
    translate.add_argument("--profile", default="small")
    translate.add_argument("--task", required=True)
    translate.add_argument("--languages", default="", help="none: the profile's")
    translate.add_argument("--model", required=True, help="a Hub id or a folder")

    bring = verbs.add_parser(
        "import", help="data that are not on the Hub, as you hold it"
    )
    bring.add_argument("--task", required=True)
    bring.add_argument("folder", help="the folder that holds the files")
    manifest = verbs.add_parser(
        "manifest", help="write manifest.yaml of a mirror's files"
    )
    manifest.add_argument("folder")
    verbs.add_parser("check-hub", help="read a row of every data set on the Hub")
    gpu = verbs.add_parser("check-gpu", help="a GPU beside the CPU; its speed")
    gpu.add_argument("--device", default="cuda", help="cuda, or cpu to rehearse")
    gpu.add_argument("--rehearse", action="store_true", help="all with tiny sizes")
    gpu.add_argument("--encoder", default="e5-small", help="whose weights are compared")
    gpu.add_argument("--seconds", type=_count, default=450, help="of all checks")
    gpu.add_argument("--out", default="", help="a JSON file; none: runs/gpu.json")
    publish = verbs.add_parser("publish", help="execute notebooks into *.ipynb")
    publish.add_argument("names", nargs="*", help="notebooks; none: all")
    encoder = verbs.add_parser(
        "encoder", help="make the encoder of a profile available"
    )
    encoder.add_argument("name", nargs="?", default="e5-small")


def _count(text: str) -> int:
    """A whole number from 0 on; argparse tells of any other."""
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


_count.__name__ = "whole number"  # as argparse calls it


def _price(text: str) -> float:
    """An amount of money from 0 on."""
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ValueError(text)
    return float(text)


_price.__name__ = "price"


def _study(verb: Any) -> None:
    verb.add_argument("--profile", default="demo", help="a name or a YAML file")
    verb.add_argument("--intermediates", default="", help="comma-separated settings")
    verb.add_argument("--targets", default="", help="comma-separated tasks")
    verb.add_argument("--seeds", default="", help="comma-separated whole numbers")


if __name__ == "__main__":
    sys.exit(main())
