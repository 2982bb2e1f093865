"""Writing what was fitted: ``fitted.yaml``, which the region loader reads, and a report for people."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from numpy.typing import NDArray

from sim import __version__
from sim.calibration.quantities import ADMISSIONS, STAY, VISITS
from sim.calibration.result import AnchorFit, GroupFit, ParameterFit, RegionFit, TargetFit
from sim.calibration.words import finding_sentence, group_sentences, years_words
from sim.errors import RunFailedError
from sim.region.model import Confidence, Observation

FITTED, REPORT = "fitted.yaml", "fit_report.md"

_ALWAYS = (ADMISSIONS, VISITS, STAY)
"""Levels that stand in no pack: written also where their prior stands."""


def write_fitted(fit: RegionFit, folder: Path) -> tuple[Path, Path]:
    """Write ``fitted.yaml`` and ``fit_report.md`` into ``folder`` (made if need be); each appears whole or not at all.

    Returns:
        the two paths.

    Raises:
        RunFailedError: the folder cannot be written.
    """
    texts = {FITTED: fitted_yaml(fit), REPORT: report(fit)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            part = folder / f".{name}.{os.getpid()}.part"
            part.write_text(text, encoding="utf-8", newline="\n")
            part.replace(folder / name)
    except OSError as error:
        raise RunFailedError(f"{folder}: the fit cannot be written: {error}") from error
    return folder / FITTED, folder / REPORT


def fitted_yaml(fit: RegionFit) -> str:
    """The parameter file: estimates with intervals, their correlations, and how they were found."""
    lines = [
        f"# Written by `healthsim calibrate {fit.region.key}`; edit the pack or calibration.yaml and run it again instead. "
        "See docs/calibration.md.",
        "schema: 1",
        "about: Parameters fitted to what was observed; low and high are 10 % and 90 % points, joint holds their correlations.",
        "parameters:",
    ]
    for item in fit.parameters.values():
        if item.informed or item.key in _ALWAYS:
            lines += _parameter(item, fit)
    joint = [
        {"keys": list(group.keys), "correlation": _matrix(group.correlation, 8)} for group in fit.groups if len(group.keys) > 1
    ]
    record = {"joint": joint, "fit": _record(fit)} if joint else {"fit": _record(fit)}
    text = yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=130, default_flow_style=None)
    return "\n".join(lines) + "\n" + text


def _parameter(item: ParameterFit, fit: RegionFit) -> list[str]:
    prior = item.parameter.prior
    grade = Confidence.MODELLED if item.informed else Confidence.ASSUMPTION
    targets = [one for one in fit.targets if one.target.name in item.targets]
    sources = [prior.source, *(one.target.observed.source for one in targets)]
    parts = [part for source in (["FITTED", *sources] if item.informed else sources) for part in source.split(";")]
    value, low, high = (_number(x) for x in (item.value, item.low, item.high))
    known = fit.region.parameters.get(item.key)
    return [
        f"  {item.key}:",
        f"    value: {value}",
        f"    unit: {_quoted(known.unit if known is not None else prior.unit)}",
        f"    low: {low}",
        f"    high: {high}",
        f"    source: {';'.join(dict.fromkeys(parts))}",
        f"    confidence: {grade}",
        f"    note: {_quoted(_note(item, targets))}",
    ]


def _note(item: ParameterFit, targets: Sequence[TargetFit]) -> str:
    prior = item.parameter.prior
    name = item.parameter.prior_key or "of calibration.yaml"
    if not item.informed:
        return f"nothing was observed: the prior {name} stands"
    held = "; ".join(
        f"{one.target.key} {one.target.observed.number:.10g} ({years_words(one)}), model {_number(one.model)}" for one in targets
    )
    before = f"{_number(prior.number)} ({_number(prior.low)} to {_number(prior.high)})"
    kept = f"; prior {name} {before}, of whose width {item.width:.0%} is left"
    return held + kept + ("; AT ITS BOUND" if item.at_bound else "")


def _record(fit: RegionFit) -> dict[str, Any]:
    """How the fit was made and how well it fits, as plain data."""
    findings = [finding_sentence(finding) for finding in fit.findings]
    record: dict[str, Any] = {
        "converged": all(group.converged for group in fit.groups),
        "findings": findings,
        "targets": {one.target.name: _target(one) for one in fit.targets},
        "groups": [_group(group, fit) for group in fit.groups],
        "prior_stands": [item.key for item in fit.parameters.values() if not item.informed],
        "not_observed": {name: key for name, key in fit.not_observed},
        "anchors": {
            "reproduced": sum(row.met for row in fit.anchors),
            "of": len(fit.anchors),
            "other": [_anchor(row) for row in fit.anchors if not row.met],
        },
    }
    if fit.crews:
        record["crews"] = [
            {"crews": row.crews, "in_the_observed_set_up": row.crews_then, "misfit": _round(row.misfit)}
            | {key: _round(value) for key, value in row.figures.items()}
            for row in fit.crews
        ]
    record["settings"] = dict(fit.settings)
    record["program"] = __version__
    record["inputs"] = {name: f"sha256:{digest}" for name, digest in fit.inputs.items()}
    return record


def _target(one: TargetFit) -> dict[str, Any]:
    target = one.target
    row = {
        "quantity": target.quantity.key,
        "observed": _round(target.observed.number),
        "model": _round(one.model),
        "residual": _round(one.residual, 4),
        "tolerance": _round(target.tolerance),
        "scale": "log" if target.log else target.quantity.unit,
        "in_tolerances": _round(one.tolerances, 3),
        "role": "fit" if target.fitted else "check",
        "at_prior": _round(one.at_prior),
        "source": target.observed.source,
    }
    return row | ({"from_station_places": _round(one.place_sd, 3)} if one.place_sd else {})


def _group(group: GroupFit, fit: RegionFit) -> dict[str, Any]:
    row: dict[str, Any] = {
        "keys": list(group.keys),
        "targets": list(group.targets),
        "method": group.method,
        "converged": group.converged,
        "sensitivity": {
            name: {key: _round(value, 3) for key, value in zip(group.keys, line, strict=True)}
            for name, line in zip(group.targets, group.sensitivities, strict=True)
        },
        "covariance": _matrix(group.covariance, 6),
    }
    if group.effective:
        row["effective_sample"] = round(group.effective)
    if len(group.keys) > 1:
        row["combinations"] = [
            {"width": _round(one.width, 3), "loadings": [_round(x, 3) for x in one.loadings]} for one in group.directions
        ]
        row["in_words"] = group_sentences(group, fit)
    return row


def _anchor(row: AnchorFit) -> dict[str, Any]:
    why = "the document's own denominator; the model stands on the census" if row.other_base else "not reproduced"
    return {"indicator": row.indicator, "observed": _round(row.observed), "model": _round(row.model), "why": why}


def report(fit: RegionFit) -> str:
    """The fit report: parameters, targets, what cannot be told apart, anchors, what was not observed."""
    region = fit.region
    lines = [
        f"# Fit report: {region.name_en} ({region.name_zh})",
        "",
        f"Written by `healthsim calibrate {region.key}`. Method: `docs/calibration.md`.",
        *(line for finding in fit.findings for line in ("", f"**{finding_sentence(finding)}**")),
        "",
        "| parameter | prior 10 % - median - 90 % | fitted 10 % - value - 90 % | width left | informed by |",
        "|---|---|---|---|---|",
    ]
    for item in fit.parameters.values():
        prior: Observation = item.parameter.prior
        informed = ", ".join(item.targets) or "nothing: the prior stands"
        lines.append(
            f"| `{item.key}` | {_three(prior.low, prior.number, prior.high)} | {_three(item.low, item.value, item.high)} "
            f"| {item.width:.0%} | {informed} |"
        )
    if fit.targets:
        lines += [
            "",
            "| target | year | observed | model | residual | tolerance | in tolerances | at the priors | role |",
            "|---|---|---|---|---|---|---|---|---|",
            *(_target_row(one) for one in fit.targets),
        ]
    lines += [line for one in fit.targets if len(one.years) > 1 for line in ("", _below_the_peak(one))]
    sentences = [text for group in fit.groups for text in group_sentences(group, fit)]
    if sentences:
        lines += ["", "## What the targets tell, and what they cannot", "", *(f"- {text}." for text in sentences)]
    if fit.crews:
        lines += _crews(fit)
    lines += _anchors(fit)
    lines += ["", "Not observed: " + (", ".join(f"`{key}`" for _, key in fit.not_observed) or "nothing is missing") + "."]
    return "\n".join(lines) + "\n"


def _target_row(one: TargetFit) -> str:
    target = one.target
    scale = "log" if target.log else target.quantity.unit
    role = "fitted" if target.fitted else "check"
    return (
        f"| {target.name} (`{target.key}`) | {years_words(one)} | {_rounded(target.observed.number)} | {_rounded(one.model)} "
        f"| {_signed(one.residual)} | {target.tolerance:g} {scale} | {one.tolerances:+.2f} | {_rounded(one.at_prior)} | {role} |"
    )


def _below_the_peak(one: TargetFit) -> str:
    """How the fitted level stands to the highest figure of several years."""
    target, last = one.target, one.years[-1]
    by = 100.0 * (one.model / target.observed.number - 1.0)
    return (
        f"`{target.key}`: the residents of {last} have {_rounded(one.model)} in a normal year, {by:+.1f} % against the highest "
        f"figure of {one.years[0]}-{last}; a peak lies above its level by what the luckiest of {len(one.years)} years gave "
        f"(noise {target.peak_noise:g} log units a year, assumed)."
    )


def _crews(fit: RegionFit) -> list[str]:
    lines = [
        "",
        "## Crews on duty are stated; the same fit with other numbers",
        "",
        "| crews, base year | in the observed set-up | misfit | own station, min | another, min | from another | mean, min |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in fit.crews:
        get = row.figures
        lines.append(
            f"| {row.crews} | {row.crews_then} | {row.misfit:.1f} | {get['response_own_station']:.2f} "
            f"| {get['response_other_station']:.2f} | {1.0 - get['own_station_share']:.1%} | {get['response_mean']:.2f} |"
        )
    get = fit.figures
    towns = (
        f"By towns instead of areas of the nearest station the fitted set-up has {get['response_own_town']:.2f} and "
        f"{get['response_other_town']:.2f} min, {1.0 - get['own_town_share']:.1%} from another town. "
        f"Crews are busy {get['utilisation']:.0%} of the time."
    )
    return [*lines, "", "Misfit: sum of squares of targets and priors in their deviations.", "", towns]


def _anchors(fit: RegionFit) -> list[str]:
    if not fit.anchors:
        return ["", "No baseline value was observed."]
    met = sum(row.met for row in fit.anchors)
    lines = [
        "",
        "## Baseline values",
        "",
        f"{met} of {len(fit.anchors)} are reproduced: counts exactly, rates to their decimals, estimates within their range.",
        "",
        "| indicator | observed | model | residual | tolerance | kind |",
        "|---|---|---|---|---|---|",
    ]
    kinds = {"definition": "definition", "printed_rate": "printed rate", "estimate": "estimate"}
    for row in fit.anchors:
        kind = "the document's own denominator; the model stands on the census" if row.other_base else kinds[row.kind]
        residual = _signed(row.observed - row.model)
        cells = (row.indicator, f"{row.observed:,.10g}", _plain(row.model), residual, f"{row.tolerance:g}", kind)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _matrix(values: NDArray[Any], digits: int) -> list[list[float]]:
    return [[_round(float(value), digits) for value in row] for row in values]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _three(low: float | None, median: float, high: float | None) -> str:
    return " - ".join("" if value is None else f"{value:.3f}" for value in (low, median, high))


def _rounded(value: float) -> str:
    if value < 1.0:
        return f"{value:.4f}"
    return f"{value:,.2f}" if value < 1000 else f"{value:,.0f}"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if math.isclose(value, round(value), rel_tol=1e-12) else f"{value:,.4g}"


def _signed(value: float) -> str:
    return "0" if abs(value) < 1e-9 else f"{value:+,.3g}" if abs(value) < 1000 else f"{value:+,.0f}"


def _round(value: float, digits: int = 6) -> float | int:
    """A number with so many significant digits; whole numbers as such."""
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded == int(rounded) and abs(rounded) < 1e15 else rounded


def _number(value: float | None) -> str:
    return repr(float(f"{float(value or 0.0):.6g}"))
