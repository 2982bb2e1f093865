"""Uniform, exponential and normal numbers of the named streams turned into the columns of a call table, in compiled code.

Everything here runs once, before an engine starts; both engines read the finished floats. Normal and exponential numbers
are drawn one by one in compiled code: the same numbers as those of numpy's arrays, in less than half the time.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.emergency.jit import compiled

Floats = NDArray[np.float64]


@compiled
def arrival_times(
    source: np.random.Generator, first: int, start: float, cumulative: Floats, hourly: Floats, out: Floats
) -> tuple[int, float]:
    """Calls of a Poisson process with a constant rate in each hour, by inversion of the integrated rate.

    A unit-rate process ``s[k] = s[k-1] + gap[k]`` becomes ``t[k] = L^-1(s[k])``, L the integrated rate (Cinlar 1975,
    Introduction to Stochastic Processes, 4.7). Exact, and ascending without sorting.

    Args:
        source: stream of the gaps, exponential with mean 1.
        first: entry of ``out`` to begin with.
        start: integrated rate reached so far.
        cumulative: integrated rate at the end of each hour.
        hourly: integrated rate within each hour.
        out: minutes, written from ``first`` on.

    Returns:
        Calls in ``out``, and the integrated rate reached: at or above ``cumulative[-1]`` when the period is complete.
    """
    reached = start
    hour = 0
    count = first
    while count < len(out):
        reached += source.standard_exponential()
        while hour < len(cumulative) and reached >= cumulative[hour]:
            hour += 1
        if hour == len(cumulative):
            return count, reached
        before = cumulative[hour - 1] if hour else 0.0
        # Rounding must not push a call out of its hour.
        share = min((reached - before) / hourly[hour], 1.0 - 2.0**-53)
        out[count] = 60.0 * (hour + share)
        count += 1
    return count, reached


@compiled
def guide_table(cumulative: Floats, size: int) -> NDArray[np.int32]:
    """Where to begin the search of an inversion (Chen and Asau 1974): the first i with ``cumulative[i] > j / size``."""
    guide = np.empty(size, dtype=np.int32)
    i = 0
    for j in range(size):
        while i < len(cumulative) - 1 and cumulative[i] <= j / size:
            i += 1
        guide[j] = i
    return guide


@compiled
def invert(uniforms: Floats, cumulative: Floats, guide: NDArray[np.int32], out: NDArray[np.int32]) -> None:
    """Index of each uniform in a discrete distribution: the first i with ``cumulative[i] > u``."""
    size = len(guide)
    last = np.uintp(len(cumulative) - 1)
    one = np.uintp(1)  # unsigned throughout: spares the test for an index that counts from the end
    for k in range(len(uniforms)):
        u = uniforms[k]
        i = np.uintp(guide[np.uintp(u * size)])
        while i < last and cumulative[i] <= u:
            i += one
        out[k] = i


@compiled
def choose_by_row(
    uniforms: Floats, row: NDArray[np.int64], first_row: int, cumulative: Floats, offset: int, out: NDArray[np.int8]
) -> None:
    """Column of each uniform in a table of cumulative shares, plus ``offset``: in row ``row - first_row``, or in the only row."""
    last = cumulative.shape[1] - 1
    single = len(cumulative) == 1
    for k in range(len(uniforms)):
        at = 0 if single else row[k] - first_row
        u = uniforms[k]
        column = 0
        for i in range(last):
            column += cumulative[at, i] <= u
        out[k] = column + offset


@compiled
def happens(uniforms: Floats, priority: NDArray[np.int8], share: Floats, out: NDArray[np.bool_]) -> None:
    """Whether something with a chance by priority happens."""
    for k in range(len(uniforms)):
        out[k] = uniforms[k] < share[priority[k] - 1]


@compiled
def lognormal(source: np.random.Generator, median: float, sigma: float, out: Floats) -> None:
    """``median exp(sigma z)``, z the standard normal numbers of a stream."""
    for k in range(len(out)):
        out[k] = median * math.exp(sigma * source.standard_normal())


@compiled
def lognormal_by_hour(
    source: np.random.Generator, time_min: Floats, first_hour: int, medians: Floats, sigma: float, out: Floats
) -> None:
    """As :func:`lognormal` with a median by hour of the week of the call."""
    for k in range(len(out)):
        hour = (first_hour + int(time_min[k] / 60.0)) % len(medians)
        out[k] = medians[hour] * math.exp(sigma * source.standard_normal())


@compiled
def lognormal_correlated(
    sources: tuple[np.random.Generator, ...], correlation: float, sigma: float, first: Floats, second: Floats, third: Floats
) -> None:
    """Three errors with median 1; the logarithms of the last two have the given correlation with that of the first."""
    own = math.sqrt(1.0 - correlation * correlation)
    for k in range(len(first)):
        common = sources[0].standard_normal()
        first[k] = math.exp(sigma * common)
        second[k] = math.exp(sigma * (correlation * common + own * sources[1].standard_normal()))
        third[k] = math.exp(sigma * (correlation * common + own * sources[2].standard_normal()))
