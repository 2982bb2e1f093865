"""healthsim: population."""
