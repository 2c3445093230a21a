"""What the verbs do that are about data: import, describe, check, translate."""

from __future__ import annotations

import time
from argparse import Namespace
from pathlib import Path

from xitt import paths
from xitt.errors import UserError
from xitt.study import data_source, profiles


def bring(arguments: Namespace) -> int:
    """Import what people hold of a task's data, and say what was written."""
    from xitt.data import importing

    brought = importing.bring(arguments.task, _folder(arguments))
    for path, rows in brought.items():
        print(f"  {paths.relative(path)}: {rows:,} rows")
    return 0


def describe(arguments: Namespace) -> int:
    """Write a mirror's manifest, and say what it still needs of people."""
    from xitt.data import importing

    path = importing.describe(_folder(arguments))
    print(f"{paths.relative(path)}: rows and digests; notes and deviations are yours")
    return 0


def _folder(arguments: Namespace) -> Path:
    if not arguments.folder:
        raise UserError("no folder is named; name the one with the files (FROM=folder)")
    return paths.typed(arguments.folder)


def measure_languages(arguments: Namespace) -> int:
    """Write what is known of languages beside scores, for the question of volume."""
    from xitt.running import languages

    print(f"  {paths.relative(languages.measure(profiles.load(arguments.profile)))}")
    written = languages.write_distances()
    print(
        f"  {paths.relative(written)}"
        if written
        else "  distances stay as they are; `pip install urielplus` to derive them"
    )
    return 0


def check_hub(arguments: Namespace) -> int:
    """Read one row of every split of every data set, and the outline of every model."""
    from xitt.data import examples
    from xitt.study.families import models
    from xitt.tasks import registry

    studies = {
        models.name(study): study for study in map(profiles.load, profiles.names())
    }
    checks = [
        *((name, examples.check_hub, "splits") for name in registry.names()),
        *((name, lambda name: models.of(studies[name]).identity(name)["parameters"],
           "parameters") for name in sorted(studies)),
    ]  # fmt: skip
    failed = 0
    for name, check, what in checks:
        try:
            found = check(name)
            said = f"{found:,} {what}" if found else "not on the Hub, a folder's alone"
            print(f"  ok      {name}: {said}", flush=True)
        except UserError as error:
            failed += 1
            print(f"  FAILED  {name}: {error}", flush=True)
    print(f"{len(checks) - failed} of {len(checks)} can be had")
    return int(failed > 0)


def translate(arguments: Namespace) -> int:
    """Translate an intermediate task's training data as a study wants it."""
    from xitt.running import translation

    study = profiles.load(arguments.profile)
    wanted = arguments.languages.split(",") if arguments.languages else (
        study["intermediate"]["translated_languages"]
    )  # fmt: skip
    if wanted == "all":
        raise UserError(
            f"{study['name']} takes all languages that are translated and names none; "
            "name those to translate (LANGUAGES=de,sw)"
        )
    for lang in wanted:
        path = translation.translate(
            arguments.task,
            lang,
            arguments.model,
            source=data_source.source(study),
            limit=profiles.recipe(study, "intermediate", arguments.task)["max_train"],
            among=[lang.partition(":")[0] for lang in wanted],
        )
        print(f"{time.strftime('%H:%M:%S')} {paths.relative(path)}", flush=True)
    return 0
