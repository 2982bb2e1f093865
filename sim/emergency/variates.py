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


_LOG2_E = 1.4426950408889634
_LN_2_HIGH, _LN_2_LOW = 0.693145751953125, 1.42860682030941723212e-6
"""ln 2 in two parts; the first has so few digits that whole multiples of it are exact (Cody and Waite 1980, Software Manual for
the Elementary Functions, chapter 6)."""
_TO_WHOLE = 1.5 * 2.0**52
"""Added to a number below 2^51 it leaves no room for its fraction: the sum holds the nearest whole number in its last bits."""
_TAYLOR = tuple(1.0 / math.factorial(k) for k in range(14))
_LARGEST_EXPONENT = 700.0
_EXP_BLOCK = 512


@compiled
def exponentials(column: Floats, scale: float) -> None:
    """Replace every x of a column by ``scale exp(x)``, x within +-700.

    ``exp(x) = 2^n exp(r)``, n whole and |r| <= ln 2 / 2, exp(r) by its Taylor series to r^13 (the rest is below 5e-18). Within
    1 unit of the last digit of exp, four times as fast as the C library's in a loop, and unlike it the same bits on
    every processor: nothing but additions and products in a stated order.
    """
    power = np.empty(_EXP_BLOCK)
    bits = power.view(np.int64)
    for first in range(0, len(column), _EXP_BLOCK):
        block = column[first : first + _EXP_BLOCK]
        for k in range(len(block)):
            x = min(max(block[k], -_LARGEST_EXPONENT), _LARGEST_EXPONENT)
            shifted = x * _LOG2_E + _TO_WHOLE
            whole = shifted - _TO_WHOLE
            r = (x - whole * _LN_2_HIGH) - whole * _LN_2_LOW
            series = _TAYLOR[13]
            for degree in range(12, 1, -1):
                series = series * r + _TAYLOR[degree]
            power[k] = shifted
            block[k] = 1.0 + (r + r * r * series)
        for k in range(len(block)):
            bits[k] = (bits[k] << 52) + (1023 << 52)  # the whole number becomes the exponent of a float
        for k in range(len(block)):
            block[k] = scale * (block[k] * power[k])


@compiled
def lognormal(source: np.random.Generator, median: float, sigma: float, out: Floats) -> None:
    """``median exp(sigma z)``, z the standard normal numbers of a stream."""
    for k in range(len(out)):
        out[k] = sigma * source.standard_normal()
    exponentials(out, median)


@compiled
def lognormal_by_hour(
    source: np.random.Generator, time_min: Floats, first_hour: int, medians: Floats, sigma: float, out: Floats
) -> None:
    """As :func:`lognormal` with a median by hour of the week of the call; times ascend."""
    lognormal(source, 1.0, sigma, out)
    hour, hour_ends = first_hour % len(medians), 60.0
    for k in range(len(out)):
        while time_min[k] >= hour_ends:
            hour_ends += 60.0
            hour += 1
            if hour == len(medians):
                hour = 0
        out[k] *= medians[hour]


@compiled
def lognormal_correlated(
    sources: tuple[np.random.Generator, ...], correlation: float, sigma: float, first: Floats, second: Floats, third: Floats
) -> None:
    """Three errors with median 1; the logarithms of the last two have the given correlation with that of the first."""
    own = math.sqrt(1.0 - correlation * correlation)
    for k in range(len(first)):
        common = sources[0].standard_normal()
        first[k] = sigma * common
        second[k] = sigma * (correlation * common + own * sources[1].standard_normal())
        third[k] = sigma * (correlation * common + own * sources[2].standard_normal())
    exponentials(first, 1.0)
    exponentials(second, 1.0)
    exponentials(third, 1.0)
