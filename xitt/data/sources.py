"""Where the rows of a task are: in folders laid out like the Hub, or on the Hub.

A folder (the pocket suite, a mirror, what was imported) holds
`<owner>/<name>/<config>/<split>.parquet`. Each file is looked for in the source's
folders, in their order, and then on the Hub, where the source has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from xitt import paths
from xitt.data import digests
from xitt.errors import UserError, unknown
from xitt.tasks import kinds, manifests, registry
from xitt.tasks.manifests import Manifest
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import Part, Task

SAMPLING_SEED = 13  # of every subset, so that all runs read the same rows
SOURCES = ("pocket", "mirror", "hub", "auto")


@dataclass(frozen=True)
class Place:
    """What a source stands for: folders in the order of their looking up, and the Hub.

    `name` keeps translations of one source's data apart from those of another's.
    """

    folders: tuple[Path, ...]
    hub: bool
    name: str

    def find(self, inside: str) -> Path | None:
        """The first folder's file of that name, or None."""
        found = (folder / inside for folder in self.folders)
        return next((path for path in found if path.exists()), None)


@dataclass(frozen=True)
class Slot:
    """One file of a data set, or one split of it on the Hub (then `path` is None)."""

    part: Part
    config: str
    split: str
    path: Path | None

    @property
    def inside(self) -> str:
        """Its place below a folder."""
        return f"{self.part.dataset}/{self.config}/{self.split}.parquet"

    @property
    def name(self) -> str:
        """How errors call it."""
        return str(self.path or f"{self.part.dataset} ({self.config}, {self.split})")


def root(source: str | Path) -> Place:
    """The place that a source stands for.

    A Path is a folder, taken as it is. `auto` is, file by file, the mirror that
    XITT_MIRROR names, then what was imported, then the Hub.

    Raises:
        UserError: for an unknown source, or a mirror that is not set or not there.
    """
    if isinstance(source, Path):
        return Place((source,), False, source.name)
    if source not in SOURCES:
        raise unknown("data source", source, SOURCES)
    if source == "pocket":
        return Place((paths.POCKET,), False, paths.POCKET.name)
    if source == "hub":
        return Place((), True, "hub")
    mirror = paths.mirror()
    if mirror is None and source == "mirror":
        raise UserError(
            "source 'mirror' needs XITT_MIRROR, a folder laid out "
            "<owner>/<name>/<config>/<split>.parquet; set it, or use source hub"
        )
    if mirror is not None and not mirror.is_dir():
        raise UserError(f"XITT_MIRROR is '{mirror}': no such folder")
    if source == "mirror":
        return Place((mirror,), False, mirror.name)
    if mirror is None:
        return Place((paths.IMPORTED,), True, "hub")
    return Place((mirror, paths.IMPORTED), True, mirror.name)


def slots(
    task: Task, lang: str, split: str, place: Place, translated: bool = False
) -> list[Slot]:
    """The places of a split of a task in a language, whether they exist or not.

    Raises:
        UserError: for a split or translation that the task does not have.
    """
    parts, where = task.parts, place
    if translated:
        parts, where = _translations(task, lang, split, place)
    parts = _speaking(parts, lang, split, where)
    if not parts:
        known = ", ".join(task.languages)
        raise UserError(f"{task.name} is in {known}, not in '{lang}'")
    having = [part for part in parts if split in part.splits]
    local = any(split in part.only_local for part in having)
    if not having or (local and not place.folders):
        known = ", ".join(split_names(parts))
        raise UserError(f"{task.name} has no split '{split}'; it has {known}")
    found = []
    for part in having:
        local = split in part.only_local
        config = fill(part.config, lang)
        if not (translated or part.multilingual or lang in task.languages):
            known = ", ".join(task.languages)
            raise UserError(f"{task.name} is in {known}, not in '{lang}'")
        names = tuple(fill(name, lang) for name in part.splits[split])
        if kinds.get(task.kind).two_sides:  # a file each, and one of the gold pairs
            names = tuple(f"{side}{names[0]}" for side in (lang, ENGLISH, "gold"))
        for name in names:
            slot = Slot(part, config, name, None)
            found.append(Slot(part, config, name, _path(slot, where, local)))
    return found


