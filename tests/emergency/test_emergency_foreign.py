"""Traces of other simulators, replayed: SimOpt AMBULANCE-1, pydesrap_mms, and a small case in the manner of ELASPY."""

from __future__ import annotations

import csv
import json
import math

import numpy as np
import pytest
import yaml

from sim.emergency.replay import replay
from sim.emergency.replay_files import Leg, ReplayRequest
from sim.emergency.travel import Metric
from sim.emergency.world import ReturnDispatch

SIMOPT_FIXED_BASES = [(15, 15), (5, 15), (5, 5)]


def write(path, header, rows):
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def read(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


def simopt_replay(folder, times, points, scene, bases, horizon, engine="compiled"):
    folder.mkdir(exist_ok=True)
    rows = [(i, repr(t), repr(x), repr(y), repr(s)) for i, (t, (x, y), s) in enumerate(zip(times, points, scene, strict=True))]
    request = ReplayRequest(
        calls=write(folder / "calls_in.csv", ("call_id", "time_min", "x_km", "y_km", "scene_min"), rows),
        fleet=write(folder / "fleet.csv", ("unit_id", "x_km", "y_km"), [(i, *base) for i, base in enumerate(bases)]),
        metric=Metric.MANHATTAN,
        speed_kmh=60.0,
        return_dispatch=ReturnDispatch.OFF,
        queue_by_priority=False,
        horizon_min=horizon,
        engine=engine,
    )
    return replay(request, folder / "out")


def test_simopt_vector_with_a_queued_call(tmp_path):
    for engine in ("compiled", "reference"):
        outcome = simopt_replay(
            tmp_path / engine,
            [0.0, 1.0, 2.0, 5.0],
            [(0.0, 0.0), (20.0, 20.0), (20.0, 20.0), (20.0, 20.0)],
            [4.0, 2.0, 20.0, 1.0],
            [(0, 0), (20, 20)],
            1440.0,
            engine,
        )
        assert outcome.summary.get("response_mean_min") == 10.25


def test_simopt_traces_five_replications_three_layouts(tmp_path, shared):
    folder = shared / "validation" / "emergency" / "simopt_ambulance"
    case = yaml.safe_load((folder / "simopt_ambulance.yaml").read_text())
    for replication in case["replications"]:
        rows = read(folder / replication["file"])
        times = np.cumsum([float(row["interarrival_min"]) for row in rows]).tolist()
        points = [(float(row["x"]), float(row["y"])) for row in rows]
        scene = [float(row["scene_min"]) for row in rows]
        inside = sum(time < 1440.0 for time in times)
        for layout, published in replication["by_variable_locs"].items():
            numbers = json.loads(layout)
            bases = [*SIMOPT_FIXED_BASES, (numbers[0], numbers[1]), (numbers[2], numbers[3])]
            name = f"{replication['rep']}_{'_'.join(map(str, numbers))}"
            outcome = simopt_replay(tmp_path / name, times[:inside], points[:inside], scene[:inside], bases, 1440.0)
            figures = outcome.summary.values["all"]
            assert figures["answered"] == published["calls_counted"]
            assert figures["response_mean_min"] == pytest.approx(published["avg_response_min"], abs=1e-9)


def test_pydesrap_mm4_patients_and_runs(tmp_path, shared):
    folder = shared / "validation" / "emergency" / "pydesrap_mms"
    runs = read(folder / "run.csv")
    assert len(runs) == 5
    for run in runs:
        number = int(run["run_number"])
        arrival_seed, service_seed = np.random.SeedSequence(entropy=number).spawn(2)
        arrivals = np.cumsum(np.random.default_rng(arrival_seed).exponential(4.0, 700))
        arrivals = arrivals[arrivals < 2000.0]
        service = np.random.default_rng(service_seed).exponential(10.0, len(arrivals))
        request = ReplayRequest(
            calls=write(
                tmp_path / f"calls{number}.csv",
                ("call_id", "time_min", "x_km", "y_km", "scene_min"),
                [(i, repr(float(t)), 0, 0, repr(float(s))) for i, (t, s) in enumerate(zip(arrivals, service, strict=True))],
            ),
            fleet=write(tmp_path / "fleet.csv", ("unit_id", "x_km", "y_km"), [(i, 0, 0) for i in range(4)]),
            metric=Metric.EUCLIDEAN,
            speed_kmh=60.0,
            warmup_min=500.0,
            horizon_min=2000.0,
        )
        outcome = replay(request, tmp_path / f"out{number}")
        log, calls = outcome.log, outcome.replay.calls
        counted = calls.time_min >= 500.0
        assert counted.sum() == int(run["arrivals"])
        waits = log.queue_min(calls)[counted & log.answered]
        assert float(np.mean(waits)) == pytest.approx(float(run["mean_q_time_nurse"]), abs=1e-9)
        served = calls.scene_min[counted & log.answered]
        assert float(served.mean()) == pytest.approx(float(run["mean_time_with_nurse"]), abs=1e-9)
        assert outcome.summary.get("utilisation") == pytest.approx(float(run["mean_nurse_utilisation_tw"]), abs=1e-9)
        if number == 0:
            patients = [row for row in read(folder / "patient.csv") if row["run"] == "0"]
            got = log.queue_min(calls)[counted]
            expected = [float(row["q_time_nurse"]) if row["q_time_nurse"] else math.nan for row in patients]
            np.testing.assert_allclose(got[: len(expected)], expected, atol=1e-9, rtol=0)


def test_table_case_with_nearest_node_on_the_way_back(tmp_path):
    """Worked by hand: siren times asymmetric, way back slower, sent from the node nearest to its place on the way."""
    travel = {("B", "P"): 6, ("P", "H"): 5, ("H", "B"): 8, ("P", "Q"): 3, ("B", "Q"): 9}
    travel |= {("H", "P"): 4, ("H", "Q"): 7, ("Q", "H"): 2, ("Q", "P"): 3}
    back = {("H", "B"): 10, ("P", "B"): 7, ("Q", "B"): 12}
    request = ReplayRequest(
        calls=write(
            tmp_path / "calls.csv",
            ("call_id", "time_min", "node", "scene_min", "transported", "handover_min"),
            [("a", 0, "P", 10, 1, 3), ("b", 30, "Q", 5, 0, 0)],
        ),
        fleet=write(tmp_path / "fleet.csv", ("unit_id", "node"), [("u", "B")]),
        tables={
            Leg.TRAVEL: write(tmp_path / "travel.csv", ("from", "to", "minutes"), [(*k, v) for k, v in travel.items()]),
            Leg.BACK: write(tmp_path / "back.csv", ("from", "to", "minutes"), [(*k, v) for k, v in back.items()]),
        },
        hospitals=write(tmp_path / "hospitals.csv", ("hospital", "node"), [("General", "H")]),
        nodes=write(
            tmp_path / "nodes.csv", ("node", "x_km", "y_km"), [("B", 0, 0), ("P", 5, 0), ("H", 10, 0), ("Q", 50, 50)]
        ),
    )
    outcome = replay(request, tmp_path / "out")
    log = outcome.log
    # a: 6 + 10 + 5 + 3 -> free at 24, would be back at 34. b at 30: 0.6 of the way H -> B done, x = 4, nearest node P.
    assert log.free[0] == 24.0
    assert log.back[0] == 30.0
    assert log.travel_min[1] == 3.0
    assert log.free[1] == 30.0 + 3.0 + 5.0
    assert log.back[1] == 38.0 + 12.0
    assert read(tmp_path / "out" / "calls.csv")[1]["sent_from"] == "way_back"
