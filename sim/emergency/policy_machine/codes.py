"""Codes of the compiled loop: what a unit does, ranks of events, and those of enumerations, which a test compares."""

from __future__ import annotations

# What a unit is doing.
IDLE = 0
TO_SCENE = 1
TO_HOSPITAL = 2
QUEUEING = 3
HANDING_OVER = 4
FREED = 5
ON_BREAK = 6

# Ranks of the events of one moment; 7 is rebalancing.
HANDOVER_ENDS = 1
AT_HOSPITAL = 2
LEAVES_SCENE = 3
UNIT_CHANGES = 4
PATIENCE_ENDS = 5
DECISION = 6

# Codes of the enumerations in log.py and policies.py.
SENT_REDIRECTED = 3
NO_CAPABLE_HOSPITAL = -2
MOVE_TABLE = 1
MOVE_DMEXCLP = 2
LEAST_LOADED = 1
UNLIMITED = -1
