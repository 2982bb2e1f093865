"""healthsim: supply."""
