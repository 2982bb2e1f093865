"""Survival ratios of the annual projection straight from death rates, for many draws, years and both sexes at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.population.life_table import A0Rule, infant_ax
from sim.population.model import SEXES

Floats = NDArray[np.float64]
_BLOCK_CELLS = 2_000_000


def survival_from_mx(
    mx: ArrayLike, *, a0: A0Rule = "andreev-kingkade", ax: ArrayLike | None = None, sexes: tuple[str, ...] = SEXES
) -> Floats:
    """Survival ratios from single-year death rates.

    The life table's columns cancel out of the ratios: with ``q = m / (1 + (1 - a) m)``, ``p = 1 - q`` and
    ``c = L / l = 1 - (1 - a) q``,

    * ``s[0] = L0 / l0 = c[0]``: from birth to the end of the year,
    * ``s[x] = L[x] / L[x-1] = p[x-1] c[x] / c[x-1]``: of those aged ``x - 1`` at the start,
    * ``s[A] = T[A] / T[A-1] = p[A-1] e[A] / (c[A-1] + p[A-1] e[A])``: of those aged ``A - 1`` and over, ``e[A] = 1 / m[A]``.

    The same numbers as :func:`sim.population.life_table.life_table` gives, without running products.

    Args:
        mx: death rates per person-year, shape ``[..., sex, age]`` (usually ``[draw or 1, interval, sex, age]``), the last
            age open.
        a0: the rule for ``a[0]`` (:func:`sim.population.life_table.infant_ax`); ``a = 0.5`` at the other closed ages.
        ax: given values broadcasting with ``mx``; NaN where the rule shall stand; at the open age it is ``e[A]``.
        sexes: the names along the sex axis (``both`` for both sexes together).

    Returns:
        shape as ``mx``, values 0..1.

    Raises:
        ValueError: the axes do not fit, or a rate is negative or not a number.
    """
    mx = np.asarray(mx, dtype=float)
    if mx.ndim < 2 or mx.shape[-2] != len(sexes) or mx.shape[-1] < 2:
        raise ValueError(f"mx must be [..., sex, age] with sexes {sexes}, got shape {mx.shape}")
    given = None if ax is None else np.asarray(ax, dtype=float)
    if given is not None:
        mx, given = np.broadcast_arrays(mx, given)
    cells = mx.reshape(-1, *mx.shape[-2:])
    given_cells = None if given is None else given.reshape(cells.shape)
    ratios = np.empty(cells.shape)
    rows = max(1, _BLOCK_CELLS // (cells.shape[1] * cells.shape[2]))
    for start in range(0, len(cells), rows):
        block = slice(start, start + rows)
        _block(cells[block], None if given_cells is None else given_cells[block], a0, sexes, ratios[block])
    return ratios.reshape(mx.shape)


def _block(mx: Floats, given: Floats | None, a0: A0Rule, sexes: tuple[str, ...], out: Floats) -> None:
    if not (mx >= 0).all():
        raise ValueError("death rates must be numbers of at least 0")
    a = np.full(mx.shape, 0.5)
    for index, sex in enumerate(sexes):
        a[..., index, 0] = infant_ax(mx[..., index, 0], sex, a0)
    with np.errstate(divide="ignore"):
        a[..., -1] = 1.0 / mx[..., -1]
    if given is not None:
        a = np.where(np.isnan(given), a, given)
    closed, rest = mx[..., :-1], 1.0 - a[..., :-1]
    q = np.minimum(closed / (1.0 + rest * closed), 1.0)
    p, c = 1.0 - q, 1.0 - rest * q
    out[..., 0] = c[..., 0]
    np.divide(p[..., :-1] * c[..., 1:], c[..., :-1], out=out[..., 1:-1])
    oldest = p[..., -1] * a[..., -1]
    with np.errstate(invalid="ignore"):
        out[..., -1] = np.where(np.isinf(a[..., -1]) & (p[..., -1] > 0), 1.0, oldest / (c[..., -1] + oldest))
