"""Pages of operators and administrators."""
