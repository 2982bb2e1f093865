"""What a fit found out, in English sentences: for ``fitted.yaml``, ``fit_report.md`` and the terminal."""

from __future__ import annotations

from sim.calibration.result import Finding, GroupFit, ParameterFit, RegionFit, Swap, TargetFit

_SAYS_NOTHING = 0.97
"""A parameter whose interval keeps this part of its prior's width was told nothing."""


def swap_sentence(swap: Swap) -> str:
    """Two parameters that cannot be told apart."""
    left = "where it is" if swap.left < 0.05 else f"within {swap.left:.1f} tolerances"
    both = f"{change(swap.change_first)} {swap.first} with {change(swap.change_second)} {swap.second}"
    return f"{both} leaves {swap.moves_target} {left} (alone it moves it by {swap.moves:.1f}): the targets cannot tell them apart"


def change(factor: float) -> str:
    """A factor as a change in per cent."""
    return f"{abs(factor - 1.0) * 100:.1f} % {'more' if factor > 1.0 else 'less'}"


def group_sentences(group: GroupFit, fit: RegionFit) -> list[str]:
    """What a group's targets determine and what they do not."""
    if len(group.keys) < 2:
        return []
    free = len(group.undetermined)
    plural = "s" if len(group.targets) > 1 else ""
    told = f"{len(group.targets)} target{plural} ({', '.join(group.targets)}) for {len(group.keys)} parameters"
    texts = [f"{told}: {free} of {len(group.keys)} combinations stay as wide as their priors"]
    nothing = [key for key in group.keys if fit.parameters[key].width > _SAYS_NOTHING]
    if nothing:
        texts.append("the targets say next to nothing about " + ", ".join(nothing) + " alone")
    return [*texts, *map(swap_sentence, group.swaps)]


def finding_sentence(finding: Finding) -> str:
    """What must not be passed over."""
    values = finding.values
    if finding.key == "not_converged":
        return f"the fit of {values['parameters']} did not converge ({values['method']})"
    if finding.key == "at_bound":
        return f"{values['parameter']} ended at its bound: {values['value']}, bounds {values['low']} to {values['high']}"
    return f"the baseline value {values['indicator']} is not reproduced: observed {values['observed']}, model {values['model']}"


def parameter_line(fit: ParameterFit) -> str:
    """One parameter for the terminal."""
    informed = ", ".join(fit.targets) or "nothing was observed: the prior stands"
    return f"{fit.key}: {fit.value:.4g} ({fit.low:.4g} to {fit.high:.4g}); {informed}"


def target_line(fit: TargetFit) -> str:
    """One target for the terminal."""
    target = fit.target
    scale = "log" if target.log else target.quantity.unit
    role = "" if target.fitted else " (a check, not fitted)"
    return (
        f"{target.name}: observed {target.observed.number:.6g}, model {fit.model:.6g}, residual {fit.residual:+.3g}, "
        f"tolerance {target.tolerance:g} {scale}, {fit.tolerances:+.1f} tolerances{role}"
    )


def years_words(fit: TargetFit) -> str:
    """The year of a figure, or the years of which it is the highest."""
    return f"{fit.years[0]}" if len(fit.years) == 1 else f"{fit.years[0]}-{fit.years[-1]}, the highest"
