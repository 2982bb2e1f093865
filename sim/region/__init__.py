"""What is known of a region: its pack, read and checked.

Public: :func:`load_region`, :func:`available_regions`, :func:`region_names`,
:func:`find_data_root`, :func:`find_scenario`, :func:`measures` and the data classes of :mod:`sim.region.model`.
"""

from sim.region.find import find_data_root, find_scenario
from sim.region.load import available_regions, load_region, region_names
from sim.region.model import (
    CensusTable,
    Confidence,
    Hospitals,
    Observation,
    PlanTarget,
    Region,
    Source,
    Statement,
    Stations,
    Towns,
    Zones,
)
from sim.region.observed import Measure, measures

__all__ = [
    "CensusTable",
    "Confidence",
    "Hospitals",
    "Measure",
    "Observation",
    "PlanTarget",
    "Region",
    "Source",
    "Statement",
    "Stations",
    "Towns",
    "Zones",
    "available_regions",
    "find_data_root",
    "find_scenario",
    "load_region",
    "measures",
    "region_names",
]
