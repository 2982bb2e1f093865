"""healthsim: report."""
