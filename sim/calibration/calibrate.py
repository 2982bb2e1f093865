"""``calibrate``: read a region pack, fit it, write what was fitted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.calibration.levels import FittedLevels, fit_levels
from sim.calibration.write import write_fitted
from sim.region import find_data_root, find_scenario, load_region
from sim.scenario import load_scenario


@dataclass(frozen=True)
class Calibration:
    """A finished calibration: the levels and the files that were written."""

    levels: FittedLevels
    fitted: Path
    report: Path

    def __str__(self) -> str:
        lines = []
        for level in self.levels.levels:
            informed = ", ".join(target.key for target in level.targets) or "nothing was observed: the prior stands"
            lines.append(f"{level.level.key}: {level.median:.4g} ({level.low:.4g} to {level.high:.4g}); {informed}")
        return "\n".join([*lines, f"{self.fitted}", f"{self.report}"])


def calibrate_named(name: str, out: Path | None = None, data_root: Path | None = None) -> Calibration:
    """Fit the region of a key, of a scenario file, or of a pack's folder or file.

    Args:
        name: a region's key; a scenario file, whose region is meant; or the folder of a pack or a file in it.
        out: where to write; by default the region's own folder.
        data_root: folder with ``calibration/`` and ``scenarios/``; found by itself if None.

    Raises:
        InputError: an unknown region, or anything wrong in the pack or the scenario; nothing is written then.
    """
    path = Path(name)
    is_file = path.exists() or path.suffix == ".yaml"
    if is_file and not path.exists():
        path = find_scenario(path, data_root)
    root = find_data_root(start=path if is_file else None, explicit=data_root)
    packs = root / "calibration"
    return calibrate_region(packs, _region_of(path.resolve(), packs, root) if is_file else name, out)


def calibrate_region(calibration_dir: Path, key: str, out: Path | None = None) -> Calibration:
    """Fit a region to its observed activity and write ``fitted.yaml`` and ``fit_report.md``.

    Args:
        calibration_dir: the folder of the region packs.
        key: the region.
        out: where to write; by default the region's own folder, so that the next run uses it.

    Raises:
        InputError: anything wrong in the pack; nothing is written then.
    """
    region = load_region(calibration_dir, key)
    levels = fit_levels(region)
    fitted, report = write_fitted(levels, region, calibration_dir / key if out is None else out)
    return Calibration(levels, fitted, report)


def _region_of(path: Path, packs: Path, root: Path) -> str:
    """The region whose pack a folder or file is, or that a scenario file names."""
    if packs.resolve() in path.parents:
        return path.relative_to(packs.resolve()).parts[0]
    return load_scenario(path, data_root=root).body.region
