"""healthsim: health-resource allocation simulator for Chinese county-level five-year plans."""

__version__ = "0.1.0"
