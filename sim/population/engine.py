"""The cohort-component projection to the conventions of the UN's program (ccmppWPP), over a draw axis.

One interval, for each sex (``P`` start population, ``s`` survival, ``M`` net migrants, ``F`` women, ``f`` fertility):

    exposed  E[x] = P[x] + share at start * M[x]
    survivors     = E[x-1] s[x],  at the open age (E[A-1] + E[A]) s[A]
    births      B = width * sum over x >= 1 of f[x] * (E_F[x] + end_F[x]) / 2,  boys = B srb / (1 + srb)
    survivors at age 0 = births of the sex * s[0]
    end           = survivors + share at end * M[x]

Timing of migration: ``end`` adds all at the end, at the age then reached, after births (UN code 9); ``start`` adds all at
the start; ``even`` half at the start, half at the end but before births are counted (UN code 0).

Floors, as in the UN's program: out-migration that would empty the start population of its age leaves 1e-5 persons; a cell
that still comes out negative is set to 5e-4. Both are counted as net migration, so ``P1 = P0 + B - D + M`` holds, and
their sum stands in ``clipped``.

Sources: Preston, Heuveline & Guillot (2001), Demography, chapter 6; United Nations (2020-2024), ccmppWPP,
``project_ccmpp_z_by_z`` and ``project_ccmpp_loop_over_time``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import RunFailedError

Floats = NDArray[np.float64]
Timing = Literal["end", "start", "even"]
_SETTINGS = Path(__file__).parent / "data" / "cohort_component.json"

TIMINGS: dict[Timing, tuple[float, float, float]] = {
    "end": (0.0, 0.0, 1.0),
    "start": (1.0, 0.0, 0.0),
    "even": (0.5, 0.5, 0.0),
}
"""Share of net migrants added at the start, at the end before births, at the end after births."""


@dataclass(frozen=True)
class Projection:
    """What a projection gives; flows belong to the interval that starts at their index.

    Attributes:
        counts: persons at the start of each interval and the end of the last, ``[draw, interval + 1, sex, age]``.
        births: live births, ``[draw, interval, sex]``.
        deaths: deaths by cohort, indexed by the age reached at the end of the interval (0 = born in it, the last =
            of the last two ages), ``[draw, interval, sex, age]``; without detail their totals, ``[draw, interval, 1, 1]``.
        net_migration: net migrants after clipping, shape as ``deaths``.
        clipped: net out-migrants asked for that could not leave (see the module), ``[draw, interval]``.
    """

    counts: Floats
    births: Floats
    deaths: Floats
    net_migration: Floats
    clipped: Floats

    @property
    def total(self) -> Floats:
        """Persons of all ages and sexes, ``[draw, interval + 1]``."""
        return self.counts.sum(axis=(2, 3))

    @property
    def births_total(self) -> Floats:
        """Births of both sexes, ``[draw, interval]``."""
        return self.births.sum(axis=2)

    @property
    def deaths_total(self) -> Floats:
        """Deaths of all ages and sexes, ``[draw, interval]``."""
        return self.deaths.sum(axis=(2, 3))

    @property
    def net_migration_total(self) -> Floats:
        """Net migrants of all ages and sexes, ``[draw, interval]``."""
        return self.net_migration.sum(axis=(2, 3))


def cohort_component(
    base: ArrayLike,
    survival: ArrayLike,
    asfr: ArrayLike,
    srb: ArrayLike,
    migration: ArrayLike,
    *,
    timing: Timing = "end",
    width: float = 1.0,
    detail: bool = True,
) -> Projection:
    """Project a population (compiled).

    Every input has a draw axis of 1 or of the number of draws. The last sex is the one that bears children: usually
    ``male, female``; one sex alone may be projected (``srb`` is then of no effect).

    Args:
        base: persons at the start, ``[draw, sex, age]``, the last age open.
        survival: survival ratios, ``[draw, interval, sex, age]`` (:func:`sim.population.survival.survival_from_mx`).
        asfr: births per woman-year, ``[draw, interval, age]``; age 0 is not counted.
        srb: male per female birth, ``[draw, interval]``.
        migration: net migrants in the interval, ``[draw, interval, sex, age]``.
        timing: when migrants move, see the module.
        width: years in an interval, equal to the years in an age group.
        detail: keep deaths and net migration by sex and age (three times the memory), or only their totals.

    Raises:
        ValueError: shapes do not fit, or the timing is unknown.
        RunFailedError: a result is not finite.
    """
    from sim.population.kernel import project_draws

    base, survival, asfr, srb, migration, draws = _fit(base, survival, asfr, srb, migration, timing)
    _, intervals, sexes, ages = survival.shape
    counts = np.empty((draws, intervals + 1, sexes, ages))
    births, clipped = np.empty((draws, intervals, sexes)), np.empty((draws, intervals))
    deaths, net = (np.empty((draws, intervals, sexes, ages if detail else 0)) for _ in range(2))
    counts[:, 0] = base
    project_draws(
        counts, births, deaths, net, clipped, survival, asfr, srb, migration, float(width), *TIMINGS[timing], *floors()
    )
    # A value that is not a number stays in its cohort, and then in the open group, to the end.
    if not np.isfinite(counts[:, -1]).all():
        raise RunFailedError("the projection left the finite numbers: an input is not a number or far out of range")
    if not detail:
        net_total = migration.sum(axis=(2, 3)) + clipped
        deaths_total = births.sum(axis=2) + net_total - np.diff(counts.sum(axis=(2, 3)), axis=1)
        deaths, net = deaths_total[..., None, None], net_total[..., None, None]
    return Projection(counts, births, deaths, net, clipped)


def cohort_component_reference(
    base: ArrayLike,
    survival: ArrayLike,
    asfr: ArrayLike,
    srb: ArrayLike,
    migration: ArrayLike,
    *,
    timing: Timing = "end",
    width: float = 1.0,
) -> Projection:
    """The readable statement of :func:`cohort_component`, in numpy; the tests hold the two equal."""
    base, survival, asfr, srb, migration, draws = _fit(base, survival, asfr, srb, migration, timing)
    _, intervals, sexes, _ = survival.shape
    at_start, before_births, at_end = TIMINGS[timing]
    left_behind, floor = floors()
    population = np.broadcast_to(base, (draws, *base.shape[1:]))
    counts, births, deaths, moves, clipped = [population], [], [], [], []
    for t in range(intervals):
        asked, ratio = np.broadcast_to(migration[:, t], population.shape), survival[:, t]
        moved = np.where((asked < 0) & (population + asked <= 0), left_behind - population, asked)
        exposed = population + at_start * moved

        cohort = np.empty_like(exposed)
        cohort[..., 1:] = exposed[..., :-1]
        cohort[..., -1] += exposed[..., -1]
        survivors = cohort * ratio

        women_at_end = survivors[:, -1, 1:] + before_births * moved[:, -1, 1:]
        women = 0.5 * (exposed[:, -1, 1:] + women_at_end)
        born = width * (asfr[:, t, 1:] * women).sum(axis=-1)
        male = srb[:, t] / (1.0 + srb[:, t])
        by_sex = np.stack([born * male, born - born * male], axis=1) if sexes == 2 else born[:, None]
        cohort[..., 0] = by_sex
        survivors[..., 0] = by_sex * ratio[..., 0]

        end = survivors + (before_births + at_end) * moved
        lifted = np.where(end < 0, floor - end, 0.0)
        counts.append(np.where(end < 0, floor, end))
        births.append(by_sex)
        deaths.append(cohort - survivors)
        moves.append(moved + lifted)
        clipped.append((moved - asked + lifted).sum(axis=(1, 2)))
        population = counts[-1]
    return Projection(*(np.stack(parts, axis=1) for parts in (counts, births, deaths, moves, clipped)))


@lru_cache(maxsize=1)
def floors() -> tuple[float, float]:
    """Persons left when out-migration takes a whole cohort, and persons put where a cell would be negative."""
    settings = json.loads(_SETTINGS.read_text(encoding="utf-8"))
    return settings["left_behind"]["value"], settings["floor"]["value"]


def _fit(
    base: ArrayLike, survival: ArrayLike, asfr: ArrayLike, srb: ArrayLike, migration: ArrayLike, timing: str
) -> tuple[Floats, Floats, Floats, Floats, Floats, int]:
    """The inputs as contiguous arrays with the number of draws, or ValueError."""
    if timing not in TIMINGS:
        raise ValueError(f"timing {timing!r} is not one of {', '.join(TIMINGS)}")
    named = {"base": base, "survival": survival, "asfr": asfr, "srb": srb, "migration": migration}
    arrays = {name: np.ascontiguousarray(value, dtype=np.float64) for name, value in named.items()}
    if arrays["survival"].ndim != 4 or arrays["survival"].shape[2] not in (1, 2) or arrays["survival"].shape[3] < 3:
        raise ValueError(f"survival must be [draw, interval, sex, age], got {arrays['survival'].shape}")
    _, intervals, sexes, ages = arrays["survival"].shape
    wanted = {"base": (sexes, ages), "survival": (intervals, sexes, ages), "asfr": (intervals, ages), "srb": (intervals,),
              "migration": (intervals, sexes, ages)}  # fmt: skip
    draws = max(array.shape[0] for array in arrays.values())
    for name, shape in wanted.items():
        found = arrays[name].shape
        if found[1:] != shape or found[0] not in (1, draws):
            raise ValueError(f"{name} must have shape {('1 or ' + str(draws), *shape)}, got {found}")
    return (*arrays.values(), draws)
