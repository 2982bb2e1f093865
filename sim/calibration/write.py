"""Writing what was fitted: ``fitted.yaml``, which the region loader reads, and a report for people."""

from __future__ import annotations

import math
from pathlib import Path

from sim.calibration.levels import FittedLevel, FittedLevels, Target
from sim.errors import RunFailedError
from sim.region.model import Confidence, Region

FITTED, REPORT = "fitted.yaml", "fit_report.md"


def write_fitted(fitted: FittedLevels, region: Region, folder: Path) -> tuple[Path, Path]:
    """Write ``fitted.yaml`` and ``fit_report.md`` into ``folder`` (made if need be); each appears whole or not at all.

    Args:
        fitted: the levels.
        region: the pack they were fitted to.
        folder: where to write.

    Returns:
        the two paths.

    Raises:
        RunFailedError: the folder cannot be written.
    """
    texts = {FITTED: fitted_yaml(fitted), REPORT: report(fitted, region)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            part = folder / f".{name}.part"
            part.write_text(text, encoding="utf-8")
            part.replace(folder / name)
    except OSError as error:
        raise RunFailedError(f"{folder}: the fit cannot be written: {error}") from error
    return folder / FITTED, folder / REPORT


def fitted_yaml(fitted: FittedLevels) -> str:
    """The parameter file: median, 10 % and 90 % points, source and grade of each level."""
    lines = [
        f"# Written by `healthsim calibrate {fitted.region}`; edit the pack and run it again instead. See docs/model_demand.md.",
        "schema: 1",
        "about: Levels of use fitted to the activity that the region's documents print; low and high are 10 % and 90 % points.",
        "parameters:",
    ]
    for level in fitted.levels:
        grade = Confidence.MODELLED if level.targets else Confidence.ASSUMPTION
        sources = [part for source in _sources(level) for part in source.split(";")]
        lines += [
            f"  {level.level.key}:",
            f"    value: {_number(level.median)}",
            f"    unit: {_quoted(level.unit)}",
            f"    low: {_number(level.low)}",
            f"    high: {_number(level.high)}",
            f"    source: {';'.join(dict.fromkeys(sources))}",
            f"    confidence: {grade}",
            f"    note: {_quoted(_note(level))}",
        ]
    return "\n".join(lines) + "\n"


def report(fitted: FittedLevels, region: Region) -> str:
    """The fit report: priors, observed figures, what each says, what was not observed."""
    lines = [
        f"# Fit report: {region.name_en} ({region.name_zh})",
        "",
        f"Written by `healthsim calibrate {fitted.region}`. Method: `docs/model_demand.md`, section Fitting the levels.",
        "",
        "| level | prior 10 % - median - 90 % | fitted 10 % - median - 90 % | informed by |",
        "|---|---|---|---|",
    ]
    for level in fitted.levels:
        prior = (level.prior.low, level.prior.number, level.prior.high)
        informed = ", ".join(target.key for target in level.targets) or "nothing: the prior stands"
        lines.append(f"| `{level.level.key}` | {_three(*prior)} | {_three(level.low, level.median, level.high)} | {informed} |")
    rows = [(level, target) for level in fitted.levels for target in level.targets]
    if rows:
        lines += [
            "",
            "| observed figure | value | residents of | at the prior | at the fit | tolerance (log) | prior off by, tolerances |",
            "|---|---|---|---|---|---|---|",
            *(_target_row(level, target) for level, target in rows),
        ]
    lines += [line for level, target in rows if not target.year_known for line in ("", _below_the_peak(level, target))]
    lines += ["", "Not observed: " + (", ".join(f"`{key}`" for key in fitted.not_observed) or "nothing is missing") + "."]
    return "\n".join(lines) + "\n"


def _target_row(level: FittedLevel, target: Target) -> str:
    year = _years(target) + ("" if target.year_known else " (the peak; its year is not printed)")
    at_prior, at_fit = (value * target.unit_level for value in (level.prior.number, level.median))
    distance = math.log(target.implied / level.prior.number) / target.tolerance
    return (
        f"| `{target.key}` | {target.observed:,.10g} | {year} | {_rounded(at_prior)} | {_rounded(at_fit)} "
        f"| {target.tolerance:g} | {distance:+.1f} |"
    )


def _below_the_peak(level: FittedLevel, target: Target) -> str:
    """How the fitted level stands to the highest figure of several years."""
    last, at_fit = target.years[-1], level.median * target.unit_level
    by = 100.0 * (at_fit / target.observed - 1.0)
    return (
        f"`{target.key}`: the residents of {last} have {_rounded(at_fit)} in a normal year, {by:+.1f} % against the highest "
        f"figure of {_years(target)}; a peak lies above its level by what the luckiest of {len(target.years)} years gave "
        f"(noise {target.noise:g} log units a year, assumed)."
    )


def _years(target: Target) -> str:
    return f"{target.years[0]}" if target.year_known else f"{target.years[0]}-{target.years[-1]}"


def _sources(level: FittedLevel) -> list[str]:
    if not level.targets:
        return [level.prior.source]
    return ["FITTED", level.prior.source, *(target.source for target in level.targets)]


def _note(level: FittedLevel) -> str:
    if not level.targets:
        return f"nothing was observed: the prior {level.prior_key} stands"
    return "; ".join(
        f"{target.key} {target.observed:.10g}"
        + (" on residents of " if target.year_known else ", the highest figure of ")
        + f"{_years(target)} implies {_number(target.implied)}"
        + ("" if target.year_known else " or less")
        for target in level.targets
    ) + f"; prior {level.prior_key} {_number(level.prior.number)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _three(low: float | None, median: float, high: float | None) -> str:
    return " - ".join("" if value is None else f"{value:.3f}" for value in (low, median, high))


def _rounded(value: float) -> str:
    return f"{value:,.2f}" if value < 1000 else f"{value:,.0f}"


def _number(value: float) -> str:
    return repr(float(f"{value:.6g}"))
