"""What the verbs of the command line do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from xitt import files, paths
from xitt.errors import unknown
from xitt.running import cluster, data_commands, notebooks
from xitt.running.grids import scheduling, standing, watching, workflow
from xitt.study import data_source, grid, profiles, provenance
from xitt.study.checks import limits
from xitt.study.families import models
from xitt.study.profiles import Profile

MAIN_FIGURE = "transfer-gain.png"
NARROWED = ("intermediates", "targets", "seeds")


def notebook(arguments: Namespace) -> int:
    """Execute one notebook and say when it began and when it ended."""
    given = notebooks.read(arguments.name, arguments.given)
    targets = given.get("targets", "").split(",")
    about = targets[0] if len(targets) == 1 else f"{len(targets)} targets"
    label = " ".join(filter(None, [arguments.name, given.get("intermediate"), about]))
    print(f"{watching.clock()} {label}: started", flush=True)
    seconds = notebooks.run(
        arguments.name, arguments.output, given, threads=arguments.threads
    )
    print(f"{watching.clock()} {label}: {seconds:.0f} s", flush=True)
    return 0


def run_cell(arguments: Namespace) -> int:
    """Make the runs of a setting and a seed without notebooks.

    Under `accelerate launch` every process takes its share of each training step.
    """
    from xitt.study import phases
    from xitt.study.perturbing import scoring
    from xitt.training import processes

    processes.start()
    with cluster.ending():
        for run in grid.runs(_possible(arguments)):
            if run.phase == "perturbed":
                scoring.perturb(run)
            elif run.phase == "target":
                phases.transfer(run)
            else:
                phases.train_intermediate(run)
            if not processes.rank():
                print(f"{watching.clock()} {paths.relative(run.record)}", flush=True)
    return 0


def rescore(arguments: Namespace) -> int:
    """Score kept predictions again, of every recorded run of a study."""
    from xitt.study import rescoring

    runs = grid.runs(_study(arguments))
    done = [run for run in runs if run.phase == "target" and run.done]
    for run in done:
        rescoring.rescore(run)
    print(f"{len(done)} runs scored again")
    return 0


def _study(arguments: Namespace) -> Profile:
    return grid.select(
        profiles.load(arguments.profile),
        arguments.intermediates,
        arguments.targets,
        arguments.seeds,
    )


def _possible(arguments: Namespace) -> Profile:
    """The study, once what is known beforehand would not stop it."""
    study = _study(arguments)
    limits.of_model(study)
    return study


def run_grid(arguments: Namespace) -> int:
    """Run what is missing of a study through Snakemake, then redraw and typeset it."""
    study = _possible(arguments)
    _say_left_out(study)
    if todo := grid.missing(study):
        provenance.begin(todo[0].record)  # refused now, not in the first notebook
    selection = {key: getattr(arguments, key) for key in NARROWED}
    selection["profile"] = study["origin"]
    selection |= {"runs_only": "1"} if arguments.runs_only else {}
    scheduling.run(
        study, selection, on=arguments.on, jobs=arguments.jobs, price=arguments.price
    )
    return 0


def _say_left_out(study: Profile) -> None:
    """One line for each setting or target whose data people have to bring."""
    for name, reason in grid.left_out(study).items():
        print(f"  left out: {name}: {reason}", flush=True)


def status(arguments: Namespace) -> int:
    """Print which runs are done, missing or failed, and which commit made them."""
    study = _study(arguments)
    if arguments.json:
        print(standing.as_json(study))
    else:
        standing.show(study, verbose=arguments.verbose)
    return 0


def plan(arguments: Namespace) -> int:
    """Print what the missing runs of a study will take."""
    from xitt.running.planning import budget

    study = _possible(arguments)
    made = budget.Budget(study, arguments.gpu)
    with data_source.unchanging():
        _say_plan(made, arguments)
    return 0


def _say_plan(made: Any, arguments: Namespace) -> None:
    from xitt.running.planning import budget, kept

    study = made.study
    model = f"{models.CALLED[models.kind(study)]} {models.name(study)}"
    print(f"{study['name']}: {study['about']}; {model}")
    _say_left_out(study)
    print("\n".join(budget.lines(made, arguments.price, arguments.jobs or 1)))
    print(scheduling.sharing(arguments.jobs).line())
    if arguments.keep:
        print(f"Kept in {paths.relative(kept.keep(made))}, which the paper shows.")


def redraw(arguments: Namespace) -> int:
    """Run the notebooks that turn records into figures, tables and numbers."""
    study = profiles.load(arguments.profile)
    folder = profiles.runs_folder(study) / "notebooks"
    chosen = [name for name in notebooks.REDRAWN if arguments.only in name]
    if not chosen:
        raise unknown("part of a notebook", arguments.only, notebooks.REDRAWN)
    with files.only_one(profiles.runs_folder(study)):
        for name in chosen:
            seconds = notebooks.run(
                name, folder / f"{name}.ipynb", {"profile": study["origin"]}
            )
            print(f"{watching.clock()} {name}: {seconds:.0f} s", flush=True)
    return 0


def typeset_paper(arguments: Namespace) -> int:
    """Build the study's paper as PDF, where there is TeX."""
    from xitt.report import typesetting

    study = profiles.load(arguments.profile)
    again = "make demo" if study["demo"] else f"make paper PROFILE={study['origin']}"
    typesetting.build(profiles.folder(study, "paper"), again=again)
    return 0


