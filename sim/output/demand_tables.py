"""Tables of what lies behind the needs: classes of beds, inpatients by age, staff by WISN, attribution of change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.demand import BedClass, Need
from sim.draws import quantiles
from sim.population.model import SEXES
from sim.queueing import erlang_b, servers_for_blocking
from sim.scorecard.attribution import AttributionRow
from sim.scorecard.staff import WisnRow

_ESTIMATES = ("central", "p10", "p50", "p90")


def bed_classes(need: Need) -> pd.DataFrame:
    """``bed_classes.csv``: care and beds by class and year; one row an estimate (``central`` or a quantile over draws).

    ``beds`` by target occupancy add up over the classes on the central draw; ``ward_beds`` stand in wards of the class,
    ``pooled_beds`` in one pool of it, both so that a patient of the busiest season finds none free with at most the accepted
    chance; the two occupancies are outcomes: what the beds carry of the mean census after refusals.
    """
    rows = []
    for item in need.bed_classes.values():
        cases, nights, census, beds, in_wards = map(
            _estimates, (item.discharges, item.bed_days, item.load, item.beds, item.ward_beds)
        )
        pool = _pooled(item)
        ward_occupancy = _occupancy(census, in_wards, np.full(census.shape, item.ward_size))
        pool_occupancy = _occupancy(census, pool, pool)
        stay = np.divide(nights, cases, out=np.full(cases.shape, np.nan), where=cases > 0.0)
        figures = (cases, nights, stay, beds, in_wards, pool, ward_occupancy, pool_occupancy)
        for at, year in enumerate(map(int, need.years)):
            for which, estimate in enumerate(_ESTIMATES):
                rows.append((year, item.key, estimate, *(_known(figure[which, at]) for figure in figures), item.ward_size))
    names = ["year", "class", "estimate", "discharges", "bed_days", "stay_days", "beds", "ward_beds", "pooled_beds"]
    return pd.DataFrame(rows, columns=[*names, "ward_occupancy", "pooled_occupancy", "ward_size"], dtype=object)


def inpatient_by_age(need: Need) -> pd.DataFrame:
    """``inpatient_by_age.csv``: central discharges and bed-days by class, sex and age group (``age_to`` empty = open)."""
    first = need.age_from.astype(int).tolist()
    last = [*(age - 1 for age in first[1:]), None]
    rows = []
    for name in need.bed_classes:
        cases, nights = need.by_age[f"discharges_{name}"], need.by_age[f"bed_days_{name}"]
        for at, year in enumerate(map(int, need.years)):
            for sex, label in enumerate(SEXES):
                rows += [
                    (year, name, label, low, high, float(cases[at, sex, group]), float(nights[at, sex, group]))
                    for group, (low, high) in enumerate(zip(first, last, strict=True))
                ]
    frame = pd.DataFrame(rows, columns=["year", "class", "sex", "age_from", "age_to", "discharges", "bed_days"])
    return frame.astype({"age_to": "Int64"})


def staff_wisn(rows: Sequence[WisnRow]) -> pd.DataFrame:
    """``staff_wisn.csv``: the fields of the rows, in their order."""
    return pd.DataFrame([astuple(row) for row in rows], columns=[item.name for item in fields(WisnRow)], dtype=object)


def attribution(rows: Sequence[AttributionRow]) -> pd.DataFrame:
    """``attribution.csv``: the fields of the rows, in their order."""
    return pd.DataFrame([astuple(row) for row in rows], columns=[item.name for item in fields(AttributionRow)], dtype=object)


def _estimates(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Central value and quantiles over draws, ``[estimate, year]``."""
    return np.concatenate([values[:1], quantiles(values)])


def _pooled(item: BedClass) -> NDArray[np.float64]:
    """Beds of the class as one pool, ``[estimate, year]``: of the central load and of its quantiles (beds rise with the load)."""
    loads = _estimates(item.load * item.peak)
    chances = np.broadcast_to(item.refusal, loads.shape[-1:])
    beds = np.empty(loads.shape)
    for chance in np.unique(chances):
        beds[:, chances == chance] = servers_for_blocking(loads[:, chances == chance], float(chance))
    return beds


def _occupancy(
    census: NDArray[np.float64], beds: NDArray[np.float64], unit: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean occupancy of beds in units of at most ``unit`` beds under the mean census, refused patients left out."""
    units = np.maximum(1.0, np.divide(beds, unit, out=np.ones(beds.shape), where=unit > 0.0))
    refused = erlang_b(np.ceil(np.minimum(beds, unit)).astype(int), census / units)
    return np.divide(census * (1.0 - refused), beds, out=np.full(beds.shape, np.nan), where=beds > 0.0)


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
