"""Charts of the report: one Vega-Lite definition each, for the page and for static pictures."""