def read(arguments: Namespace) -> int:
    """Build the site of a study, and say where it is."""
    from xitt.analysis import results
    from xitt.report.site import building
    from xitt.running.exports import answers

    study = profiles.load(arguments.profile)
    out = paths.RUNS / "site"
    figures = profiles.folder(study, "figures")
    warned = building.build(
        results.read(study), out, figures, answers.for_readers(study)
    )
    print("\n".join([*warned, f"  {paths.relative(out / 'index.html')}"]))
    return 0


def sample(arguments: Namespace) -> int:
    """Track a few predictions of a study with their items, and say where."""
    from xitt.running.exports import answers

    path = answers.write_sample(profiles.load(arguments.profile))
    print(f"  {paths.relative(path)}")
    return 0


def verify(arguments: Namespace) -> int:
    """Check records, what is made of them, and one cell made again."""
    from xitt.running import verification

    study = profiles.load(arguments.profile)
    print(f"{study['name']}: records, figures, tables, numbers, and one run again")
    return verification.show(verification.verify(study))


def measure_speed(arguments: Namespace) -> int:
    """Run the benchmark; exit status 1 where a peer is quicker."""
    from xitt.report import speed_report
    from xitt.running.benchmark import speed

    name = "80-measure-speed"
    origin = profiles.load(arguments.profile)["origin"]
    given = {"profile": origin, "rounds": 3, "steps": 5, "write": True}
    print(
        f"{watching.clock()} {name}: about ten minutes; let nothing else run",
        flush=True,
    )
    notebooks.run(name, paths.RUNS / "speed" / f"{name}.ipynb", given)
    result = speed_report.newest(speed_report.load())
    print("\n".join(speed.lines(result)))
    for text in speed.missing(result):
        print(f"  NOT MEASURED: {text}")
    for text in (slow := speed.slower(result)):
        print(f"  SLOWER than a peer: {text}")
    return int(bool(slow))


def check_gpu(arguments: Namespace) -> int:
    """Compare a GPU with the CPU and time it; exit status 1 where a check fails."""
    from xitt.running.benchmark.gpu import checking

    found = checking.check(
        arguments.device,
        rehearse=arguments.rehearse,
        encoder=arguments.encoder,
        out=paths.typed(arguments.out) if arguments.out else checking.OUT,
        seconds=arguments.seconds,
    )
    print(f"  {found['passed']} of {len(found['checks'])} passed")
    return int(found["passed"] < len(found["checks"]))


def summary(arguments: Namespace) -> int:
    """Write summary.csv and print the short table of a study."""
    from xitt.analysis import results
    from xitt.report.tables import summary

    study = profiles.load(arguments.profile)
    found = results.read(study)
    path = profiles.runs_folder(study) / "summary.csv"
    summary.write_summary(found, path)
    summary.print_summary(found)
    for name in (path, profiles.folder(study, "paper") / "main.pdf",
                 workflow.Plan(study).folder):  # fmt: skip
        if name.exists():
            print(f"  {paths.relative(name)}")
    _show_figures(profiles.folder(study, "figures"))
    return 0


