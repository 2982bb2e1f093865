"""The emergency engines beside general simulators on one queue, M/M/48 with equal variates: one JSON object a line.

    python benchmarks/emergency_peers.py [--quick]

Every program is fed the same arrival and service times and must give the same wait for every call within 1e-9; a peer that is
not installed (``pip install healthsim[bench]``) is skipped with the reason. ``ratio`` = calls a second of the compiled engine
over those of the peer. Each peer is used as its documentation teaches.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import time
from collections.abc import Callable

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.emergency.call_table import CallTable, call_table
from sim.emergency.kernel import run_compiled
from sim.emergency.reference import run_reference
from sim.emergency.travel import TravelLaw
from sim.emergency.world import World, always_on, places, plane_world

Floats = NDArray[np.float64]

SERVERS = 48
LOAD = 0.9
"""Offered load per server: about a third of the calls wait."""
SERVICE_MIN = 40.0
EQUAL_MIN = 1e-9


class Variates:
    """Arrival times and service times of all calls, minutes."""

    def __init__(self, calls: int) -> None:
        rng = np.random.default_rng(1)
        self.gaps = rng.exponential(SERVICE_MIN / (LOAD * SERVERS), calls)
        self.services = rng.exponential(SERVICE_MIN, calls)
        self.arrivals = np.cumsum(self.gaps)


def town(variates: Variates) -> tuple[World, CallTable]:
    """48 units, everything at one point, no travel: the time on scene is the service."""
    point, nowhere = places([0.0], [0.0]), places([], [])
    horizon = 2.0 * float(variates.arrivals[-1])
    world = plane_world(
        zones=point, stations=point, hospitals=nowhere, units=always_on(np.zeros(SERVERS, dtype=int)), law=TravelLaw(0.0),
        horizon_min=horizon, priorities=1,
    )  # fmt: skip
    return world, call_table(variates.arrivals, scene_min=variates.services)


def by_engine(engine: Callable[..., object]) -> Callable[[Variates], Callable[[], Floats]]:
    def prepared(variates: Variates) -> Callable[[], Floats]:
        world, calls = town(variates)
        return lambda: engine(world, calls).queue_min(calls)

    return prepared


def by_simpy(variates: Variates) -> Callable[[], Floats]:
    def run() -> Floats:
        env, waits = simpy.Environment(), np.empty(len(variates.gaps))
        servers = simpy.Resource(env, SERVERS)

        def source():
            for number, gap in enumerate(variates.gaps.tolist()):
                yield env.timeout(gap)
                env.process(customer(number, float(variates.services[number])))

        def customer(number, service):
            arrived = env.now
            with servers.request() as request:
                yield request
                waits[number] = env.now - arrived
                yield env.timeout(service)

        env.process(source())
        env.run()
        return waits

    return run


def by_ciw(variates: Variates) -> Callable[[], Floats]:
    import ciw

    def run() -> Floats:
        network = ciw.create_network(
            arrival_distributions=[ciw.dists.Sequential([*variates.gaps.tolist(), float("inf")])],
            service_distributions=[ciw.dists.Sequential(variates.services.tolist())],
            number_of_servers=[SERVERS],
        )
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_customers(len(variates.gaps), method="Finish")
        records = sorted(simulation.get_all_records(), key=lambda record: record.arrival_date)
        return np.array([record.waiting_time for record in records])

    return run


def by_salabim(variates: Variates) -> Callable[[], Floats]:
    import salabim

    class Customer(salabim.Component):
        def setup(self, number, servers, waits):
            self.number, self.servers, self.waits = number, servers, waits

        def process(self):
            arrived = self.env.now()
            yield self.request(self.servers)
            self.waits[self.number] = self.env.now() - arrived
            yield self.hold(float(variates.services[self.number]))
            self.release()

    class Source(salabim.Component):
        def setup(self, servers, waits):
            self.servers, self.waits = servers, waits

        def process(self):
            for number, gap in enumerate(variates.gaps.tolist()):
                yield self.hold(gap)
                Customer(number=number, servers=self.servers, waits=self.waits)

    def run() -> Floats:
        env = salabim.Environment(yieldless=False, trace=False)  # generators: the other way needs one more package
        waits = np.empty(len(variates.gaps))
        servers = salabim.Resource("servers", capacity=SERVERS, monitor=False)
        Source(servers=servers, waits=waits)
        env.run()
        return waits

    return run


PEERS: tuple[tuple[str, str, Callable[[Variates], Callable[[], Floats]]], ...] = (
    ("reference", "simpy", by_engine(run_reference)),
    ("simpy", "simpy", by_simpy),
    ("ciw", "ciw", by_ciw),
    ("salabim", "salabim", by_salabim),
)
"""Name, package, how it is set up."""


def quickest(action: Callable[[], Floats], repeats: int) -> tuple[float, Floats]:
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        waits = action()
        best = min(best, time.perf_counter() - start)
    return best, waits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the calls")
    calls = 2000 if parser.parse_args().quick else 20_000
    variates = Variates(calls)
    kernel = by_engine(run_compiled)(variates)
    kernel()  # compiles, or loads what was compiled
    ours, expected = quickest(kernel, 20)
    rate = calls / ours
    detail = f"{rate:,.0f} calls a second of {calls}; {np.mean(expected > 0):.0%} wait, {expected.mean():.2f} min on average"
    print(json.dumps({"name": "kernel", "ratio": 1.0, "detail": detail}), flush=True)
    for name, package, setup in PEERS:
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            reason = f"{package} is not installed (pip install healthsim[bench])"
            print(json.dumps({"name": f"kernel_vs_{name}", "ratio": None, "detail": reason}), flush=True)
            continue
        theirs, waits = quickest(setup(variates), 3)
        gap = float(np.abs(waits - expected).max())
        detail = f"{calls / theirs:,.0f} calls a second ({package} {version}); waits within {gap:.1e} min"
        ratio = round(theirs / ours, 1) if gap <= EQUAL_MIN else None
        print(json.dumps({"name": f"kernel_vs_{name}", "ratio": ratio, "detail": detail}), flush=True)


if __name__ == "__main__":
    main()
