"""One run of a study: what decides its result, and where its files are."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from xitt.study import data_source, profiles, records
from xitt.study.families import models
from xitt.study.profiles import Profile
from xitt.tasks import registry

# The parameters of a run that decide its training, besides the rows and the parent.
TRAINED_BY = ("seed", "encoder", "causal", "tuning", "templates", "recipe", "training")


@dataclass(frozen=True)
class Run:
    """One training or evaluation: parameters decide its key, the key its files."""

    profile: Profile = field(repr=False, compare=False)
    phase: str
    setting: str
    target: str | None
    seed: int
    params: dict[str, Any] = field(repr=False, compare=False)
    parent: Run | None = field(default=None, repr=False, compare=False)

    @cached_property
    def key(self) -> str:
        """16 hex digits: the hash of the parameters and of the parent's key."""
        parent = self.parent.key if self.parent else None
        return records.key_of({**self.params, "parent": parent})

    @cached_property
    def training_key(self) -> str:
        """16 hex digits of what decides the training of a target run; "" for none.

        Targets that have it in common (XQuAD and MLQA) are trained once.
        """
        if "recipe" not in self.params:
            return ""
        task = registry.get(self.target)
        own = {k: self.params[k] for k in TRAINED_BY if k in self.params}
        parent = self.parent.key if self.parent else None
        source = task.train_from or task.name
        trained = [source, task.kind, *task.labels]
        data = data_source.revision(self.profile, source)
        return records.key_of({**own, "on": trained, "data": data, "parent": parent})

    @property
    def started_from(self) -> str:
        """What tells the model that a target run starts from: its parent, or none."""
        return f"{models.name(self.profile)}, {self.parent.key if self.parent else ''}"

    @property
    def stem(self) -> str:
        """The name of the run's files: phase.setting.target.seed.key."""
        parts = (self.phase, self.setting, self.target or "-", str(self.seed), self.key)
        return ".".join(parts)

    @property
    def record(self) -> Path:
        """Where the run's record stands once it is finished.

        Of a study that extends another it may be the other's.
        """
        name = f"{self.stem}.json"
        if "base_records" in self.profile:
            lent = profiles.folder(self.profile, "base_records") / name
            if records.is_there(lent):
                return lent
        return profiles.folder(self.profile, "records") / name

    @property
    def folder(self) -> Path:
        """Where its checkpoint, predictions and trained encoder stand."""
        return profiles.runs_folder(self.profile) / "cells" / self.stem

    @property
    def encoder(self) -> Path:
        """Where an intermediate run leaves the encoder that it trained."""
        return self.folder / "encoder"

    @property
    def tuned(self) -> Path:
        """Where the model of a target run is kept, by all that are trained alike."""
        return profiles.runs_folder(self.profile) / "tuned" / self.training_key

    @property
    def starts_from(self) -> Run | None:
        """The intermediate run whose encoder has to be there; None where none has.

        Perturbed input needs it to train a target again whose model is not kept.
        """
        if self.phase != "perturbed":
            return self.parent
        kept = self.trained_on == "clean" and self.parent.tuned.is_dir()
        return None if kept else self.parent.parent

    @property
    def trained_on(self) -> str:
        """What English a model was fine-tuned on that is scored on perturbed input.

        `clean`, and then it is its target run's; or `noised`, or `switched`.
        """
        return self.params.get("trained_on", "clean")

    @property
    def done(self) -> bool:
        """Whether the run is recorded."""
        return records.is_there(self.record)
