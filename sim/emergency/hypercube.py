"""Larson's hypercube queueing model: units that differ in place, sent by fixed preference lists.

A state says of every unit whether it is busy; a call goes to the first free unit of its group's list. Exact up to
:data:`MAX_UNITS` units; Larson's approximation for any number.

Sources: R. C. Larson (1974), Computers & Operations Research 1(1); R. C. Larson (1975), Operations Research 23(5)
(approximation and its correction factors Q); R. C. Larson and A. R. Odoni, *Urban Operations Research* (1981), 5.4-5.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

MAX_UNITS = 10


@dataclass(frozen=True)
class Hypercube:
    """Steady state of a hypercube model.

    Attributes:
        states: chance of each state, shape ``[2^unit]``; bit i of the index is unit i. With a queue, the all-busy state
            holds the chance that all are busy and nobody waits.
        workloads: share of time busy per unit, shape ``[unit]``.
        all_busy: chance that all units are busy (a call is then delayed, or lost).
        queue_not_empty: chance that somebody waits (0 in the loss system).
        dispatch: share of all calls that are answered by a unit for a group, shape ``[unit, group]``; in the loss
            system of the calls that are not lost.
    """

    states: NDArray[np.float64]
    workloads: NDArray[np.float64]
    all_busy: float
    queue_not_empty: float
    dispatch: NDArray[np.float64]

    def share_by_other(self, own: ArrayLike) -> float:
        """Share of the answered calls that a unit other than the group's own answers; ``own[group]`` is its unit."""
        owner = np.asarray(own)
        return float(1.0 - self.dispatch[owner, np.arange(len(owner))].sum())

    def mean_travel(self, minutes: ArrayLike) -> float:
        """Mean travel time of answered calls; ``minutes[unit, group]`` from the unit's base (queued calls too)."""
        return float((self.dispatch * np.asarray(minutes, dtype=float)).sum())


def solve_hypercube(
    rates: ArrayLike, preference: ArrayLike, service_rates: ArrayLike, *, queue: bool = True
) -> Hypercube:
    """Exact steady state.

    Args:
        rates: calls per time and group, shape ``[group]``.
        preference: unit numbers (from 0), best first, shape ``[group, unit]``; every list names every unit once.
        service_rates: services per time and unit, shape ``[unit]``; service times are exponential.
        queue: whether calls wait for the first free unit (first come first served) or are lost.

    Raises:
        ValueError: too many units, a list that is no permutation, no calls, or (with a queue) calls at or above capacity.
    """
    arrivals = np.asarray(rates, dtype=float)
    order = np.asarray(preference, dtype=np.int64)
    service = np.asarray(service_rates, dtype=float)
    units = len(service)
    _check(arrivals, order, service, queue)
    size = 1 << units
    transition = np.zeros((size, size))
    chosen = _first_free(order, units)
    for group, rate in enumerate(arrivals):
        sources = np.arange(size - 1)
        np.add.at(transition, (sources, sources | (1 << chosen[group, :-1])), rate)
    for unit in range(units):
        busy = np.flatnonzero(np.arange(size) >> unit & 1)
        transition[busy, busy ^ (1 << unit)] += service[unit]
    states = _stationary(transition)
    load = arrivals.sum() / service.sum()
    waiting = states[-1] * load / (1.0 - load) if queue else 0.0
    states = states / (1.0 + waiting)
    waiting = waiting / (1.0 + waiting)
    return _summary(states, waiting, arrivals, chosen, service, queue)


def correction_factors(units: int, utilisation: float) -> NDArray[np.float64]:
    """Larson's Q(N, rho, j), j = 0..N-1, with an infinite queue: how far from independent "j busy, then one free" is.

    ``Q = sum_{k=j}^{N-1} (N-j-1)! (N-k) / (k-j)! N^k / N! rho^(k-j) P0 / (1 - rho)`` (Larson 1975; Larson and Odoni 5.5).
    """
    if not 0.0 < utilisation < 1.0:
        raise ValueError("the utilisation must lie between 0 and 1")
    load = units * utilisation
    empty = 1.0 / (
        math.fsum(load**k / math.factorial(k) for k in range(units))
        + load**units / math.factorial(units) / (1.0 - utilisation)
    )
    factors = np.empty(units)
    for j in range(units):
        terms = (
            math.factorial(units - j - 1) * (units - k) / math.factorial(k - j)
            * units**k / math.factorial(units) * utilisation ** (k - j)
            for k in range(j, units)
        )
        factors[j] = math.fsum(terms) * empty / (1.0 - utilisation)
    return factors


