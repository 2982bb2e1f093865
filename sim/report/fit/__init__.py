"""The report of a calibration. Public: :func:`render_fit`."""

from sim.report.fit.rendering import render_fit

__all__ = ["render_fit"]
