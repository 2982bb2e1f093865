"""Full small worlds from a seed: every policy at work, many calls, times on a coarse grid so that ties are common.

Hypothesis draws mostly small worlds and shrinks what fails; these have no small ones and reach what needs much at once.
"""

from __future__ import annotations

import numpy as np

from sim.emergency.call_table import CallTable, call_table
from sim.emergency.policies import (
    UNLIMITED,
    Coverage,
    DispatchRules,
    HospitalChoice,
    HospitalRules,
    MoveUp,
    MoveUpMethod,
    Policies,
    RoadClosures,
    ShiftRules,
)
from sim.emergency.travel import Metric, TravelLaw
from sim.emergency.world import (
    Places,
    ReturnDispatch,
    RoadTiming,
    Rules,
    SceneTimes,
    World,
    by_hour_of_week,
    places,
    with_windows,
)

HORIZON = 400.0
ZONES, STATIONS, HOSPITALS, NEEDS, PRIORITIES = 5, 4, 3, 2, 3


class Dice:
    """What a seed decides."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def yes(self, chance: float = 0.5) -> bool:
        return bool(self.rng.random() < chance)

    def one_of(self, *values):
        return values[self.rng.integers(len(values))]

    def times(self, high: float, shape: int | tuple[int, ...]) -> np.ndarray:
        """On a grid of half minutes, some between."""
        grid = self.rng.integers(0, int(2 * high) + 1, shape) / 2.0
        return np.where(self.rng.random(shape) < 0.2, high * self.rng.random(shape), grid)

    def truths(self, chance: float, *shape: int) -> np.ndarray:
        return self.rng.random(shape) < chance

    def points(self, count: int) -> Places:
        return places(self.times(8.0, count), self.times(8.0, count))


def crowded_run(seed: int) -> tuple[World, CallTable]:
    """A world with policies, and its calls."""
    dice = Dice(seed)
    world = _world(dice)
    return world, _calls(dice)


def _world(dice: Dice) -> World:
    zones, stations, hospitals = dice.points(ZONES), dice.points(STATIONS), dice.points(HOSPITALS)
    law = TravelLaw(dice.one_of(1.0, 2.3), dice.one_of(1.0, 0.73), dice.one_of(*Metric))
    road = dice.one_of(RoadTiming.LAW, RoadTiming.LAW, RoadTiming.LAW, RoadTiming.NEAREST_NODE, RoadTiming.SHARE)
    returns = dice.one_of(ReturnDispatch.ON, ReturnDispatch.ON, ReturnDispatch.ON, ReturnDispatch.OFF, ReturnDispatch.QUEUE_ONLY)
    count = int(dice.rng.integers(2, 7))
    windows = [_windows(dice) for _ in range(count)]
    units = with_windows(dice.rng.integers(0, STATIONS, count), dice.rng.integers(0, 2, count), windows)
    places_all = [*zip((zones, stations, hospitals), (ZONES, STATIONS, HOSPITALS), strict=True)]
    nodes = ZONES + STATIONS + HOSPITALS
    expected = SceneTimes(dice.times(20.0, (STATIONS, ZONES)), dice.times(20.0, (nodes, ZONES)))
    actual = SceneTimes(dice.times(20.0, (STATIONS, ZONES)), dice.times(20.0, (nodes, ZONES)))
    if dice.yes():
        expected = actual = SceneTimes(law.table(stations.x_km, stations.y_km, zones.x_km, zones.y_km), actual.node)
    return World(
        zones=zones,
        stations=stations,
        hospitals=hospitals,
        units=units,
        expected=expected,
        actual=actual,
        to_hospital=dice.times(20.0, (ZONES, HOSPITALS)),
        scene_to_station=dice.times(20.0, (ZONES, STATIONS)),
        hospital_to_station=dice.times(20.0, (HOSPITALS, STATIONS)),
        capable=dice.truths(0.8, HOSPITALS, NEEDS),
        suitable=dice.truths(0.85, PRIORITIES, 2),
        law=law,
        travel_factor=np.tile(np.where(dice.truths(0.3, 12), 1.25, 1.0), 14),
        expected_turnout_min=by_hour_of_week(dice.one_of(0.0, 2.0)),
        rules=Rules(returns, dice.yes(0.7), dice.one_of(0.0, 0.5, 1.0)),
        first_hour=int(dice.rng.integers(168)),
        horizon_min=HORIZON,
        road=road,
        nodes=Places(*(np.concatenate([getattr(p, axis) for p, _ in places_all]) for axis in ("x_km", "y_km"))),
        zone_node=np.arange(ZONES),
        hospital_node=ZONES + STATIONS + np.arange(HOSPITALS),
        policies=Policies(
            shifts=_shifts(dice, windows),
            dispatch=_dispatch(dice, road),
            move_up=_move_up(dice, stations, law, road, returns),
            hospitals=_hospitals(dice),
            coverage=Coverage(dice.truths(0.5, STATIONS, ZONES), dice.times(2.0, ZONES), dice.one_of(0.0, 0.25, 0.5)),
            closures=_closures(dice) if dice.yes() else None,
        ),
    )


def _windows(dice: Dice) -> np.ndarray:
    if dice.yes():
        return np.array([[0.0, np.inf]])
    edges = np.unique(dice.times(HORIZON + 40.0, int(dice.one_of(2, 4, 6))))
    return edges[: len(edges) // 2 * 2].reshape(-1, 2)


def _shifts(dice: Dice, windows: list[np.ndarray]) -> ShiftRules:
    rows, first = [], [0]
    for start, end in np.concatenate(windows):
        earliest = start
        for gap, slack, minutes in zip(dice.times(90.0, 4), dice.times(40.0, 4), 0.5 + dice.times(20.0, 4), strict=True):
            due, latest = earliest + gap, earliest + gap + slack
            if latest + minutes > end or dice.yes(0.2):
                break
            rows.append((due, latest, minutes))
            earliest = latest + minutes
        first.append(len(rows))
    due, latest, minutes = np.array(rows, dtype=float).reshape(-1, 3).T
    wind_down = dice.one_of(0.0, 0.0, 15.0, 60.0)
    return ShiftRules(np.array(first), due, latest, minutes, wind_down, int(dice.rng.integers(1, PRIORITIES + 1)))


def _dispatch(dice: Dice, road: RoadTiming) -> DispatchRules:
    redirects = road is not RoadTiming.SHARE and dice.yes(0.7)
    urgent, less = dice.one_of((1, 2), (1, 3), (2, 3))
    return DispatchRules(
        penalty_min=dice.times(5.0, (PRIORITIES, 2)) if dice.yes() else None,
        preference=dice.rng.integers(0, 3, (ZONES, STATIONS)) if dice.yes(0.3) else None,
        reserve=np.sort(dice.rng.integers(0, 3, PRIORITIES)) if dice.yes() else None,
        cover_from_priority=int(dice.one_of(0, 1, 2, 3)),
        cover_within_min=dice.one_of(8.0, 20.0),
        redirect_to_priority=urgent if redirects else 0,
        redirect_from_priority=less if redirects else 0,
        redirect_gain_min=dice.one_of(0.0, 2.0),
    )


def _move_up(dice: Dice, stations: Places, law: TravelLaw, road: RoadTiming, returns: ReturnDispatch) -> MoveUp:
    if road is not RoadTiming.LAW or returns is not ReturnDispatch.ON:
        return MoveUp()
    by_law = law.table(stations.x_km, stations.y_km, stations.x_km, stations.y_km)
    return MoveUp(
        method=dice.one_of(MoveUpMethod.NONE, MoveUpMethod.TABLE, MoveUpMethod.TABLE, MoveUpMethod.DMEXCLP),
        table=dice.rng.integers(-1, STATIONS, (int(dice.rng.integers(1, 5)), 4)),
        between_min=by_law if dice.yes() else dice.times(15.0, (STATIONS, STATIONS)),
        longest_min=dice.one_of(np.inf, np.inf, 8.0),
        most_moves=int(dice.rng.integers(1, 4)),
    )


def _hospitals(dice: Dice) -> HospitalRules:
    spells = [np.unique(dice.times(HORIZON, 4 if dice.yes(0.6) else 0)) for _ in range(HOSPITALS)]
    spells = [edges[: len(edges) // 2 * 2].reshape(-1, 2) for edges in spells]
    start, end = np.concatenate(spells).T
    return HospitalRules(
        choice=dice.one_of(*HospitalChoice),
        bays=np.array([dice.one_of(UNLIMITED, 1, 1, 2) for _ in range(HOSPITALS)]),
        divert_at=np.array([dice.one_of(UNLIMITED, 1, 2) for _ in range(HOSPITALS)]),
        expected_handover_min=dice.one_of(0.0, 14.0),
        closed_first=np.concatenate([[0], np.cumsum([len(edges) for edges in spells])]),
        closed_start=start,
        closed_end=end,
    )


def _closures(dice: Dice) -> RoadClosures:
    start = dice.times(HORIZON, 2)
    sides = (dice.truths(0.5, 2, count) for count in (ZONES, STATIONS, HOSPITALS))
    return RoadClosures(start, start + 0.5 + dice.times(300.0, 2), dice.times(15.0, 2), *sides)


def _calls(dice: Dice) -> CallTable:
    count = int(dice.rng.integers(20, 61))

    def sometimes(high: float) -> np.ndarray:
        return np.where(dice.truths(0.3, count), 0.0, dice.times(high, count))

    return call_table(
        np.sort(dice.times(dice.one_of(60.0, HORIZON, HORIZON + 20.0), count)),
        zone=dice.rng.integers(0, ZONES, count),
        priority=dice.rng.integers(1, PRIORITIES + 1, count),
        need=dice.rng.integers(0, NEEDS, count),
        dispatch_min=sometimes(4.0),
        turnout_min=sometimes(3.0),
        travel_error=dice.rng.choice([1.0, 0.7, 1.3], count),
        scene_min=sometimes(30.0),
        transported=dice.truths(0.7, count),
        hospital=np.where(dice.truths(0.2, count), dice.rng.integers(0, HOSPITALS, count), -1),
        transport_min=np.where(dice.truths(0.2, count), dice.times(20.0, count), np.nan),
        transport_error=dice.rng.choice([1.0, 0.8], count),
        handover_min=dice.times(dice.one_of(15.0, 40.0), count),
        return_error=dice.rng.choice([1.0, 1.2], count),
        patience_min=np.where(dice.truths(0.5, count), np.inf, sometimes(40.0)),
        turnout_again_min=sometimes(3.0),
        travel_error_again=dice.rng.choice([1.0, 0.6, 1.4], count),
    )
