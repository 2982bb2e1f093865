"""Holding back against the exact cutoff priority queue, solved by its balance equations.

Calls of priority 2 begin service only while fewer than ``N - reserve`` of ``N`` servers are busy; priority 1 whenever one is
free (Taylor and Templeton 1980, "Waiting time in a multi-server cutoff-priority queue, and its application to an urban
ambulance service", Operations Research 28; Schaack and Larson 1986, "An N-server cutoff priority queue", Operations
Research 34).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from emergency_worlds import one_place

from sim.emergency.call_table import call_table
from sim.emergency.kernel import run_compiled
from sim.emergency.policies import DispatchRules, Policies
from sim.emergency.statistics import t_interval
from sim.queueing import mean_wait, priority_waits


def cutoff_waits(servers: int, reserve: int, rates: tuple[float, float], longest: tuple[int, int] = (25, 45)):
    """Mean waits of both priorities, service mean 1, from the balance equations of (in service or waiting 1, waiting 2).

    Queues are cut at ``longest``. A server that is freed takes priority 1 first; priority 2 only if fewer than the cutoff are
    busy then. Waits follow from queue lengths by Little's law.
    """
    cutoff = servers - reserve
    ones, twos = servers + longest[0] + 1, longest[1] + 1
    size = ones * twos
    rate = np.zeros((size, size))

    def state(first: int, second: int) -> int:
        return first * twos + second

    for n in range(ones):
        for q in range(twos if n >= cutoff else 1):
            here = state(n, q)
            if n + 1 < ones:
                rate[here, state(n + 1, q)] += rates[0]
            if n < cutoff:
                rate[here, state(n + 1, q)] += rates[1]
            elif q + 1 < twos:
                rate[here, state(n, q + 1)] += rates[1]
            if n:
                after = state(n, q - 1) if q and n - 1 < cutoff else state(n - 1, q)
                rate[here, after] += min(n, servers)
    reached = [state(n, q) for n in range(ones) for q in range(twos if n >= cutoff else 1)]
    balance = rate[np.ix_(reached, reached)].T
    balance -= np.diag(balance.sum(axis=0))
    balance[-1] = 1.0
    share = np.linalg.solve(balance, np.eye(len(reached))[-1])
    first, second = np.divmod(np.array(reached), twos)
    waiting = np.maximum(first - servers, 0) @ share, second @ share
    return float(waiting[0] / rates[0]), float(waiting[1] / rates[1])


def test_without_reserve_it_is_the_queue_with_priorities():
    waits = priority_waits(4, [0.8, 1.6], 1.0)
    assert cutoff_waits(4, 0, (0.8, 1.6)) == pytest.approx(tuple(waits), rel=1e-6)


def test_with_one_priority_alone_it_is_the_queue_with_fewer_servers():
    assert cutoff_waits(5, 2, (1e-12, 1.5))[1] == pytest.approx(float(mean_wait(3, 1.5, 1.0)), rel=1e-6)


@pytest.mark.parametrize("servers, reserve, rates", [(3, 1, (1.2, 0.5)), (4, 2, (1.4, 0.5))])
def test_holding_back_is_the_cutoff_priority_queue(servers, reserve, rates):
    service = 10.0
    world = replace(
        one_place(servers, horizon=1e6, priorities=2), policies=Policies(dispatch=DispatchRules(reserve=np.array([0, reserve])))
    )
    waits = ([], [])
    for number in range(40):
        source = np.random.default_rng(900 + number)
        times = np.cumsum(source.exponential(service / sum(rates), 1500))
        priority = np.where(source.random(1500) < rates[0] / sum(rates), 1, 2)
        calls = call_table(times, priority=priority, scene_min=source.exponential(service, 1500))
        queue = run_compiled(world, calls).queue_min(calls)
        for index in (0, 1):
            kept = np.flatnonzero(priority == index + 1)
            waits[index].append(float(queue[kept[kept >= 150]].mean()) / service)
    for values, exact in zip(waits, cutoff_waits(servers, reserve, rates), strict=True):
        interval = t_interval(values, level=0.999)
        assert interval.low <= exact <= interval.high
        assert interval.high - interval.low < 0.5 * exact
