"""healthsim: calibration."""
