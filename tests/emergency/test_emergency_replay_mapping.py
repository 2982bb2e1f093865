"""Can an outsider map another simulator's traces to ``replay``? Two foreign rule books, played by their own small programs.

The first is that of simulators on a matrix of driving times between postal areas (ELASPY and its like): a unit drives to
the patient with siren, treats, drives to the hospital that is nearest by the same matrix, drops off, takes the first waiting
patient from where it is or drives home more slowly; on its way home it is at the area nearest to the point on the straight
line; ties go to the lowest unit. The second is JEMSS: dispatch delays, a queue by priority, driving times that depend on the
call's priority.
"""

from __future__ import annotations

import csv
import heapq
from dataclasses import dataclass

import numpy as np
import pytest

from sim_cli import run_cli


def read(path):
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def write(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return str(path)


@dataclass
class Ambulance:
    """Where an ambulance is follows from what it did last."""

    number: int
    base: int
    busy: bool = False
    left: int = 0
    since: float = -1.0
    home: float = -1.0


@dataclass
class Case:
    """A trace: driving times with siren ``[from, to]``, places, bases by ambulance, and everything of every patient."""

    siren: np.ndarray
    slower: float
    xy: np.ndarray
    bases: list[int]
    hospitals: list[int]
    time: np.ndarray
    node: np.ndarray
    treat: np.ndarray
    taken: np.ndarray
    drop: np.ndarray


def random_case(seed: int, patients: int, whole: bool) -> Case:
    rng = np.random.default_rng(seed)
    areas = 9
    siren = 2.0 + 18.0 * rng.random((areas, areas))
    times = np.cumsum(rng.exponential(16.0, patients))
    treat, drop = 5.0 + 20.0 * rng.random(patients), 5.0 + 15.0 * rng.random(patients)
    if whole:  # ties everywhere
        siren, times, treat, drop = (np.ceil(values / 3.0) * 3.0 for values in (siren, times, treat, drop))
        times = times + 0.5  # but no patient calls at the very moment an ambulance is freed: that order is not the rule book's
    np.fill_diagonal(siren, 0.0)
    return Case(
        siren, 0.9, 20.0 * rng.random((areas, 2)), [3, 0, 3, 7], [5, 1], times, rng.integers(0, areas, patients), treat,
        rng.random(patients) < 0.7, drop,
    )  # fmt: skip


def play(case: Case, sent_on_the_way_home: bool) -> list[tuple]:
    """The foreign simulator: per patient the ambulance, when it was assigned, arrived, finished, and the hospital."""
    ambulances = [Ambulance(number, base) for number, base in enumerate(case.bases)]
    events = [(time, 2, patient) for patient, time in enumerate(case.time)]
    heapq.heapify(events)
    queue: list[int] = []
    out: list[tuple] = [()] * len(case.time)

    def area(ambulance, now):
        if now >= ambulance.home:
            return ambulance.base
        done = (now - ambulance.since) / (case.siren[ambulance.left, ambulance.base] / case.slower)
        point = (1 - done) * case.xy[ambulance.left] + done * case.xy[ambulance.base]
        return int(np.argmin(np.sqrt(((case.xy - point) ** 2).sum(axis=1))))

    def help_patient(ambulance, start, patient, now):
        here = case.node[patient]
        arrived = now + case.siren[start, here]
        ended, where, hospital = arrived + case.treat[patient], here, None
        if case.taken[patient]:
            hospital = min(case.hospitals, key=lambda node: case.siren[here, node])
            ended, where = ended + case.siren[here, hospital] + case.drop[patient], hospital
        out[patient] = (ambulance.number, now, arrived, ended, hospital)
        ambulance.busy, ambulance.left = True, where
        heapq.heappush(events, (ended, 0, ambulance.number))

    while events:
        now, kind, number = heapq.heappop(events)
        if kind == 2:
            able = [a for a in ambulances if not a.busy and (sent_on_the_way_home or now >= a.home)]
            if not able:
                queue.append(number)
                continue
            starts = [area(a, now) for a in able]
            best = min(range(len(able)), key=lambda i: (case.siren[starts[i], case.node[number]], able[i].number))
            help_patient(able[best], starts[best], number, now)
            continue
        ambulance = ambulances[number]
        if kind == 0:
            ambulance.busy, ambulance.since = False, now
            ambulance.home = now + case.siren[ambulance.left, ambulance.base] / case.slower
            if not sent_on_the_way_home:
                heapq.heappush(events, (ambulance.home, 1, number))
                continue
        if queue:
            help_patient(ambulance, ambulance.base if kind == 1 else ambulance.left, queue.pop(0), now)
    return out


def replayed(case: Case, folder, *options) -> list[dict[str, str]]:
    """The same case through the command, mapped as docs/replay.md says."""
    areas = range(len(case.siren))
    legs = [(a, b, float(case.siren[a, b])) for a in areas for b in areas]
    header = ["call_id", "time_min", "node", "scene_min", "transported", "handover_min"]
    columns = (case.time, case.node, case.treat, case.taken.astype(int), case.drop)
    calls = [(number, *row) for number, row in enumerate(zip(*(column.tolist() for column in columns), strict=True))]
    files = {
        "calls": write(folder / "calls.csv", header, calls),
        "fleet": write(folder / "fleet.csv", ["unit_id", "node"], enumerate(case.bases)),
        "travel": write(folder / "travel.csv", ["from", "to", "minutes"], legs),
        "travel-back": write(folder / "back.csv", ["from", "to", "minutes"], [(a, b, m / case.slower) for a, b, m in legs]),
        "hospitals": write(folder / "hospitals.csv", ["hospital", "node"], [(f"h{node}", node) for node in case.hospitals]),
        "nodes": write(folder / "nodes.csv", ["node", "x_km", "y_km"], [(a, *map(float, case.xy[a])) for a in areas]),
    }
    arguments = [part for name, path in files.items() for part in (f"--{name}", path)]
    out = folder / "-".join(["out", *(option.strip("-") for option in options)])
    assert run_cli(["replay", *arguments, "--queue", "fifo", *options, "--out", str(out)]) == 0
    return read(out / "calls.csv")


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize(("on", "option"), [(True, "on"), (False, "off")])
@pytest.mark.parametrize(("seed", "whole"), [(1, False), (2, False), (3, True), (4, True)])
def test_a_simulator_on_a_matrix_is_reproduced(tmp_path, seed, whole, on, option, engine):
    case = random_case(seed, 150, whole)
    rows = replayed(case, tmp_path, "--return-dispatch", option, "--engine", engine)
    expected = play(case, on)
    assert [row["unit_id"] for row in rows] == [str(ambulance) for ambulance, *_ in expected]
    assert [row["hospital"] for row in rows] == ["" if hospital is None else f"h{hospital}" for *_, hospital in expected]
    for column, position in (("dispatched_min", 1), ("arrived_min", 2), ("free_min", 3)):
        assert [float(row[column]) for row in rows] == pytest.approx([line[position] for line in expected], abs=1e-9)
    waited = [line[1] - time for line, time in zip(expected, case.time, strict=True)]
    assert sum(wait > 0 for wait in waited) > 5
    assert {row["sent_from"] for row in rows} == {"base", "way_back"} if on else {"base"}


JEMSS_CALLS = """call_id,time_min,node,priority,dispatch_min,scene_min,transported,hospital,handover_min
1,0,P@high,1,0.5,10,1,,12
2,1,Q@low,3,1.5,8,0,,0
3,4,P@low,3,0.5,6,0,,0
4,6,Q@high,1,0.5,9,1,H,10
"""

JEMSS_TRAVEL = """from,to,minutes
S,P@high,3
S,P@low,4.5
S,Q@high,5
S,Q@low,7
T,P@high,6
T,P@low,8
T,Q@high,2
T,Q@low,3
P@high,P@low,0
P@high,Q@high,4
P@high,Q@low,5.5
Q@low,P@high,4.25
Q@low,P@low,6
Q@low,Q@high,0
P@low,Q@high,4
P@low,Q@low,5.5
P@low,P@high,0
Q@high,P@high,4.25
Q@high,P@low,6
Q@high,Q@low,0
H,P@high,2.5
H,P@low,3.5
H,Q@high,3
H,Q@low,4
P@high,H,3.25
Q@high,H,4.5
P@high,S,5
Q@low,S,7.5
P@low,S,5
Q@high,S,7.5
H,S,6
P@high,T,8.5
Q@low,T,3.5
P@low,T,8.5
Q@high,T,2.75
H,T,9
"""


def test_jemss_delays_priorities_and_two_travel_modes(tmp_path):
    """Two ambulances; calls of one place have a node for each travel mode; by hand:

    1: decided at 0.5; S is 3 away, T 6: ambulance 1 arrives 3.5, leaves 13.5, hospital 16.75, free 28.75.
    2: decided at 2.5; ambulance 2 from T, 3 min at low speed: arrives 5.5, free 13.5 on the scene.
    3: decided at 4.5, waits; 4: decided at 6.5, waits and goes first. At 13.5 ambulance 2 takes 4 where it stands: arrives 13.5,
       leaves 22.5, hospital 27, free 37. At 28.75 ambulance 1 takes 3 from the hospital: 3.5 min, arrives 32.25, free 38.25.
    """
    paths = {}
    for name, text in {
        "calls": JEMSS_CALLS,
        "fleet": "unit_id,node\n1,S\n2,T\n",
        "travel": JEMSS_TRAVEL,
        "hospitals": "hospital,node\nH,H\n",
    }.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        paths[name] = str(path)
    arguments = [part for name, path in paths.items() for part in (f"--{name}", path)]
    assert run_cli(["replay", *arguments, "--road-turnout", "0", "--out", str(tmp_path / "out")]) == 0
    rows = {row["call_id"]: row for row in read(tmp_path / "out" / "calls.csv")}
    expected = {"1": ("1", 3.5, 28.75), "2": ("2", 5.5, 13.5), "3": ("1", 32.25, 38.25), "4": ("2", 13.5, 37.0)}
    for call, (unit, arrived, free) in expected.items():
        assert rows[call]["unit_id"] == unit
        assert (float(rows[call]["arrived_min"]), float(rows[call]["free_min"])) == pytest.approx((arrived, free), abs=1e-9)
