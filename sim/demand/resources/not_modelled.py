"""Resources whose need no data supports: the dictionary names them with the reason; no number is invented for them."""

from __future__ import annotations

from sim.demand.context import Context
from sim.demand.resource import Known, Part, Resource
from sim.indicators import dictionary

_WITHOUT_MODEL = tuple(indicator for indicator in dictionary().values() if indicator.no_need)


def model(context: Context, known: Known) -> Part:
    """Needs that are NaN."""
    return Part(need=tuple(context.not_modelled(item.key, item.unit, item.no_need) for item in _WITHOUT_MODEL))


RESOURCE = Resource(gives=tuple(item.key for item in _WITHOUT_MODEL), reads=(), parameters=(), model=model)
