"""Fitting to what was observed, and what the fit is worth.

Public: :func:`requests` and :func:`calibrate` (what ``healthsim calibrate`` does), :func:`calibrate_region`,
:func:`fit_region`, :func:`read_specification` and the records of :mod:`sim.calibration.result`.
"""

from sim.calibration.calibrate import Calibration, Request, calibrate, calibrate_region, requests
from sim.calibration.fit import fit_region
from sim.calibration.reader import read_specification
from sim.calibration.result import AnchorFit, CrewsFit, Finding, GroupFit, ParameterFit, RegionFit, Swap, TargetFit
from sim.calibration.specification import FitParameter, FitTarget, Specification
from sim.calibration.words import finding_sentence

__all__ = [
    "AnchorFit",
    "Calibration",
    "CrewsFit",
    "Finding",
    "FitParameter",
    "FitTarget",
    "GroupFit",
    "ParameterFit",
    "RegionFit",
    "Request",
    "Specification",
    "Swap",
    "TargetFit",
    "calibrate",
    "calibrate_region",
    "finding_sentence",
    "fit_region",
    "read_specification",
    "requests",
]
