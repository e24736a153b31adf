"""Money in words: what pages say about it."""