def approximate_workloads(
    rates: ArrayLike, preference: ArrayLike, service_rate: float, *, tolerance: float = 1e-12, most: int = 10_000
) -> NDArray[np.float64]:
    """Larson's fixed-point approximation of the workloads with an infinite queue, shape ``[unit]``.

    ``rho_n = (V_n + rho P_delay) / (1 + V_n)``, ``V_n`` the calls offered to unit n while its betters are busy, corrected
    by Q; normalised to the known mean utilisation in every step.

    Raises:
        ValueError: as in :func:`solve_hypercube`, or no convergence.
    """
    from sim.queueing import erlang_c

    arrivals = np.asarray(rates, dtype=float) / service_rate
    order = np.asarray(preference, dtype=np.int64)
    units = order.shape[1]
    if sorted(order[0]) != list(range(units)) or arrivals.sum() >= units:
        raise ValueError("every list must name every unit once, and calls must stay below capacity")
    mean = arrivals.sum() / units
    factors = correction_factors(units, mean)
    delayed = mean * float(erlang_c(units, arrivals.sum()))
    workloads = np.full(units, mean)
    for _ in range(most):
        before = workloads
        offered = np.zeros(units)
        betters = np.ones(len(arrivals))
        for rank in range(units):
            np.add.at(offered, order[:, rank], arrivals * factors[rank] * betters)
            betters = betters * before[order[:, rank]]
        workloads = (offered + delayed) / (1.0 + offered)
        workloads = workloads * (units * mean / workloads.sum())
        if np.abs(workloads - before).max() < tolerance:
            return workloads
    raise ValueError("the approximation did not converge")


def _check(arrivals: NDArray[np.float64], order: NDArray[np.int64], service: NDArray[np.float64], queue: bool) -> None:
    units = len(service)
    if not 1 <= units <= MAX_UNITS:
        raise ValueError(f"{units} units: the exact hypercube is for 1 to {MAX_UNITS}")
    if order.shape != (len(arrivals), units) or (np.sort(order, axis=1) != np.arange(units)).any():
        raise ValueError("every preference list must name every unit once")
    if (arrivals < 0).any() or arrivals.sum() <= 0 or (service <= 0).any():
        raise ValueError("call rates must not be negative, not all zero, and service rates positive")
    if queue and arrivals.sum() >= service.sum():
        raise ValueError("calls at or above capacity: there is no steady state")


def _first_free(order: NDArray[np.int64], units: int) -> NDArray[np.int64]:
    """The unit each group is given in each state, shape ``[group, state]``; -1 when all are busy."""
    states = np.arange(1 << units)
    chosen = np.full((len(order), len(states)), -1)
    for rank in range(units - 1, -1, -1):
        free = (states[None, :] >> order[:, rank, None] & 1) == 0
        chosen = np.where(free, order[:, rank, None], chosen)
    return chosen


def _stationary(transition: NDArray[np.float64]) -> NDArray[np.float64]:
    """Stationary distribution of a chain with these transition rates (balance equations, one replaced by the sum)."""
    balance = transition.T.copy()
    np.fill_diagonal(balance, balance.diagonal() - transition.sum(axis=1))
    balance[-1] = 1.0
    right = np.zeros(len(balance))
    right[-1] = 1.0
    return np.linalg.solve(balance, right)


def _summary(
    states: NDArray[np.float64],
    waiting: float,
    arrivals: NDArray[np.float64],
    chosen: NDArray[np.int64],
    service: NDArray[np.float64],
    queue: bool,
) -> Hypercube:
    units = len(service)
    all_busy = states[-1] + waiting
    workloads = np.array([states[np.arange(len(states)) >> unit & 1 == 1].sum() + waiting for unit in range(units)])
    dispatch = np.zeros((units, len(arrivals)))
    for group in range(len(arrivals)):
        np.add.at(dispatch[:, group], chosen[group, :-1], states[:-1])
    dispatch = dispatch * arrivals / arrivals.sum()
    if queue:
        # A delayed call goes to whichever unit frees first: unit i with chance service_i / sum of service rates.
        dispatch = dispatch + all_busy * np.outer(service / service.sum(), arrivals / arrivals.sum())
    else:
        dispatch = dispatch / dispatch.sum()
    return Hypercube(states, workloads, float(all_busy), float(waiting), dispatch)