def _speaking(parts: Iterable[Part], lang: str, split: str, place: Place) -> list[Part]:
    """The parts that a language is in: as listed, or as a folder's files are there."""

    def held(part: Part) -> bool:
        config = fill(part.config, lang)
        names = [fill(name, lang) for name in part.splits.get(split, ())]
        files = [f"{part.dataset}/{config}/{name}.parquet" for name in names]
        return part.multilingual and bool(files) and all(map(place.find, files))

    listed = [part for part in parts if lang in (part.languages or [lang])]
    return listed or [part for part in parts if held(part)]


def split_names(parts: Iterable[Part]) -> list[str]:
    """The splits that data sets have together; one may lack what another has."""
    return list(dict.fromkeys(split for part in parts for split in part.splits))


def _path(slot: Slot, place: Place, local: bool) -> Path | None:
    """The file of a slot, there or to be put there; None where the Hub has it."""
    if path := place.find(slot.inside):
        return path
    if not place.folders or (place.hub and slot.part.on_hub and not local):
        return None
    return place.folders[0] / slot.inside


def is_pocket(place: Place) -> bool:
    """Whether a place is the pocket suite."""
    return any(folder.is_relative_to(paths.POCKET) for folder in place.folders)


def fill(pattern: str, lang: str) -> str:
    """`udpos.{name}` in a language: `udpos.Swahili`."""
    about = registry.language(lang)
    return pattern.format(
        lang=lang,
        name=about.name,
        iso3=about.iso3,
        english=about.name.lower(),
        flores=about.flores,
    )


def _translations(
    task: Task, lang: str, split: str, place: Place
) -> tuple[tuple[Part, ...], Place]:
    """Parts that hold the translated task, and the place that they are in.

    A folder's own come first, then what was made here, then the published ones.
    """
    if lang == ENGLISH:
        raise UserError(f"{task.name} is in English; translated needs another language")
    own = []
    for part in task.parts:
        # A data set with several tasks names them: qqp.translated.de beside mnli's.
        for config in (f"{part.config}.translated.{lang}", f"translated.{lang}"):
            if place.find(f"{part.dataset}/{config}"):
                own.append(Part(**{**vars(part), "config": config}))
                break
    if len(own) == len(task.parts):
        return tuple(own), place
    if split == "train" and made_translation(task, lang, place).exists():
        kind = kinds.get(task.kind)
        mapped = {*kind.required, "id", *task.parts[0].columns}
        columns = {n: n for n in (*kind.required, *kind.optional) if n in mapped}
        items = task.parts[0].items and task.parts[0].items.format(split="train")
        own = {"splits": {"train": ("train",)}, "columns": columns, "items": items}
        made = Part(f"xitt/{task.name}", "{lang}", **own)
        return (made,), Place((_made_here(place),), False, place.name)
    if task.translated:
        return task.translated, place
    wanted = f"{task.parts[0].dataset}/translated.{lang}/{split}.parquet"
    others = [n for n in registry.names("intermediate") if registry.get(n).translated]
    raise UserError(
        f"{task.name} has no published translation; make one (make translate), put one "
        f"into {wanted} below the data folder, or use {' or '.join(others)}"
    )


def made_translation(task: Task, lang: str, place: Place) -> Path:
    """Where `make translate` leaves a task's training rows, in their kind's form."""
    return _made_here(place) / "xitt" / task.name / lang / "train.parquet"


def _made_here(place: Place) -> Path:
    """The folder of the translations that were made here of a source's data."""
    return paths.TRANSLATED / place.name


def present(
    task: Task, lang: str, split: str, place: Place, translated: bool = False
) -> bool:
    """Whether a place has every file of a split of a task in a language."""
    try:
        there = slots(task, lang, split, place, translated)
    except UserError:
        return False
    on_hub = _on_hub(task, lang, split, translated)
    return all(slot.path.exists() if slot.path else on_hub for slot in there)


