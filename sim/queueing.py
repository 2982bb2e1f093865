"""Closed-form queues: the formulas that beds, staff and ambulances share.

Notation: ``servers`` c identical servers (beds, crews); ``load`` a = arrival rate x mean service time, in Erlang;
utilisation is a / c. Times come back in the unit of ``mean_service``.

Sources: A. K. Erlang (1917); R. B. Cooper, *Introduction to Queueing Theory* (2nd ed. 1981), chapters 3 and 5 (loss, delay,
waiting time); O. Kella and U. Yechiali (1985) for non-preemptive priorities with one service rate; S. G. Eick,
W. A. Massey and W. Whitt (1993), Management Science 39(2), for time-varying infinite-server queues.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def erlang_b(servers: ArrayLike, load: ArrayLike) -> NDArray[np.float64]:
    """Chance that an arrival finds all servers taken and is lost (M/G/c/c).

    Recursion ``B(0) = 1, B(k) = a B(k-1) / (k + a B(k-1))`` (Cooper 1981, 3.3), which neither overflows nor cancels.

    Args:
        servers: whole numbers >= 0.
        load: Erlang, >= 0; broadcast against ``servers``.

    Raises:
        ValueError: a negative or non-finite argument.
    """
    count, offered = np.broadcast_arrays(np.asarray(servers), np.asarray(load, dtype=float))
    _require(offered, "load")
    _require(np.asarray(count, dtype=float), "servers")
    current = np.ones(offered.shape)
    result = np.ones(offered.shape)
    for number in range(1, int(count.max(initial=0)) + 1):
        current = offered * current / (number + offered * current)
        result = np.where(count == number, current, result)
    return result


def erlang_c(servers: ArrayLike, load: ArrayLike) -> NDArray[np.float64]:
    """Chance that an arrival has to wait (M/M/c): ``C = B / (1 - (a / c)(1 - B))``; 1 at or above capacity."""
    count, offered = np.broadcast_arrays(np.asarray(servers, dtype=float), np.asarray(load, dtype=float))
    blocking = erlang_b(servers, load)
    overloaded = offered >= count
    busy = np.divide(offered, count, out=np.ones(offered.shape), where=~overloaded)
    return np.where(overloaded, 1.0, blocking / (1.0 - np.where(overloaded, 0.0, busy * (1.0 - blocking))))


def mean_wait(servers: ArrayLike, load: ArrayLike, mean_service: float) -> NDArray[np.float64]:
    """Mean wait of all arrivals in an M/M/c queue, ``C s / (c - a)``; infinite at or above capacity."""
    spare = np.asarray(servers, dtype=float) - np.asarray(load, dtype=float)
    delayed = erlang_c(servers, load) * mean_service
    return np.divide(delayed, spare, out=np.full(np.shape(delayed), np.inf), where=spare > 0)


def wait_exceeds(servers: ArrayLike, load: ArrayLike, mean_service: float, time: float) -> NDArray[np.float64]:
    """Chance that an arrival in an M/M/c queue waits longer than ``time``: ``C exp(-(c - a) t / s)``."""
    spare = np.maximum(np.asarray(servers, dtype=float) - np.asarray(load, dtype=float), 0.0)
    return erlang_c(servers, load) * np.exp(-spare * time / mean_service)


def wait_quantile(servers: int, load: float, mean_service: float, level: float) -> float:
    """The wait that a share ``level`` of arrivals in an M/M/c queue does not exceed (0 when that many need not wait)."""
    if load >= servers:
        return math.inf
    delayed = float(erlang_c(servers, load))
    return max(0.0, math.log(delayed / (1.0 - level)) * mean_service / (servers - load)) if delayed > 0 else 0.0


def wait_sd(servers: int, load: float, mean_service: float) -> float:
    """Standard deviation of the wait of all arrivals in an M/M/c queue: an exponential wait met with chance C."""
    if load >= servers:
        return math.inf
    delayed = float(erlang_c(servers, load))
    return math.sqrt(delayed * (2.0 - delayed)) * mean_service / (servers - load)


def priority_waits(servers: int, arrival_rates: Sequence[float], mean_service: float) -> NDArray[np.float64]:
    """Mean wait by class, most urgent first, in an M/M/c queue with non-preemptive priorities and one service rate.

    ``W_k = (C s / c) / ((1 - sigma_{k-1})(1 - sigma_k))``, sigma_k the utilisation by classes 1..k (Kella and Yechiali
    1985). A class is infinite once the classes down to it fill the servers.
    """
    rates = np.asarray(arrival_rates, dtype=float)
    _require(rates, "arrival rate")
    load = float(rates.sum()) * mean_service
    delayed = float(erlang_c(servers, load)) * mean_service / servers
    upto = np.concatenate([[0.0], np.cumsum(rates) * mean_service / servers])
    spare = (1.0 - upto[:-1]) * (1.0 - upto[1:])
    return np.where(upto[1:] < 1.0, delayed / np.where(upto[1:] < 1.0, spare, 1.0), np.inf)


def mg1_mean_wait(arrival_rate: float, mean_service: float, squared_variation: float) -> float:
    """Mean wait in an M/G/1 queue (Pollaczek-Khinchine): ``rho s (1 + scv) / (2 (1 - rho))``."""
    busy = arrival_rate * mean_service
    return math.inf if busy >= 1 else busy * mean_service * (1.0 + squared_variation) / (2.0 * (1.0 - busy))


def servers_for_blocking(load: ArrayLike, target: float) -> NDArray[np.int64]:
    """Fewest servers (beds) at which an arrival finds none free with a chance of at most ``target`` (Erlang loss).

    Args:
        load: Erlang, any shape; no load needs no server.
        target: chance, 0 < target < 1.

    Raises:
        ValueError: target outside (0, 1), or a negative or non-finite load.
    """
    if not 0.0 < target < 1.0:
        raise ValueError(f"a refusal chance of {target} is not between 0 and 1")
    offered = np.atleast_1d(np.asarray(load, dtype=float))
    _require(offered, "load")
    flat = offered.ravel()
    needed = np.zeros(flat.shape, dtype=np.int64)
    open_ = np.flatnonzero(flat > 0)
    blocking = np.ones(len(open_))
    number = 0
    while len(open_):
        number += 1
        current = flat[open_] * blocking
        blocking = current / (number + current)
        needed[open_] = number
        above = blocking > target
        open_, blocking = open_[above], blocking[above]
    return needed.reshape(np.shape(load))


def servers_for_delay(load: float, target: float) -> int:
    """Fewest servers at which an arrival has to wait with a chance of at most ``target`` (M/M/c)."""
    if not 0.0 < target < 1.0:
        raise ValueError(f"a chance of waiting of {target} is not between 0 and 1")
    number = math.floor(load) + 1
    while float(erlang_c(number, load)) > target:
        number += 1
    return number


def beds_for_service(mean_census: ArrayLike, level: float) -> NDArray[np.int64]:
    """Beds that suffice with chance ``level`` when the census is Poisson (M/G/inf): its ``level`` quantile."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"a service level of {level} is not between 0 and 1")
    from scipy.stats import poisson

    census = np.asarray(mean_census, dtype=float)
    _require(census, "mean census")
    return np.asarray(poisson.ppf(level, census)).astype(np.int64)


def sinusoidal_mean_busy(
    mean_rate: float, amplitude: float, period: float, mean_service: float, times: ArrayLike
) -> NDArray[np.float64]:
    """Mean busy servers of M_t/M/inf with rate ``mean_rate + amplitude sin(2 pi t / period)`` (Eick, Massey, Whitt 1993).

    ``m(t) = s (mean_rate + amplitude (sin wt - w s cos wt) / (1 + w^2 s^2))``: the load lags and flattens the rate.
    """
    turn = 2.0 * math.pi / period
    angle = turn * np.asarray(times, dtype=float)
    lag = turn * mean_service
    return mean_service * (mean_rate + amplitude * (np.sin(angle) - lag * np.cos(angle)) / (1.0 + lag**2))


def _require(values: NDArray[np.float64], name: str) -> None:
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise ValueError(f"{name} must be finite and not negative")
