"""healthsim: scenario."""
