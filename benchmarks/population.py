"""How fast the projection of many draws is: one JSON object a line, all from one run.

* ``projection_vs_memcpy``: time of the compiled projection over the time of copying as many bytes as its result has through
  memory (smaller is better; at most 2). 10,000 draws x 30 years x 2 sexes x 101 ages, each draw with its own survival,
  fertility and migration. Draws are projected in blocks; inputs and result of a block stand in buffers that the next block
  uses again, as when each block is reduced to what is wanted of it.
* ``projection_kept_vs_memcpy``: the same with every block kept, so that the whole result is written to memory.
* ``projection_vs_numpy``: time of the specification in numpy, in blocks of draws, over that of the compiled one (at least 6).
* ``projection_vs_loop``: time of a loop over draws with pandas, over that of the compiled one (at least 1,000); timed on a
  few draws and scaled, cost being linear in draws.
* ``projection_memory``: megabytes of the buffers of a block and what the projection takes beside them (``tracemalloc``),
  whatever the number of draws.
* ``projection_linear``: time per draw of 10,000 draws over that of 1,000 (1 = linear).

Run ``python benchmarks/population.py [--draws N] [--repeat N]`` from the checkout. Times are the best of the repeats.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sim.population.engine import TIMINGS, cohort_component_reference, floors
from sim.population.kernel import project_draws

YEARS, SEXES, AGES = 30, 2, 101
BLOCK = 25
NUMPY_BLOCKS = (50, 200, 1000)

Inputs = dict[str, np.ndarray]


def make_inputs(draws: int) -> Inputs:
    """A county of about 1.3 million with its own rates in every draw."""
    rng = np.random.default_rng(20260101)
    ages = np.arange(AGES)
    death = np.minimum(5e-5 * np.exp(0.095 * ages), 0.7)
    level = np.exp(rng.normal(0.0, 0.05, (draws, YEARS, SEXES, 1)))
    fertile = np.where((ages >= 15) & (ages < 50), np.exp(-0.5 * ((ages - 29) / 5.5) ** 2), 0.0)
    moves = 60.0 * np.exp(-0.5 * ((ages - 27) / 8) ** 2)
    return {
        "base": np.broadcast_to(np.linspace(11_000, 500, AGES), (1, SEXES, AGES)).copy(),
        "survival": np.exp(-death * level),
        "asfr": 0.09 * fertile * np.exp(rng.normal(0.0, 0.1, (draws, YEARS, 1))),
        "srb": np.full((draws, YEARS), 1.08),
        "migration": moves * rng.normal(1.0, 0.5, (draws, YEARS, SEXES, 1)),
    }


class Result:
    """The buffers of a projection without detail."""

    def __init__(self, draws: int) -> None:
        self.counts = np.zeros((draws, YEARS + 1, SEXES, AGES))
        self.births = np.zeros((draws, YEARS, SEXES))
        self.none = np.zeros((draws, YEARS, SEXES, 0))
        self.clipped = np.zeros((draws, YEARS))


def compiled(result: Result, inputs: Inputs, draws: int) -> None:
    """Project ``draws`` draws in blocks, each into its place in ``result`` or, if that holds one block, all into that."""
    size = len(result.counts)
    for start in range(0, draws, BLOCK):
        block = slice(start % size, start % size + BLOCK)
        result.counts[block, 0] = inputs["base"]
        project_draws(
            result.counts[block], result.births[block], result.none[block], result.none[block], result.clipped[block],
            inputs["survival"], inputs["asfr"], inputs["srb"], inputs["migration"], 1.0, *TIMINGS["end"], *floors(),
        )  # fmt: skip


def one_draw_in_pandas(inputs: Inputs, draw: int) -> pd.DataFrame:
    """The usual script: a frame of ages by sex, a step a year."""
    population = pd.DataFrame(inputs["base"][0].T, columns=["male", "female"])
    frames = [population]
    for t in range(YEARS):
        survival = pd.DataFrame(inputs["survival"][draw, t].T, columns=population.columns)
        asfr, ratio = pd.Series(inputs["asfr"][draw, t]), inputs["srb"][draw, t]
        migration = pd.DataFrame(inputs["migration"][draw, t].T, columns=population.columns)
        cohort = population.shift(1, fill_value=0.0)
        cohort.iloc[-1] += population.iloc[-1]
        end = cohort * survival
        women = 0.5 * (population["female"] + end["female"])
        births = (asfr * women)[1:].sum()
        newborn = pd.Series({"male": births * ratio / (1 + ratio), "female": births / (1 + ratio)})
        end.loc[0] = newborn * survival.loc[0]
        population = (end + migration).clip(lower=0.0)
        frames.append(population)
    return pd.concat(frames, keys=range(YEARS + 1))


def best(action: Callable[[], object], repeat: int) -> float:
    """Shortest of ``repeat`` timings in seconds."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def in_turns(repeat: int, *actions: Callable[[], object]) -> list[float]:
    """Shortest timing of each action; they take turns, so that another load on the machine meets all."""
    rounds = [[best(action, 1) for action in actions] for _ in range(repeat)]
    return [min(times) for times in zip(*rounds, strict=True)]


