"""Speed of the emergency engine: one JSON object a line, ratios measured in one run on trajectories that are compared.

    python benchmarks/emergency.py [--quick]

Kunshan's scale: 1,000 zones, 19 stations, 48 units, 60,000 calls a year. ``--quick`` shortens every case to a tenth.
Times are the least of several repeats, so that other work on the machine disturbs little.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from emergency_policies_twin import PlainPolicyModel
from emergency_policies_world import cases as policy_cases
from emergency_simpy_twin import PlainModel

from sim.emergency import machine
from sim.emergency.call_table import CallTable
from sim.emergency.calls import CallIntensity, Lognormal, ServiceLaw, draw_calls, yearly_intensity
from sim.emergency.jit import compiled
from sim.emergency.kernel import CALL_COLUMNS, plain, prepare, run_compiled
from sim.emergency.log import EventLog, log_memory
from sim.emergency.scratch import Scratch
from sim.emergency.travel import TravelLaw
from sim.emergency.world import Places, Rules, World, always_on, places, plane_world

ZONES, STATIONS, UNITS, CALLS = 1000, 19, 48, 60_000
SIDE_KM = 30.0
HERE = Path(__file__).resolve().parent


def report(name: str, ratio: float | None, detail: str) -> None:
    print(json.dumps({"name": name, "ratio": None if ratio is None else round(ratio, 3), "detail": detail}), flush=True)


def least(action: Callable[[], object], repeats: int) -> float:
    """Seconds of the quickest of several repeats."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
    return best


def points(rng: np.random.Generator, count: int) -> Places:
    return places(SIDE_KM * rng.random(count), SIDE_KM * rng.random(count))


def intensity(calls_per_year: float, hours: int) -> CallIntensity:
    hour_share = 1.0 + np.sin(np.pi * (np.arange(24) - 4) / 12.0) * 0.5
    full = yearly_intensity(
        calls_per_year=calls_per_year, year=2025, hour_share=hour_share, weekday_factor=np.ones(7), month_factor=np.ones(12),
        zone_share=np.random.default_rng(1).random(ZONES), priority_share=[0.08, 0.57, 0.25, 0.1],
    )  # fmt: skip
    return replace(full, hourly=full.hourly[:hours])


SERVICE = ServiceLaw(
    dispatch=Lognormal(1.2, 0.5),
    turnout_median_min=np.full(168, 2.4),
    turnout_sigma=0.5,
    scene=Lognormal(11.0, 0.5),
    handover=Lognormal(14.0, 0.5),
    transport_share=np.full(4, 0.8),
    travel_sigma=0.2,
    travel_correlation=0.5,
)


def town(stations: Places, horizon_min: float) -> World:
    rng = np.random.default_rng(3)
    return plane_world(
        zones=points(rng, ZONES),
        hospitals=points(rng, 6),
        stations=stations,
        units=always_on(np.arange(UNITS) % STATIONS),
        law=TravelLaw(2.3 * 1.1, 0.73),
        horizon_min=horizon_min,
        travel_factor=np.where((np.arange(24) >= 7) & (np.arange(24) < 9), 1.25, 1.0),
        expected_turnout_min=SERVICE.expected_turnout_min,
        rules=Rules(road_turnout_share=0.0),
    )


def busy_share(log: EventLog, calls: CallTable) -> float:
    got = log.answered
    return float((log.free - log.dispatched)[got].sum() / UNITS / calls.time_min[-1])


def against_simpy(
    name: str, world: World, calls: CallTable, repeats: int, twin: type[PlainModel | PlainPolicyModel] = PlainModel
) -> float:
    """Print calls a second over those of plain SimPy; gives SimPy's seconds."""
    scratch = Scratch()
    log = run_compiled(world, calls, scratch)
    quick = least(lambda: run_compiled(world, calls, scratch, checked=True), repeats)
    model = twin(world, calls)
    start = time.perf_counter()
    model.run()
    slow = time.perf_counter() - start
    same = np.array_equal(model.unit, log.unit)
    gap = float(np.nanmax(np.abs(model.arrived - log.arrived)))
    report(
        name, slow / quick if same else None,
        f"{len(calls)} calls, units {busy_share(log, calls):.0%} busy; kernel {1e3 * quick:.2f} ms, SimPy {slow:.2f} s; "
        f"same unit for every call: {same}, arrivals within {gap:.1e} min",
    )  # fmt: skip
    return slow