def _show_figures(folder: Path) -> None:
    """Open the main figure where somebody sits at a screen; say where all are."""
    if not (drawn := sorted(folder.glob("*.png"))):
        return
    print(f"  {paths.relative(folder)}: {len(drawn)} figures")
    first = folder / MAIN_FIGURE
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    seen = sys.stdout.isatty() and (screen or opener == "open")
    if seen and shutil.which(opener) and first.exists():
        quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        subprocess.Popen([opener, str(first)], start_new_session=True, **quiet)


def encoder(arguments: Namespace) -> int:
    """Make an encoder available, and say where."""
    from xitt.models import encoders

    print(
        f"encoder {arguments.name}: {paths.relative(encoders.ensure(arguments.name))}"
    )
    return 0


def lock(arguments: Namespace) -> int:
    """Write the exact versions of what the project needs to requirements.lock."""
    from xitt.running.releasing import requirements

    text = requirements.HEAD + "\n".join(requirements.lines()) + "\n"
    files.write_text(paths.ROOT / "requirements.lock", text)
    return 0


def release(arguments: Namespace) -> int:
    """Build the archive of this version, or only say whether it can be."""
    from xitt.running.releasing import archive

    if arguments.check:
        archive.check()
        return 0
    for path in archive.build():
        print(f"  {paths.relative(path)}")
    return 0


def list_tasks(arguments: Namespace) -> int:
    """Write the registry as a table, and say where."""
    from xitt.running.releasing import task_table

    path = paths.ROOT / "docs" / "tasks.md"
    print(f"  {paths.relative(files.write_text(path, task_table.markdown()))}")
    return 0


def export_predictions(arguments: Namespace) -> int:
    """Write the predictions of recorded runs in XTREME's layout, and say where."""
    from xitt.analysis import wording
    from xitt.running.exports import submission

    for folder, manifest in submission.export(_study(arguments)).items():
        written = manifest["tasks"].values()
        count = sum(len(entry["languages"]) for entry in written)
        lacking = sum(len(entry["lacking"]) for entry in written)
        print(
            f"  {paths.relative(folder)}: {wording.plural(len(written), 'task')}, "
            f"{wording.plural(count, 'file')} of predictions"
            + (f"; {lacking} of XTREME's are lacking, see README.md" if lacking else "")
        )
    return 0


def export(arguments: Namespace) -> int:
    """Write the runs of a study for a logger, and say where."""
    from xitt.analysis import wording
    from xitt.running.exports import loggers

    folder, count = loggers.export(_study(arguments), arguments.to, arguments.out)
    print(f"  {paths.relative(folder)}: {wording.plural(count, 'run')}")
    return 0


def publish(arguments: Namespace) -> int:
    """Execute notebooks with their defaults into notebooks/*.ipynb, for readers."""
    from xitt.running.releasing import outputs

    for name in arguments.names or notebooks.names():
        executed = paths.RUNS / "published" / f"{name}.ipynb"
        seconds = notebooks.run(name, executed, {})
        outputs.publish(name, executed)
        print(f"{watching.clock()} {name}: {seconds:.0f} s", flush=True)
    return 0


# What reads or writes more of the repository than an installed package carries.
OF_THE_REPOSITORY = ("grid", "languages", "lock", "publish", "read", "release",
                     "sample", "speed", "tasks", "typeset", "verify")  # fmt: skip

VERBS = {
    "check-gpu": check_gpu,
    "check-hub": data_commands.check_hub,
    "encoder": encoder,
    "export": export,
    "grid": run_grid,
    "import": data_commands.bring,
    "languages": data_commands.measure_languages,
    "lock": lock,
    "manifest": data_commands.describe,
    "notebook": notebook,
    "plan": plan,
    "publish": publish,
    "read": read,
    "redraw": redraw,
    "release": release,
    "rescore": rescore,
    "run": run_cell,
    "sample": sample,
    "speed": measure_speed,
    "status": status,
    "submission": export_predictions,
    "summary": summary,
    "tasks": list_tasks,
    "translate": data_commands.translate,
    "typeset": typeset_paper,
    "verify": verify,
}
