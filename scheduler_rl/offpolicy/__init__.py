"""Judging a ranker by the answers of another: a little honest chance in what is shown, and estimates from the log."""
