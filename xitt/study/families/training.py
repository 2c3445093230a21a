"""The functions that train and validate the model of a run, by its family.

Each module has `plain`, `load`, `trunk`, `features`, `head`, `tokenise`, `validated`,
`scored`, `save` and `described`.
"""

from __future__ import annotations

from types import ModuleType

from xitt.study.families import answering, classifying, models
from xitt.study.run import Run

TRAINING = {"encoder": classifying, "causal": answering}


def of(run: Run) -> ModuleType:
    """The module for a run's model."""
    return TRAINING[models.kind(run.profile)]
