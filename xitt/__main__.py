"""The command line behind the Makefile: `python -m xitt VERB`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from xitt.errors import UserError


def main(argv: list[str] | None = None) -> int:
    """Run one verb; a UserError is printed as one line and gives exit status 2."""
    from xitt.running import commands

    arguments = _parser().parse_args(argv)
    try:
        return commands.VERBS[arguments.verb](arguments)
    except UserError as error:
        print(f"xitt: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("xitt: interrupted; the same command continues", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m xitt", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)

    notebook = verbs.add_parser("notebook", help="execute one notebook with parameters")
    notebook.add_argument("name")
    notebook.add_argument("output", type=Path)
    notebook.add_argument("given", nargs="*", metavar="PARAMETER=VALUE")
    notebook.add_argument("--threads", type=int, default=0, help="CPU threads; 0: all")

    for name, text in {
        "grid": "run what is missing of a study, then redraw it",
        "rescore": "score kept predictions again, where a metric was mended",
        "run": "make runs here, without notebooks; also under accelerate launch",
        "status": "which runs are done, missing, failed or made by older code",
        "plan": "runs, tokens, hours and disk before anything starts",
        "submission": "predictions of recorded runs in XTREME's submission layout",
    }.items():
        verb = verbs.add_parser(name, help=text)
        _study(verb)
        if name == "grid":
            verb.add_argument("--on", default="local", help="local or slurm")
            verb.add_argument(
                "--jobs", type=int, default=0, help="0: what the cores allow"
            )

    for name, text in {
        "redraw": "figures, tables and numbers of a study, from its records",
        "typeset": "the paper of a study as PDF",
        "summary": "a study's scores as a table on the terminal and as summary.csv",
        "speed": "ours against its peers and the machine, into results/speed.json",
        "verify": "a study's records, what is made of them, and one run made again",
    }.items():
        verb = verbs.add_parser(name, help=text)
        verb.add_argument("--profile", default="demo")
        if name == "redraw":
            verb.add_argument("--only", default="", help="part of a notebook's name")

    verbs.add_parser("lock", help="write requirements.lock from what is installed")
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
    bring.add_argument("folder", type=Path, help="the folder that holds the files")
    manifest = verbs.add_parser(
        "manifest", help="write manifest.yaml of a mirror's files"
    )
    manifest.add_argument("folder", type=Path)
    verbs.add_parser("check-hub", help="read a row of every data set on the Hub")
    publish = verbs.add_parser("publish", help="execute notebooks into *.ipynb")
    publish.add_argument("names", nargs="*", help="notebooks; none: all")
    encoder = verbs.add_parser(
        "encoder", help="make the encoder of a profile available"
    )
    encoder.add_argument("name", nargs="?", default="e5-small")
    return parser


def _study(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--profile", default="demo", help="a name or a YAML file")
    verb.add_argument("--intermediates", default="", help="comma-separated settings")
    verb.add_argument("--targets", default="", help="comma-separated tasks")
    verb.add_argument("--seeds", default="", help="comma-separated whole numbers")


if __name__ == "__main__":
    sys.exit(main())
