"""Named random streams.

Every random quantity of the program has a name and a registered number here. A stream is
``SeedSequence(seed, spawn_key=(number, *index))``: adding a quantity moves no other draw, and no arithmetic is done on
seeds. Numbers are never reused; a retired name keeps its number.
"""

from __future__ import annotations

import numpy as np

STREAMS: dict[str, int] = {
    # population 100-199
    "population.fertility": 100,
    "population.mortality": 101,
    "population.migration": 102,
    "population.towns": 103,
    "population.survival_evidence": 104,
    "population.observed": 105,
    # demand 200-299
    "demand.admission_level": 200,
    "demand.visit_level": 201,
    "demand.length_of_stay": 202,
    "demand.childcare_take_up": 203,
    "demand.productivity": 204,
    "demand.call_level": 205,
    "demand.parameter": 206,  # any other uncertain parameter; its key's bytes are the index
    "demand.observed": 207,  # error of an observed activity; its key's bytes are the index
    # supply 300-399
    "supply.attrition": 300,
    # emergency parameters (one value a draw) 400-449
    "emergency.travel_speed": 400,
    "emergency.detour": 401,
    "emergency.turnout": 402,
    "emergency.station_place": 403,
    "emergency.parameter": 404,  # any other uncertain parameter; its key's bytes are the index
    # emergency call table (one value a call) 450-499
    "calls.count": 450,
    "calls.time": 451,
    "calls.zone": 452,
    "calls.priority": 453,
    "calls.dispatch": 454,
    "calls.turnout": 455,
    "calls.travel_error": 456,
    "calls.scene": 457,
    "calls.transported": 458,
    "calls.transport_error": 459,
    "calls.handover": 460,
    "calls.thinning": 461,
    "calls.cancelled": 462,
    "calls.return_error": 463,
    "calls.hospital": 464,
    "calls.overdispersion": 465,
    "calls.patience": 480,
    "calls.turnout_again": 481,
    "calls.travel_error_again": 482,
    "surge.thinning": 490,  # year, replication and the bytes of the event's name are the index
    # calibration 500-549
    "calibration.starts": 500,
    "calibration.posterior": 501,
    "calibration.design": 502,
}


def sequence(name: str, seed: int, *index: int) -> np.random.SeedSequence:
    """The seed sequence of a named stream.

    Args:
        name: a key of :data:`STREAMS`.
        seed: the run's seed, a whole number >= 0.
        index: further indices (for example year and replication), each >= 0.

    Raises:
        KeyError: the name is not registered.
    """
    return np.random.SeedSequence(seed, spawn_key=(STREAMS[name], *index))


def generator(name: str, seed: int, *index: int) -> np.random.Generator:
    """A fresh PCG64 generator on a named stream; see :func:`sequence`."""
    return np.random.Generator(np.random.PCG64(sequence(name, seed, *index)))
