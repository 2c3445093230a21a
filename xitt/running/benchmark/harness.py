"""lm-evaluation-harness, a peer that stands in no environment of ours.

It holds python-dateutil at a version that others have left behind, so that pip puts it
in a folder of its own, with what it needs beside what we have.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from xitt import paths
from xitt.errors import UserError

NAME = "lm-eval==0.4.13"
WANTED = (
    NAME, "sqlitedict==2.1.0", "pytablewriter==1.2.1", "word2number==1.1",
    "more-itertools==11.2.1", "rouge-score==0.1.2", "sacrebleu==2.6.0", "nltk==3.10.4",
    "absl-py==2.5.1", "dataproperty==1.1.1", "mbstrdecoder==1.1.5", "lxml==6.1.3",
    "pathvalidate==3.3.1", "tabledata==1.3.5", "tcolorpy==0.1.7", "typepy==1.3.5",
    "chardet==6.0.0.post1", "colorama==0.4.6", "portalocker==4.4.2",
)  # fmt: skip


def ensure(folder: Path | None = None) -> Path:
    """The folder that `lm_eval` is imported from, brought by pip where it is missing.

    Raises:
        UserError: where pip cannot bring it.
    """
    folder = folder or paths.DATA / "peers" / NAME.replace("==", "-")
    if not (folder / "complete").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--retries", "1"]
        pip += ["--no-deps", "--upgrade", "--target", str(folder), *WANTED]
        try:
            subprocess.run(pip, capture_output=True, check=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as error:
            raise UserError(f"pip cannot bring {NAME}: {error!r:.60}") from error
        (folder / "complete").touch()
    return folder


def language_model(model: Any, tokenizer: Any, batch: int) -> Any:
    """A loaded causal model as the harness's HFLM.

    Raises:
        UserError: where the harness is not there and cannot be brought.
    """
    folder = str(ensure())
    if folder not in sys.path:
        sys.path.append(folder)  # last: what we have goes before what it brings
    from lm_eval.models.huggingface import HFLM

    return HFLM(
        pretrained=model, tokenizer=tokenizer, batch_size=batch,
        device=str(model.device),
    )  # fmt: skip
