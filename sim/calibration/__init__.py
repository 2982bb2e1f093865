"""Fitting to what was observed: levels of use, written to ``fitted.yaml``."""

from sim.calibration.calibrate import Calibration, calibrate_named, calibrate_region
from sim.calibration.levels import FittedLevel, FittedLevels, Target, fit_levels
from sim.calibration.write import write_fitted

__all__ = [
    "Calibration",
    "FittedLevel",
    "FittedLevels",
    "Target",
    "calibrate_named",
    "calibrate_region",
    "fit_levels",
    "write_fitted",
]
