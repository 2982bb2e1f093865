"""healthsim: demand."""
