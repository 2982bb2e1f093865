"""What the emergency simulation gives to the rest of the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd  # a third of the time to the first call of an engine, which needs no tables


@dataclass(frozen=True)
class EmergencyResult:
    """Tables of one scenario's emergency simulation (columns as in the design's contracts).

    Attributes:
        metrics: ``emergency.csv``: year, metric, segment, unit, mean, ci_low, ci_high, replications, param_p10,
            param_p90, draws.
        replications: ``emergency_replications.csv``: one row per year, draw and replication, a column per headline metric.
        coverage: ``coverage.csv``: year, radius_km, metric (straight/road), segment, population_share, area_share.
        by_draw: ``emergency_draws.csv``: per year of the horizon and parameter draw (0 central) the people within the radii and,
            where it was searched for, the smallest duty fleet.
        distribution: response-time histogram: year, segment, bin_from_min, bin_to_min, share.
        zones: mean response, nearest station, distance and expected calls per zone for the mapped years.
        stations: per year and station: id, name, lon, lat, units by shift, calls answered, utilisation, how it was placed.
        duty_needed: smallest duty fleet that meets the time standard, by year: year, units, vehicles, met, standard_min.
        warm_up: ``emergency_warm_up.csv``: Welch's series of the mapped years and where MSER-5 cuts it.
        checks: analytic checks beside the run: name, what, expected, got, ok.
        notices: plain sentences to show (for example a policy that the compiled engine lacks).
        engine: ``reference`` or ``compiled``.
        surge: ``emergency_surge.csv``: every event of the scenario against the same year without it.
        staff: ``emergency_staff.csv``: full-time people by year and role behind the crews on duty.
    """

    metrics: pd.DataFrame
    replications: pd.DataFrame
    coverage: pd.DataFrame
    by_draw: pd.DataFrame
    distribution: pd.DataFrame
    zones: pd.DataFrame
    stations: pd.DataFrame
    duty_needed: pd.DataFrame
    warm_up: pd.DataFrame
    checks: pd.DataFrame
    notices: tuple[str, ...]
    engine: str
    surge: pd.DataFrame
    staff: pd.DataFrame
