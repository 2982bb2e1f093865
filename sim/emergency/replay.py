"""Trace-driven simulation: recorded calls through either engine, one line per call out (see docs/replay.md)."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from sim import __version__
from sim.csvout import write_csv
from sim.emergency.kernel import run_compiled
from sim.emergency.log import EventLog, Outcome, SentFrom, check_accounts
from sim.emergency.metrics import METRICS, Summary, summarise
from sim.emergency.reference import run_reference
from sim.emergency.replay_files import Leg, ReplayRequest, read_files
from sim.emergency.replay_world import Replay, build_replay
from sim.emergency.travel import Metric
from sim.emergency.world import ReturnDispatch, RoadTiming, World
from sim.new_folder import new_folder, require_free
from sim.output.identity import LIBRARIES, file_hash

CALL_LOG_COLUMNS = (
    "call_id",
    "time_min",
    "priority",
    "outcome",
    "unit_id",
    "sent_from",
    "hospital",
    "dispatched_min",
    "rolling_min",
    "arrived_min",
    "left_scene_min",
    "at_hospital_min",
    "free_min",
    "back_min",
    "queue_wait_min",
    "dispatch_delay_min",
    "turnout_time_min",
    "travel_time_min",
    "response_time_min",
)


@dataclass(frozen=True)
class ReplayOutcome:
    """What a replay gave: the case, its log, its summary and the folder it was written to."""

    replay: Replay
    log: EventLog
    summary: Summary
    folder: Path


def replay(request: ReplayRequest, out: Path) -> ReplayOutcome:
    """Read, run, write ``calls.csv``, ``summary.csv`` and ``manifest.json`` into the new folder ``out``.

    Raises:
        InputError: faults of the files or options, all at once; nothing is written.
    """
    require_free(out)
    hashes = {}
    files = read_files(request)
    case = build_replay(request, files)
    for name, path in request.files.items():
        hashes[name] = {"path": str(path), "sha256": file_hash(path)}
    engine = run_reference if request.engine == "reference" else run_compiled
    log = engine(case.world, case.calls)
    check_accounts(log)
    summary = summarise(log, case.calls, _summary_world(case, log, request), warmup_min=request.warmup_min)
    with new_folder(out) as folder:
        write_csv(folder / "calls.csv", CALL_LOG_COLUMNS, call_lines(case, log))
        write_csv(folder / "summary.csv", ("metric", "segment", "unit", "value"), _summary_lines(summary))
        _write_manifest(folder / "manifest.json", request, hashes, log)
    return ReplayOutcome(case, log, summary, out)


def replay_options(options: Mapping[str, Any], out: Path) -> ReplayOutcome:
    """:func:`replay` with the words of the command line, by option name; None = not given."""
    word = {name: None if value is None else str(value).upper().replace("-", "_") for name, value in options.items()}
    request = ReplayRequest(
        calls=options["calls"],
        fleet=options["fleet"],
        tables={leg: options[leg] for leg in Leg if options[leg] is not None},
        hospitals=options["hospitals"],
        nodes=options["nodes"],
        metric=None if word["metric"] is None else Metric[word["metric"]],
        speed_kmh=options["speed_kmh"],
        return_dispatch=ReturnDispatch[word["return_dispatch"]],
        road=None if word["road"] is None else RoadTiming[word["road"]],
        queue_by_priority=options["queue"] == "priority",
        road_turnout_share=options["road_turnout"],
        monitoring_priorities=tuple(sorted(options["monitoring"])),
        horizon_min=options["horizon"],
        warmup_min=options["warmup"],
        engine=options["engine"],
    )
    return replay(request, out)


def describe(outcome: ReplayOutcome) -> str:
    """One line for the terminal."""
    figures = outcome.summary.values["all"]
    counts = ", ".join(f"{figures[name]:.0f} {name.replace('_', ' ')}" for name in ("answered", "abandoned", "open_at_end"))
    mean = f"mean response {figures['response_mean_min']:.3f} min" if figures["answered"] else "no call was answered"
    return f"{counts}; {mean}; {outcome.folder}"


def call_lines(case: Replay, log: EventLog) -> Iterator[tuple[Any, ...]]:
    """One line per call, in the order of the calls; blank where something did not happen."""
    calls = case.calls
    outcomes = [outcome.name.lower() for outcome in Outcome]
    places = {SentFrom.NOWHERE: None, SentFrom.BASE: "base", SentFrom.WAY_BACK: "way_back"}
    response, queue = log.response_min(calls), log.queue_min(calls)
    for i, call_id in enumerate(case.call_ids):
        yield (
            call_id,
            calls.time_min[i],
            calls.priority[i],
            outcomes[log.outcome[i]],
            case.unit_ids[log.unit[i]] if log.unit[i] >= 0 else None,
            places[SentFrom(log.sent_from[i])],
            case.hospital_ids[log.hospital[i]] if log.hospital[i] >= 0 else None,
            log.dispatched[i],
            log.rolling[i],
            log.arrived[i],
            log.left_scene[i],
            log.at_hospital[i],
            log.free[i],
            log.back[i],
            queue[i],
            calls.dispatch_min[i],
            log.turnout_min[i],
            log.travel_min[i],
            response[i],
        )


def _summary_world(case: Replay, log: EventLog, request: ReplayRequest) -> World:
    """The world with the period that the utilisation refers to: the horizon, or until the last unit is back."""
    if request.horizon_min is not None:
        return case.world
    ends = np.concatenate([case.calls.time_min, log.back[log.answered]])
    return replace(case.world, horizon_min=float(ends.max(initial=1.0)))


def _summary_lines(summary: Summary) -> Iterator[tuple[str, str, str, float]]:
    for segment, values in summary.values.items():
        for metric, value in values.items():
            yield metric, segment, METRICS[metric], value


def _write_manifest(path: Path, request: ReplayRequest, inputs: dict[str, Any], log: EventLog) -> None:
    options = {
        "metric": None if request.metric is None else request.metric.name.lower(),
        "speed_kmh": request.speed_kmh,
        "return_dispatch": request.return_dispatch.name.lower(),
        "road": request.road_timing.name.lower(),
        "queue": "priority" if request.queue_by_priority else "fifo",
        "road_turnout_share": request.road_turnout_share,
        "monitoring_priorities": list(request.monitoring_priorities),
        "horizon_min": request.horizon_min,
        "warmup_min": request.warmup_min,
    }
    manifest = {
        "command": "replay",
        "program": {"version": __version__},
        "versions": {"python": platform.python_version(), **{name: metadata.version(name) for name in LIBRARIES}},
        "engine": request.engine,
        "options": options,
        "inputs": inputs,
        "calls": {outcome.name.lower(): count for outcome, count in check_accounts(log).items()},
        "exit": "finished",
    }
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
