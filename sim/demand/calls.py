"""Emergency calls expected in a year.

    calls(year) = rate x residents of its year x level x (1 + growth)^(years between) x people

Growth is the *total* growth of calls, demography inside: on the region's own central projection calls grow by it exactly.
``people`` is how the residents of a draw or of another scenario, weighted by their relative risk of calling, differ from
that projection in the same year, so that more or older people still call more. The emergency simulation spreads the same
calls over zones and hours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.demand.context import Context
from sim.demand.exposure import residents
from sim.demand.factors import Factor
from sim.demand.schedule import by_single_age

RATE, LEVEL, GROWTH = "emergency.call_rate_per_1000", "emergency.call_level_factor", "emergency.call_growth_per_year"
RISK_AGES, RISK = "emergency.call_age_groups_from", "emergency.call_age_relative_risk"
PARAMETERS = (RATE, LEVEL, GROWTH, RISK_AGES, RISK)


def expected_calls(context: Context) -> NDArray[np.float64]:
    """Expected calls by draw and scorecard year, shape ``[draw, year]``."""
    since_use = context.moments[Factor.USE]
    own = context.reference().at(size=since_use, structure=since_use)
    risk = by_single_age(context.schedule(RISK_AGES), context.schedule(RISK))
    rate = context.parameter(RATE)
    since = rate.year or context.region.base_year
    at_rate = rate.number / 1000.0 * _residents_of(own, since) * context.uncertain(LEVEL, "demand.call_level")
    return at_rate * _growth(context, since) * context.flow(risk) / own.flow(risk)[:1]


def _residents_of(own: Context, year: int) -> float:
    """Mid-year residents on the region's own central projection; outside its years, between or at the censuses."""
    if int(own.population.years[0]) <= year + 1 <= int(own.population.years[-1]):
        return float(own.population.mid_year(year)[0].sum())
    return float(residents(own.region, year, np.zeros(1)).sum())


def _growth(context: Context, since: int) -> NDArray[np.float64]:
    """Growth factor from the year of the rate to each scorecard year, ``[draw or 1, year]``.

    The scenario's path holds after the base year; without one, and up to the base year, growth is constant and uncertain.
    """
    years = context.moments[Factor.USE]
    first, last = min(since, int(years.min())), max(since, int(years.max()))
    steps = np.arange(first + 1, last + 1)
    yearly = np.broadcast_to(context.uncertain(GROWTH), (context.draws.size, len(steps)))
    path = context.scenario.body.demand.call_rate_growth
    if path is not None:
        yearly = np.where(steps > context.region.base_year, path.at(steps), yearly)
    factors = np.ones((context.draws.size, len(steps) + 1))
    factors[:, 1:] = np.cumprod(1.0 + yearly, axis=1)
    return factors[:, years - first] / factors[:, [since - first]]
