"""What one file of ``sim/demand/resources/`` declares, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.demand.context import Context
from sim.demand.model import BedClass, Series

Known = Mapping[str, Series]
"""Series of the resources that ran before, by key (activity names and indicator keys)."""


@dataclass(frozen=True)
class Part:
    """What one resource gives.

    Attributes:
        need: needs, by the key of their series.
        activity: flows and intermediate quantities, by the key of their series.
        second: second estimates of needs, by the key of the need and the name of the method.
        by_town: town tables ``[draw, year, town]`` by name.
        bed_classes: beds by class.
        by_age: central activity by sex and age group of ``care.age_groups_from``, ``[year, sex, group]``, by its key.
    """

    need: tuple[Series, ...] = ()
    activity: tuple[Series, ...] = ()
    second: Mapping[tuple[str, str], Series] = field(default_factory=dict)
    by_town: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    bed_classes: Mapping[str, BedClass] = field(default_factory=dict)
    by_age: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


@dataclass(frozen=True)
class Resource:
    """One family of needs: a file of ``sim/demand/resources/`` holds one, named ``RESOURCE``.

    Attributes:
        gives: keys of the needs and activities that the model returns.
        reads: keys of series of other resources that it is handed.
        parameters: keys of the region's parameters that it uses; a missing one is reported before anything is computed.
        model: computes the part.
    """

    gives: tuple[str, ...]
    reads: tuple[str, ...]
    parameters: tuple[str, ...]
    model: Callable[[Context, Known], Part]
