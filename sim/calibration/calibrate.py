"""``calibrate``: read a region pack, fit it, write what was fitted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.calibration.levels import FittedLevels, fit_levels
from sim.calibration.write import write_fitted
from sim.region import load_region


@dataclass(frozen=True)
class Calibration:
    """A finished calibration: the levels and the files that were written."""

    levels: FittedLevels
    fitted: Path
    report: Path


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
