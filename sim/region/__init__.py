"""healthsim: region."""
