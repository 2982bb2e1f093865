"""The simulated response as a target: the set-up of the observation, recovery of a known truth, places as uncertainty."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.calibration import Specification, read_specification
from sim.calibration.groups import Fitted, fit_simulated, groups_of
from sim.calibration.response import FIGURES, ResponseWorld, response_world
from sim.calibration.stages import Stages
from sim.calibration.use import units_of
from sim.region import Region, load_region

SMALL = {"design": 48, "samples": 1024, "starts": 6, "replications": 1}
MULTIPLIER, EXPONENT = "emergency.travel.multiplier", "emergency.travel.b"
SERVICE, TURNOUT = "emergency.service_time_factor", "emergency.turnout_factor"


@pytest.fixture(scope="module")
def kunshan(root: Path) -> Region:
    return load_region(root / "calibration", "kunshan", fitted=False)


@pytest.fixture(scope="module")
def spec(root: Path, kunshan: Region) -> Specification:
    found = read_specification(root / "calibration", kunshan)
    return replace(found, settings={**found.settings, **SMALL})


@pytest.fixture(scope="module")
def world(kunshan: Region) -> ResponseWorld:
    found = response_world(kunshan, seed=20201101, places=6)
    assert found is not None
    return found


def fitted(world: ResponseWorld, spec: Specification, seen: Mapping[str, float] | None = None) -> Fitted:
    """The group of the response, fitted to the pack's figures or to other ones by quantity."""
    number, group = next((n, g) for n, g in enumerate(groups_of(spec, world)) if g.simulated)
    if seen:
        targets = [replace(t, observed=replace(t.observed, value=seen[t.quantity.key])) for t in group.targets]
        group = replace(group, targets=tuple(targets))
    return fit_simulated(group, units_of(world.region, spec.targets), world, spec.settings, number, Stages(None, {}), world.crews)


def test_the_study_is_run_as_it_was(world: ResponseWorld) -> None:
    """12 stations without Dianshanhu and Zhouzhuang, a crew less for each that opened since, 30,847 cases."""
    assert world.observed.year == 2017
    assert len(world.base.plan.open_in(2017)) == 12
    assert (world.crews, world.opened_since) == ((14, 14), 2)
    duty = world.duty(world.crews)
    assert list(duty.day) == list(duty.night) == [1] * 12
    assert world.calls.sum() == pytest.approx(30_847)
    assert world.calls_observed


def test_a_slower_law_and_longer_calls_do_what_they_must(world: ResponseWorld) -> None:
    base = {MULTIPLIER: 1.5, EXPONENT: 0.73, SERVICE: 1.0, TURNOUT: 1.0}
    points = [base, {**base, MULTIPLIER: 1.7}, {**base, SERVICE: 1.4}, {**base, EXPONENT: 0.5}]
    rows = [dict(zip(FIGURES, row, strict=True)) for row in world.figures(points, world.crews, 1)]
    assert rows[1]["response_mean"] > rows[0]["response_mean"] + 1.0
    assert rows[2]["own_station_share"] < rows[0]["own_station_share"] - 0.05
    assert rows[2]["utilisation"] > rows[0]["utilisation"] * 1.2
    gap = [row["response_other_station"] - row["response_own_station"] for row in rows]
    assert gap[3] < gap[0] - 1.0
    more = dict(zip(FIGURES, world.figures([base], (20, 20), 1)[0], strict=True))
    assert more["own_station_share"] > rows[0]["own_station_share"] + 0.1


def test_the_order_of_set_ups_and_the_number_of_threads_change_nothing(world: ResponseWorld) -> None:
    points = [{MULTIPLIER: value} for value in (1.2, 1.5, 1.8)]
    together = world.figures(points, world.crews, 1)
    alone = np.array([replace(world, threads=1).figures([point], world.crews, 1)[0] for point in points])
    assert np.array_equal(together, alone)


def test_places_of_stations_are_uncertain_and_the_tie_keeps_the_mean(world: ResponseWorld) -> None:
    point = {MULTIPLIER: 1.5, EXPONENT: 0.73}
    central = dict(zip(FIGURES, world.figures([point], world.crews, 1)[0], strict=True))
    drawn = world.spread_of_places(point, world.crews, 1)
    assert drawn.shape == (6, len(FIGURES))
    mean = drawn[:, FIGURES.index("response_mean")]
    assert mean == pytest.approx(np.full(6, central["response_mean"]), abs=0.5)
    assert drawn[:, FIGURES.index("own_town_share")].std() > 0.005


def test_a_region_without_an_observed_response_has_no_world(root: Path) -> None:
    assert response_world(load_region(root / "calibration", "wuzhong", fitted=False), seed=1, places=2) is None


def test_qingpus_calls_were_not_counted_so_their_level_is_fitted_with_the_response(root: Path) -> None:
    region = load_region(root / "calibration", "qingpu", fitted=False)
    found = response_world(region, seed=1, places=2)
    assert found is not None and not found.calls_observed
    (group,) = groups_of(read_specification(root / "calibration", region), found)
    assert [item.key for item in group.parameters] == ["emergency.call_level_factor", TURNOUT, SERVICE, EXPONENT, MULTIPLIER]


@pytest.mark.slow
def test_a_known_truth_is_found_again(world: ResponseWorld, spec: Specification) -> None:
    """Figures simulated on other calls at a known law: what they determine is recovered, what they do not keeps its prior."""
    truth = {TURNOUT: 1.0, SERVICE: 1.2, EXPONENT: 0.6, MULTIPLIER: 1.7}
    other = replace(world, seed=7)
    seen = dict(zip(FIGURES, other.figures([truth], world.crews, 4)[0], strict=True))
    found = fitted(world, spec, seen)
    assert found.group.converged
    for key in (SERVICE, EXPONENT, MULTIPLIER):
        assert found.parameters[key].low < truth[key] < found.parameters[key].high
    assert found.parameters[MULTIPLIER].value == pytest.approx(1.7, rel=0.08)
    assert found.parameters[TURNOUT].width > 0.9
    point = {key: item.value for key, item in found.parameters.items()}
    again = dict(zip(FIGURES, world.figures([point], world.crews, 2)[0], strict=True))
    for target in (target for target in spec.targets if target.fitted and target.quantity.key in seen):
        assert again[target.quantity.key] == pytest.approx(seen[target.quantity.key], abs=target.tolerance)


@pytest.mark.slow
def test_intervals_hold_the_truth_of_simulated_worlds_at_about_their_rate(world: ResponseWorld, spec: Specification) -> None:
    """Truths from the priors, figures from the engine with errors of their tolerances: 80 % intervals of 10 x 4 parameters."""
    random, held, worlds = np.random.Generator(np.random.PCG64(3)), 0, 10
    other = replace(world, seed=9)
    tolerance = {t.quantity.key: t.tolerance for t in spec.targets}
    for _ in range(worlds):
        truth = {
            TURNOUT: math.exp(0.1 * random.standard_normal()),
            SERVICE: math.exp(0.128 * random.standard_normal()),
            EXPONENT: 0.65 * math.exp(0.15 * random.standard_normal()),
            MULTIPLIER: 1.5 * math.exp(0.2 * random.standard_normal()),
        }
        exact = dict(zip(FIGURES, other.figures([truth], world.crews, 1)[0], strict=True))
        names = ("response_own_station", "response_other_station", "own_station_share")
        seen = {name: exact[name] + tolerance[name] * random.standard_normal() for name in names}
        found = fitted(world, spec, seen)
        held += sum(found.parameters[key].low <= truth[key] <= found.parameters[key].high for key in truth)
    assert 0.6 <= held / (4 * worlds) <= 0.97
