"""healthsim: scorecard."""
