"""Statistics of simulation output. The unit of analysis is the replication, never the call: calls of one run are correlated.

Sources: A. M. Law, *Simulation Modeling and Analysis* (5th ed. 2015), chapters 9 (intervals, sequential procedure,
warm-up) and 10-11 (paired comparison, common random numbers); K. P. White (1997), Simulation 69(6), and K. P. White,
M. J. Cobb and S. C. Spratt (2000), Winter Simulation Conference (MSER-5).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Interval:
    """A mean with its two-sided confidence interval over ``n`` independent values; bounds are NaN when n < 2."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def half_width(self) -> float:
        """Half of the interval's width."""
        return 0.5 * (self.high - self.low)


@functools.cache
def t_quantile(level: float, degrees: int) -> float:
    """Two-sided Student t quantile, for example ``t_quantile(0.95, 9)`` = 2.262."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + 0.5 * level))


def t_interval(values: ArrayLike, level: float = 0.95) -> Interval:
    """Student t interval over independent replications; NaN entries (a metric without a call) are left out."""
    sample = np.asarray(values, dtype=float)
    sample = sample[np.isfinite(sample)]
    n = len(sample)
    if n == 0:
        return Interval(math.nan, math.nan, math.nan, 0)
    mean = float(sample.mean())
    if n == 1:
        return Interval(mean, math.nan, math.nan, 1)
    half = t_quantile(level, n - 1) * float(sample.std(ddof=1)) / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, n)


@dataclass(frozen=True)
class PairedDifference:
    """Difference ``a - b`` of two set-ups run on the same calls.

    Attributes:
        difference: t interval of the mean difference over pairs.
        variance_ratio: variance of the difference had the runs been independent, over its variance in pairs: how many
            times fewer replications common random numbers need.
        correlation: of the two series.
    """

    difference: Interval
    variance_ratio: float
    correlation: float


def paired_difference(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> PairedDifference:
    """Compare two set-ups replication by replication.

    Raises:
        ValueError: lengths differ, or fewer than two pairs.
    """
    first, second = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if first.shape != second.shape or first.ndim != 1 or len(first) < 2:
        raise ValueError("two series of the same length, at least 2, are needed")
    paired = float((first - second).var(ddof=1))
    independent = float(first.var(ddof=1) + second.var(ddof=1))
    moved = first.std() > 0 and second.std() > 0
    return PairedDifference(
        t_interval(first - second, level),
        independent / paired if paired > 0 else math.inf,
        float(np.corrcoef(first, second)[0, 1]) if moved else math.nan,
    )


@dataclass(frozen=True)
class SequentialResult:
    """Outcome of :func:`replicate_until`: the interval reached, the target, and whether it was reached."""

    interval: Interval
    target_half_width: float
    met: bool
    values: NDArray[np.float64]


def replicate_until(
    run: Callable[[int], float], half_width: float, *, level: float = 0.95, least: int = 10, most: int = 1000
) -> SequentialResult:
    """Add replications one by one until the t interval is narrow enough (Law 2015, 9.4.1).

    Args:
        run: gives the metric of replication i = 0, 1, 2, ...
        half_width: target, in the metric's unit.
        least, most: bounds on the number of replications; a start of 10 keeps the real coverage near ``level``.
    """
    values: list[float] = []
    while True:
        values.append(float(run(len(values))))
        if len(values) < least:
            continue
        interval = t_interval(values, level)
        met = interval.half_width <= half_width
        if met or len(values) >= most:
            return SequentialResult(interval, half_width, met, np.array(values))


def replications_needed(values: ArrayLike, half_width: float, level: float = 0.95) -> int:
    """Replications that would bring the t interval to ``half_width`` if the spread stays as in ``values`` (Law 2015, 9.4.1)."""
    sample = np.asarray(values, dtype=float)
    variance = float(sample.var(ddof=1))
    # The normal quantile gives a lower bound that Student's exceeds by about two replications: few steps remain.
    normal = NormalDist().inv_cdf(0.5 + 0.5 * level)
    n = max(len(sample), math.ceil(variance * (normal / half_width) ** 2))
    while t_quantile(level, n - 1) * math.sqrt(variance / n) > half_width:
        n += 1
    return n


def mser5(series: ArrayLike, batch: int = 5) -> int:
    """Warm-up by MSER-5: how many leading observations to drop.

    The series is averaged in batches of five; the truncation d minimises ``var(remaining) / (k - d)``, the squared
    standard error of what remains, over the first half (a minimum in the second half means: run longer).

    Returns:
        Observations to drop, a multiple of ``batch``.

    Raises:
        ValueError: fewer than 10 batches.
    """
    values = np.asarray(series, dtype=float)
    k = len(values) // batch
    if k < 10:
        raise ValueError(f"{len(values)} observations are too few for MSER-{batch}: at least {10 * batch}")
    means = values[: k * batch].reshape(k, batch).mean(axis=1)
    remaining = np.arange(k, 0, -1)
    tail = np.cumsum(means[::-1])[::-1] / remaining
    squares = np.cumsum((means**2)[::-1])[::-1] / remaining
    score = (squares - tail**2) / remaining
    return int(np.argmin(score[: k // 2])) * batch


def welch_series(replications: ArrayLike, window: int) -> NDArray[np.float64]:
    """Welch's plot: the mean over replications ``[replication, time]``, smoothed by a centred moving average.

    The window shrinks at the start (2 i - 1 points at the i-th), so that the beginning is not smeared (Law 2015, 9.5.1).
    """
    mean = np.asarray(replications, dtype=float).mean(axis=0)
    total = np.concatenate([[0.0], np.cumsum(mean)])
    points = np.arange(len(mean) - window)
    half = np.minimum(points, window)
    return (total[points + half + 1] - total[points - half]) / (2 * half + 1)


def is_overloaded(calls_per_hour: float, busy_hours_per_call: float, units: float) -> bool:
    """Whether work comes in at least as fast as ``units`` can do it: queues grow without bound, there is no steady state."""
    return calls_per_hour * busy_hours_per_call >= units
