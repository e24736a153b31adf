"""Pages of a person's account and of an operator's people."""
