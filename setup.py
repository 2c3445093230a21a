"""What pyproject.toml cannot say: a wheel carries the study beside the package.

So notebooks run, and records are read and redrawn, where there is no checkout; what is
read there is `xitt/carried` (see `xitt.paths`). An editable install reads the checkout.
"""

from pathlib import Path
from shutil import copy2

from setuptools import setup
from setuptools.command.build_py import build_py

CARRIED = (  # from the repository's folder
    "notebooks/*.py",
    "notebooks/profiles/*.yaml",
    "results/*.json",
    "results/expected/*.json",
    "results/languages/*",
    "results/published/*",
    "results/records/*/*.json",
)


class BuildWithStudy(build_py):
    """Copies the study into the package, under the names of the repository."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        here = Path(__file__).resolve().parent
        for path in (path for pattern in CARRIED for path in here.glob(pattern)):
            target = Path(self.build_lib, "xitt/carried", path.relative_to(here))
            target.parent.mkdir(parents=True, exist_ok=True)
            copy2(path, target)


setup(cmdclass={"build_py": BuildWithStudy})
