"""The calibration of one region, from its pack to its record: groups, targets, anchors, crews."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from sim.calibration.anchors import anchors
from sim.calibration.groups import Fitted, Group, fit_cheap, fit_exact, fit_simulated, groups_of, predicted
from sim.calibration.quantities import CALL_LEVEL, Family
from sim.calibration.response import FIGURES, ResponseWorld, response_world
from sim.calibration.result import CrewsFit, ParameterFit, RegionFit, TargetFit
from sim.calibration.specification import FitTarget, Specification
from sim.calibration.stages import Stages
from sim.calibration.use import Units, units_of, years_of
from sim.region.model import Region

Progress = Callable[[float], None]

_COVERAGE_KM = 3.5
_STAGES_A_ROUND = 3


def fit_region(
    region: Region,
    spec: Specification,
    *,
    keep: Path | None = None,
    program: Mapping[str, str] | None = None,
    threads: int = 2,
    progress: Progress = lambda share: None,
) -> RegionFit:
    """Fit a region.

    Args:
        region: its pack, read without what was fitted (``load_region(..., fitted=False)``).
        spec: what is fitted to what.
        keep: folder for finished stages; None keeps none.
        program: what identifies the program, for the names of kept stages.
        threads: set-ups that are simulated side by side; changes nothing but the time.
        progress: told the share that is done.

    Raises:
        InputError: the pack lacks a schedule or a figure that a target needs.
        RunFailedError: stages cannot be kept.
    """
    settings, inputs = spec.settings, hashes([*region.files, *spec.files])
    units = units_of(region, spec.targets)
    simulated = any(target.quantity.family is Family.RESPONSE for target in spec.targets)
    world = response_world(region, seed=settings["seed"], places=settings["place_draws"], threads=threads) if simulated else None
    groups = groups_of(spec, world)
    most = sum(_STAGES_A_ROUND * settings["rounds"] * (1 + len(spec.alternatives)) for group in groups if group.simulated) or 1
    done = [0]

    def step() -> None:
        done[0] += 1
        progress(min(0.99, done[0] / most))

    stages = Stages(keep, {"program": dict(program or {}), "inputs": inputs, "seed": settings["seed"]}, step)
    fitted = [_fit(group, number, units, world, spec, stages) for number, group in enumerate(groups)]
    parameters: dict[str, ParameterFit] = {}
    for key, parameter in spec.parameters.items():
        prior = parameter.prior
        stands = ParameterFit(parameter, prior.number, float(prior.low or 0.0), float(prior.high or 0.0), 1.0, (), False)
        parameters[key] = next((one.parameters[key] for one in fitted if key in one.parameters), stands)
    values = {key: item.value for key, item in parameters.items()}
    priors = {key: item.prior.number for key, item in spec.parameters.items()}
    held = {**units.held, **priors}
    place_sd = {name: sd for one in fitted for name, sd in one.place_sd.items()}
    at_fit, at_prior = (_figures(world, point, stages, settings["check_replications"]) for point in (values, priors))
    targets = tuple(
        TargetFit(
            target,
            years_of(target, region.base_year),
            _model(target, {**held, **values}, units, at_fit, region),
            _model(target, held, units, at_prior, region),
            place_sd.get(target.quantity.key, 0.0),
        )
        for target in spec.targets
    )
    progress(1.0)
    return RegionFit(
        region, parameters, tuple(one.group for one in fitted), targets, anchors(region), spec.not_observed,
        _crews(groups, units, world, spec, stages), at_fit, settings, inputs,
    )  # fmt: skip


def hashes(files: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Sha256 of every file by name, sorted by name."""
    return {name: hashlib.sha256(Path(path).read_bytes()).hexdigest() for name, path in sorted(files)}


def _fit(
    group: Group, number: int, units: Units, world: ResponseWorld | None, spec: Specification, stages: Stages
) -> Fitted:
    if group.exact:
        return fit_exact(group, units)
    if group.simulated and world is not None:
        return fit_simulated(group, units, world, spec.settings, number, stages, world.crews)
    return fit_cheap(group, units, spec.settings, number)


def _figures(
    world: ResponseWorld | None, values: Mapping[str, float], stages: Stages, replications: int
) -> dict[str, float]:
    """What the engine gives at values of the parameters, with many replications; empty where no response was observed."""
    if world is None:
        return {}
    given = {CALL_LEVEL} if world.calls_observed else set()
    point = {key: value for key, value in values.items() if key.startswith("emergency.") and key not in given}
    found = stages.figures(world, [point], world.crews, replications)[0]
    return dict(zip(FIGURES, map(float, found), strict=True))


def _model(
    target: FitTarget, values: Mapping[str, float], units: Units, simulated: Mapping[str, float], region: Region
) -> float:
    if target.quantity.family is Family.RESPONSE:
        return simulated[target.quantity.key]
    if target.quantity.family is Family.PLACE:
        return _coverage(target, region)
    return predicted(target, values, units)


def _coverage(target: FitTarget, region: Region) -> float:
    """Share of land or people within 3.5 km of a station that was open in the target's year."""
    zones, stations = region.zones, region.stations
    year = target.observed.year or region.base_year
    here = [at for at, opened in enumerate(stations.opened) if opened is None or opened <= year]
    away = np.hypot(
        zones.x_km[:, None] - stations.x_km[here][None, :], zones.y_km[:, None] - stations.y_km[here][None, :]
    ).min(axis=1, initial=np.inf)
    weight = zones.land_km2 if target.quantity.key.startswith("area") else zones.population
    return float(weight @ (away <= _COVERAGE_KM) / weight.sum())


def _crews(
    groups: Sequence[Group], units: Units, world: ResponseWorld | None, spec: Specification, stages: Stages
) -> tuple[CrewsFit, ...]:
    """The fit with the stated crews and with each alternative, worse ones included."""
    if world is None or not spec.alternatives or not any(group.simulated for group in groups):
        return ()
    number, group = next((number, group) for number, group in enumerate(groups) if group.simulated)
    rows = []
    for crews in (world.crews[0], *spec.alternatives):
        night = world.crews[1] + crews - world.crews[0]
        fitted = fit_simulated(group, units, world, spec.settings, number, stages, (crews, night))
        point = {key: item.value for key, item in fitted.parameters.items()}
        found = stages.figures(world, [point], (crews, night), spec.settings["check_replications"])[0]
        figures = dict(zip(FIGURES, map(float, found), strict=True))
        rows.append(CrewsFit(crews, crews - world.opened_since, fitted.misfit, figures, point))
    return tuple(rows)

