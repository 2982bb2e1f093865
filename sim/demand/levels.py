"""The levels of use that calibration fits to observed activity, and the priors that stand where nothing was observed."""

from __future__ import annotations

from dataclasses import dataclass

from sim.region.model import Region


@dataclass(frozen=True)
class Level:
    """One level: a factor, or a rate, that scales an age schedule to the region.

    Attributes:
        key: the parameter that ``fitted.yaml`` holds.
        prior: the parameter of the reference pack with the prior.
        stream: random stream of its draws.
    """

    key: str
    prior: str
    stream: str


ADMISSIONS = Level("care.admission_level", "need.prior.admission_level", "demand.admission_level")
VISITS = Level("care.visit_level", "need.prior.visit_level", "demand.visit_level")
STAY = Level("care.stay_level", "need.prior.stay_level", "demand.length_of_stay")
LEVELS = (ADMISSIONS, VISITS, STAY)


def provincial(region: Region, key: str) -> str:
    """Key of a parameter's value for the region's province (first two digits of the census code), else the nation's."""
    own = f"{key}.province_{region.census_code[:2]}"
    return own if own in region.parameters else key


def prior_key(region: Region, level: Level) -> str:
    """Key of a level's prior: the province's if there is one, else the nation's."""
    return provincial(region, level.prior)


def key_in(region: Region, level: Level) -> str:
    """Key of the value in force: fitted if the region has been calibrated, else the prior."""
    return level.key if level.key in region.parameters else prior_key(region, level)