def _on_hub(task: Task, lang: str, split: str, translated: bool) -> bool:
    """Whether the Hub has a split in a language, as far as the registry knows."""
    if not all(part.on_hub for part in task.parts):
        return False
    if translated:
        return lang in task.translated_languages
    # Labelled training sets in other languages are translations; text is not.
    english = split == "train" and task.phase != "text"
    return lang in task.languages and (lang == ENGLISH or not english)


def by_hand(task: Task) -> str:
    """What to do for data that are not on the Hub; it ends no sentence."""
    have = f"get {task.by_hand}, then " if task.by_hand else "put them into a folder: "
    mend = (
        f"make import TASK={task.name} FROM=folder"
        if task.importer
        else f"{task.parts[0].dataset}/<config>/<split>.parquet, set XITT_MIRROR to it"
    )
    return have + mend


# --- manifests ------------------------------------------------------------------------


def resolve(task: Task, place: Place) -> tuple[Task, Place]:
    """The task as a place has it, and where: as published, or as a manifest deviates.

    A deviation holds where each of the task's English files is one that the manifest
    describes, by its digest. Nothing of the task is then looked for elsewhere: files
    that were split anew must not be mixed with the official ones.
    """
    for folder in place.folders:
        for manifest in manifests_of(task, folder):
            deviating = manifest.tasks.get(task.name)
            if deviating and _described(task, deviating, manifest, folder, place):
                return deviating, Place((folder,), False, place.name)
    return task, place


def manifests_of(task: Task, folder: Path) -> Iterator[Manifest]:
    """A folder's own manifests, at its root or beside the files, then the built-in."""
    inside = dict.fromkeys(part.dataset for part in task.parts)
    for where in (folder, *(folder / dataset for dataset in inside)):
        if (where / manifests.NAME).exists():
            yield manifests.read(where / manifests.NAME)
    yield manifests.built_in(folder)


def known(task: Task, there: list[Slot], place: Place) -> tuple[bool, bool]:
    """Whether manifests describe all files of a split; whether one describes another.

    The second is of a folder's own manifests, which lists a file that has changed.
    """
    all_known, changed = True, False
    for slot in there:
        folder = next(f for f in place.folders if slot.path.is_relative_to(f))
        own = list(manifests_of(task, folder))
        if any(describes(manifest, slot.path) for manifest in own):
            continue
        all_known = False
        changed |= any(
            slot.path.relative_to(m.folder).as_posix() in m.files
            for m in own[:-1]
            if slot.path.is_relative_to(m.folder)
        )
    return all_known, changed


def _described(
    task: Task, deviating: Task, manifest: Manifest, folder: Path, place: Place
) -> bool:
    """Whether the files of a deviating task, and no others, are what is there."""
    own = list(_english(deviating, Place((folder,), False, "")))
    official = [slot.path for slot in _english(task, place)]
    paths_ = {slot.path for slot in own} | {p for p in official if p and p.exists()}
    return bool(own) and all(describes(manifest, path) for path in sorted(paths_))


def _english(task: Task, place: Place) -> Iterator[Slot]:
    """Where a task's own splits are in English; of a corpus to mine, in any language.

    A corpus that a folder lacks altogether has no slot.
    """
    mined = kinds.get(task.kind).two_sides
    for lang in task.languages if mined else (ENGLISH,):
        for split in split_names(task.parts):
            there = slots(task, lang, split, place)
            if not mined or all(s.path and s.path.exists() for s in there):
                yield from there


def describes(manifest: Manifest, path: Path) -> bool:
    """Whether a file is one that a manifest describes: same place, rows and digest."""
    if not path.is_relative_to(manifest.folder) or not path.exists():
        return False
    about = manifest.files.get(path.relative_to(manifest.folder).as_posix())
    if about is None:
        return False
    try:  # the footer first: it spares the digest of most files
        rows = pq.ParquetFile(path).metadata.num_rows
    except (pa.ArrowException, OSError):
        return False
    return rows == about.rows and digests.of(path) == about.sha256
