"""Copies of a pack that a test may break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.region import load_region


@dataclass(frozen=True)
class PackCopy:
    """A copy of one pack with the reference pack; its files can be edited before it is loaded."""

    root: Path
    key: str

    def edit(self, name: str, old: str, new: str) -> PackCopy:
        """Replace the first ``old`` in a file (of the pack, or ``reference/...``); it must stand there."""
        path = self.root / name if "/" in name else self.root / self.key / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return self

    def findings(self) -> list[str]:
        """The errors of loading it, with file names relative to the copy."""
        with pytest.raises(InputError) as caught:
            load_region(self.root, self.key)
        return [str(problem).replace(f"{self.root}/", "") for problem in caught.value.problems]


@pytest.fixture
def pack(tmp_path: Path, root: Path) -> Callable[[str], PackCopy]:
    """Makes a copy of the pack of a region."""

    def copy(key: str) -> PackCopy:
        for name in (key, "reference"):
            shutil.copytree(root / "calibration" / name, tmp_path / "calibration" / name)
        return PackCopy(tmp_path / "calibration", key)

    return copy
