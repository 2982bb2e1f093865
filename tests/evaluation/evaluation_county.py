"""A data root with observed values of later years: the worked example of docs/evaluation.md."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

QUICK = ("draws=40", "emergency.replications=2", "emergency.parameter_draws=2", "emergency.years=[2023, 2025]")

_EXAMPLE = re.compile(r"```csv calibration/kunshan/observed\.csv\n(.*?)```", re.DOTALL)


def example(root: Path) -> str:
    """The file that the documentation prints."""
    page = (root / "docs" / "evaluation.md").read_text(encoding="utf-8")
    found = _EXAMPLE.search(page)
    assert found is not None
    return found.group(1)


def make_county(root: Path, folder: Path, observed: str) -> Path:
    """Kunshan's pack with ``observed.csv`` and its scenarios in ``folder``; gives the plan."""
    for name in ("kunshan", "reference"):
        shutil.copytree(root / "calibration" / name, folder / "calibration" / name)
    shutil.copytree(root / "scenarios" / "kunshan", folder / "scenarios" / "kunshan")
    pack = folder / "calibration" / "kunshan"
    (pack / "observed.csv").write_text(observed, encoding="utf-8")
    with (pack / "sources.yaml").open("a", encoding="utf-8") as stream:
        stream.write("  EXAMPLE_OBSERVED:\n    text: invented figures of the worked example in docs/evaluation.md\n")
    return folder / "scenarios" / "kunshan" / "plan_2025.yaml"
