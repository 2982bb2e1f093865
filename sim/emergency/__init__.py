"""healthsim: emergency."""