def with_policies(world: World, calls: CallTable, zone_share: np.ndarray, repeats: int) -> None:
    """Against SimPy with the same policies; what each policy costs, against the plain kernel."""
    scratch = Scratch()
    worlds = policy_cases(world, zone_share)
    against_simpy("kernel_policies_vs_simpy", worlds["all"], calls, repeats, PlainPolicyModel)
    nanoseconds = {}
    for name, case in {"plain": world, **worlds}.items():
        run_compiled(case, calls, scratch)
        seconds = least(lambda case=case: run_compiled(case, calls, scratch, checked=True), repeats)
        nanoseconds[name] = 1e9 * seconds / len(calls)
    detail = ", ".join(f"{name} {time:.0f}" for name, time in nanoseconds.items())
    report("kernel_policies_cost", nanoseconds["all"] / nanoseconds["plain"], f"ns a call: {detail}")


def build_c(folder: Path) -> ctypes.CDLL | None:
    """The C twin, or None without a compiler."""
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    library = folder / "twin.so"
    flags = ["-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC"]
    done = subprocess.run([compiler, *flags, "-o", library, HERE / "emergency_twin.c", "-lm"], check=False)
    return ctypes.CDLL(str(library)) if done.returncode == 0 else None


def pointers(arrays: list[np.ndarray]) -> ctypes.Structure:
    kind = type("Pointers", (ctypes.Structure,), {"_fields_": [(f"a{i}", ctypes.c_void_p) for i in range(len(arrays))]})
    return kind(*(array.ctypes.data for array in arrays))


_COUNTS = ("calls", "units", "stations", "hospitals", "zones", "priorities", "vehicles", "needs", "nodes")
_CODES = ("metric", "returns", "road", "by_priority")


