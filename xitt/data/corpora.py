"""Two unaligned sides to mine for translations: reading, holding out, sampling."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace
from pathlib import Path

from xitt.data import columns, sources, stored
from xitt.data.sources import Slot, root
from xitt.errors import UserError, unknown
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH


@dataclass(frozen=True)
class Mining:
    """Two unaligned sides and the pairs that are translations of each other."""

    source_ids: list[str]
    source: list[str]  # in the language
    target_ids: list[str]
    target: list[str]  # in English
    gold: set[tuple[str, str]]  # of source and target ids


# --- mining ---------------------------------------------------------------------------


def load_mining(
    task: str, lang: str, split: str, *, source: str | Path = "auto"
) -> Mining:
    """Both sides of a mining task and their gold pairs.

    Raises:
        UserError: as `examples.load`; and for an id that occurs twice, or a gold id
            that has no sentence.
    """
    entry, place = sources.resolve(registry.get(task), root(source))
    if not kinds.get(entry.kind).two_sides:
        raise UserError(f"{task} is no mining task; use examples.load")
    if split not in entry.splits:
        raise unknown(f"split of {task}:", split, entry.splits)
    ours, theirs, pairs = sources.slots(entry, lang, entry.stored(split), place)
    name = {k: sources.fill(v, lang) for k, v in ours.part.columns.items()}
    source_ids, texts = _columns(ours, lang, name["id"], name["sentence"])
    target_ids, english = _columns(theirs, ENGLISH, name["id"], name["sentence"])
    gold = set(zip(*_columns(pairs, lang, name["source"], name["target"])))
    for slot, ids, known in (
        (ours, source_ids, {source for source, _ in gold}),
        (theirs, target_ids, {target for _, target in gold}),
    ):
        if (twice := _first_repeated(ids)) is not None:
            raise UserError(f"{slot.name}: id '{twice}' occurs twice; keep one of them")
        if lost := known - set(ids):
            raise UserError(
                f"{pairs.name}: {slot.name} has no sentence with the id '{min(lost)}'; "
                f"fetch the files again"
            )
    mining = Mining(source_ids, texts, target_ids, english, gold)
    if entry.hold_out:
        mining = _share(mining, entry.hold_out["one_in"], split == "validation")
    if not (mining.source and mining.target and mining.gold):
        raise UserError(f"{pairs.name}: no pairs to find in '{lang}'; check the files")
    return mining


def _first_repeated(ids: list[str]) -> str | None:
    """The first id that occurred before, in one pass; None where each is once."""
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            return name
        seen.add(name)
    return None


def _columns(slot: Slot, lang: str, *names: str) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in names]
    for raw in stored.batches(slot, names):
        with columns.place(slot.name, lang, raw.numbers):
            for name, values in zip(names, found):
                values += columns.words(raw.table[name], name).to_pylist()
    return found


def _share(mining: Mining, one_in: int, held_out: bool) -> Mining:
    """The held-out share of both sides, or the rest; translations stay together."""
    target_of = dict(sorted(mining.gold))  # of several, the same one everywhere

    def belongs(key: str) -> bool:
        digest = hashlib.sha256(key.encode()).hexdigest()
        return (int(digest, 16) % one_in == 0) == held_out

    def choose(ids: list[str], texts: list[str]) -> tuple[list[str], list[str]]:
        # A source sentence goes where its translation goes.
        rows = [(i, t) for i, t in zip(ids, texts) if belongs(target_of.get(i, i))]
        return [i for i, _ in rows], [t for _, t in rows]

    gold = {(s, t) for s, t in mining.gold if belongs(t) and belongs(target_of[s])}
    ours = choose(mining.source_ids, mining.source)
    return Mining(*ours, *choose(mining.target_ids, mining.target), gold)


def fewer(corpus: Mining, limit: int, seed: int = sources.SAMPLING_SEED) -> Mining:
    """At most `limit` source sentences and as many English ones, no pair torn apart.

    The share of sentences that have a translation stays what it was.
    """
    if not limit or len(corpus.source_ids) <= limit:
        return corpus
    chosen = random.Random(seed)
    rows = sorted(chosen.sample(range(len(corpus.source_ids)), limit))
    source_ids = [corpus.source_ids[row] for row in rows]
    kept = set(source_ids)
    gold = {pair for pair in corpus.gold if pair[0] in kept}
    wanted = {target for _, target in gold}
    paired = {target for _, target in corpus.gold}
    others = [i for i, name in enumerate(corpus.target_ids) if name not in paired]
    room = max(0, min(limit - len(wanted), len(others)))
    distractors = set(chosen.sample(others, room))
    targets = [
        i
        for i, name in enumerate(corpus.target_ids)
        if name in wanted or i in distractors
    ]
    return replace(
        corpus,
        source_ids=source_ids,
        source=[corpus.source[row] for row in rows],
        target_ids=[corpus.target_ids[i] for i in targets],
        target=[corpus.target[i] for i in targets],
        gold=gold,
    )
