"""Emergency calls expected in a year.

    calls(year) = rate of the base year x its residents x level x (1 + growth)^(years since the base) x people

Growth is the *total* growth of calls: ageing and more people are inside it on the central draw. ``people`` is how a draw's
residents, weighted by their relative risk of calling, differ from the central projection's, so that calls still move with
the draw's population.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.demand.context import Context
from sim.demand.schedule import by_single_age

RATE, LEVEL, GROWTH = "emergency.call_rate_per_1000", "emergency.call_level_factor", "emergency.call_growth_per_year"
RISK_AGES, RISK = "emergency.call_age_groups_from", "emergency.call_age_relative_risk"
PARAMETERS = (RATE, LEVEL, GROWTH, RISK_AGES, RISK)


def expected_calls(context: Context) -> NDArray[np.float64]:
    """Expected calls by draw and scorecard year, shape ``[draw, year]``."""
    population = context.population
    residents = population.mid_year(context.region.base_year)[0].sum()
    exposure = context.flow(by_single_age(context.schedule(RISK_AGES), context.schedule(RISK)))
    base = context.number(RATE) / 1000.0 * residents * context.uncertain(LEVEL, "demand.call_level")
    return base * _growth(context) * exposure / exposure[:1]


def _growth(context: Context) -> NDArray[np.float64]:
    """Growth factor since the base year: constant and uncertain, or along the scenario's path, ``[draw or 1, year]``."""
    base, last = context.region.base_year, int(context.years[-1])
    path = context.scenario.body.demand.call_rate_growth
    yearly = context.uncertain(GROWTH) if path is None else path.at(np.arange(base + 1, last + 1))[None, :]
    factors = np.ones((len(yearly), last - base + 1))
    factors[:, 1:] = 1.0 + yearly
    return np.cumprod(factors, axis=1)[:, context.years - base]