def report(name: str, ratio: float, **detail: object) -> None:
    """One line of output."""
    print(json.dumps({"name": name, "ratio": round(ratio, 3), "detail": detail}), flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args()
    draws, repeat = max(options.draws // BLOCK, 1) * BLOCK, options.repeat
    inputs, block = make_inputs(BLOCK), Result(BLOCK)
    result, copy = Result(draws), np.zeros((draws, YEARS + 1, SEXES, AGES))
    compiled(result, inputs, draws)
    compiled(block, inputs, BLOCK)

    tracemalloc.start()
    compiled(block, inputs, draws)
    beside = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    part = max(draws // 10 // BLOCK, 1) * BLOCK
    fast, kept, copied, short = in_turns(
        repeat,
        lambda: compiled(block, inputs, draws),
        lambda: compiled(result, inputs, draws),
        lambda: np.copyto(copy, result.counts),
        lambda: compiled(block, inputs, part),
    )
    size = {"draws": draws, "years": YEARS, "sexes": SEXES, "ages": AGES, "result_mb": round(result.counts.nbytes / 1e6, 1)}
    report("projection_vs_memcpy", fast / copied, projection_s=fast, memcpy_s=copied, block=BLOCK, **size)
    report("projection_kept_vs_memcpy", kept / copied, projection_s=kept, memcpy_s=copied, block=BLOCK, **size)

    plain, rows = min((numpy_in_blocks(rows, max(repeat // 2, 1)), rows) for rows in NUMPY_BLOCKS)
    plain *= draws
    report("projection_vs_numpy", plain / fast, numpy_s=plain, projection_s=fast, numpy_block=rows, **size)

    sample = 3
    loop = best(lambda: [one_draw_in_pandas(inputs, draw) for draw in range(sample)], repeat) / sample * draws
    found = one_draw_in_pandas(inputs, 1).to_numpy().reshape(YEARS + 1, AGES, SEXES).transpose(0, 2, 1)
    off = float(np.abs(found / block.counts[1] - 1).max())
    report("projection_vs_loop", loop / fast, loop_s=loop, projection_s=fast, timed_draws=sample, largest_difference=off, **size)

    report("projection_linear", fast / draws / (short / part), draws=[part, draws])
    buffers = sum(array.nbytes for array in (*inputs.values(), block.counts, block.births, block.clipped))
    report("projection_memory", (buffers + beside) / 1e6, unit="MB", buffers_mb=buffers / 1e6, beside_mb=beside / 1e6)


def numpy_in_blocks(rows: int, repeat: int) -> float:
    """Seconds per draw of the specification in numpy, for blocks of ``rows`` draws."""
    inputs = make_inputs(rows)
    return best(lambda: cohort_component_reference(**inputs), repeat) / rows


if __name__ == "__main__":
    main()