class Sizes(ctypes.Structure):
    """``Sizes`` of the C file."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in _COUNTS),
        ("horizon", ctypes.c_double),
        ("first_hour", ctypes.c_int64),
        ("scale", ctypes.c_double),
        ("exponent", ctypes.c_double),
        *((name, ctypes.c_int64) for name in _CODES),
        ("road_turnout_share", ctypes.c_double),
    )


def against_c(cases: list[tuple[str, World, CallTable]], repeats: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = build_c(Path(folder))
        if library is None:
            report("kernel_vs_c", None, "no C compiler")
            return
        ratios = [one_against_c(library, *case, repeats) for case in cases]
        report("kernel_vs_c", max(ratios), "the larger of both loads")


def one_against_c(library: ctypes.CDLL, label: str, world: World, calls: CallTable, repeats: int) -> float:
    units, tables, rules = prepare(world)
    ready = calls.ready_min
    order = machine.decision_order(ready)
    columns = [plain(getattr(calls, name)) for name in CALL_COLUMNS]
    ours, theirs = log_memory(len(calls)), log_memory(len(calls))
    logs = [[array for _, array in log.columns()] for log in (ours, theirs)]
    arguments = (ready, order, world.horizon_min, world.first_hour, *columns, *units, *tables, *rules, *logs[0])
    suitable, returns, road, by_priority, turnout_share = rules
    sizes = Sizes(
        len(calls), len(world.units), len(world.stations), len(world.hospitals), len(world.zones), *world.suitable.shape,
        world.capable.shape[1], 0, world.horizon_min, world.first_hour, world.law.scale_min, world.law.exponent,
        int(world.law.metric), returns, road, by_priority, turnout_share,
    )  # fmt: skip
    world_arrays = [*units, *(table for table in tables if isinstance(table, np.ndarray)), suitable]
    packed = [pointers(arrays) for arrays in ([ready, order, *columns], world_arrays, logs[1])]
    references = [ctypes.byref(structure) for structure in (sizes, *packed)]
    machine.run(*arguments)
    library.run(*references)
    same = all(a.tobytes() == b.tobytes() for a, b in zip(*logs, strict=True) if a.dtype.kind != "f") and all(
        np.array_equal(a, b, equal_nan=True) for a, b in zip(*logs, strict=True) if a.dtype.kind == "f"
    )
    numba = c = float("inf")
    for _ in range(repeats):  # in turns, so that both meet the same disturbances
        numba = min(numba, least(lambda: machine.run(*arguments), 2))
        c = min(c, least(lambda: library.run(*references), 2))
    ns = 1e9 / len(calls)
    report(f"kernel_vs_c_{label}", numba / c, f"kernel {numba * ns:.0f}, C {c * ns:.0f} ns a call; logs equal: {same}")
    return numba / c


def two_threads(world: World, calls: CallTable, repeats: int) -> None:
    """Two threads against one; only valid where two threads of pure arithmetic reach 1.9x."""

    @compiled
    def spin(count):
        total = 0.0
        for i in range(count):
            total += i % 7
        return total

    spin(10)
    rounds = 12

    def kernel() -> None:
        scratch = Scratch()
        for _ in range(rounds):
            run_compiled(world, calls, scratch, checked=True)

    def together(action: Callable[[], object]) -> None:
        threads = [threading.Thread(target=action) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def gain(action: Callable[[], object]) -> float:
        return 2.0 * least(action, repeats) / least(lambda: together(action), repeats)

    base = gain(lambda: spin(60_000_000))
    ours = gain(kernel)
    logs = [None, None]

    def keep(number: int) -> None:
        logs[number] = run_compiled(world, calls)

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same = all(a.tobytes() == b.tobytes() for (_, a), (_, b) in zip(logs[0].columns(), logs[1].columns(), strict=True))
    verdict = "" if base >= 1.9 else "; NOT VALID: this machine has no two free cores now"
    report("two_threads", ours, f"pure spin loop {base:.2f}; results bitwise equal: {same}{verdict}")


def first_call() -> None:
    """Seconds from starting Python to the first result, with a cold and a warm cache."""
    program = (
        "import time; start = time.perf_counter()\n"
        "from sim.emergency.call_table import call_table\n"
        "from sim.emergency.kernel import run_compiled\n"
        "from sim.emergency.travel import TravelLaw\n"
        "from sim.emergency.world import always_on, places, plane_world\n"
        "w = plane_world(zones=places([0.0], [0.0]), stations=places([0.0], [1.0]), hospitals=places([], []),\n"
        "    units=always_on([0]), law=TravelLaw(2.0), horizon_min=9.0)\n"
        "run_compiled(w, call_table([1.0]))\n"
        "print(time.perf_counter() - start)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder, "PYTHONPATH": str(HERE.parent)}
        cold, warm = (
            float(subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True).stdout)
            for _ in range(2)
        )
    report("first_call_seconds_warm", warm, "fresh process, imports included, compile cache warm")
    report("first_call_seconds_cold", cold, "fresh process, imports included, nothing compiled")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of every case")
    quick = parser.parse_args().quick
    hours = 8760 // (10 if quick else 1)
    repeats = 5 if quick else 9
    stations = points(np.random.default_rng(2), STATIONS)
    world = town(stations, 60.0 * hours)
    usual = intensity(CALLS, hours)
    calls = draw_calls(usual, SERVICE, 1)
    many = draw_calls(intensity(7.4 * CALLS, max(hours // 9, 200)), SERVICE, 1)
    busy_world = town(stations, 60.0 * max(hours // 9, 200))

    simpy_year = against_simpy("kernel_vs_simpy", world, calls, repeats)
    against_simpy("kernel_vs_simpy_busy", busy_world, many, repeats)
    with_policies(world, calls, usual.zone_share, repeats)
    against_c([("usual", world, calls), ("busy", busy_world, many)], repeats)

    scratch = Scratch()
    draw_calls(usual, SERVICE, 1, (0,), scratch)
    drawing = least(lambda: draw_calls(usual, SERVICE, 1, (1,), scratch), 2 * repeats)
    running = least(lambda: run_compiled(world, calls, scratch, checked=True), 2 * repeats)
    report("draws_vs_kernel", drawing / running, f"drawing {1e3 * drawing:.2f} ms, kernel {1e3 * running:.2f} ms")
    two_threads(world, calls, repeats)

    memories = threading.local()

    def memory() -> Scratch:
        if not hasattr(memories, "scratch"):
            memories.scratch = Scratch()
        return memories.scratch

    def replication(number: int) -> None:
        run_compiled(world, draw_calls(usual, SERVICE, 1, (number,), memory()), memory(), checked=True)

    def plan(number: int) -> None:
        spots = points(np.random.default_rng([4, number]), STATIONS)
        run_compiled(town(spots, world.horizon_min), calls, memory(), checked=True)

    cores = os.cpu_count() or 1
    runs = 100 if quick else 1000
    for name, action, asked in (
        ("replications_1000_vs_simpy_year", replication, 1000),
        ("plans_10000_vs_simpy_year", plan, 10_000),
    ):
        with ThreadPoolExecutor(cores) as pool:
            list(pool.map(action, range(2 * cores)))
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            start = time.perf_counter()
            list(pool.map(action, range(runs)))
            spent = (time.perf_counter() - start) * asked / runs
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        detail = f"{spent:.1f} s for {asked} (from {runs}), {cores} threads, all included; memory grew {grown:.1f} MB"
        report(name, spent / simpy_year, detail)
    first_call()


if __name__ == "__main__":
    main()
